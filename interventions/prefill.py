"""What a plan's form is filled in with: from an address, from what was typed so far, or from a plan that there is."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.forms import MultipleChoiceField
from django.http import QueryDict

from accounts.access import Sight
from accounts.models import Unit
from colourmaps.models import Indicator, MeasurementRound
from pupils.models import Pupil

from .answers import red_cells, without_answer
from .forms.fields import AS_IN_THE_PLAN, PlanFields
from .places import Place, pupils_of
from .plans import Plan
from .standing import latest_results

MOST_DIGITS = 4
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
        indicator = Indicator.objects.filter(code=asked["indicator"]).first()
        round_ = MeasurementRound.objects.filter(key=query.get("round", "")).first()
        pupils = pupils_of(place.chosen(parts), sight)
        asked["pupil"] = red_pupils(pupils, indicator, sight, which=query.get("red", ""), round_=round_)
    return asked


def red_pupils(
    pupils: Sequence[tuple[Unit, Sequence[Pupil]]],
    indicator: Indicator | None,
    sight: Sight,
    *,
    which: str,
    round_: MeasurementRound | None = None,
) -> list[str]:
    """Keys of the red pupils among those whom the form can name, in the latest round if no other is asked for."""
    by_id = {pupil.pk: pupil for _unit, members in pupils for pupil in members}
    if indicator is None or not by_id:
        return []
    round_ = round_ or latest_results(by_id, indicator, until=sight.today)[0]
    if round_ is None:
        return []
    cells = red_cells([unit.pk for unit, _members in pupils], round_)
    red = [cell for cell in cells if cell.indicator_id == indicator.pk and cell.pupil_id in by_id]
    chosen = without_answer(red, round_) if which == UNANSWERED else red
    return [by_id[cell.pupil_id].key for cell in chosen]


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
    n_lines = sent.get(f"{prefix}-TOTAL_FORMS", "")[:MOST_DIGITS]
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
