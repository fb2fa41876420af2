"""The way from stored figures to a page: sums where the reader sees the pupils, else what has been released."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Min

from accounts.access import Sight
from accounts.models import Unit
from accounts.queries import children_of, subtree_ids
from accounts.roles import Permission, Tier
from colourmaps.models import Indicator, MeasurementRound

from .disclosure import Colours, Moves
from .models import ALL_PUPILS, LastCount, ReleaseWork, RollupWork, UnitSum
from .released import held_back, released_shares, shown_releases
from .shares import Share, UnitMap, UnitRow


def unit_map(
    unit: Unit,
    round_: MeasurementRound,
    sight: Sight,
    slice_: int = ALL_PUPILS,
) -> UnitMap:
    """The map of a unit in the tree of the round's last day. The caller has asked the door for the unit itself.

    slice_: which of the pupils; all slices of a split are shown of the same units.
    """
    on = unit.nearest_day(round_.counted_on)
    visible = sight.visible_units(Permission.SEE_SUMS, on)
    children = [child for child in children_of(unit, on) if child.pk in visible]
    ids = [unit.pk, *(child.pk for child in children)]
    tier = tier_of(sight, unit)
    figures = (
        true_figures(ids, round_, slice_) if tier is None else released_figures(ids, round_, slice_, tier)
    )
    indicators = list(
        Indicator.objects.filter(pk__in={indicator_id for _unit_id, indicator_id in figures.shares})
    )

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
        is_waiting=_is_waiting(round_, unit, on, tier),
        held_back=held_back(round_, tier, slice_) if tier is not None else {},
    )


NOT_DUE = Share()


def tier_of(sight: Sight, unit: Unit) -> Tier | None:
    """How sums of a unit are shown to somebody who may see them; None to those who see its pupils."""
    return tier_in_line(sight, sight.line_of(unit))


def tier_in_line(sight: Sight, line: Sequence[Unit]) -> Tier | None:
    """As `tier_of`, for the last unit of a line that is already read."""
    return None if sight.can_in_line(Permission.SEE_PUPILS, line) else sight.tier_in_line(line)


@dataclass(frozen=True)
class UnitFigures:
    """shares: by (unit id, indicator id); not due is not in there. computed_at: see UnitMap."""

    shares: Mapping[tuple[int, int], Share]
    computed_at: datetime.datetime | None


def true_figures(unit_ids: Iterable[int], round_: MeasurementRound, slice_: int) -> UnitFigures:
    """The sums themselves: only for those who see the pupils of the units."""
    shown = {"unit_id__in": list(unit_ids), "round": round_}
    rows = UnitSum.objects.filter(**shown, slice=slice_)
    return UnitFigures(
        {(row.unit_id, row.indicator_id): share_of(row) for row in rows},
        LastCount.objects.filter(**shown).aggregate(oldest=Min("counted_at"))["oldest"],
    )


def share_of(row: UnitSum) -> Share:
    if not row.due:
        return NOT_DUE
    uncoloured = row.measured - row.green - row.yellow - row.red
    return Share(
        Colours(row.green, row.yellow, row.red, uncoloured),
        Moves(row.up, row.still, row.down),
        row.due - row.measured,
    )


def released_figures(
    unit_ids: Iterable[int], round_: MeasurementRound, slice_: int, tier: Tier
) -> UnitFigures:
    """What is shown now to a tier, the same to all readers of it."""
    releases = {release.pk: release for release in shown_releases([round_], tier, slice_)}
    shares = released_shares(list(releases.values()), slice_, list(unit_ids))
    return UnitFigures(
        {
            (unit_id, releases[release_id].indicator_id): share
            for (release_id, unit_id), share in shares.items()
        },
        max((release.released_at for release in releases.values()), default=None),
    )


def _is_waiting(round_: MeasurementRound, unit: Unit, on: datetime.date, tier: Tier | None) -> bool:
    """Whether what the page shows is being counted, or looked through before it is released.

    A release is of the whole round, and waits until all of it is counted.
    """
    if tier is None:
        return RollupWork.objects.filter(round=round_, unit_id__in=subtree_ids([unit.pk], on)).exists()
    return any(work.objects.filter(round=round_).exists() for work in (ReleaseWork, RollupWork))
