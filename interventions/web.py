"""The door of the pages about one intervention."""

from __future__ import annotations

from django.http import Http404

from accounts.queries import line_of
from accounts.roles import Permission
from accounts.web import MunicipalityRequest

from .models import Intervention
from .queries import interventions_in_full


def find_intervention(request: MunicipalityRequest, key: str) -> Intervention:
    """The intervention that an address names, with the line of its unit on the request.

    404 for one that the municipality does not have; AccessDenied for one that is not the reader's.
    Whoever decides at the unit sees it; whoever answers for it does too, unless it names pupils.
    """
    intervention = interventions_in_full().select_related("decided_by", "unit__kind").filter(key=key).first()
    if intervention is None:
        raise Http404
    request.line = line_of(intervention.unit, request.sight.today)
    names_pupils = bool(intervention.pupils.all())
    if names_pupils or intervention.responsible_id != request.user.pk:
        request.sight.check_in_line(Permission.DECIDE_INTERVENTIONS, request.line)
    if names_pupils:
        request.sight.check_in_line(Permission.SEE_PUPILS, request.line)
    return intervention
