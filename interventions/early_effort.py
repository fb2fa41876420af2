"""How early help comes, and how much of it before the age of ten; and which of it may be told to whom. Pure.

Source: Asker's goal that 80 % of the extra resources for children are used before they are ten, and its mean age at
referral. Two figures per school year, each of the interventions that began in it:

- age at the first intervention: of the pupils who were named by an intervention for the first time in their lives
  here. What is done for whole classes or schools is for all, and so is nobody's first.
- share before ten: the cost lines of an intervention are divided equally among the pupils it is for, and each part
  counts by the pupil's age on its first day. An intervention without cost lines is not counted, and is said to be.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean, median

from pupils.school_years import SchoolYear

EARLY = 10
DAYS_OF_A_YEAR = 365.25
SCHOOL_BEGINS_AT = 6  # in the year in which they turn six, in all three countries


@dataclass(frozen=True)
class First:
    """A pupil's first intervention. place: id of the school where it was decided, or of the unit above the schools."""

    year: SchoolYear
    place: int
    age: float | None


@dataclass(frozen=True)
class Spent:
    """What an intervention cost, and the ages of those it is for by id of the pupil; None where not known."""

    year: SchoolYear
    place: int
    money: float
    hours: float
    ages: Mapping[int, float | None]


@dataclass(frozen=True)
class Ages:
    """Of those whose age is known."""

    n: int
    mean: float
    median: float


@dataclass
class Divided:
    """A sum by the age of those it was used for. unknown: for pupils of unknown age, or for no pupil in particular."""

    early: float = 0
    late: float = 0
    unknown: float = 0

    @property
    def total(self) -> float:
        return self.early + self.late + self.unknown

    @property
    def early_share(self) -> float | None:
        """0–1, of what is known; None where nothing is."""
        known = self.early + self.late
        return self.early / known if known else None


@dataclass
class Resources:
    money: Divided = field(default_factory=Divided)
    hours: Divided = field(default_factory=Divided)
    n_reached: int = 0


def age_from_birth(birth_date: datetime.date, on: datetime.date) -> float:
    return (on - birth_date).days / DAYS_OF_A_YEAR


def age_from_stage(stage: int, on: datetime.date) -> float:
    """Of a pupil of whom only the year group is known: as if born in the middle of the year.

    stage: years of school before the year group (pupils.school_years.stage).
    """
    middle = datetime.date(SchoolYear.of(on).start_year, 7, 1)
    return stage + SCHOOL_BEGINS_AT + (on - middle).days / DAYS_OF_A_YEAR


def ages_of(firsts: Iterable[First]) -> Ages | None:
    known = [first.age for first in firsts if first.age is not None]
    return Ages(len(known), mean(known), median(known)) if known else None


def resources_of(spendings: Iterable[Spent]) -> Resources:
    found, reached = Resources(), set[int]()
    for spent in spendings:
        reached |= set(spent.ages)
        _divide(spent.money, spent.ages, found.money)
        _divide(spent.hours, spent.ages, found.hours)
    found.n_reached = len(reached)
    return found


def _divide(amount: float, ages: Mapping[int, float | None], into: Divided) -> None:
    if not ages:
        into.unknown += amount
        return
    part = amount / len(ages)
    for age in ages.values():
        if age is None:
            into.unknown += part
        elif age < EARLY:
            into.early += part
        else:
            into.late += part


# --- what may be told ---------------------------------------------------------------------------

# How many pupils of each kind a figure rests on, for example (before ten, after).
Counts = tuple[int, ...]


@dataclass(frozen=True)
class Limits:
    """As of the municipality: pupils in all, and of each kind unless there are none."""

    smallest_base: int
    smallest_count: int

    def are_kept(self, counts: Counts) -> bool:
        few = any(0 < count < self.smallest_count for count in counts)
        return not few and sum(counts) >= self.smallest_base


def may_be_told(by_place: Mapping[int, Counts], limits: Limits) -> bool:
    """Enough pupils, and also without any one of the places: its own people know its own pupils and subtract them."""
    total = _sum(by_place.values())
    rests = [_minus(total, counts) for counts in by_place.values() if counts != total]
    return limits.are_kept(total) and all(not any(rest) or limits.are_kept(rest) for rest in rests)


def is_told(levels: Sequence[Sequence[Mapping[int, Counts]]], limits: Limits) -> bool:
    """Whether a unit's figure may be told beside those of the units above it and of its siblings.

    levels: from the municipality down to the unit, each with the counts by place of the unit and all its siblings.
    Where one sibling is hidden they all are: it would follow from the unit above less the others.
    """
    return all(
        all(not any(_sum(counts.values())) or may_be_told(counts, limits) for counts in siblings)
        for siblings in levels
    )


def _sum(counts: Iterable[Counts]) -> Counts:
    return tuple(map(sum, zip(*counts, strict=True)))


def _minus(total: Counts, part: Counts) -> Counts:
    return tuple(one - other for one, other in zip(total, part, strict=True))
