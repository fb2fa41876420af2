"""Steps, costs and people of the invented interventions; and one whose responsible person has changed schools."""

from __future__ import annotations

import datetime
from decimal import Decimal

from accounts.demo import Town
from accounts.models import Level, RoleAssignment, User
from accounts.queries import line_of
from accounts.roles import RoleCode
from interventions.models import CostLine, Intervention, Participant, Step

from .plans import WEEK, PlanTexts, texts_of


def write_lines(town: Town, *, told_on: datetime.date) -> None:
    """Of every intervention that the municipality has."""
    texts = texts_of(town.plan.country)
    interventions = list(Intervention.objects.select_related("unit").order_by("pk"))
    for intervention in interventions:
        own = {"municipality": town.municipality, "intervention": intervention}
        is_for_pupils = intervention.members.exists()
        Step.objects.bulk_create(
            Step(**own, what=what, due_on=day, done_on=done)
            for what, day, done in _steps(texts, intervention, told_on)
        )
        CostLine.objects.bulk_create(
            CostLine(**own, what=what, money=money, hours=Decimal(hours))
            for what, money, hours in (texts.costs[:2] if is_for_pupils else texts.costs)
        )
        if is_for_pupils and (person := _of_health_team(intervention)):
            Participant.objects.create(**own, user=person)
    _leave_one_alone(interventions)


def _steps(
    texts: PlanTexts, intervention: Intervention, told_on: datetime.date
) -> list[tuple[str, datetime.date, datetime.date | None]]:
    """What is behind us has been done, but the last of it while the intervention runs: that one is late."""
    days = [(what, intervention.starts_on + weeks * WEEK) for weeks, what in texts.steps]
    behind = [day for _what, day in days if day < told_on]
    late = behind[-1] if intervention.ended_on is None and len(behind) > 1 else None
    return [(what, day, day if day < told_on and day != late else None) for what, day in days]


def _of_health_team(intervention: Intervention) -> User | None:
    line = line_of(intervention.unit, intervention.starts_on)
    school = next((unit for unit in line if unit.level == Level.SCHOOL), None)
    held = RoleAssignment.objects.filter(role=RoleCode.HEALTH_TEAM, unit=school).order_by("pk").first()
    return held.user if held else None


def _leave_one_alone(interventions: list[Intervention]) -> None:
    """The teacher of the last one for a whole class now has a class of another school, and nobody was named instead."""
    open_ones = [one for one in interventions if one.ended_on is None and one.unit.is_school_class]
    if len(open_ones) < 2:
        return
    chosen = open_ones[-1]
    own_school = line_of(chosen.unit, chosen.starts_on)[-2]
    own_classes = own_school.child_placements.values("unit_id")
    elsewhere = RoleAssignment.objects.filter(role=RoleCode.TEACHER).exclude(unit__in=own_classes)
    held = elsewhere.select_related("user").order_by("-valid_from", "-pk").first()
    if held is not None:
        chosen.responsible = held.user
        chosen.save(update_fields=["responsible"])
