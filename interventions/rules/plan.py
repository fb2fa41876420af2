"""A plan is decided, changed, and what is expected of it is said."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Sight
from accounts.roles import Permission
from colourmaps.models import Indicator

from ..models import Intervention
from ..plans import FIXED_FROM_START, Plan, changed_names, has_started
from ..queries import possible_responsibles
from .days import problem_of_end, problem_of_follow_up, problem_of_start
from .whom import problem_of_indicator, problem_of_parts, problem_of_pupils, problem_of_waiting


def check_plan(plan: Plan) -> None:
    """Raises ValidationError with a sentence per field for everything that is wrong with a new plan."""
    problems = {
        "follow_up_on": problem_of_follow_up(plan),
        "planned_until": problem_of_end(plan),
        "starts_on": problem_of_start(plan),
        "part": problem_of_parts(plan),
        "responsible": _problem_of_responsible(plan),
        "expected_change": _problem_of_expectation(plan),
    }
    if not problems["starts_on"]:
        problems["pupil"] = problem_of_pupils(plan)
        problems["waiting"] = problem_of_waiting(plan)
        problems["indicator"] = problem_of_indicator(plan)
    _raise_if_any(problems)


def check_change(intervention: Intervention, before: Plan, after: Plan, on: datetime.date) -> None:
    """Raises ValidationError unless the plan can be changed so on the day.

    Whom it is for, the indicator and the expectation can be changed until it starts. A responsible person who has left
    does not stand in the way of other changes.
    """
    if intervention.ended_on is not None:
        raise ValidationError(_("It has ended. Its plan stays as it was."))
    if not has_started(intervention, on):
        check_plan(after)
        return
    changed = changed_names(before, after)
    if any(name in FIXED_FROM_START for name in changed):
        raise ValidationError(
            _("It has started: whom it is for, the indicator and what is expected stay as they are.")
        )
    problems = {"follow_up_on": problem_of_follow_up(after)}
    if "responsible" in changed:
        problems["responsible"] = _problem_of_responsible(after)
    _raise_if_any(problems)


def _raise_if_any(problems: Mapping[str, str]) -> None:
    found = {field: sentence for field, sentence in problems.items() if sentence}
    if found:
        raise ValidationError(found)


def _problem_of_responsible(plan: Plan) -> str:
    names = {"name": plan.responsible.name, "unit": plan.unit.name}
    candidates = possible_responsibles(plan.unit, timezone.localdate())
    if plan.responsible.pk not in {assignment.user_id for assignment in candidates}:
        return _("%(name)s has no role at %(unit)s. Choose somebody who works there.") % names
    sight = Sight(plan.responsible)
    for unit in plan.units if plan.pupils else ():
        if not sight.can(Permission.SEE_PUPILS, unit):
            names["unit"] = unit.name
            return _("%(name)s may not see all pupils of %(unit)s. Choose somebody who may.") % names
    return ""


def _problem_of_expectation(plan: Plan) -> str:
    """Nobody does something in order to make it worse; no change can be what is hoped for."""
    change = plan.expected_change or 0
    name = {"indicator": plan.indicator.name}
    if plan.indicator.is_high_good and change < 0:
        return _("%(indicator)s: high is good. Write an expected change that is not below 0.") % name
    if not plan.indicator.is_high_good and change > 0:
        return _("%(indicator)s: low is good. Write an expected change that is not above 0.") % name
    return ""


def warning_of_indicator(indicator: Indicator) -> str:
    """What cannot be answered later with this indicator; empty if nothing. It can be chosen all the same."""
    if indicator.measurement_error:
        return ""
    return _(
        "It is not known how uncertain a value of %(indicator)s is: its measurement error is missing. "
        "At the follow-up nobody can say how much of a change is chance."
    ) % {"indicator": indicator.name}


def check_expectation(intervention: Intervention, before: Plan, after: Plan, on: datetime.date) -> None:
    """Raises ValidationError unless it can be said now what is expected: up to the first day, and then it is kept."""
    if intervention.ended_on is not None or on > intervention.starts_on:
        raise ValidationError({"expected_change": _("What is expected is said before the start.")})
    if has_started(intervention, on) and before.expected_change is not None:
        raise ValidationError({"expected_change": _("It has started, and what you expected is kept.")})
    _raise_if_any({"expected_change": _problem_of_expectation(after)})
