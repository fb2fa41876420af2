"""How often a list of unusual change tells of something when nothing goes on, and how large a change it finds.

    python -m benchmarks.unusual_change [lists]

Lists of 20 units and 10 indicators: 200 pairs, all of them looked at. In the first table nobody moves otherwise than
the others; where units "differ ordinarily", the share that moves down is drawn for each unit from a beta distribution
with the given intraclass correlation. In the second, one unit moves down otherwise than the 40 of a hundred of the
others do.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from aggregation.dashboards.unusual_change import Sisters, unusual_changes
from aggregation.disclosure import Moves

N_UNITS, N_INDICATORS = 20, 10
# (smallest, largest number of pupils who moved in a unit, intraclass correlation)
CALM = [(10, 30, 0.0), (15, 120, 0.0), (200, 600, 0.0), (15, 120, 0.02), (60, 300, 0.02), (200, 600, 0.01)]
USUAL = 0.4
# (pupils who moved, share of them that moved down)
CHANGED = [
    (20, 0.9),
    (50, 0.7),
    (50, 0.8),
    (100, 0.6),
    (100, 0.7),
    (100, 0.8),
    (100, 0.04),
    (300, 0.55),
    (300, 0.65),
]

Shares = npt.NDArray[np.float64]


def shares_of(dice: np.random.Generator, share: float, correlation: float) -> Shares:
    """The share that moves down, by unit."""
    if not correlation:
        return np.full(N_UNITS, share)
    weight = (1 - correlation) / correlation
    return dice.beta(share * weight, (1 - share) * weight, N_UNITS)


def sisters_of(dice: np.random.Generator, indicator: int, shares: Shares, moved: Sequence[int]) -> Sisters:
    down = dice.binomial(moved, shares)
    moves = [Moves(int(n - d), int(n), int(d)) for n, d in zip(moved, down, strict=True)]
    return Sisters(indicator, dict(enumerate(moves)))


def telling_share(lists: int, smallest: int, largest: int, correlation: float) -> float:
    dice = np.random.default_rng(20261128)
    telling = 0
    for _list in range(lists):
        shares = [shares_of(dice, dice.uniform(0.2, 0.6), correlation) for _each in range(N_INDICATORS)]
        moved = dice.integers(smallest, largest + 1, N_UNITS)
        telling += bool(unusual_changes([sisters_of(dice, *each, moved) for each in enumerate(shares)]).told)
    return telling / lists


def found_share(lists: int, moved: int, share: float) -> tuple[float, float]:
    """The share of lists that tell of the unit, with the right direction; and of those that tell of any other one."""
    dice = np.random.default_rng(7)
    found = others = 0
    for _list in range(lists):
        shares = [np.full(N_UNITS, USUAL) for _each in range(N_INDICATORS)]
        shares[3][5] = share
        families = [sisters_of(dice, *each, [moved] * N_UNITS) for each in enumerate(shares)]
        told = {
            (each.indicator, each.unit): each.is_for_the_better for each in unusual_changes(families).told
        }
        found += told.pop((3, 5), None) is (share < USUAL)
        others += bool(told)
    return found / lists, others / lists


def report(lists: int) -> Iterator[str]:
    yield "| pupils who moved, per unit | ordinary differences | lists that tell of something |"
    yield "|---|---|---|"
    for smallest, largest, correlation in CALM:
        ordinary = f"correlation {correlation}" if correlation else "none"
        yield f"| {smallest}–{largest} | {ordinary} | {telling_share(lists, smallest, largest, correlation):.1%} |"
    yield ""
    yield f"| pupils who moved | moved down, where {USUAL:.0%} is usual | found | lists that tell of another unit |"
    yield "|---|---|---|---|"
    for moved, share in CHANGED:
        found, others = found_share(lists, moved, share)
        yield f"| {moved} | {share:.0%} | {found:.0%} | {others:.1%} |"


if __name__ == "__main__":
    print("\n".join(report(int(sys.argv[1]) if len(sys.argv) > 1 else 500)))
