"""What a new intervention can be about, and who can answer for it."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db.models import Q, QuerySet

from accounts.models import RoleAssignment, Unit
from accounts.queries import line_of, subtree_ids
from accounts.roles import ROLES, Permission
from colourmaps.models import Indicator
from pupils.queries import home_enrolments

DECIDING_ROLES = [code for code, role in ROLES.items() if Permission.DECIDE_INTERVENTIONS in role.permissions]


def year_groups_at(units: Collection[Unit], on: datetime.date) -> set[int]:
    """The year groups of the pupils of units on a day; of classes without pupils, their own."""
    below = subtree_ids([unit.pk for unit in units], on)
    enrolled = home_enrolments(on).filter(school_class_id__in=below).values_list("year_group", flat=True)
    own = {unit.year_group for unit in units if unit.year_group is not None}
    return set(enrolled.distinct()) or own


def applicable_indicators(year_groups: Collection[int]) -> QuerySet[Indicator]:
    """The indicators that are measured in one of the year groups, or have limits there."""
    applies = Q(due__year_group__in=year_groups) | Q(thresholds__year_group__in=year_groups)
    ids = Indicator.objects.filter(applies).order_by().values("pk").distinct()
    return Indicator.objects.filter(pk__in=ids)


def possible_responsibles(unit: Unit, on: datetime.date) -> list[RoleAssignment]:
    """The roles by which somebody can answer for an intervention at the unit, by name; one per person.

    Held at the unit, above it or below it on the day, and with a level of sight that reaches the unit.
    """
    units = {above.pk for above in line_of(unit, on)} | subtree_ids([unit.pk], on)
    roles = [role for role in DECIDING_ROLES if ROLES[role].lowest_level >= unit.level]
    held = RoleAssignment.objects.on(on).filter(unit_id__in=units, role__in=roles, user__is_active=True)
    by_person: dict[int, RoleAssignment] = {}
    for assignment in held.select_related("user", "unit").order_by(
        "user__name", "user_id", "-unit__level", "pk"
    ):
        by_person.setdefault(assignment.user_id, assignment)
    return list(by_person.values())
