"""The only way from UnitSum to a page: protected where the reader sees no pupils; shares are computed here, last."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Min

from accounts.access import Sight
from accounts.models import Level, Municipality, Unit, UnitPlacement
from accounts.queries import children_of, subtree_ids
from accounts.roles import Permission
from colourmaps.models import Indicator, MeasurementRound

from .disclosure import Colours, Figures, Limits, Moves, Part, Rule, hidden_parts
from .models import ALL_PUPILS, LastCount, RollupWork, UnitSum

# By (unit id, indicator id): the parts that are hidden, each with its rule.
Hidden = Mapping[tuple[int, int], Mapping[Part, Rule]]


@dataclass(frozen=True)
class Share:
    """What a reader may see of one unit and indicator; what is hidden is not in here, only its rule.

    colours: None where they are hidden or nothing is due; moves, due: None where they are hidden.
    """

    colours: Colours | None = None
    moves: Moves | None = None
    due: int | None = None
    hidden_by: Mapping[Part, Rule] = field(default_factory=dict)

    @property
    def measured(self) -> int:
        return sum(self.colours or ())


@dataclass(frozen=True)
class UnitRow:
    unit: Unit
    shares: Sequence[Share]


@dataclass(frozen=True)
class UnitMap:
    """A unit and the units directly below it, by indicator, for a round.

    own: the unit's own row; children: those that the reader may see; computed_at: when they were last counted,
    the one that has waited longest;
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
    children = [child for child in children_of(unit, on) if child.pk in visible]
    shown = {"unit__in": [unit.pk, *(child.pk for child in children)], "round": round_}
    rows = UnitSum.objects.filter(**shown, slice=ALL_PUPILS)
    sums = {(row.unit_id, row.indicator_id): row for row in rows}
    indicators = list(Indicator.objects.filter(pk__in={indicator_id for _unit_id, indicator_id in sums}))
    hidden = {} if sight.can(Permission.SEE_PUPILS, unit) else hidden_figures(round_, municipality)

    def row_of(each: Unit) -> UnitRow:
        keys = [(each.pk, indicator.pk) for indicator in indicators]
        return UnitRow(each, [_share(sums.get(key), hidden.get(key, {})) for key in keys])

    return UnitMap(
        unit,
        round_,
        indicators,
        own=row_of(unit),
        children=[row_of(child) for child in children],
        computed_at=LastCount.objects.filter(**shown).aggregate(oldest=Min("counted_at"))["oldest"],
        is_waiting=RollupWork.objects.filter(round=round_, unit_id__in=subtree_ids([unit.pk], on)).exists(),
    )


def hidden_figures(round_: MeasurementRound, municipality: Municipality) -> Hidden:
    """What of a round is hidden from all who see no pupils: one decision per indicator, whoever asks for which page.

    The tree is the one that was summed up, down to the schools.
    """
    limits = Limits(municipality.smallest_base, municipality.smallest_count)
    placements = UnitPlacement.objects.on(round_.counted_on).filter(unit__level__lte=Level.SCHOOL)
    parents = dict(placements.values_list("unit_id", "parent_id"))
    rows = UnitSum.objects.filter(unit__level__lte=Level.SCHOOL, round=round_, slice=ALL_PUPILS)
    tables: dict[int, dict[int, Figures]] = defaultdict(dict)
    for row in rows:
        tables[row.indicator_id][row.unit_id] = _figures(row)
    return {
        (unit_id, indicator_id): parts
        for indicator_id, table in tables.items()
        for unit_id, parts in hidden_parts(table, parents, limits).items()
    }


def _figures(row: UnitSum) -> Figures:
    uncoloured = row.measured - row.green - row.yellow - row.red
    return Figures(
        Colours(row.green, row.yellow, row.red, uncoloured),
        Moves(row.up, row.still, row.down),
        missing=row.due - row.measured,
    )


def _share(row: UnitSum | None, hidden_by: Mapping[Part, Rule]) -> Share:
    if row is None or not row.due:
        return Share()
    if Part.COLOURS in hidden_by:
        return Share(hidden_by=hidden_by)
    figures = _figures(row)
    return Share(
        figures.colours,
        None if Part.MOVEMENT in hidden_by else figures.moves,
        None if Part.COVERAGE in hidden_by else row.due,
        hidden_by,
    )
