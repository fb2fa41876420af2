"""What the addresses of medical pupil health name, and whose unit decides. Each key that is unknown is a 404."""

from __future__ import annotations

from django.http import Http404
from django.utils import timezone

from accounts.web import Found, locate_unit
from pupils.queries import class_of

from .queries import crossing_by_key


def locate_class(key: str) -> Found:
    found = locate_unit(key)
    if not found.unit.is_school_class:
        raise Http404
    return found


def locate_crossing(key: str) -> Found:
    """The class that decides is the pupil's of today: who has the pupil now, answers for what was decided before."""
    crossing = crossing_by_key(key)
    school_class = class_of(crossing.pupil, timezone.localdate()) if crossing else None
    if crossing is None or school_class is None:
        raise Http404
    return Found(crossing, school_class)
