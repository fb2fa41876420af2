"""Reads what has been released: the only figures of those who see no pupils."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q, QuerySet

from accounts.models import Unit
from accounts.roles import Tier
from accounts.written_reads import Columns, listed, moment_of, rows_of
from colourmaps.models import Indicator, MeasurementRound

from .disclosure import Colours, Moves, Part, Rule
from .models import HeldBack, Release
from .shares import Member, Percents, Pool, Share, share_alone
from .slices import split_of
from .steps import in_steps


class ShownRelease(NamedTuple):
    """What a page needs of a Release, of which it reads a hundred: the names are its fields."""

    pk: int
    indicator_id: int
    split: str
    tier: str
    released_at: datetime.datetime
    pools: list[list[int]]


# By (id of the release, unit id).
Shares = dict[tuple[int, int], Share]


class Row(NamedTuple):
    """A row of ReleasedFigure: the names are its fields."""

    release_id: int
    unit_id: int
    green: int | None
    yellow: int | None
    red: int | None
    uncoloured: int | None
    colours_pool: int | None
    colours_rule: str
    up: int | None
    still: int | None
    down: int | None
    movement_pool: int | None
    movement_rule: str
    missing: int | None
    coverage_pool: int | None
    coverage_rule: str

    @property
    def colours(self) -> Colours | None:
        if self.green is None or self.yellow is None or self.red is None or self.uncoloured is None:
            return None
        return Colours(self.green, self.yellow, self.red, self.uncoloured)

    @property
    def moves(self) -> Moves | None:
        if self.up is None or self.still is None or self.down is None:
            return None
        return Moves(self.up, self.still, self.down)

    @property
    def is_of_the_unit_alone(self) -> bool:
        """Whether every part is shown of the unit by itself: so most are, and the others cost more to put together."""
        places = self.colours_pool, self.movement_pool, self.coverage_pool
        rules = self.colours_rule, self.movement_rule, self.coverage_rule
        return places == (None, None, None) and not any(rules)

    @property
    def pools(self) -> dict[Part, int | None]:
        return {
            Part.COLOURS: self.colours_pool,
            Part.MOVEMENT: self.movement_pool,
            Part.COVERAGE: self.coverage_pool,
        }

    @property
    def rules(self) -> dict[Part, Rule]:
        """Of the parts that are not shown of the unit alone."""
        names = {
            Part.COLOURS: self.colours_rule,
            Part.MOVEMENT: self.movement_rule,
            Part.COVERAGE: self.coverage_rule,
        }
        return {part: Rule[name] for part, name in names.items() if name}

    @property
    def is_of_nobody(self) -> bool:
        return self.missing == 0 and self.colours is not None and not any(self.colours)


def shown_releases(
    rounds: Collection[MeasurementRound],
    tier: Tier,
    slice_: int | None = None,
    at: datetime.datetime | None = None,
) -> QuerySet[Release]:
    """The version of each table that is shown now, or was at a moment; with a slice, only of tables that have it."""
    shown = Q(superseded_at__isnull=True)
    if at is not None:
        shown = Q(released_at__lte=at) & (shown | Q(superseded_at__gt=at))
    releases = Release.objects.filter(shown, round__in=rounds, tier=tier)
    if slice_ is not None:
        releases = releases.filter(split=split_of(slice_).code)
    return releases.defer("behind")


SLICES_SQL = """
    select distinct slice from aggregation_releasedfigure
    where municipality_id = %(municipality)s and unit_id = %(unit)s and release_id in {releases}
"""


@dataclass(frozen=True)
class Shown:
    """The versions of all tables of a round that a tier reads, now or at a moment."""

    releases: Sequence[ShownRelease]

    def with_slice(self, slice_: int) -> list[ShownRelease]:
        code = split_of(slice_).code
        return [release for release in self.releases if release.split == code]

    def slices_of(self, unit: Unit) -> set[int]:
        """The slices of which the unit has figures."""
        releases = listed(release.pk for release in self.releases)
        return {row[0] for row in rows_of(SLICES_SQL.format(releases=releases), unit=unit.pk)}

    @property
    def newest(self) -> datetime.datetime | None:
        return max((release.released_at for release in self.releases), default=None)


SHOWN_SQL = """
    select r.id, r.indicator_id, r.split, r.tier, r.released_at, r.pools from aggregation_release r
    where r.municipality_id = %(municipality)s and r.round_id = %(round)s and r.tier = %(tier)s
      and r.superseded_at is null
