"""A measure that makes or changes an intervention: the way to the form of its plan, what it begins with, and back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.access import Sight
from accounts.models import Unit
from accounts.roles import Permission

from ..models import AnalysisMeeting, Intervention, MeetingCase
from ..queries import may_change
from .entering import open_to, units_of

CASE = "case"
LONGEST_TITLE = 150


def plan_url(meeting: AnalysisMeeting, case: MeetingCase, sight: Sight) -> str:
    """Of the plan's form for the case: of the intervention that it is about, else of a new one.

    Empty where the person may not change it, or decides no interventions for what the case is about.
    """
    if case.intervention is not None:
        return _edit_url(case, case.intervention, sight)
    units = [case.unit] if case.unit else units_of(meeting)
    if not all(_decides_at(unit, sight) for unit in units):
        return ""
    query: dict[str, Any] = {CASE: case.key}
    indicators = [each.indicator.code for each in case.about.all()]
    if indicators:
        query["indicator"] = indicators[0]
    if case.pupil is not None:
        query["pupil"] = case.pupil.key
    if len(units) == 1:
        address = reverse("interventions:intervention-new", args=[units[0].key])
    else:
        address = reverse("interventions:intervention-new-together")
        query["unit"] = [unit.key for unit in units]
    return f"{address}?{urlencode(query, doseq=True)}"


def _edit_url(case: MeetingCase, intervention: Intervention, sight: Sight) -> str:
    if intervention.ended_on is not None or not may_change(intervention, sight):
        return ""
    return (
        f"{reverse('interventions:intervention-edit', args=[intervention.key])}?{urlencode({CASE: case.key})}"
    )


def _decides_at(unit: Unit, sight: Sight) -> bool:
    on = unit.nearest_day(sight.today)
    return unit.pk in sight.visible_units(Permission.DECIDE_INTERVENTIONS, on)


def case_to_plan(key: str, sight: Sight) -> MeetingCase | None:
    """The measure whose plan is written, by the key in the address; None for what the person may not enter.

    Only while its meeting goes on: afterwards what was decided stays as it is.
    """
    if not key or not sight.has(Permission.MEET):
        return None
    entered = AnalysisMeeting.objects.filter(open_to(sight), started_at__isnull=False, closed_at__isnull=True)
    cases = MeetingCase.objects.filter(key=key, meeting__in=entered).exclude(measure="")
    return cases.select_related("meeting__kind", "meeting__unit", "responsible", "pupil", "unit").first()


def asked_by_case(case: MeetingCase) -> dict[str, Any]:
    """What the plan's form is filled in with: the words of the measure, and who does it."""
    asked = {"title": case.measure[:LONGEST_TITLE], "practice": case.measure}
    if case.responsible is not None:
        asked["responsible"] = case.responsible.key
    return asked
