"""Writes an invented municipality's tree of units."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Level, Municipality, Unit, UnitCode, UnitKind, UnitPlacement
from accounts.queries import root_unit
from accounts.tenancy import current_municipality

from .layout import ClassPlan, TownPlan, first_day

BATCH = 5_000
# The tree is older than what is told of it.
FOUNDED = datetime.date(2015, 8, 1)


@dataclass(frozen=True)
class Town:
    """A municipality as planned and as written: the units in the order of the plan."""

    plan: TownPlan
    municipality: Municipality
    root: Unit
    administrations: list[Unit]
    areas: list[Unit]
    schools: list[Unit]
    classes: list[Unit]

    def school_of(self, class_place: int) -> int:
        return self.plan.classes[class_place].school

    def classes_now(self, school: int) -> list[int]:
        """Places of the school's classes of the last school year."""
        last = self.plan.autumns[-1]
        return [
            place
            for place, school_class in enumerate(self.plan.classes)
            if school_class.school == school and school_class.autumn == last
        ]

    def predecessor_of(self, class_place: int) -> int | None:
        """The class that went on to this one; None for a new or mixed class."""
        successor = self.classes[class_place].pk
        return next((n for n, unit in enumerate(self.classes) if unit.successor_id == successor), None)


def write_tree(plan: TownPlan) -> Town:
    """All units below the root, their placements, and a code for each school. A municipality is entered and empty."""
    writer = _TreeWriter()
    root = root_unit()
    administrations = writer.add(Level.ADMINISTRATION, list(plan.administrations), [root])
    owners = [
        administration
        for administration, areas in zip(administrations, plan.administrations.values(), strict=True)
        for _area in areas
    ]
    areas = writer.add(Level.AREA, plan.areas, owners)
    school_parents = [
        areas[plan.area_of(school)] if areas else administrations[0] for school in range(len(plan.schools))
    ]
    schools = writer.add(Level.SCHOOL, [school.name for school in plan.schools], school_parents)
    _write_codes(schools)
    classes = _write_classes(writer, plan, schools)
    return Town(plan, writer.municipality, root, administrations, areas, schools, classes)


class _TreeWriter:
    """Writes many units of one level at once, each with its placement."""

    def __init__(self) -> None:
        self.municipality = current_municipality()
        self.kinds = {kind.level: kind for kind in UnitKind.objects.order_by("-pk")}

    def add(self, level: Level, names: Sequence[str], parents: Sequence[Unit]) -> list[Unit]:
        """Units that have been there since FOUNDED; one parent for all, or one each."""
        if len(parents) == 1:
            parents = [parents[0]] * len(names)
        units = [self.unit(level, name) for name in names]
        return self.write(units, parents)

    def unit(self, level: Level, name: str) -> Unit:
        return Unit(
            municipality=self.municipality,
            kind=self.kinds[level],
            level=level,
            name=name,
            valid_from=FOUNDED,
            known_from=None,
        )

    def write(self, units: list[Unit], parents: Sequence[Unit]) -> list[Unit]:
        Unit.objects.bulk_create(units, batch_size=BATCH)
        UnitPlacement.objects.bulk_create(
            [
                UnitPlacement(
                    municipality=self.municipality,
                    unit=unit,
                    parent=parent,
                    valid_from=unit.valid_from,
                    valid_to=unit.valid_to,
                    known_from=None,
                )
                for unit, parent in zip(units, parents, strict=True)
            ],
            batch_size=BATCH,
        )
        return units


def _write_codes(schools: list[Unit]) -> None:
    """School unit codes of eight digits that begin with the municipality's own four, which no real ones do."""
    UnitCode.objects.bulk_create(
        UnitCode(
            municipality=school.municipality,
            unit=school,
            code=f"{school.municipality.code}{number:04}",
            valid_from=FOUNDED,
        )
        for number, school in enumerate(schools, start=1)
    )


def _write_classes(writer: _TreeWriter, plan: TownPlan, schools: list[Unit]) -> list[Unit]:
    """The classes of all school years, the last year first, so that each finds its successor written."""
    written: dict[int, Unit] = {}
    for autumn in reversed(plan.autumns):
        places = [place for place, school_class in enumerate(plan.classes) if school_class.autumn == autumn]
        units = [_class_unit(writer, plan, place, written) for place in places]
        parents = [schools[plan.classes[place].school] for place in places]
        written.update(zip(places, writer.write(units, parents), strict=True))
    return [written[place] for place in range(len(plan.classes))]


def _class_unit(writer: _TreeWriter, plan: TownPlan, place: int, written: dict[int, Unit]) -> Unit:
    school_class: ClassPlan = plan.classes[place]
    unit = writer.unit(Level.SCHOOL_CLASS, school_class.name)
    unit.year_group = school_class.year_group
    unit.valid_from = first_day(school_class.autumn)
    unit.valid_to = first_day(school_class.autumn + 1)
    if unit.year_group is not None:
        successor = plan.next_class(place, unit.year_group)
        unit.successor = written[successor] if successor is not None else None
    return unit