"""


def shown_at(round_: MeasurementRound, tier: Tier, at: datetime.datetime | None = None) -> Shown:
    """What a tier reads now, or read at a moment."""
    if at is not None:
        rows = shown_releases([round_], tier, at=at).values_list(*ShownRelease._fields)
        return Shown([ShownRelease(*row) for row in rows])
    return Shown(
        [
            ShownRelease(pk, indicator_id, split, tier_, moment_of(released_at), json.loads(pools))
            for pk, indicator_id, split, tier_, released_at, pools in rows_of(
                SHOWN_SQL, round=round_.pk, tier=tier
            )
        ]
    )


INDICATOR = Columns(Indicator, "i")
HELD_BACK_SQL = f"""
    select c.held_back, {INDICATOR.sql}
    from aggregation_releasecheck c join colourmaps_indicator i on i.id = c.indicator_id
    where c.municipality_id = %(municipality)s and c.round_id = %(round)s and c.tier = %(tier)s
      and c.split = %(split)s and c.held_back <> ''
    order by i.position, i.code
"""


def held_back(round_: MeasurementRound, tier: Tier, slice_: int) -> dict[HeldBack, list[Indicator]]:
    """Why figures are not shown, or not the newest, and of which indicators."""
    found: dict[HeldBack, list[Indicator]] = {}
    for row in rows_of(HELD_BACK_SQL, round=round_.pk, tier=tier, split=split_of(slice_).code):
        found.setdefault(HeldBack(row[0]), []).append(INDICATOR.made_of(row, 1))
    return found


FIGURES_SQL = f"""
    select {", ".join(Row._fields)} from aggregation_releasedfigure
    where municipality_id = %(municipality)s and slice = %(slice)s and release_id in {{releases}}{{of_units}}
"""


def released_shares(
    releases: Sequence[Release] | Sequence[ShownRelease], slice_: int, unit_ids: Collection[int] | None = None
) -> Shares:
    """What versions of tables show of the units, or of all; a unit of which nothing was due has no entry."""
    by_id = {release.pk: release for release in releases}
    of_units = f" and unit_id in {listed(unit_ids)}" if unit_ids is not None else ""
    figures = FIGURES_SQL.format(releases=listed(by_id), of_units=of_units)
    rows = [Row._make(values) for values in rows_of(figures, slice=slice_)]
    pools = _pools(by_id, rows)
    return {(row.release_id, row.unit_id): _share(row, by_id[row.release_id], pools) for row in rows}


# By (id of the release, place in its pools).
Pools = dict[tuple[int, int], Pool]


def _pools(releases: Mapping[int, Release | ShownRelease], rows: Iterable[Row]) -> Pools:
    """The pools that the rows speak of. A negative id in Release.pools is the rest of the unit (Member.is_rest).

    A unit that an undone import has taken away since is named no more; the figures are still those of all.
    """
    pooled = [row for row in rows if not row.is_of_the_unit_alone]
    places = {(row.release_id, place) for row in pooled for place in row.pools.values() if place is not None}
    ids = {(release_id, place): releases[release_id].pools[place] for release_id, place in places}
    wanted = {abs(unit_id) for members in ids.values() for unit_id in members}
    units = Unit.objects.in_bulk(wanted) if wanted else {}
    members = {
        signed: Member(abs(signed), units[abs(signed)].name, units[abs(signed)].level, is_rest=signed < 0)
        for signed in {signed for pool in ids.values() for signed in pool}
        if abs(signed) in units
    }
    return {
        key: Pool(tuple(members[signed] for signed in pool if signed in members)) for key, pool in ids.items()
    }


def _share(row: Row, release: Release | ShownRelease, pools: Pools) -> Share:
    if row.is_of_nobody:
        return Share()
    if row.is_of_the_unit_alone and release.tier != Tier.BOARD:
        return share_alone(row.colours, row.moves, row.missing)
    in_pools = {part: pools[release.pk, place] for part, place in row.pools.items() if place is not None}
    rules = row.rules
    hidden_by = {part: rule for part, rule in rules.items() if part not in in_pools}
    pooled_by = {part: rule for part, rule in rules.items() if part in in_pools}
    if release.tier == Tier.BOARD:
        return Share(None, None, None, hidden_by, in_pools, pooled_by, _percents(row))
    return Share(row.colours, row.moves, row.missing, hidden_by, in_pools, pooled_by)


def _percents(row: Row) -> Percents | None:
    """In steps of five; how many are without limits is not told."""
    colours, moves = row.colours, row.moves
    if colours is None:
        return None
    judged = colours[:3]
    is_of_same_units = row.coverage_pool == row.colours_pool
    return Percents(
        base=sum(judged),
        colours=Colours(*in_steps(judged)),
        moves=Moves(*in_steps(moves)) if moves is not None and any(moves) else None,
        measured=in_steps([sum(colours), row.missing])[0]
        if row.missing is not None and is_of_same_units
        else None,
    )
