"""The door of a talk is the pupil's: whoever sees the pupil's class today, whatever class it was then."""

from __future__ import annotations

from django.http import Http404
from django.utils import timezone

from accounts.roles import Permission
from accounts.web import Found, MunicipalityRequest
from pupils.queries import class_of

from ..models import Talk, TalkAgreement
from ..web import numbered


def locate_talk(key: str) -> Found:
    """The talk that an address names, and its pupil's class of today. 404 for an unknown one."""
    talk = Talk.objects.filter(key=key).select_related("pupil", "unit", "kind", "guiding").first()
    school_class = class_of(talk.pupil, timezone.localdate()) if talk else None
    if talk is None or school_class is None:
        raise Http404
    return Found(talk, school_class)


def check_may_meet(request: MunicipalityRequest) -> None:
    """Raises AccessDenied for somebody who sees the pupil but takes part in no meetings."""
    request.sight.check_in_line(Permission.MEET, request.line)


def agreement_of(talk: Talk, number: str) -> TalkAgreement:
    """The agreement that a form names; 404 if it is not one of the talk's."""
    found = numbered(talk.agreements, number)
    if found is None:
        raise Http404
    return found
