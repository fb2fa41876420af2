"""The days of a plan. Each gives a sentence, empty if nothing is wrong."""

from __future__ import annotations

import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Unit

from ..plans import Plan


def problem_of_follow_up(plan: Plan) -> str:
    return "" if plan.follow_up_on > plan.starts_on else _("The follow-up must come after the start.")


def problem_of_end(plan: Plan) -> str:
    if plan.planned_until is None or plan.planned_until >= plan.starts_on:
        return ""
    return _("It cannot end before its start, %(day)s.") % {"day": date_format(plan.starts_on)}


def problem_of_start(plan: Plan) -> str:
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
