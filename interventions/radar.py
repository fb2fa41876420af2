"""Where a round shows the biggest improvements at a unit and below it, and what was running there at the time.

From the sums of those who see the pupils, and for everybody else from what has been released: nothing is told that the
unit's own map does not tell. That something ran there does not say that it was the cause; nobody is compared here.
Reads only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from django.db.models import Q

from accounts.access import Sight
from accounts.models import Unit, UnitPlacement
from accounts.tenancy import current_municipality
from aggregation.dashboards.blocks import Block, blocks_of
from aggregation.disclosure import Moves, Part
from aggregation.queries import unit_map
from aggregation.shares import UnitMap
from aggregation.wording import names_of
from colourmaps.models import Indicator, MeasurementRound

from .models import Intervention
from .queries import visible_interventions

SHOWN = 10
# Better less worse must be so many standard deviations from what chance alone makes of those who moved.
BEYOND_CHANCE = 2


@dataclass(frozen=True)
class Improvement:
    """Of one unit, or of several that are shown together, on an indicator; with what ran there meanwhile."""

    units: Sequence[Unit]
    name: str
    indicator: Indicator
    moves: Moves
    running: Sequence[Intervention] = ()

    @property
    def n_measured(self) -> int:
        return sum(self.moves)

    @property
    def share(self) -> float:
        """Of those measured both times, how many more went up than down."""
        return (self.moves.up - self.moves.down) / self.n_measured


@dataclass(frozen=True)
class Radar:
    """n_looked_at: pairs of unit and indicator that could have been told of."""

    improvements: Sequence[Improvement]
    n_looked_at: int
    base: int


def radar_of(unit: Unit, round_: MeasurementRound, sight: Sight) -> Radar:
    """The caller has asked the door for the unit itself."""
    base = current_municipality().smallest_base
    looked_at = [
        each for each in _movements(unit_map(unit, round_, sight)) if each.n_measured >= base and each.units
    ]
    biggest = sorted(filter(_is_beyond_chance, looked_at), key=lambda each: -each.share)[:SHOWN]
    return Radar(_with_what_ran(biggest, round_, sight), len(looked_at), base)


def _movements(figures: UnitMap) -> list[Improvement]:
    """Of the unit and of those below it; of several together, where the sum is of no others, and then once."""
    found = []
    for place, indicator in enumerate(figures.indicators):
        own = blocks_of([(figures.unit, figures.own.shares[place])], Part.MOVEMENT)
        below = blocks_of([(row.unit, row.shares[place]) for row in figures.children], Part.MOVEMENT)
        found += [
            Improvement(block.units, _name_of(block), indicator, block.share.moves)
            for block in (*own, *below)
            if block.share.moves is not None and Part.MOVEMENT not in block.share.hidden_by and block.is_whole
        ]
    return found


def _name_of(block: Block) -> str:
    return names_of(block.pool.members) if block.pool else block.units[0].name


def _is_beyond_chance(improvement: Improvement) -> bool:
    up, _still, down = improvement.moves
    return up > down and (up - down) ** 2 > BEYOND_CHANCE**2 * (up + down)


def _with_what_ran(
    improvements: Iterable[Improvement], round_: MeasurementRound, sight: Sight
) -> list[Improvement]:
    improvements = list(improvements)
    running = _ran_before(round_, {each.indicator.pk for each in improvements}, sight)
    above = _units_above(round_)
    return [
        Improvement(
            each.units,
            each.name,
            each.indicator,
            each.moves,
            [
                one
                for one in running
                if one.indicator_id == each.indicator.pk and _is_at(one, each.units, above)
            ],
        )
        for each in improvements
    ]


def _ran_before(round_: MeasurementRound, indicator_ids: Set[int], sight: Sight) -> Sequence[Intervention]:
    """Those that the reader may know of, and that ran between the round before and this one."""
    before = MeasurementRound.objects.filter(starts_on__lt=round_.starts_on).order_by("starts_on").last()
    ran = Q(starts_on__lt=round_.starts_on, indicator__in=indicator_ids)
    if before is not None:
        ran &= Q(ended_on__isnull=True) | Q(ended_on__gt=before.ends_on)
    return list(visible_interventions(sight).filter(ran).prefetch_related("parts"))


def _units_above(round_: MeasurementRound) -> Mapping[int, Set[int]]:
    """By id of the unit, itself and what stands above it on the day the round is counted by."""
    parents = dict(UnitPlacement.objects.on(round_.counted_on).values_list("unit_id", "parent_id"))
    found: defaultdict[int, set[int]] = defaultdict(set)
    for unit in parents:
        above: int | None = unit
        while above is not None:
            found[unit].add(above)
            above = parents.get(above)
    return found


def _is_at(intervention: Intervention, units: Iterable[Unit], above: Mapping[int, Set[int]]) -> bool:
    """Whether it was in one of the units, below it, or for all that it is part of."""
    own = {part.unit_id for part in intervention.parts.all()} or {intervention.unit_id}
    return any(
        unit.pk in own | above.get(each, set()) or own & above.get(unit.pk, set())
        for unit in units
        for each in own
    )
