"""The door of the pages about one intervention."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Manager, Model
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.access import AccessDenied
from accounts.queries import line_of
from accounts.roles import Permission
from accounts.web import MunicipalityRequest

from .models import Intervention
from .queries import interventions_in_full, may_change, seen_by

Row = TypeVar("Row", bound=Model)
# No row has a longer number, and Python refuses to read one of some thousand digits.
MOST_DIGITS = 18


def find_intervention(request: MunicipalityRequest, key: str) -> Intervention:
    """The intervention that an address names, with the line of its unit on the request.

    404 for one that the municipality does not have; AccessDenied for one that is not the reader's (queries.seen_by).
    """
    found = interventions_in_full().select_related("decided_by", "unit__kind").filter(key=key)
    intervention = found.first()
    if intervention is None:
        raise Http404
    request.line = line_of(intervention.unit, request.sight.today)
    request.sight.keep_line(request.line)
    if not found.filter(seen_by(request.sight)).exists():
        request.sight.check_in_line(Permission.DECIDE_INTERVENTIONS, request.line)
        raise AccessDenied(_("It is also for pupils or classes that you may not see."))
    return intervention


def find_to_change(request: MunicipalityRequest, key: str) -> Intervention:
    """As `find_intervention`, for whoever may change it."""
    intervention = find_intervention(request, key)
    if not may_change(intervention, request.sight):
        raise AccessDenied(
            _("It is changed by %(name)s, who answers for it, and by those who decide for all it is for.")
            % {"name": intervention.responsible.name}
        )
    return intervention


def numbered(rows: Manager[Row], number: str) -> Row | None:
    """The one of an intervention's rows that a form names by its number."""
    is_number = number.isdecimal() and len(number) <= MOST_DIGITS
    return rows.filter(pk=number).first() if is_number else None
