"""What meetings have decided and is not done yet."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.access import AccessDenied
from accounts.web import MunicipalityRequest

from ..models import MeetingCase, Outcome
from .entering import may_enter

# A measure that made or changed an intervention is followed up there.
NOT_DONE = Q(outcome=Outcome.MEASURE, made__isnull=True, done_on__isnull=True)


def find_decision(request: MunicipalityRequest, key: str) -> MeetingCase:
    """The decided case that an address names. 404 for none; AccessDenied for what is neither the reader's nor of a
    meeting that the reader may enter."""
    decided = MeetingCase.objects.filter(key=key, outcome=Outcome.MEASURE)
    case = decided.select_related("meeting__kind", "meeting__unit", "responsible", "unit").first()
    if case is None:
        raise Http404
    own = case.responsible_id == request.user.pk
    if not own and not may_enter(case.meeting, request.sight):
        raise AccessDenied(_("It is done when %(name)s says so.") % {"name": case.responsible})
    return case
