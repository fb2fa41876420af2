"""The lowest and highest values of many counts, by linear programs over several systems of equations at a time.

Each problem is a block of one large program, in which all objectives add up without touching each other. A solution
also tells values of the counts that were not asked for; so most are found to be uncertain enough with a few runs.

Ends are of real numbers, then rounded inwards to whole ones. For tables with two margins there is nothing between; with
three, the whole numbers can lie closer together than the ends say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_array

FloatArray = npt.NDArray[np.float64]
# Runs in which every block widens all its counts at once, each up or down at random.
N_WIDENING = 2
# What the solver may be off by.
TOLERANCE = 1e-6


@dataclass
class Problem:
    """Equations A x = b over counts of which some are wanted.

    matrix: (equations, counts). numbers: (equations). highest: (counts), at most; where it equals lowest, the reader
    knows the count. truth: (counts), what they are. wanted: how wide the interval of a count must be, by its place.
    """

    matrix: csr_array
    numbers: FloatArray
    lowest: FloatArray
    highest: FloatArray
    truth: FloatArray
    wanted: Mapping[int, int]
    ranges: dict[int, tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.ranges = {place: (int(self.truth[place]), int(self.truth[place])) for place in self.wanted}

    @property
    def open(self) -> list[int]:
        """The wanted counts that are not yet found to be uncertain enough."""
        return [place for place, (low, high) in self.ranges.items() if high - low < self.wanted[place]]

    def widen(self, values: FloatArray) -> None:
        """Notes a solution."""
        for place, (low, high) in self.ranges.items():
            value = values[place]
            self.ranges[place] = (
                min(low, int(np.ceil(value - TOLERANCE))),
                max(high, int(np.floor(value + TOLERANCE))),
            )


def find_ranges(problems: Sequence[Problem]) -> None:
    """Fills in the ranges: of each wanted count exactly, or at least as wide as is wanted."""
    dice = np.random.default_rng(0)
    for _n in range(N_WIDENING):
        waiting = [problem for problem in problems if problem.open]
        signs = [
            dict(zip(each.open, dice.choice((-1.0, 1.0), len(each.open)), strict=True)) for each in waiting
        ]
        _run(waiting, signs)
        _run(waiting, [{place: -sign for place, sign in each.items()} for each in signs])
    tried: dict[int, set[int]] = {id(problem): set() for problem in problems}
    while True:
        places = {
            id(each): next((p for p in each.open if p not in tried[id(each)]), None) for each in problems
        }
        waiting = [each for each in problems if places[id(each)] is not None]
        if not waiting:
            return
        chosen = [places[id(each)] for each in waiting]
        for sign in (-1.0, 1.0):
            _run(waiting, [{place: sign} for place in chosen if place is not None])
        for problem, place in zip(waiting, chosen, strict=True):
            if place is not None:
                tried[id(problem)].add(place)


def _run(problems: Sequence[Problem], objectives: Sequence[Mapping[int, float]]) -> None:
    """One program: the lowest sum of all objectives, factors by place."""
    if not problems:
        return
    costs = [np.zeros(len(problem.truth)) for problem in problems]
    for cost, objective in zip(costs, objectives, strict=True):
        cost[list(objective)] = list(objective.values())
    bounds = np.concatenate([np.column_stack([each.lowest, each.highest]) for each in problems])
    solution = linprog(
        np.concatenate(costs),
        A_eq=block_diag([problem.matrix for problem in problems], format="csr"),
        b_eq=np.concatenate([problem.numbers for problem in problems]),
        bounds=bounds,
        method="highs",
    )
    if solution.x is None:
        raise ArithmeticError(f"the linear program was not solved: {solution.message}")
    start = 0
    for problem in problems:
        problem.widen(solution.x[start : start + len(problem.truth)])
        start += len(problem.truth)
