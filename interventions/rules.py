"""What an intervention must fulfil to be decided, changed and ended; asked by the forms and again by the services."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.access import Sight
from accounts.models import Unit
from accounts.queries import subtree_ids
from accounts.roles import Permission
from colourmaps.models import Indicator
from pupils.models import Pupil
from pupils.queries import home_enrolments

from .covering import inside_one_another
from .models import Intervention
from .plans import FIXED_FROM_START, Plan, changed_names, has_started
from .queries import applicable_indicators, possible_responsibles, year_groups_at

Named = TypeVar("Named", Unit, Pupil)


def check_plan(plan: Plan) -> None:
    """Raises ValidationError with a sentence per field for everything that is wrong with a new plan."""
    problems = {
        "follow_up_on": _problem_of_follow_up(plan),
        "planned_until": _problem_of_end(plan),
        "starts_on": _problem_of_start(plan),
        "part": _problem_of_parts(plan),
        "responsible": _problem_of_responsible(plan),
        "expected_change": _problem_of_expectation(plan),
    }
    if not problems["starts_on"]:
        problems["pupil"] = _problem_of_pupils(plan)
        problems["waiting"] = _problem_of_waiting(plan)
        problems["indicator"] = _problem_of_indicator(plan)
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
    problems = {"follow_up_on": _problem_of_follow_up(after)}
    if "responsible" in changed:
        problems["responsible"] = _problem_of_responsible(after)
    _raise_if_any(problems)


def _raise_if_any(problems: Mapping[str, str]) -> None:
    found = {field: sentence for field, sentence in problems.items() if sentence}
    if found:
        raise ValidationError(found)


def _problem_of_follow_up(plan: Plan) -> str:
    return "" if plan.follow_up_on > plan.starts_on else _("The follow-up must come after the start.")


def _problem_of_end(plan: Plan) -> str:
    if plan.planned_until is None or plan.planned_until >= plan.starts_on:
        return ""
    return _("It cannot end before its start, %(day)s.") % {"day": date_format(plan.starts_on)}


def _problem_of_start(plan: Plan) -> str:
    """Every unit that it is for must exist on the first day."""
    for unit in plan.units:
        if not unit.is_in_force(plan.starts_on):
            return _not_on_that_day(unit, plan.starts_on)
    return ""


def _not_on_that_day(unit: Unit, on: datetime.date) -> str:
    nearest = unit.nearest_day(on)
    names = {"unit": unit.name, "day": date_format(nearest)}
    if nearest < on:
        return _("%(unit)s does not exist on that day. Its last day is %(day)s.") % names
    return _("%(unit)s does not exist on that day. Its first day is %(day)s.") % names


def _problem_of_parts(plan: Plan) -> str:
    doubled = _named_twice(plan.parts, lambda unit: unit.name)
    if doubled:
        return _("Chosen twice: %(names)s.") % {"names": doubled}
    for inner, outer in inside_one_another(plan.parts, plan.starts_on):
        names = {"inner": inner.name, "outer": outer.name}
        return _("%(inner)s is a part of %(outer)s. Choose one of them.") % names
    return ""


def _named_twice(named: Iterable[Named], name: Callable[[Named], str]) -> str:
    return "; ".join(name(one) for one, n in Counter(named).items() if n > 1)


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


def _problem_of_pupils(plan: Plan) -> str:
    doubled = _named_twice(plan.pupils, lambda pupil: pupil.shown_name)
    if doubled:
        return _("Chosen twice: %(names)s.") % {"names": doubled}
    return _strangers_in_words(plan, plan.pupils)


def _problem_of_waiting(plan: Plan) -> str:
    if plan.waiting and not plan.pupils:
        return _("Choose the pupils who get it first: nobody waits for what all get.")
    both = [pupil.shown_name for pupil in plan.waiting if pupil in plan.pupils]
    if both:
        return _("Both in the group and waiting: %(names)s. Choose one.") % {"names": "; ".join(both)}
    return _strangers_in_words(plan, plan.waiting)


def _strangers_in_words(plan: Plan, pupils: Sequence[Pupil]) -> str:
    units = subtree_ids([unit.pk for unit in plan.units], plan.starts_on)
    enrolled = home_enrolments(plan.starts_on).filter(pupil__in=pupils, school_class_id__in=units)
    belonging = set(enrolled.values_list("pupil_id", flat=True))
    strangers = [pupil.shown_name for pupil in pupils if pupil.pk not in belonging]
    if not strangers:
        return ""
    names = {"names": "; ".join(strangers), "unit": _names_of(plan.units), "day": date_format(plan.starts_on)}
    return _("Not in %(unit)s on %(day)s: %(names)s.") % names


def _problem_of_indicator(plan: Plan) -> str:
    year_groups = year_groups_at(plan.units, plan.starts_on)
    if applicable_indicators(year_groups).filter(pk=plan.indicator.pk).exists():
        return ""
    return _("%(indicator)s is not measured in %(unit)s. Choose another indicator.") % {
        "indicator": plan.indicator.name,
        "unit": _names_of(plan.units),
    }


def _names_of(units: Iterable[Unit]) -> str:
    return ", ".join(unit.name for unit in units)


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


def check_end(intervention: Intervention, on: datetime.date) -> None:
    """Raises ValidationError unless the intervention can end on the day.

    One that has not begun can be called off: it then ends on the day it would have started.
    """
    if intervention.ended_on is not None:
        raise ValidationError(
            {"on": _("It has already ended, on %(day)s.") % {"day": date_format(intervention.ended_on)}}
        )
    if on < intervention.starts_on:
        raise ValidationError(
            {
                "on": _("It cannot end before its start, %(day)s.")
                % {"day": date_format(intervention.starts_on)}
            }
        )
    if on > max(intervention.starts_on, timezone.localdate()):
        raise ValidationError(
            {"on": _("Choose a day that has been. Until then the intervention is running.")}
        )
