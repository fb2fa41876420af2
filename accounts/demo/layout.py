"""How an invented municipality is laid out: schools, areas and classes of some school years. Pure, no database."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

# Year groups are those of Sweden and Denmark, from 0; where school starts in year 1 they are moved up by one.
UPPER_STAGE = 7
# A class of the upper stage, and one year group of a mixed class, beside a usual class.
UPPER_WEIGHT = 1.05
MIXED_WEIGHT = 0.4


def first_day(autumn: int) -> datetime.date:
    """The first day of the school year that begins in the autumn of a year."""
    return datetime.date(autumn, 8, 1)


@dataclass(frozen=True)
class SchoolPlan:
    """A school.

    n_parallel: classes per year group below the upper stage; n_upper: in it.
    mixed: year groups of each class of a small school whose classes are mixed; empty elsewhere.
    awaited: {year group: number of classes} that are there in the last school year but whose pupils are not: they
    come with a file. The school then has no such pupils in the years before either.
    """

    name: str
    last_year: int
    first_year: int = 0
    n_parallel: int = 1
    n_upper: int = 0
    mixed: tuple[tuple[int, ...], ...] = ()
    awaited: Mapping[int, int] = field(default_factory=dict)

    def scaled(self, factor: float) -> SchoolPlan:
        return replace(
            self,
            n_parallel=max(1, round(self.n_parallel * factor)),
            n_upper=max(1, round(self.n_upper * factor)) if self.n_upper else 0,
        )

    def n_classes(self, year_group: int) -> int:
        return self.n_upper if year_group >= UPPER_STAGE else self.n_parallel


@dataclass(frozen=True)
class ClassPlan:
    """A class in one school year. track: 0 for A, 1 for B …; pupils stay in their track as they move up."""

    school: int
    autumn: int
    name: str
    year_groups: tuple[int, ...]
    track: int
    weight: float
    has_pupils: bool = True

    @property
    def year_group(self) -> int | None:
        """None for a mixed class."""
        return self.year_groups[0] if len(self.year_groups) == 1 else None


@dataclass(frozen=True)
class TownPlan:
    """A municipality: its schools, in the order of its areas, and the school years that are told of.

    administrations: {name: names of its areas}; with no area at all, the schools stand below the one administration.
    autumns: the years in which the school years begin.
    first_year_group: 0, or 1 where school starts in year 1.
    """

    name: str
    country: str
    n_pupils: int
    administrations: Mapping[str, tuple[str, ...]]
    schools: tuple[SchoolPlan, ...]
    autumns: tuple[int, ...]
    first_year_group: int = 0

    @cached_property
    def areas(self) -> tuple[str, ...]:
        return tuple(area for areas in self.administrations.values() for area in areas)

    def area_of(self, school: int) -> int:
        """The place of a school's area in `areas`: schools are dealt out evenly, in order."""
        return school * len(self.areas) // len(self.schools)

    @cached_property
    def classes(self) -> tuple[ClassPlan, ...]:
        return tuple(
            school_class
            for autumn in self.autumns
            for school in range(len(self.schools))
            for school_class in self._classes_of(school, autumn)
        )

    def _classes_of(self, school: int, autumn: int) -> list[ClassPlan]:
        plan = self.schools[school]
        if plan.mixed:
            return [self._mixed_class(school, autumn, year_groups) for year_groups in plan.mixed]
        years_left = self.autumns[-1] - autumn
        classes = []
        for stage in range(plan.first_year, plan.last_year + 1):
            is_awaited = stage + years_left in plan.awaited
            if is_awaited and years_left:
                continue
            n_classes = plan.awaited[stage] if is_awaited else plan.n_classes(stage)
            for track in range(n_classes):
                classes.append(self._class(school, autumn, stage, track, has_pupils=not is_awaited))
        return classes

    def _class(self, school: int, autumn: int, stage: int, track: int, *, has_pupils: bool) -> ClassPlan:
        year_group = stage + self.first_year_group
        letter = chr(ord("A") + track)
        return ClassPlan(
            school=school,
            autumn=autumn,
            name=f"{year_group or 'F'}{letter}",
            year_groups=(year_group,),
            track=track,
            weight=UPPER_WEIGHT if stage >= UPPER_STAGE else 1.0,
            has_pupils=has_pupils,
        )

    def _mixed_class(self, school: int, autumn: int, stages: tuple[int, ...]) -> ClassPlan:
        year_groups = tuple(stage + self.first_year_group for stage in stages)
        name = f"{year_groups[0] or 'F'}–{year_groups[-1]}"
        return ClassPlan(school, autumn, name, year_groups, track=0, weight=MIXED_WEIGHT)

    @cached_property
    def class_places(self) -> dict[tuple[int, int, int, int], int]:
        """Where in `classes` the class for (autumn, school, track, year group) is."""
        return {
            (plan.autumn, plan.school, plan.track, year_group): place
            for place, plan in enumerate(self.classes)
            for year_group in plan.year_groups
        }

    def next_class(self, place: int, year_group: int) -> int | None:
        """The class at the same school that a pupil of the year group goes on to; None where the school ends."""
        plan = self.classes[place]
        return self.class_places.get((plan.autumn + 1, plan.school, plan.track, year_group + 1))
