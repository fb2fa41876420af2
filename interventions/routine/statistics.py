"""What the minutes of a school year tell at a unit: all of it to those who see the pupils, else what merging allows."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
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
    cases = [case for case in minutes.at(unit_id) if case.year == year]
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
    cases = [case for case in minutes.cases if case.year == year]
    levels = _levels(minutes, cases, line, dimension, ended)
    told = told_at(levels, classes, limits, is_ordered=dimension in ORDERED)[-1]
    if told is None:
        return Tabled(dimension, None, until)
    counted = ended[: told.n_terms]
    here = [case for case in minutes.at(line[-1]) if case.year == year and case.term in counted]
    return Tabled(dimension, _rows(here, told.partition, dimension), counted[-1].last_day)


def _rows(cases: Sequence[Case], partition: Partition, dimension: Dimension) -> list[Row]:
    """Without classes that have none."""
    counts = in_classes(cases, dimension)
    rows = [Row(group, sum(counts.get(each, 0) for each in group)) for group in partition]
    return [row for row in rows if row.n]


def _levels(
    minutes: Minutes, cases: Sequence[Case], line: Sequence[int], dimension: Dimension, terms: Sequence[Term]
) -> list[list[list[Table]]]:
    """The tables of each unit of the line with its siblings, and with what was held by the unit above itself."""
    lines = {place: set(line_above(place, minutes.parents)) for place in minutes.places}

    def tables(wanted: Iterable[Case]) -> list[Table]:
        of_unit = list(wanted)
        return [_table([case for case in of_unit if case.term == term], dimension) for term in terms]

    levels = [[tables(cases)]]
    for above in line[:-1]:
        children = [unit_id for unit_id, parent in minutes.parents.items() if parent == above]
        siblings = [tables(case for case in cases if case.place == above)]
        siblings += [tables(case for case in cases if child in lines[case.place]) for child in children]
        levels.append(siblings)
    return levels


def _table(cases: Iterable[Case], dimension: Dimension) -> Table:
    found: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for case in cases:
        pupils = {case.pupil} if case.pupil else set()
        found[case.classes[dimension]][case.place] |= pupils
    return {
        each: {place: frozenset(pupils) for place, pupils in by_place.items()}
        for each, by_place in found.items()
    }
