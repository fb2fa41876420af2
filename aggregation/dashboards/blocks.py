"""The rows of a list of units: a unit by itself, or the units that are shown together as one sum. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Unit

from ..disclosure import Part, Rule
from ..shares import Pool, Share


@dataclass(frozen=True)
class Block:
    """Units, and what is shown of them on one indicator: one sum, or for none of them anything, by the same rule.

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
    """One block per unit; one for all the units of a pool of the part, and one for those that are hidden by a rule.

    A block of several stands where the first of its units stood.
    """
    together: dict[Pool | Rule | int, tuple[list[Unit], Share]] = {}
    for unit, share in rows:
        key = share.pools.get(part) or share.hidden_by.get(part) or unit.pk
        together.setdefault(key, ([], share))[0].append(unit)
    return [Block(tuple(units), share, share.pools.get(part)) for units, share in together.values()]
