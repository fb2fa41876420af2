"""Reads of interventions: who may see which, and what a new one can be about."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db.models import F, Q, QuerySet

from accounts.access import Sight
from accounts.models import RoleAssignment, Unit, UnitPlacement
from accounts.queries import line_of, subtree_ids
from accounts.roles import ROLES, Permission
from colourmaps.models import Indicator
from pupils.models import Enrolment, Pupil
from pupils.queries import home_enrolments

from .models import Intervention, InterventionPupil

DECIDING_ROLES = [code for code, role in ROLES.items() if Permission.DECIDE_INTERVENTIONS in role.permissions]


def interventions_in_full() -> QuerySet[Intervention]:
    """Interventions with all that a row of a list says of them."""
    full = Intervention.objects.select_related("unit", "indicator", "responsible")
    return full.prefetch_related("pupils")


def most_urgent_first(interventions: QuerySet[Intervention]) -> QuerySet[Intervention]:
    """By follow-up day, the oldest first; then the ended ones, the latest first."""
    return interventions.order_by(F("ended_on").desc(nulls_first=True), "follow_up_on", "pk")


def visible_interventions(sight: Sight) -> QuerySet[Intervention]:
    """Those of the units where the person decides, and those that the person answers for elsewhere.

    Elsewhere only where no pupil is named: a name is for those who see the pupils of the unit.
    """
    named = InterventionPupil.objects.values("intervention_id")
    own = Q(responsible=sight.user) & ~Q(pk__in=named)
    return most_urgent_first(interventions_in_full().filter(Q(unit_id__in=decided_units(sight)) | own))


def decided_units(sight: Sight) -> set[int]:
    """Ids of the units where the person decides, with classes of earlier years that had interventions."""
    units: set[int] = set()
    for day in days_with_interventions(sight.today):
        units |= sight.visible_units(Permission.DECIDE_INTERVENTIONS, day)
    return units


def days_with_interventions(today: datetime.date) -> list[datetime.date]:
    """Today, and the last day of every school year whose classes had interventions: the trees to look in."""
    ended = Unit.objects.filter(interventions__isnull=False, valid_to__lte=today)
    last_days = {
        day - datetime.timedelta(days=1) for day in ended.values_list("valid_to", flat=True).distinct() if day
    }
    return sorted(last_days | {today})


def interventions_at(unit: Unit, on: datetime.date) -> QuerySet[Intervention]:
    """Those of the unit and of the units below it, now or in earlier years, for somebody who decides there."""
    days = [unit.nearest_day(on), *days_with_interventions(on)]
    units = {unit_id for day in days for unit_id in subtree_ids([unit.pk], day)}
    return most_urgent_first(interventions_in_full().filter(unit_id__in=units))


def interventions_of(pupil: Pupil, sight: Sight) -> QuerySet[Intervention]:
    """Those that name the pupil, and those for the whole of a class that the pupil is or was in."""
    classes = Enrolment.objects.filter(pupil=pupil, is_home=True).values("school_class_id")
    of_pupil = InterventionPupil.objects.filter(pupil=pupil).values("intervention_id")
    named = InterventionPupil.objects.values("intervention_id")
    about = Q(pk__in=of_pupil) | (Q(unit_id__in=classes) & ~Q(pk__in=named))
    return visible_interventions(sight).filter(about)


def parents_of(units: Collection[Unit]) -> dict[int, Unit]:
    """The unit above each of the units, as they last stood: by id of the unit; the municipality has none."""
    placements = UnitPlacement.objects.filter(unit__in=units).select_related("parent").order_by("valid_from")
    return {placement.unit_id: placement.parent for placement in placements}


def year_groups_at(unit: Unit, on: datetime.date) -> set[int]:
    """The year groups of the pupils of a unit on a day; of a class without pupils, its own."""
    units = subtree_ids([unit.pk], on)
    enrolled = home_enrolments(on).filter(school_class_id__in=units).values_list("year_group", flat=True)
    own = set() if unit.year_group is None else {unit.year_group}
    return set(enrolled.distinct()) or own


def applicable_indicators(year_groups: Collection[int]) -> QuerySet[Indicator]:
    """The indicators that are measured in one of the year groups, or have limits there."""
    applies = Q(due__year_group__in=year_groups) | Q(thresholds__year_group__in=year_groups)
    ids = Indicator.objects.filter(applies).order_by().values("pk").distinct()
    return Indicator.objects.filter(pk__in=ids)


def possible_responsibles(unit: Unit, on: datetime.date) -> list[RoleAssignment]:
    """The roles by which somebody can answer for an intervention at the unit, by name; one per person.

    Held at the unit, above it or below it on the day.
    """
    units = {above.pk for above in line_of(unit, on)} | subtree_ids([unit.pk], on)
    held = RoleAssignment.objects.on(on).filter(
        unit_id__in=units, role__in=DECIDING_ROLES, user__is_active=True
    )
    by_person: dict[int, RoleAssignment] = {}
    for assignment in held.select_related("user", "unit").order_by(
        "user__name", "user_id", "-unit__level", "pk"
    ):
        by_person.setdefault(assignment.user_id, assignment)
    return list(by_person.values())
