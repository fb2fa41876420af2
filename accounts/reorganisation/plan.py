"""What an act of reorganisation will do, worked out before anything is done."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from ..models import Level, RoleAssignment, Unit, UnitPlacement
from ..queries import subtree_ids
from ..refusal import ActRefused


class Refused(ActRefused):
    """The act is impossible as things stand, or by what it asks for."""


@dataclass(frozen=True)
class NewUnit:
    """A unit that the act makes, on its day."""

    level: Level
    name: str
    parent: Unit
    code: str = ""


class FormerPlace(NamedTuple):
    """An edge of the tree that no longer leads where it led: the unit stood under the parent on the days between."""

    unit_id: int
    parent_id: int
    valid_from: datetime.date
    valid_to: datetime.date | None

    def held(self, on: datetime.date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True)
class Plan:
    """An act by date: which edges of the tree lead elsewhere from the day on, and which units end.

    action: as the audit log names it. on: the first day of the new order.
    redirected: placements that hold on the day or begin later, and lead to the destination from then on.
    ending: units that are there up to, but not including, the day; the destination is their successor.
    """

    action: str
    on: datetime.date
    destination: Unit | NewUnit | None = None
    redirected: Collection[UnitPlacement] = ()
    ending: Collection[Unit] = ()

    @property
    def moved_ids(self) -> set[int]:
        """The units that stand elsewhere from the day on, each with all that is below it."""
        return {placement.unit_id for placement in self.redirected}

    @property
    def ending_ids(self) -> set[int]:
        return {unit.pk for unit in self.ending}

    def former_places(self) -> list[FormerPlace]:
        """Where the units stand from the day on as long as the plan is not carried out."""
        placements = [*self.redirected, *UnitPlacement.objects.on(self.on).filter(unit__in=self.ending_ids)]
        return [
            FormerPlace(each.unit_id, each.parent_id, max(self.on, each.valid_from), each.valid_to)
            for each in placements
        ]


@dataclass(frozen=True)
class Effect:
    """What a plan comes to in the tree.

    class_ids: of the classes that stand elsewhere from the day on, those of coming school years among them.
    n_units: other units that do. n_ending: units that end. n_roles: roles held at them on the day, whose holders need
    new ones. same_names: names that more than one class of the destination then has at a time, in order.
    """

    class_ids: Collection[int] = field(default_factory=set)
    n_units: int = 0
    n_ending: int = 0
    n_roles: int = 0
    same_names: Collection[str] = ()

    @property
    def n_classes(self) -> int:
        return len(self.class_ids)


def effect_of(plan: Plan) -> Effect:
    """Counts what the plan would do; writes nothing."""
    moved_ids = _moved_ids(plan)
    classes = Unit.objects.filter(pk__in=moved_ids, level=Level.SCHOOL_CLASS)
    class_ids = set(classes.values_list("pk", flat=True))
    roles = RoleAssignment.objects.on(plan.on).filter(unit__in=plan.ending_ids)
    return Effect(
        class_ids=class_ids,
        n_units=len(moved_ids - class_ids),
        n_ending=len(plan.ending),
        n_roles=roles.count(),
        same_names=_same_names(plan),
    )


def _moved_ids(plan: Plan) -> set[int]:
    """The redirected units and all that stands below them on the day or is to stand there later."""
    if not plan.redirected:
        return set()
    below = set(plan.moved_ids)
    below |= subtree_ids(plan.moved_ids, plan.on)
    later = UnitPlacement.objects.filter(parent__in=below, valid_from__gt=plan.on)
    return below | set(later.values_list("unit_id", flat=True))


def _same_names(plan: Plan) -> list[str]:
    """Classes are known by name within their school and year; two of one name have to be told apart."""
    placements = list(plan.redirected)
    if isinstance(plan.destination, Unit):
        placements += UnitPlacement.objects.on(plan.on).filter(parent=plan.destination)
    unit_ids = {placement.unit_id for placement in placements}
    classes = Unit.objects.filter(pk__in=unit_ids, level=Level.SCHOOL_CLASS)
    counted = Counter(classes.values_list("name", "valid_from"))
    return sorted({name for (name, _valid_from), n in counted.items() if n > 1})
