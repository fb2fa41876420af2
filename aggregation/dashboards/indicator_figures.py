"""One indicator at a unit and at the units below it: now, over the rounds, and beside the unit above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from accounts.access import Sight
from accounts.models import Unit
from accounts.roles import Permission, Tier
from colourmaps.models import Indicator, MeasurementRound

from ..models import UnitSum
from ..queries import NOT_DUE, tier_in_line, visible_children
from ..shares import Share
from .context import Context, contexts_of
from .filters import Filters
from .trends import Trend, trends_of


class Newcomers(NamedTuple):
    """joined: measured for the first time; left: measured the time before and not now."""

    joined: int
    left: int


@dataclass(frozen=True)
class IndicatorFigures:
    """children: the units directly below that the reader sees; trends: by unit id, where anything was ever due.

    above: the unit above, where the reader sees it; it is compared with last. contexts: by unit id.
    newcomers: by unit id, where the reader sees the pupils. tier: how sums are shown to the reader; None if the reader
    sees the unit's pupils.
    """

    unit: Unit
    indicator: Indicator
    filters: Filters
    tier: Tier | None
    children: Sequence[Unit]
    above: Unit | None
    trends: Mapping[int, Trend]
    contexts: Mapping[int, Context]
    newcomers: Mapping[int, Newcomers]

    @property
    def round(self) -> MeasurementRound:
        return self.filters.round

    def share(self, unit: Unit) -> Share:
        """What is shown of the unit in the round."""
        trend = self.trends.get(unit.pk)
        points = trend.points if trend else []
        return next((point.share for point in points if point.round == self.round), NOT_DUE)

    def shares(self, units: Sequence[Unit]) -> list[tuple[Unit, Share]]:
        return [(unit, self.share(unit)) for unit in units]


def indicator_figures(
    line: Sequence[Unit],
    indicator: Indicator,
    rounds: Sequence[MeasurementRound],
    filters: Filters,
    sight: Sight,
) -> IndicatorFigures:
    """line: of the unit, from the municipality down. The caller has asked the door for the unit itself.

    rounds: of the development, oldest first, up to the one that is shown.
    """
    unit, round_ = line[-1], filters.round
    on = unit.nearest_day(round_.counted_on)
    children = visible_children(line, on, sight)
    above = line[-2] if len(line) > 1 and sight.can_in_line(Permission.SEE_SUMS, line[:-1]) else None
    tier = tier_in_line(sight, line)
    # Units that are shown in the same way are read together.
    by_tier = {tier: [unit, *children]}
    if above is not None:
        by_tier.setdefault(tier_in_line(sight, line[:-1]), []).append(above)
    trends: dict[int, Trend] = {}
    contexts: dict[int, Context] = {}
    for each_tier, units in by_tier.items():
        read = trends_of(units, [indicator], rounds, each_tier, filters.slice)
        trends |= {unit_id: of_unit[0] for unit_id, of_unit in read.items()}
        contexts |= contexts_of(units, indicator, round_, each_tier)
    return IndicatorFigures(
        unit,
        indicator,
        filters,
        tier,
        children,
        above,
        trends,
        contexts,
        _newcomers([unit, *children], indicator, filters) if tier is None else {},
    )


def _newcomers(units: Sequence[Unit], indicator: Indicator, filters: Filters) -> dict[int, Newcomers]:
    rows = UnitSum.objects.filter(
        unit__in=units, indicator=indicator, round=filters.round, slice=filters.slice
    ).values_list("unit_id", "joined", "left")
    return {unit_id: Newcomers(joined, left) for unit_id, joined, left in rows}
