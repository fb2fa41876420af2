"""Which counts may be shown, and the rules by which others may not. Pure: no database.

Limits follow Swedish school statistics (N34): a base under 10, and a kind that 1–4 pupils are of, are not shown. Nor is
a group that is all of one kind: it would tell about each of its members.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

# Of the kinds of a part, in the order of its class below. Additive.
Counts = tuple[int, ...]

LEAST_BASE = 10
LEAST_COUNT = 5
LEAST_WIDTH = 3
# The first kinds of colours and movement tell something about a pupil; to be uncoloured does not.
N_TELLING = 3


class Rule(Enum):
    """Why something is hidden, or shown only together with others."""

    FEW_PUPILS = "few pupils"
    FEW_OF_A_KIND = "few of a colour or movement"
    ALL_OF_A_KIND = "all of one colour or movement"
    FEW_MISSING = "few not measured"
    # One of a pool, in which at least one may not be shown by itself. Not said of which: that would tell its counts.
    POOLED_WITH_UNSAFE = "shown together with others"
    # A unit above the schools: some of its schools are in a pool with schools outside it.
    POOL_ACROSS = "a pool crosses its border"
    # No pool in the municipality is safe: neither shown by itself nor in any sum.
    NO_SAFE_POOL = "no safe pool"
    # The figures have changed by so little since they were shown that the difference would tell of single pupils.
    SMALL_CHANGE = "changed by few pupils"


class Part(Enum):
    """What is shown or hidden by itself. Each has a table, and so a partition, of its own."""

    COLOURS = "colours"
    MOVEMENT = "movement"
    COVERAGE = "coverage"


@dataclass(frozen=True)
class Limits:
    """What a municipality asks of every figure; raises ValueError below the floors that hold for all.

    smallest_base: pupils that a figure must rest on. smallest_count: pupils of a kind, unless there are none.
    narrowest: how far apart the lowest and the highest possible value of a harmful hidden count must be, for a reader
    who knows how many pupils each school has measured.
    """

    smallest_base: int = LEAST_BASE
    smallest_count: int = LEAST_COUNT
    narrowest: int = LEAST_WIDTH

    def __post_init__(self) -> None:
        floors = (LEAST_BASE, LEAST_COUNT, LEAST_WIDTH)
        if any(limit < floor for limit, floor in zip(self.as_tuple(), floors, strict=True)):
            raise ValueError(f"limits {self.as_tuple()} are below the floors {floors}")

    def as_tuple(self) -> tuple[int, int, int]:
        return self.smallest_base, self.smallest_count, self.narrowest


class Colours(NamedTuple):
    """Of those measured; uncoloured: measured where no limits are set."""

    green: int
    yellow: int
    red: int
    uncoloured: int = 0


class Moves(NamedTuple):
    """Of those measured both times."""

    up: int
    still: int
    down: int


class Coverage(NamedTuple):
    """Of those due."""

    missing: int


@dataclass(frozen=True)
class Figures:
    """The counts of a node; missing: due but not measured."""

    colours: Colours
    moves: Moves
    missing: int

    def of(self, part: Part) -> Counts:
        return {Part.COLOURS: self.colours, Part.MOVEMENT: self.moves, Part.COVERAGE: Coverage(self.missing)}[
            part
        ]


def broken_rule(kinds: Counts, limits: Limits, part: Part) -> Rule | None:
    """The first rule that the counts of a part break; None if they may be shown.

    Nobody at all is no secret, nor that all are unjudged. A sum of counts that break no rule breaks none.
    """
    if part is Part.COVERAGE:
        return Rule.FEW_MISSING if _is_few(kinds[0], limits) else None
    base, judged = sum(kinds), sum(kinds[:N_TELLING])
    if base == 0:
        return None
    if base < limits.smallest_base or 0 < judged < limits.smallest_base:
        return Rule.FEW_PUPILS
    if any(_is_few(count, limits) for count in kinds):
        return Rule.FEW_OF_A_KIND
    if judged and judged in kinds[:N_TELLING]:
        return Rule.ALL_OF_A_KIND
    return None


def _is_few(count: int, limits: Limits) -> bool:
    return 0 < count < limits.smallest_count
