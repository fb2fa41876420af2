"""The only way from UnitSum to a page: protected where the reader sees no pupils; shares are computed here, last."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.access import Sight
from accounts.models import Municipality, Unit
from accounts.queries import children_of, subtree_ids
from accounts.roles import Permission
from colourmaps.models import Indicator, MeasurementRound

from .disclosure import ColourCounts, Limits, Rule, hidden_nodes
from .models import ALL_PUPILS, RollupWork, UnitSum


@dataclass(frozen=True)
class Share:
    """One unit and indicator: its sum, or the rule that hides it. Neither: nothing is due there."""

    sums: UnitSum | None = None
    hidden_by: Rule | None = None


@dataclass(frozen=True)
class UnitRow:
    unit: Unit
    shares: Sequence[Share]


@dataclass(frozen=True)
class UnitMap:
    """A unit and the units directly below it, by indicator, for a round.

    own: the unit's own row; children: those that the reader may see; computed_at: the oldest of the figures;
    is_waiting: newer results are being counted.
    """

    unit: Unit
    round: MeasurementRound
    indicators: Sequence[Indicator]
    own: UnitRow
    children: Sequence[UnitRow] = field(default_factory=list)
    computed_at: datetime.datetime | None = None
    is_waiting: bool = False


def unit_map(unit: Unit, round_: MeasurementRound, sight: Sight, municipality: Municipality) -> UnitMap:
    """The map of a unit in the tree of the round's last day. The caller has asked the door for the unit itself."""
    on = unit.nearest_day(round_.counted_on)
    visible = sight.visible_units(Permission.SEE_SUMS, on)
    children = children_of(unit, on)
    rows = UnitSum.objects.filter(
        unit_id__in=[unit.pk, *(child.pk for child in children)], round=round_, slice=ALL_PUPILS
    )
    sums = {(row.unit_id, row.indicator_id): row for row in rows}
    indicators = list(Indicator.objects.filter(pk__in={indicator_id for _unit_id, indicator_id in sums}))
    limits = Limits(municipality.smallest_base, municipality.smallest_count)
    hidden = (
        {} if sight.can(Permission.SEE_PUPILS, unit) else _hidden(unit, children, indicators, sums, limits)
    )

    def row_of(each: Unit) -> UnitRow:
        keys = [(each.pk, indicator.pk) for indicator in indicators]
        return UnitRow(
            each, [Share(hidden_by=hidden[key]) if key in hidden else Share(sums.get(key)) for key in keys]
        )

    return UnitMap(
        unit,
        round_,
        indicators,
        own=row_of(unit),
        children=[row_of(child) for child in children if child.pk in visible],
        computed_at=min((row.computed_at for row in sums.values()), default=None),
        is_waiting=RollupWork.objects.filter(round=round_, unit_id__in=subtree_ids([unit.pk], on)).exists(),
    )


def _hidden(
    unit: Unit,
    children: Sequence[Unit],
    indicators: Sequence[Indicator],
    sums: dict[tuple[int, int], UnitSum],
    limits: Limits,
) -> dict[tuple[int, int], Rule]:
    """The (unit id, indicator id) pairs that are hidden, with the rule."""
    hidden: dict[tuple[int, int], Rule] = {}
    for indicator in indicators:
        for sisters in ([unit], children):
            counts = {each.pk: _counts(sums.get((each.pk, indicator.pk))) for each in sisters}
            hidden |= {(node, indicator.pk): rule for node, rule in hidden_nodes(counts, limits).items()}
    return hidden


def _counts(row: UnitSum | None) -> ColourCounts:
    return ColourCounts(row.green, row.yellow, row.red) if row else ColourCounts(0, 0, 0)
