"""The rows of a list of units: a unit by itself, or the units that are shown together as one sum. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.models import Unit

from ..disclosure import Part
from ..shares import Pool, Share


@dataclass(frozen=True)
class Block:
    """Units, and what is shown of them on one indicator as one sum.

    pool: where the sum is of more than one unit; it may hold units that are not among these.
    """

    units: tuple[Unit, ...]
    share: Share
    pool: Pool | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the sum is of these units and of no others."""
        return self.pool is None or {unit.pk for unit in self.units} == {
            member.unit_id for member in self.pool.members
        }


def blocks_of(rows: Iterable[tuple[Unit, Share]], part: Part) -> list[Block]:
    """One block per unit, and one for all the units of a pool of the part, where the first of them stood."""
    pooled: dict[Pool, list[Unit]] = {}
    places: list[tuple[Share, Sequence[Unit], Pool | None]] = []
    for unit, share in rows:
        pool = share.pools.get(part)
        if pool is None:
            places.append((share, [unit], None))
        elif pool in pooled:
            pooled[pool].append(unit)
        else:
            pooled[pool] = [unit]
            places.append((share, pooled[pool], pool))
    return [Block(tuple(units), share, pool) for share, units, pool in places]
