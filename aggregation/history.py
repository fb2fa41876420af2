"""The sums of a round that is over, read then and now: in the tree of its last day, or in the tree that stands today.

Then is what is stored: sums per round stay as they were. Now asks how today's units would have stood: every class of
the round is followed from where it stood last, over the successors of schools and areas that have ended since, to what
stands today. A merged school so has the history of all that became it, and each pupil is in one place, once. A class
whose school closed without a successor belongs to no school of today; it is told apart where it stood, under the lowest
unit above it that is still there, and not left out: no total of a round changes by how it is read.

The counts here are bare. Whoever shows them to a role that sees no pupils protects them first.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from accounts.lineage import Lineage, read_lineage
from accounts.models import Level, Unit
from accounts.queries import children_of
from accounts.tenancy import current_municipality
from colourmaps.models import MeasurementRound

from .models import ALL_PUPILS, UnitSum
from .rollup import COUNTS

# By indicator id: the additive counts of UnitSum, by name.
Counts = Mapping[int, Mapping[str, int]]


@dataclass(frozen=True)
class Source:
    """A unit under which pupils were counted when the round was, and how many of its classes are meant."""

    unit: Unit
    n_classes: int


@dataclass(frozen=True)
class HistoryRow:
    """A unit, its counts of the round, and the units of then that they come from: itself, or those that became it."""

    unit: Unit
    counts: Counts = field(default_factory=dict)
    sources: Sequence[Source] = ()


@dataclass(frozen=True)
class HistoryTable:
    """A unit and what stands directly below it, for a round that may be long over.

    of_nobody: units that ended without a successor, whose pupils are in the unit's own counts but in none of its
    children's. own is always the sum of children and of_nobody.
    """

    own: HistoryRow
    children: Sequence[HistoryRow] = ()
    of_nobody: Sequence[HistoryRow] = ()


def sums_of_then(unit: Unit, round_: MeasurementRound, *, slice: int = ALL_PUPILS) -> HistoryTable:
    """As stored, in the tree of the round's last day."""
    on = round_.counted_on
    children = children_of(unit, on)
    unit_ids = [unit.pk, *(child.pk for child in children)]
    stored: dict[int, dict[int, dict[str, int]]] = defaultdict(dict)
    for row in UnitSum.objects.filter(round=round_, slice=slice, unit_id__in=unit_ids):
        stored[row.unit_id][row.indicator_id] = {name: getattr(row, name) for name in COUNTS}
    return HistoryTable(
        HistoryRow(unit, stored[unit.pk]), [HistoryRow(child, stored[child.pk]) for child in children]
    )


def sums_in_todays_tree(
    unit: Unit, round_: MeasurementRound, on: datetime.date, *, slice: int = ALL_PUPILS
) -> HistoryTable:
    """The round's sums by the units that stand on the day; the unit is one of them.

    Directly below a school stand the classes of then; a class has no other history than its own. What had no pupils in
    the round has no row.
    """
    if unit.is_school_class:
        return sums_of_then(unit, round_, slice=slice)
    lineage = read_lineage(_counted_classes(round_))
    classes_below = _classes_by_child(unit, lineage, on)
    counts = _summed(classes_below, round_, slice)
    rows = [
        HistoryRow(
            lineage.units[child_id],
            counts[child_id],
            _sources(lineage, class_ids, lineage.units[child_id], round_.counted_on),
        )
        for child_id, class_ids in classes_below.items()
    ]
    rows.sort(key=lambda row: (row.unit.level, row.unit.year_group or 0, row.unit.name, row.unit.pk))
    everyone = [class_id for class_ids in classes_below.values() for class_id in class_ids]
    own = HistoryRow(
        unit,
        _total(row.counts for row in rows),
        _sources(lineage, everyone, unit, round_.counted_on),
    )
    return HistoryTable(
        own,
        children=[row for row in rows if _is_of_today(row.unit, on)],
        of_nobody=[row for row in rows if not _is_of_today(row.unit, on)],
    )


def _is_of_today(unit: Unit, on: datetime.date) -> bool:
    """Classes are of their school year, and of their school for good."""
    return unit.is_school_class or unit.is_in_force(on)


def _counted_classes(round_: MeasurementRound) -> list[int]:
    sums = UnitSum.objects.filter(round=round_, slice=ALL_PUPILS, unit__level=Level.SCHOOL_CLASS)
    return list(sums.values_list("unit_id", flat=True).distinct())


def _classes_by_child(unit: Unit, lineage: Lineage, on: datetime.date) -> dict[int, list[int]]:
    """By id of what is directly below the unit: the classes that are there on the day, or would be."""
    found: dict[int, list[int]] = defaultdict(list)
    for class_id in lineage.units:
        if not lineage.units[class_id].is_school_class:
            continue
        line = lineage.line_now(class_id, on)
        if unit.pk in line:
            found[line[line.index(unit.pk) - 1]].append(class_id)
    return dict(found)


def _sources(
    lineage: Lineage, class_ids: Iterable[int], unit: Unit, counted_on: datetime.date
) -> list[Source]:
    """The units of the same level under which the classes were counted, those with most classes first, then by name."""
    n_classes: Counter[int] = Counter()
    for class_id in class_ids:
        line = lineage.line_then(class_id, counted_on)
        of_level = (each for each in line if lineage.units[each].level == unit.level)
        n_classes[next(of_level, line[-1])] += 1
    sources = [Source(lineage.units[unit_id], n) for unit_id, n in n_classes.items()]
    return sorted(sources, key=lambda source: (-source.n_classes, source.unit.name, source.unit.pk))


def _summed(
    classes_of: Mapping[int, Collection[int]], round_: MeasurementRound, slice: int
) -> dict[int, Counts]:
    """The classes' counts added up, by the keys of classes_of."""
    found: dict[int, dict[int, dict[str, int]]] = {key: {} for key in classes_of}
    homes = [f"({int(class_id)}, {int(key)})" for key, ids in classes_of.items() for class_id in ids]
    if not homes:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with home(class_id, place_id) as (values {", ".join(homes)})
            select home.place_id, s.indicator_id, {", ".join(f"sum(s.{name})" for name in COUNTS)}
            from aggregation_unitsum s join home on home.class_id = s.unit_id
            where s.municipality_id = %s and s.round_id = %s and s.slice = %s
            group by home.place_id, s.indicator_id
            """,
            [current_municipality().pk, round_.pk, slice],
        )
        for key, indicator_id, *counts in cursor.fetchall():
            found[key][indicator_id] = dict(zip(COUNTS, map(int, counts), strict=True))
    return dict(found)


def _total(tables: Iterable[Counts]) -> Counts:
    total: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    for counts in tables:
        for indicator_id, of_indicator in counts.items():
            for name, count in of_indicator.items():
                total[indicator_id][name] += count
    return dict(total)
