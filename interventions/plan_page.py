"""The plan as its page and its sheet show it. Reads only."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.web import MunicipalityRequest
from colourmaps.scales import format_number

from .doses_and_costs import dose_in_words, hours_in_words, money_in_words
from .figures import by_name
from .forms import ExpectationForm
from .models import CostLine, Intervention, Step
from .queries import may_change, ownerless_among, shows_background
from .rules import warning_of_indicator
from .tables import whole_units_in_words


class StepState(TextChoices):
    DONE = "done", gettext_lazy("done")
    LATE = "late", gettext_lazy("late")
    COMING = "coming", gettext_lazy("coming")


STEP_TAGS = {StepState.DONE: "soft", StepState.LATE: "strong", StepState.COMING: ""}


def step_state(step: Step, on: datetime.date) -> StepState:
    if step.done_on is not None:
        return StepState.DONE
    return StepState.LATE if step.due_on < on else StepState.COMING


class CostSums(NamedTuple):
    money: int
    hours: Decimal


def sums_of(costs: Sequence[CostLine]) -> CostSums:
    return CostSums(sum(line.money for line in costs), sum((line.hours for line in costs), Decimal(0)))


def plan_context(
    request: MunicipalityRequest, intervention: Intervention, expectation_form: ExpectationForm | None = None
) -> dict[str, Any]:
    """For plan_part.html and for the sheet."""
    today = request.sight.today
    changes = intervention.ended_on is None and may_change(intervention, request.sight)
    costs = list(intervention.costs.all())
    asks = changes and intervention.expected_change is None and today <= intervention.starts_on
    return {
        "intervention": intervention,
        "pupils": by_name(intervention.pupils.all()),
        "waiting": by_name(each.pupil for each in intervention.waiting.select_related("pupil")),
        "whole_units": _("the whole of %(unit)s") % {"unit": whole_units_in_words(intervention)},
        "background": intervention.background if shows_background(intervention, request.sight) else "",
        "hides_background": not shows_background(intervention, request.sight),
        "dose": dose_in_words(intervention.times_per_week, intervention.minutes_each_time),
        "period": period_in_words(intervention),
        "expected": expectation_in_words(intervention),
        "expectation_form": (expectation_form or ExpectationForm(indicator=intervention.indicator))
        if asks
        else None,
        "warning": warning_of_indicator(intervention.indicator),
        "is_ownerless": bool(ownerless_among([intervention], today)),
        "participants": list(intervention.participants.order_by("name")),
        "steps": [_row_of(step, today) for step in intervention.steps.all()],
        "costs": [(line.what, *_sums_in_words(CostSums(line.money, line.hours))) for line in costs],
        "cost_sums": _sums_in_words(sums_of(costs)),
        "may_change": changes,
    }


def _row_of(step: Step, on: datetime.date) -> dict[str, Any]:
    state = step_state(step, on)
    return {"step": step, "state": state.label, "tag": STEP_TAGS[state], "is_done": state is StepState.DONE}


def _sums_in_words(sums: CostSums) -> tuple[str, str]:
    """Nothing where there is none."""
    return (
        money_in_words(sums.money) if sums.money else "",
        hours_in_words(sums.hours) if sums.hours else "",
    )


def period_in_words(intervention: Intervention) -> str:
    first = date_format(intervention.starts_on)
    last = intervention.ended_on or intervention.planned_until
    if last is None:
        return _("from %(first)s") % {"first": first}
    return _("%(first)s to %(last)s") % {"first": first, "last": date_format(last)}


def expectation_in_words(intervention: Intervention) -> str:
    """ "the mean changes by +3 points"; empty where nobody has said it."""
    change = intervention.expected_change
    if change is None:
        return ""
    if change == 0:
        return _("The mean stays as it is.")
    scale = intervention.indicator.scale
    sign = "+" if change > 0 else ""
    value = f"{sign}{format_number(change, scale.decimals)}"
    if scale.unit and not scale.steps:
        value = f"{value}\N{NO-BREAK SPACE}{scale.unit}"
    return _("The mean changes by %(value)s.") % {"value": value}
