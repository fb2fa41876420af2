"""What a plan's form is filled in with: from an address, from what was typed so far, or from a plan that there is."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.forms import MultipleChoiceField
from django.http import QueryDict

from accounts.access import Sight
from colourmaps.models import Indicator, MeasurementRound

from .answers import red_cells, without_answer
from .forms.fields import AS_IN_THE_PLAN, PlanFields
from .places import Place, pupils_of
from .plans import Plan
from .standing import latest_results

USUAL_LENGTH = datetime.timedelta(weeks=8)
# ?red=: all pupils who are red on the indicator, or those of them for whom nothing is decided.
ALL_RED, UNANSWERED = "all", "unanswered"


def asked_by_address(query: QueryDict, place: Place, sight: Sight) -> dict[str, Any]:
    """?indicator=, ?part=, ?pupil= (several), or ?red= instead of the pupils, with ?round= if it is not the latest."""
    parts = query.getlist("part") or ([] if place.unit else list(place.by_key))
    asked = {
        "indicator": query.get("indicator", ""),
        "part": parts,
        "pupil": query.getlist("pupil"),
        "waiting": query.getlist("waiting"),
        "responsible": sight.user.key,
        "starts_on": sight.today,
        "follow_up_on": sight.today + USUAL_LENGTH,
    }
    if query.get("red") in (ALL_RED, UNANSWERED):
        asked["pupil"] = _red(query, place, parts, sight)
    return asked


def _red(query: QueryDict, place: Place, parts: list[str], sight: Sight) -> list[str]:
    """Keys of the red pupils of the chosen classes, of those whom the form can name."""
    units = place.chosen(parts)
    pupils = {pupil.pk: pupil for _unit, members in pupils_of(units, sight) for pupil in members}
    indicator = Indicator.objects.filter(code=query.get("indicator", "")).first()
    if indicator is None or not pupils:
        return []
    round_ = latest_results(pupils, indicator, until=sight.today)[0]
    if query.get("round"):
        round_ = MeasurementRound.objects.filter(key=query["round"]).first()
    if round_ is None:
        return []
    red = [
        cell for cell in red_cells([unit.pk for unit in units], round_) if cell.indicator_id == indicator.pk
    ]
    if query["red"] == UNANSWERED:
        red = without_answer(red)
    return [pupils[cell.pupil_id].key for cell in red if cell.pupil_id in pupils]


def asked_by_form(sent: QueryDict) -> dict[str, Any]:
    """What was typed so far, nothing of it checked: for a form that is shown once more with something added."""
    asked: dict[str, Any] = {
        name: sent.getlist(name) if isinstance(field, MultipleChoiceField) else sent.get(name, "")
        for name, field in PlanFields.base_fields.items()
    }
    return asked | {
        "steps": _lines(sent, "steps", ("id", "what", "due_on")),
        "costs": _lines(sent, "costs", ("what", "money", "hours")),
    }


def _lines(sent: QueryDict, prefix: str, names: tuple[str, ...]) -> list[dict[str, str]]:
    n_lines = sent.get(f"{prefix}-TOTAL_FORMS", "")
    lines = [
        {name: sent.get(f"{prefix}-{n}-{name}", "") for name in names}
        for n in range(min(int(n_lines), 100) if n_lines.isdecimal() else 0)
    ]
    return [line for line in lines if any(line.values())]


def asked_by_plan(plan: Plan) -> Mapping[str, Any]:
    """A plan as it stands."""
    asked: dict[str, Any] = {name: getattr(plan, name) for name in AS_IN_THE_PLAN}
    return asked | {
        "indicator": plan.indicator.code,
        "responsible": plan.responsible.key,
        "part": [part.key for part in plan.parts],
        "pupil": [pupil.key for pupil in plan.pupils],
        "waiting": [pupil.key for pupil in plan.waiting],
        "participant": [person.key for person in plan.participants],
        "steps": [{"id": step.id, "what": step.what, "due_on": step.due_on} for step in plan.steps],
        "costs": [
            {"what": cost.what, "money": cost.money or None, "hours": _short(cost.hours)}
            for cost in plan.costs
        ],
    }


def _short(hours: Decimal) -> Decimal | None:
    """Without a decimal that says nothing; nothing where there are none."""
    return (hours.quantize(Decimal(1)) if hours == hours.to_integral_value() else hours) if hours else None
