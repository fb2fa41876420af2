"""What the minutes of a school year tell at a unit: all of it to those who see the pupils, else what merging allows."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pupils.school_years import SchoolYear, Term

from ..early_effort import Limits
from ..unit_lines import line_above
from .merging import Group, Partition, Table, told_at
from .minutes import Case, Dimension, Minutes, in_classes

ORDERED = frozenset({Dimension.AGE})


@dataclass(frozen=True)
class Row:
    """n cases, of one class or of several that are told together."""

    classes: Group
    n: int


@dataclass(frozen=True)
class Tabled:
    """One dimension of a school year. rows: None where nothing may be told. until: the last day that is counted."""

    dimension: Dimension
    rows: Sequence[Row] | None
    until: datetime.date

    @property
    def total(self) -> int:
        return sum(row.n for row in self.rows or ())


def classes_of(minutes: Minutes, dimension: Dimension, order: Sequence[str]) -> list[str]:
    """Every class that a case is in, in the order; one that it does not know comes last."""
    known = set(order)
    others = {case.classes[dimension] for case in minutes.cases} - known
    return [*order, *sorted(others)]


def as_it_is(
    minutes: Minutes, unit_id: int, year: SchoolYear, dimension: Dimension, order: Sequence[str]
) -> Tabled:
    """Every count, up to now."""
    cases = _of_year(minutes.at(unit_id), year)
    singles: Partition = tuple((each,) for each in classes_of(minutes, dimension, order))
    return Tabled(dimension, _rows(cases, singles, dimension), year.last_day)


def protected(
    minutes: Minutes,
    line: Sequence[int],
    year: SchoolYear,
    dimension: Dimension,
    order: Sequence[str],
    limits: Limits,
    today: datetime.date,
) -> Tabled:
    """Of the terms that are over, what may be told at the last unit of a line that begins with the municipality."""
    ended = [term for term in year.terms if term.valid_to <= today]
    until = ended[-1].last_day if ended else year.first_day
    classes = classes_of(minutes, dimension, order)
    cases = _of_year(minutes.cases, year)
    levels = _levels(minutes, cases, line, dimension, ended)
    told = told_at(levels, classes, limits, is_ordered=dimension in ORDERED)[-1]
    if told is None:
        return Tabled(dimension, None, until)
    counted = ended[: told.n_terms]
    here = [case for case in _of_year(minutes.at(line[-1]), year) if case.term in counted]
    return Tabled(dimension, _rows(here, told.partition, dimension), counted[-1].last_day)


def _of_year(cases: Iterable[Case], year: SchoolYear) -> list[Case]:
    first, end = year.first_day, year.valid_to
    return [case for case in cases if first <= case.closed_on < end]


def _rows(cases: Sequence[Case], partition: Partition, dimension: Dimension) -> list[Row]:
    """Without classes that have none."""
    counts = in_classes(cases, dimension)
    rows = [Row(group, sum(counts.get(each, 0) for each in group)) for group in partition]
    return [row for row in rows if row.n]


def _levels(
    minutes: Minutes, cases: Sequence[Case], line: Sequence[int], dimension: Dimension, terms: Sequence[Term]
) -> list[list[list[Table]]]:
    """The tables of each unit of the line with its siblings, and with what was held by the unit above itself."""
    by_place = _pupils_by_place(cases, dimension)
    lines = {place: set(line_above(place, minutes.parents)) for place in by_place}

    def tables(places: Iterable[int]) -> list[Table]:
        counted = list(places)
        return [_table({place: by_place[place].get(term, {}) for place in counted}) for term in terms]

    levels = [[tables(by_place)]]
    for above in line[:-1]:
        children = [unit_id for unit_id, parent in minutes.parents.items() if parent == above]
        siblings = [tables(place for place in by_place if place == above)]
        siblings += [tables(place for place in by_place if child in lines[place]) for child in children]
        levels.append(siblings)
    return levels


# The pupils by term and class.
Classed = dict[Term, dict[str, set[int]]]


def _pupils_by_place(cases: Iterable[Case], dimension: Dimension) -> Mapping[int, Classed]:
    found: dict[int, Classed] = {}
    for case in cases:
        of_class = found.setdefault(case.place, {}).setdefault(case.term, {})
        pupils = of_class.setdefault(case.classes[dimension], set())
        if case.pupil:
            pupils.add(case.pupil)
    return found


def _table(by_place: Mapping[int, Mapping[str, set[int]]]) -> Table:
    found: dict[str, dict[int, frozenset[int]]] = defaultdict(dict)
    for place, by_class in by_place.items():
        for each, pupils in by_class.items():
            found[each][place] = frozenset(pupils)
    return found
