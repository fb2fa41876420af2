"""The door of pages about one pupil."""

from __future__ import annotations

from django.http import Http404
from django.utils import timezone

from accounts.web import Found

from .models import Pupil
from .queries import class_of


def locate_pupil(key: str) -> Found:
    """The pupil that an address names, and the home class, now or last, that decides who sees the pupil.

    404 for an unknown pupil and for one who has not been in a class yet.
    """
    pupil = Pupil.objects.filter(key=key).first()
    school_class = class_of(pupil, timezone.localdate()) if pupil else None
    if pupil is None or school_class is None:
        raise Http404
    return Found(pupil, school_class)
