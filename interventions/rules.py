"""What an intervention must fulfil to be decided and to end; asked by the forms and again by the services."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.access import can
from accounts.models import Unit, User
from accounts.queries import subtree_ids
from accounts.roles import Permission
from colourmaps.models import Indicator
from pupils.models import Pupil
from pupils.queries import home_enrolments

from .models import Intervention
from .queries import applicable_indicators, possible_responsibles, year_groups_at


@dataclass(frozen=True)
class Plan:
    """What is to be decided. No pupils means the whole unit."""

    unit: Unit
    pupils: Sequence[Pupil]
    indicator: Indicator
    title: str
    aim: str
    responsible: User
    starts_on: datetime.date
    follow_up_on: datetime.date


def check_plan(plan: Plan) -> None:
    """Raises ValidationError with a sentence per field for everything that is wrong with the plan."""
    problems = {
        "follow_up_on": _problem_of_dates(plan),
        "starts_on": _problem_of_unit(plan),
        "responsible": _problem_of_responsible(plan),
    }
    if not problems["starts_on"]:
        problems["pupil"] = _problem_of_pupils(plan)
        problems["indicator"] = _problem_of_indicator(plan)
    found = {field: sentence for field, sentence in problems.items() if sentence}
    if found:
        raise ValidationError(found)


def _problem_of_dates(plan: Plan) -> str:
    if plan.follow_up_on > plan.starts_on:
        return ""
    return _("The follow-up must come after the start.")


def _problem_of_unit(plan: Plan) -> str:
    if plan.unit.is_in_force(plan.starts_on):
        return ""
    nearest = plan.unit.nearest_day(plan.starts_on)
    names = {"unit": plan.unit.name, "day": date_format(nearest)}
    if nearest < plan.starts_on:
        return _("%(unit)s does not exist on that day. Its last day is %(day)s.") % names
    return _("%(unit)s does not exist on that day. Its first day is %(day)s.") % names


def _problem_of_responsible(plan: Plan) -> str:
    names = {"name": plan.responsible.name, "unit": plan.unit.name}
    candidates = possible_responsibles(plan.unit, timezone.localdate())
    if plan.responsible.pk not in {assignment.user_id for assignment in candidates}:
        return _("%(name)s has no role at %(unit)s. Choose somebody who works there.") % names
    if plan.pupils and not can(plan.responsible, Permission.SEE_PUPILS, plan.unit):
        return _("%(name)s may not see all pupils of %(unit)s. Choose somebody who may.") % names
    return ""


def _problem_of_pupils(plan: Plan) -> str:
    units = subtree_ids([plan.unit.pk], plan.starts_on)
    enrolled = home_enrolments(plan.starts_on).filter(pupil__in=plan.pupils, school_class_id__in=units)
    belonging = set(enrolled.values_list("pupil_id", flat=True))
    strangers = [pupil.shown_name for pupil in plan.pupils if pupil.pk not in belonging]
    if not strangers:
        return ""
    names = {"names": "; ".join(strangers), "unit": plan.unit.name, "day": date_format(plan.starts_on)}
    return _("Not in %(unit)s on %(day)s: %(names)s.") % names


def _problem_of_indicator(plan: Plan) -> str:
    year_groups = year_groups_at(plan.unit, plan.starts_on)
    if applicable_indicators(year_groups).filter(pk=plan.indicator.pk).exists():
        return ""
    return _("%(indicator)s is not measured in %(unit)s. Choose another indicator.") % {
        "indicator": plan.indicator.name,
        "unit": plan.unit.name,
    }


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
