"""The plan of an intervention that goes on where another ended: same people, same pupils as far as they are there.

A class is another unit in the next school year; it is followed by what it became. Reads only.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.queries import subtree_ids
from pupils.models import Pupil
from pupils.queries import home_enrolments

from .models import Intervention
from .plans import Plan, PlannedStep, plan_of
from .queries import possible_responsibles
from .states import is_evaluated

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Continuation:
    """The plan that follows, and how many pupils it leaves out since they are not there any more."""

    plan: Plan
    n_left: int = 0


def usual_dates(intervention: Intervention, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """(start, follow-up): from the day after the end, though not in the past, and as long as the one before."""
    starts_on = max(today, (intervention.ended_on or today) + DAY)
    return starts_on, _after(starts_on, intervention.follow_up_on - intervention.starts_on)


def _after(day: datetime.date, later: datetime.timedelta) -> datetime.date:
    """The last day there is, for one that somebody has put into the year 9999."""
    return day + min(later, datetime.date.max - day)


def continuation_of(
    intervention: Intervention, *, starts_on: datetime.date, follow_up_on: datetime.date, responsible: User
) -> Continuation:
    """Raises ValidationError if none of its pupils is there any more. Nothing else is checked (rules.check_plan).

    What is expected is asked anew; who waited is not taken over, since waiting has an end.
    """
    before = plan_of(intervention)
    unit = _unit_on(before.unit, starts_on)
    parts = [_unit_on(part, starts_on) for part in before.parts]
    pupils = _still_in([unit], before.pupils, starts_on)
    if before.pupils and not pupils:
        raise ValidationError(_("None of the pupils is in %(unit)s any more.") % {"unit": unit.name})
    plan = replace(
        before,
        unit=unit,
        parts=list(dict.fromkeys(parts)),
        pupils=pupils,
        waiting=[],
        responsible=responsible,
        participants=_still_here(before.participants, unit, responsible),
        background=intervention.evaluation.learnt if is_evaluated(intervention) else before.background,
        expected_change=None,
        predecessor=intervention,
        **_moved(before, starts_on, follow_up_on),
    )
    return Continuation(plan, len(before.pupils) - len(pupils))


def _moved(before: Plan, starts_on: datetime.date, follow_up_on: datetime.date) -> dict:
    """All dates as far after the new start as they were after the old one."""
    later = starts_on - before.starts_on
    steps = [PlannedStep(step.what, _after(step.due_on, later)) for step in before.steps]
    until = before.planned_until
    return {
        "starts_on": starts_on,
        "follow_up_on": follow_up_on,
        "planned_until": until and min(_after(until, later), follow_up_on),
        "steps": steps,
    }


def _unit_on(unit: Unit, on: datetime.date) -> Unit:
    """The unit, or what became of it by the day."""
    while not unit.is_in_force(on) and unit.successor is not None and unit.valid_from < on:
        unit = unit.successor
    return unit


def _still_in(units: Iterable[Unit], pupils: Sequence[Pupil], on: datetime.date) -> list[Pupil]:
    below = subtree_ids([unit.pk for unit in units], on)
    enrolled = home_enrolments(on).filter(pupil__in=pupils, school_class_id__in=below)
    there = set(enrolled.values_list("pupil_id", flat=True))
    return [pupil for pupil in pupils if pupil.pk in there]


def _still_here(people: Sequence[User], unit: Unit, responsible: User) -> list[User]:
    here = {held.user_id for held in possible_responsibles(unit, timezone.localdate())} - {responsible.pk}
    return [person for person in people if person.pk in here]
