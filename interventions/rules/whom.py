"""Whom a plan is for: units, pupils and what they are measured on. Each gives a sentence, empty if nothing is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.queries import subtree_ids
from pupils.models import Pupil
from pupils.queries import home_enrolments

from ..covering import inside_one_another
from ..plans import Plan
from ..queries import applicable_indicators, year_groups_at

Named = TypeVar("Named", Unit, Pupil)


def problem_of_parts(plan: Plan) -> str:
    doubled = _named_twice(plan.parts, lambda unit: unit.name)
    if doubled:
        return _("Chosen twice: %(names)s.") % {"names": doubled}
    for inner, outer in inside_one_another(plan.parts, plan.starts_on):
        names = {"inner": inner.name, "outer": outer.name}
        return _("%(inner)s is a part of %(outer)s. Choose one of them.") % names
    return ""


def _named_twice(named: Iterable[Named], name: Callable[[Named], str]) -> str:
    return "; ".join(name(one) for one, n in Counter(named).items() if n > 1)


def problem_of_pupils(plan: Plan) -> str:
    doubled = _named_twice(plan.pupils, lambda pupil: pupil.shown_name)
    if doubled:
        return _("Chosen twice: %(names)s.") % {"names": doubled}
    return _strangers_in_words(plan, plan.pupils)


def problem_of_waiting(plan: Plan) -> str:
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


def problem_of_indicator(plan: Plan) -> str:
    year_groups = year_groups_at(plan.units, plan.starts_on)
    if applicable_indicators(year_groups).filter(pk=plan.indicator.pk).exists():
        return ""
    return _("%(indicator)s is not measured in %(unit)s. Choose another indicator.") % {
        "indicator": plan.indicator.name,
        "unit": _names_of(plan.units),
    }


def _names_of(units: Iterable[Unit]) -> str:
    return ", ".join(unit.name for unit in units)
