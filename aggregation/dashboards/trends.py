"""The counts of units over rounds, as the reader may see them. Constant in queries, whatever the number of rounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from accounts.models import Unit
from accounts.roles import Tier
from colourmaps.models import Indicator, MeasurementRound

from ..models import UnitSum
from ..queries import share_of
from ..released import released_shares, shown_releases
from ..shares import Share


class Point(NamedTuple):
    round: MeasurementRound
    share: Share


@dataclass(frozen=True)
class Trend:
    """A unit and an indicator, with the rounds in which anything was due there, oldest first."""

    unit: Unit
    indicator: Indicator
    points: Sequence[Point]


# By (unit id, indicator id, round id).
Shares = Mapping[tuple[int, int, int], Share]


def trends_of(
    units: Sequence[Unit],
    indicators: Sequence[Indicator],
    rounds: Sequence[MeasurementRound],
    tier: Tier | None,
    slice_: int,
) -> dict[int, list[Trend]]:
    """By unit id, a trend of each indicator that was ever due there.

    rounds: oldest first. tier: how sums are shown to the reader; None if the reader sees the units' pupils.
    slice_: which of the pupils.
    """
    unit_ids, indicator_ids = [unit.pk for unit in units], [indicator.pk for indicator in indicators]
    if tier is None:
        shares = _true_shares(unit_ids, indicator_ids, rounds, slice_)
    else:
        shares = _released_shares(unit_ids, indicator_ids, rounds, slice_, tier)
    trends: dict[int, list[Trend]] = defaultdict(list)
    for unit in units:
        for indicator in indicators:
            keys = [(round_, (unit.pk, indicator.pk, round_.pk)) for round_ in rounds]
            points = [Point(round_, shares[key]) for round_, key in keys if key in shares]
            if points:
                trends[unit.pk].append(Trend(unit, indicator, points))
    return dict(trends)


def _true_shares(
    unit_ids: Collection[int],
    indicator_ids: Collection[int],
    rounds: Sequence[MeasurementRound],
    slice_: int,
) -> Shares:
    rows = UnitSum.objects.filter(
        unit_id__in=unit_ids, indicator_id__in=indicator_ids, round__in=rounds, slice=slice_, due__gt=0
    )
    return {(row.unit_id, row.indicator_id, row.round_id): share_of(row) for row in rows}


def _released_shares(
    unit_ids: Collection[int],
    indicator_ids: Collection[int],
    rounds: Sequence[MeasurementRound],
    slice_: int,
    tier: Tier,
) -> Shares:
    releases = {
        release.pk: release
        for release in shown_releases(rounds, tier, slice_).filter(indicator_id__in=indicator_ids)
    }
    shares = released_shares(list(releases.values()), slice_, unit_ids)
    return {
        (unit_id, releases[release_id].indicator_id, releases[release_id].round_id): share
        for (release_id, unit_id), share in shares.items()
    }
