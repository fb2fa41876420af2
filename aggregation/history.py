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

from accounts.lineage import ClassPlace, Lineage, class_places, read_lineage
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
    the round has no row. A round that is not over is read in the tree of its last day.
    """
    if unit.is_school_class:
        return sums_of_then(unit, round_, slice=slice)
    on = max(on, round_.counted_on)
    lineage, places = read_lineage(), class_places(round_.counted_on, on)
    parts = _parts_of(unit, places, lineage, on)
    counts = _summed(parts, _smallest_number_of_sums(parts, places, lineage), round_, slice)
    units = _units(counts, lineage)
    rows = [
        HistoryRow(units[part_id], counts[part_id], _sources(lineage, parts[part_id], units[part_id], round_))
        for part_id in counts
    ]
    rows.sort(key=lambda row: (row.unit.level, row.unit.year_group or 0, row.unit.name, row.unit.pk))
    everyone = [place for part_id in counts for place in parts[part_id]]
    return HistoryTable(
        HistoryRow(unit, total_of(row.counts for row in rows), _sources(lineage, everyone, unit, round_)),
        children=[row for row in rows if _is_of_today(row.unit, on)],
        of_nobody=[row for row in rows if not _is_of_today(row.unit, on)],
    )


# By id of what is directly below the unit: the classes that stand there, or would.
Parts = Mapping[int, Sequence[ClassPlace]]


def _parts_of(unit: Unit, places: Sequence[ClassPlace], lineage: Lineage, on: datetime.date) -> Parts:
    """Classes of one parent are in one line, so that lines are followed only once for every school."""
    lines = {
        parent_id: lineage.line_now(parent_id, on) for parent_id in {place.parent_last for place in places}
    }
    found: dict[int, list[ClassPlace]] = defaultdict(list)
    for place in places:
        line = [place.class_id, *lines[place.parent_last]]
        if unit.pk in line:
            found[line[line.index(unit.pk) - 1]].append(place)
    return found


def _smallest_number_of_sums(
    parts: Parts, places: Sequence[ClassPlace], lineage: Lineage
) -> dict[int, set[int]]:
    """By part, the units whose stored sums make it up: a school as a whole where all its classes went the same way."""
    n_classes = Counter(place.parent_then for place in places)
    found: dict[int, set[int]] = {}
    for part_id, of_part in parts.items():
        n_here = Counter(place.parent_then for place in of_part)
        whole = {
            unit_id
            for unit_id, n in n_here.items()
            if n == n_classes[unit_id] and lineage.units[unit_id].level == Level.SCHOOL
        }
        found[part_id] = whole | {place.class_id for place in of_part if place.parent_then not in whole}
    return found


def _summed(
    parts: Parts, sums_of: Mapping[int, Collection[int]], round_: MeasurementRound, slice: int
) -> dict[int, Counts]:
    """The counts of the parts; a part without any is left out."""
    homes = [f"({int(unit_id)}, {int(part_id)})" for part_id in parts for unit_id in sums_of[part_id]]
    found: dict[int, dict[int, dict[str, int]]] = defaultdict(dict)
    if not homes:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with home(unit_id, part_id) as (values {", ".join(homes)})
            select home.part_id, s.indicator_id, {", ".join(f"sum(s.{name})" for name in COUNTS)}
            from home join aggregation_unitsum s on s.unit_id = home.unit_id
            where s.municipality_id = %s and s.round_id = %s and s.slice = %s
            group by home.part_id, s.indicator_id
            """,
            [current_municipality().pk, round_.pk, slice],
        )
        for part_id, indicator_id, *counts in cursor.fetchall():
            found[part_id][indicator_id] = dict(zip(COUNTS, map(int, counts), strict=True))
    return dict(found)


def _units(unit_ids: Collection[int], lineage: Lineage) -> dict[int, Unit]:
    classes = Unit.objects.select_related("kind").in_bulk(
        [unit_id for unit_id in unit_ids if unit_id not in lineage.units]
    )
    return {unit_id: lineage.units.get(unit_id) or classes[unit_id] for unit_id in unit_ids}


def _is_of_today(unit: Unit, on: datetime.date) -> bool:
    """Classes are of their school year, and of their school for good."""
    return unit.is_school_class or unit.is_in_force(on)


def _sources(
    lineage: Lineage, places: Iterable[ClassPlace], unit: Unit, round_: MeasurementRound
) -> list[Source]:
    """The units of the same level under which the classes were counted: with most classes first, then by name."""
    if unit.is_school_class:
        return [Source(unit, 1)]
    n_classes: Counter[int] = Counter()
    for parent_id, n in Counter(place.parent_then for place in places).items():
        line = lineage.line_then(parent_id, round_.counted_on)
        of_level = (each for each in line if lineage.units[each].level == unit.level)
        n_classes[next(of_level, parent_id)] += n
    sources = [Source(lineage.units[unit_id], n) for unit_id, n in n_classes.items()]
    return sorted(sources, key=lambda source: (-source.n_classes, source.unit.name, source.unit.pk))


def total_of(tables: Iterable[Counts]) -> Counts:
    """The counts of several units added up."""
    total: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    for counts in tables:
        for indicator_id, of_indicator in counts.items():
            for name, count in of_indicator.items():
                total[indicator_id][name] += count
    return dict(total)
