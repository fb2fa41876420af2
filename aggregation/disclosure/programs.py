"""The lowest and highest values of many counts, by linear programs over several systems of equations at a time.

Each problem is a block of one large program, in which all objectives add up without touching each other. A solution
also tells values of the counts that were not asked for; so most are found to be uncertain enough with a few runs.

Ends are of real numbers, then rounded inwards to whole ones. For tables with two margins there is nothing between; with
three, the whole numbers can lie closer together than the ends say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_array

FloatArray = npt.NDArray[np.float64]
# Larger programs take more time than several smaller ones.
# More than any count can be: without an end, the program has no solution.
MOST = 1e6
MOST_COUNTS = 2000
# Asking for all counts at once is given up when it answers less than one in so many.
LEAST_CLOSED = 30
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
    for lot in _lots(problems):
        _widen_all(lot)
        _ask_for_each(lot)


def _lots(problems: Sequence[Problem]) -> Iterator[list[Problem]]:
    """Problems that make up a program of a size that the solver is at ease with."""
    lot: list[Problem] = []
    n_counts = 0
    for problem in problems:
        lot.append(problem)
        n_counts += len(problem.truth)
        if n_counts > MOST_COUNTS:
            yield lot
            lot, n_counts = [], 0
    yield lot


def _widen_all(problems: Sequence[Problem]) -> None:
    """Asks for all open counts at once, weighted at random, and then the other way, as long as that gets on."""
    dice = np.random.default_rng(0)
    waiting = [problem for problem in problems if problem.open]
    n_open = n_closed = _n_open(waiting)
    while n_closed > n_open // LEAST_CLOSED:
        signs = [dict(zip(each.open, dice.normal(size=len(each.open)), strict=True)) for each in waiting]
        _run(waiting, signs)
        _run(waiting, [{place: -sign for place, sign in each.items()} for each in signs])
        waiting = [problem for problem in waiting if problem.open]
        n_closed = n_open - _n_open(waiting)
        n_open -= n_closed


def _n_open(problems: Sequence[Problem]) -> int:
    return sum(len(problem.open) for problem in problems)


def _ask_for_each(problems: Sequence[Problem]) -> None:
    """The lowest and highest value of each open count, one of each problem at a time."""
    waiting = [(problem, problem.open) for problem in problems]
    while waiting := [(problem, places) for problem, places in waiting if places]:
        asked = [problem for problem, _places in waiting]
        for sign in (-1.0, 1.0):
            _run(asked, [{places[0]: sign} for _problem, places in waiting])
        waiting = [
            (problem, [place for place in places[1:] if place in problem.open]) for problem, places in waiting
        ]


def _run(problems: Sequence[Problem], objectives: Sequence[Mapping[int, float]]) -> None:
    """One program: the lowest sum of all objectives, factors by place."""
    if not problems:
        return
    costs = [np.zeros(len(problem.truth)) for problem in problems]
    for cost, objective in zip(costs, objectives, strict=True):
        cost[list(objective)] = list(objective.values())
    solution = linprog(
        np.concatenate(costs),
        A_eq=block_diag([problem.matrix for problem in problems], format="csr"),
        b_eq=np.concatenate([problem.numbers for problem in problems]),
        bounds=np.concatenate(
            [np.column_stack([each.lowest, np.minimum(each.highest, MOST)]) for each in problems]
        ),
        method="highs",
    )
    if not solution.success:
        raise ArithmeticError(f"the linear program was not solved: {solution.message}")
    start = 0
    for problem in problems:
        problem.widen(solution.x[start : start + len(problem.truth)])
        start += len(problem.truth)
