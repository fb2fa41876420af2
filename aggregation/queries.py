"""The way from stored figures to a page: sums where the reader sees the pupils, else what has been released."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from accounts.access import Sight
from accounts.models import Unit
from accounts.queries import WITH_SUBTREE, children_of
from accounts.roles import Permission, Tier
from accounts.written_reads import listed, moment_of, rows_of
from colourmaps.models import MeasurementRound
from colourmaps.queries import indicators_by_id

from .disclosure import Colours, Moves
from .models import ALL_PUPILS, UnitSum
from .released import Shown, ShownRelease, held_back, released_shares, shown_at
from .shares import Share, UnitMap, UnitRow, share_alone


def unit_map(
    unit: Unit,
    round_: MeasurementRound,
    sight: Sight,
    slice_: int = ALL_PUPILS,
    shown: Shown | None = None,
    at: datetime.datetime | None = None,
) -> UnitMap:
    """The map of a unit in the tree of the round's last day. The caller has asked the door for the unit itself.

    at: with what had been released at a moment; the sums themselves, of whose pupils are seen, are only kept as of now.
    slice_: which of the pupils; all slices of a split are shown of the same units.
    shown: what the reader's tier reads now of the round, if that is known already.
    """
    on = unit.nearest_day(round_.counted_on)
    line = sight.line_of(unit)
    children = visible_children(line, on, sight)
    ids = [unit.pk, *(child.pk for child in children)]
    tier = tier_in_line(sight, line)
    if tier is None:
        figures = true_figures(ids, round_, slice_)
    else:
        shown = shown or shown_at(round_, tier, at)
        figures = released_figures(ids, slice_, shown.with_slice(slice_))
    indicators = indicators_by_id({indicator_id for _unit_id, indicator_id in figures.shares})

    def row_of(each: Unit) -> UnitRow:
        return UnitRow(
            each, [figures.shares.get((each.pk, indicator.pk), NOT_DUE) for indicator in indicators]
        )

    return UnitMap(
        unit,
        round_,
        indicators,
        own=row_of(unit),
        children=[row_of(child) for child in children],
        slice=slice_,
        tier=tier,
        computed_at=figures.computed_at,
        is_waiting=at is None and _is_waiting(round_, unit, on, tier),
        held_back=held_back(round_, tier, slice_) if tier is not None and at is None else {},
    )


NOT_DUE = Share()


def visible_children(line: Sequence[Unit], on: datetime.date, sight: Sight) -> list[Unit]:
    """The units directly below the last one of a line on a day, of which the reader may see sums."""
    below = children_of(line[-1], on)
    return [child for child in below if sight.can_in_line(Permission.SEE_SUMS, [*line, child])]


def tier_in_line(sight: Sight, line: Sequence[Unit]) -> Tier | None:
    """How sums of the last unit of a line are shown to somebody who may see them; None to who sees its pupils."""
    return None if sight.can_in_line(Permission.SEE_PUPILS, line) else sight.tier_in_line(line)


@dataclass(frozen=True)
class UnitFigures:
    """shares: by (unit id, indicator id); not due is not in there. computed_at: see UnitMap."""

    shares: Mapping[tuple[int, int], Share]
    computed_at: datetime.datetime | None


class SumRow(NamedTuple):
    """What a page needs of a UnitSum, of which it reads hundreds: the names are its fields."""

    unit_id: int
    indicator_id: int
    due: int
    measured: int
    green: int
    yellow: int
    red: int
    up: int
    still: int
    down: int
    joined: int
    left: int


# Quoted: "left" is a word of the language.
SUM_COLUMNS = ", ".join(f'"{name}"' for name in SumRow._fields)
SUMS_SQL = f"""
    select {SUM_COLUMNS} from aggregation_unitsum
    where municipality_id = %(municipality)s and round_id = %(round)s and slice = %(slice)s and unit_id in {{ids}}
"""
OLDEST_SQL = """
    select min(counted_at) from aggregation_lastcount
    where municipality_id = %(municipality)s and round_id = %(round)s and unit_id in {ids}
"""


def true_figures(unit_ids: Iterable[int], round_: MeasurementRound, slice_: int) -> UnitFigures:
    """The sums themselves: only for those who see the pupils of the units."""
    ids = listed(unit_ids)
    sums = rows_of(SUMS_SQL.format(ids=ids), round=round_.pk, slice=slice_)
    oldest = rows_of(OLDEST_SQL.format(ids=ids), round=round_.pk)[0][0]
    return UnitFigures(
        {(row.unit_id, row.indicator_id): share_of(row) for row in map(SumRow._make, sums)}, moment_of(oldest)
    )


def share_of(row: UnitSum | SumRow) -> Share:
    if not row.due:
        return NOT_DUE
    uncoloured = row.measured - row.green - row.yellow - row.red
    return share_alone(
        Colours(row.green, row.yellow, row.red, uncoloured),
        Moves(row.up, row.still, row.down),
        row.due - row.measured,
        joined=row.joined,
        left=row.left,
    )


def released_figures(unit_ids: Iterable[int], slice_: int, shown: Sequence[ShownRelease]) -> UnitFigures:
    """What versions of the tables of a round show of a slice: the same to all readers of a tier."""
    releases = {release.pk: release for release in shown}
    shares = released_shares(shown, slice_, list(unit_ids))
    return UnitFigures(
        {
            (unit_id, releases[release_id].indicator_id): share
            for (release_id, unit_id), share in shares.items()
        },
        max((release.released_at for release in releases.values()), default=None),
    )


COUNT_WAITS_SQL = f"""
    {WITH_SUBTREE} select exists (
        select 1 from subtree join aggregation_rollupwork w on w.unit_id = subtree.unit_id
        where w.municipality_id = %(municipality)s and w.round_id = %(round)s
    )
"""
RELEASE_WAITS_SQL = """
    select exists (
        select 1 from aggregation_releasework where municipality_id = %(municipality)s and round_id = %(round)s
    ) or exists (
        select 1 from aggregation_rollupwork where municipality_id = %(municipality)s and round_id = %(round)s
    )
"""


def _is_waiting(round_: MeasurementRound, unit: Unit, on: datetime.date, tier: Tier | None) -> bool:
    """Whether what the page shows is being counted, or looked through before it is released.

    A release is of the whole round, and waits until all of it is counted.
    """
    sql = RELEASE_WAITS_SQL if tier is not None else COUNT_WAITS_SQL.format(ids=listed([unit.pk]))
    return bool(rows_of(sql, round=round_.pk, on=on)[0][0])
