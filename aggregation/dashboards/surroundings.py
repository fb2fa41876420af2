"""What a reader sees below the topmost unit that leads to a page: what unusual change is looked for in.

All of it is looked at for every page below, and the page shows what concerns it. So a school is told of on the page of
the area exactly when it is told of on its own page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.access import Sight
from accounts.models import Unit
from accounts.queries import subtree_ids
from accounts.roles import Permission, Tier
from colourmaps.models import Indicator, MeasurementRound

from ..disclosure import Moves, Part
from ..queries import released_figures, tier_in_line, true_figures
from ..released import shown_at
from ..shares import Pool, Share
from .unusual_change import Look, Sisters, unusual_changes


@dataclass(frozen=True)
class Surroundings:
    """top: the topmost unit of the page's line that the reader sees; units: all that the reader sees below it, by id.

    shares: by (unit id, indicator id), what is shown of them in the round; not due is not in there.
    """

    top: Unit
    tier: Tier | None
    units: Mapping[int, Unit]
    indicators: Sequence[Indicator]
    shares: Mapping[tuple[int, int], Share]


def surroundings_of(
    line: Sequence[Unit], round_: MeasurementRound, sight: Sight, slice_: int
) -> Surroundings:
    """line: of the page's unit, from the municipality down; the reader sees at least the unit itself."""
    lines = (line[: n + 1] for n in range(len(line)))
    to_top = next(each for each in lines if sight.can_in_line(Permission.SEE_SUMS, each))
    top = to_top[-1]
    on = top.nearest_day(round_.counted_on)
    below = sight.visible_units(Permission.SEE_SUMS, on) & subtree_ids([top.pk], on) - {top.pk}
    units = Unit.objects.filter(pk__in=below).order_by("level", "year_group", "name").in_bulk()
    tier = tier_in_line(sight, to_top)
    if tier is None:
        figures = true_figures(list(units), round_, slice_)
    else:
        figures = released_figures(list(units), slice_, shown_at(round_, tier).with_slice(slice_))
    used = {indicator_id for _unit_id, indicator_id in figures.shares}
    return Surroundings(top, tier, units, list(Indicator.objects.filter(pk__in=used)), figures.shares)


def look_for_unusual_change(surroundings: Surroundings) -> Look:
    """Among the units of one level and one indicator at a time; units that are shown as one sum are one unit."""
    moves: dict[tuple[int, int], dict[int, Moves]] = defaultdict(dict)
    seen: set[tuple[Pool, int]] = set()
    for (unit_id, indicator_id), share in surroundings.shares.items():
        level, pool = surroundings.units[unit_id].level, share.pools.get(Part.MOVEMENT)
        if share.moves is None or not _is_of_level(pool, level) or (pool, indicator_id) in seen:
            continue
        if pool:
            seen.add((pool, indicator_id))
        moves[level, indicator_id][unit_id] = share.moves
    return unusual_changes([Sisters(indicator_id, units) for (_level, indicator_id), units in moves.items()])


def _is_of_level(pool: Pool | None, level: int) -> bool:
    """Whether a sum is of units of the level alone: an area with a school of another area is no sister of areas."""
    return pool is None or all(member.level == level and not member.is_rest for member in pool.members)
