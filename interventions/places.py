"""Where a new intervention can be decided: a unit, whole or some of its parts, or several units chosen together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from accounts.access import Sight
from accounts.models import Level, Unit
from accounts.queries import children_of, subtree_ids
from accounts.roles import Permission
from pupils.models import Pupil
from pupils.queries import pupils_in

from .models import Intervention
from .plans import Plan


@dataclass(frozen=True)
class Place:
    """unit: what it is for if no part is chosen; None where several units were chosen from the start.

    parts: the units that can be chosen instead, each of them one for which the person decides.
    """

    unit: Unit | None
    parts: Sequence[Unit] = ()

    @cached_property
    def by_key(self) -> dict[str, Unit]:
        return {part.key: part for part in self.parts}

    def chosen(self, keys: Sequence[str]) -> list[Unit]:
        """The parts with the keys, else the unit."""
        parts = [self.by_key[key] for key in dict.fromkeys(keys) if key in self.by_key]
        return parts or ([self.unit] if self.unit else [])


def place_of(unit: Unit, sight: Sight) -> Place:
    """Of a school, its classes can be chosen; of a unit above, the schools below it. The door has been asked."""
    if unit.is_school_class:
        return Place(unit)
    on = unit.nearest_day(sight.today)
    if unit.level == Level.SCHOOL:
        parts = children_of(unit, on)
    else:
        ids = subtree_ids([unit.pk], on)
        parts = list(
            Unit.objects.filter(pk__in=ids, level=Level.SCHOOL).select_related("kind").order_by("name")
        )
    line = sight.line_of(unit)
    decided = Permission.DECIDE_INTERVENTIONS
    return Place(unit, [part for part in parts if sight.can_in_line(decided, [*line, part])])


def place_of_together(keys: Collection[str], sight: Sight) -> Place:
    """Several units. Raises AccessDenied for one at which the person does not decide; an unknown one is left out."""
    units = list(Unit.objects.filter(key__in=keys).select_related("kind").order_by("level", "name"))
    for unit in units:
        sight.check(Permission.DECIDE_INTERVENTIONS, unit)
    return Place(None, units)


def place_to_change(intervention: Intervention, plan: Plan, sight: Sight) -> Place:
    """For whom else a plan can be: as for a new one where the person decides for its unit, else for its parts."""
    if not sight.can(Permission.DECIDE_INTERVENTIONS, intervention.unit):
        return Place(None if plan.parts else intervention.unit, plan.parts)
    place = place_of(intervention.unit, sight)
    others = [part for part in plan.parts if part.key not in place.by_key]
    return Place(place.unit, [*place.parts, *others])


def pupils_of(units: Sequence[Unit], sight: Sight) -> list[tuple[Unit, list[Pupil]]]:
    """The pupils who can be named one by one: those of classes, for somebody who sees them; else nobody."""
    if not all(unit.is_school_class and sight.can(Permission.SEE_PUPILS, unit) for unit in units):
        return []
    return [(unit, pupils_in(unit, unit.nearest_day(sight.today), sight)) for unit in units]
