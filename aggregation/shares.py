"""What a reader may see of units in a round, as plain data. What is not shown is not in here, only its rule."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from accounts.models import Level, Unit
from accounts.roles import Tier
from colourmaps.models import Indicator, MeasurementRound

from .disclosure import Colours, Moves, Part, Rule
from .models import HeldBack

# By each process: pages of the same units are opened again and again, and their figures stay the same for days.
SHARES_KEPT = 8192


class Member(NamedTuple):
    """A unit of a pool. is_rest: only its pupils who are in none of the units below it that have a page."""

    unit_id: int
    name: str
    level: int
    is_rest: bool = False

    @property
    def is_school(self) -> bool:
        return self.level == Level.SCHOOL


@dataclass(frozen=True)
class Pool:
    """Units that are shown together, as one sum, so that no pupil of any of them can be made out."""

    members: tuple[Member, ...]

    def without(self, unit_id: int) -> tuple[Member, ...]:
        """With whom a unit is shown together."""
        return tuple(member for member in self.members if member.unit_id != unit_id or member.is_rest)


@dataclass(frozen=True)
class Percents:
    """Shares in steps of five points, for the board. A step stands for less, too, and is not 0 where there are some.

    base: pupils with a colour, at least twenty. moves: None where they are not shown or nobody was measured both times.
    measured: of those due; None where it is not shown.
    """

    base: int
    colours: Colours
    moves: Moves | None = None
    measured: int | None = None


@dataclass(frozen=True)
class Share:
    """One unit and indicator.

    Where a part has a pool, its figures are the sum of all units in the pool, and not the unit's own.
    colours: None where they are hidden, or nothing is due, or there are percents instead; moves, missing: None where
    they are hidden. due: None where the number missing is hidden, or is that of other units than the colours are.
    joined, left: as in UnitSum, for those who see the pupils; they are not released.
    hidden_by: the parts that are not shown at all, each with its rule; pooled_by: why a part has a pool.
    """

    colours: Colours | None = None
    moves: Moves | None = None
    missing: int | None = None
    hidden_by: Mapping[Part, Rule] = field(default_factory=dict)
    pools: Mapping[Part, Pool] = field(default_factory=dict)
    pooled_by: Mapping[Part, Rule] = field(default_factory=dict)
    percents: Percents | None = None
    joined: int = 0
    left: int = 0

    def __hash__(self) -> int:
        return hash((self.colours, self.moves, self.missing, self.percents))

    @property
    def measured(self) -> int:
        """How many were measured, as far as it is told."""
        return sum(self.colours or ())

    @property
    def due(self) -> int | None:
        if self.colours is None or self.missing is None or not self.is_of_same_units(Part.COVERAGE):
            return None
        return self.measured + self.missing

    def is_of_same_units(self, part: Part) -> bool:
        """Whether the part is shown of the very units that the colours are shown of."""
        return self.pools.get(part) == self.pools.get(Part.COLOURS)


@lru_cache(maxsize=SHARES_KEPT)
def share_alone(
    colours: Colours | None, moves: Moves | None, missing: int | None, *, joined: int = 0, left: int = 0
) -> Share:
    """Of a unit by itself, without a word of pools and rules. Equal ones are one and the same: known by sight."""
    return Share(colours, moves, missing, joined=joined, left=left)


@dataclass(frozen=True)
class UnitRow:
    unit: Unit
    shares: Sequence[Share]


@dataclass(frozen=True)
class UnitMap:
    """A unit and the units directly below it, by indicator, for a round.

    slice: which of the units' pupils. own: the unit's own row; children: those that the reader may see.
    tier: how sums are shown to the reader; None if the reader sees the unit's pupils, and so every number.
    computed_at: when the unit that has waited longest was last counted, or when something was last released.
    is_waiting: newer results are being counted.
    held_back: why figures are not shown, or not the newest, and of which indicators.
    reading: where the counts come from, in sentences, where a round that is over is read in today's organisation.
    """

    unit: Unit
    round: MeasurementRound
    indicators: Sequence[Indicator]
    own: UnitRow
    children: Sequence[UnitRow] = field(default_factory=list)
    slice: int = 0
    tier: Tier | None = None
    computed_at: datetime.datetime | None = None
    is_waiting: bool = False
    held_back: Mapping[HeldBack, Sequence[Indicator]] = field(default_factory=dict)
    reading: Sequence[str] = ()

    @property
    def rows(self) -> list[UnitRow]:
        return [self.own, *self.children]

    def shares(self) -> Iterator[tuple[Unit, Share]]:
        for row in self.rows:
            for share in row.shares:
                yield row.unit, share

    @property
    def pools(self) -> list[Pool]:
        """The pools of the colours on the map, each once, in the order in which they are met."""
        pools = (share.pools[Part.COLOURS] for _unit, share in self.shares() if Part.COLOURS in share.pools)
        return list(dict.fromkeys(pools))
