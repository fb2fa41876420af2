"""Whether more pupils of a unit moved for the worse, or for the better, than chance explains. Pure: no database.

What is looked at is each pupil's movement against the own last value: of those who moved, how many moved down. What
is expected is the share among all the others of the whole that the unit belongs to; a whole year may be one in which
nearly everybody goes up, so "as many up as down" would be no fair expectation. A unit is told of if three things hold:

- It is not chance. Fisher's exact test, two-sided, of the unit against the rest: given how many of the whole moved
  down, the number among the unit's is hypergeometric. Exact, since counts are small: no approximation fails there.
  Fisher, R. A. (1935), "The Logic of Inductive Inference", Journal of the Royal Statistical Society 98, 39-82.
- It is not what units ordinarily differ by. Where sisters differ more than pupils drawn at random would (another
  teacher tested, other things happened that week), that spread is estimated and added to the variance of chance, as
  random effects; Spiegelhalter, D. J. (2005), "Handling over-dispersion of performance indicators", Quality and Safety
  in Health Care 14, 347-351, with winsorised distances, so that the one that stands out does not excuse itself. The
  weaker of the two answers counts.
- It is worth an adult's time: at least SMALLEST_MOVED pupils moved, and the share differs by SMALLEST_DIFFERENCE.

All units and indicators looked at are corrected for together by Holm's method (Holm, S. (1979), "A simple sequentially
rejective multiple test procedure", Scandinavian Journal of Statistics 6, 65-70): the least probable is judged first,
against the number of all. It holds whatever the tests have to do with each other, and these have: sisters share one
total, an area is its schools. So with nothing going on, at most one list in twenty (LEVEL) tells of anything at all.
Few pupils give no small probability: there the list is silent. Who has been told of is set apart before the next is
judged: where one school falls, the others, who did not, would otherwise seem to rise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

from scipy.special import stdtr

from ..disclosure import Moves

# The risk, for a whole list, that it tells of anything when nothing is going on.
LEVEL = 0.05
SMALLEST_MOVED = 10
SMALLEST_DIFFERENCE = 0.1
# Fewer sisters do not tell how much units ordinarily differ.
SMALLEST_FAMILY = 8
# The share of the sisters at each end whose distances are drawn in.
WINSORISED = 0.1
NORMAL = NormalDist()


@dataclass(frozen=True)
class Sisters:
    """Units of one level with their movements on one indicator: each is compared with all the others together.

    units: by id; several that are shown as one sum are one unit here.
    """

    indicator: int
    units: Mapping[int, Moves]

    def without(self, unit: int) -> Sisters:
        return Sisters(self.indicator, {each: moves for each, moves in self.units.items() if each != unit})

    @property
    def whole(self) -> Moves:
        return Moves(*map(sum, zip(Moves(0, 0, 0), *self.units.values(), strict=True)))


@dataclass(frozen=True)
class UnusualChange:
    """What is told of a unit and an indicator.

    rest: the movements of all the others that have not been told of before. probability: of this or more by chance,
    corrected for all that was looked at, 0–1.
    """

    unit: int
    indicator: int
    moves: Moves
    rest: Moves
    probability: float

    @property
    def is_for_the_better(self) -> bool:
        return self.moves.down < self.expected_down

    @property
    def n_moved(self) -> int:
        return _moved(self.moves)

    @property
    def expected_down(self) -> float:
        """How many of the unit's pupils who moved would have moved down, had they moved as the rest did."""
        return self.n_moved * self.rest.down / _moved(self.rest)


@dataclass(frozen=True)
class _Test:
    """One unit and indicator: of drawn pupils who moved, down moved down; so did all_down of all."""

    unit: int
    indicator: int
    moves: Moves
    rest: Moves

    @property
    def drawn(self) -> int:
        return _moved(self.moves)

    @property
    def all(self) -> int:
        return self.drawn + _moved(self.rest)

    @property
    def all_down(self) -> int:
        return self.moves.down + self.rest.down

    @property
    def expected(self) -> float:
        """The share that moved down, of all."""
        return self.all_down / self.all

    @property
    def variance(self) -> float:
        """Of the unit's share by chance alone: that of the hypergeometric distribution."""
        spread = self.expected * (1 - self.expected) / self.drawn
        return spread * (self.all - self.drawn) / (self.all - 1)

    def distance(self, spread: float = 0.0) -> float:
        """From the expected share in standard deviations, beside the ordinary spread; 0 where nothing can vary."""
        variance = self.variance + spread
        return (self.moves.down / self.drawn - self.expected) / math.sqrt(variance) if variance else 0.0

    @property
    def is_large(self) -> bool:
        difference = self.moves.down / self.drawn - self.rest.down / _moved(self.rest)
        return abs(difference) >= SMALLEST_DIFFERENCE

    def probability(self, spread: float, freedom: int) -> float:
        """The weaker of the exact answer and the one that allows for how much sisters ordinarily differ.

        spread: as `spread_of`; freedom: the degrees of freedom that it is estimated with, fewer by those drawn in, as
        Yuen, K. K. (1974), "The two-sample trimmed t for unequal population variances", Biometrika 61, 165-170.
        """
        by_chance = math.erfc(abs(self.distance()) / math.sqrt(2))
        if by_chance > 4 * LEVEL:  # nothing to tell of; the exact answer would only take its time
            return by_chance
        by_spread = 2 * float(stdtr(freedom, -abs(self.distance(spread)))) if spread else 0.0
        return max(by_spread, self.exact_probability())

    def exact_probability(self) -> float:
        return fisher_probability(self.moves.down, self.drawn, self.all_down, self.all)


class Look(NamedTuple):
    """What is told, in the order in which it was looked at, and of how many units and indicators it could have been."""

    told: list[UnusualChange]
    n_looked_at: int


def unusual_changes(looked_at: Sequence[Sisters], level: float = LEVEL) -> Look:
    """What a list tells of: with nothing going on, nothing in all but `level` of the lists.

    looked_at: everything that the list could have told of, since it is corrected for all of it.
    """
    families = list(looked_at)
    weighed = [_weigh(sisters) for sisters in families]
    n_looked_at = n_left = sum(map(len, weighed))
    told: dict[tuple[int, int], UnusualChange] = {}
    while any(weighed):
        place, test, probability = _least_probable(weighed)
        probability = corrected(probability, n_left)
        if probability > level:
            break
        told[place, test.unit] = UnusualChange(test.unit, test.indicator, test.moves, test.rest, probability)
        families[place] = families[place].without(test.unit)
        weighed[place] = _weigh(families[place])
        n_left -= 1
    in_order = [
        told[place, unit]
        for place, sisters in enumerate(looked_at)
        for unit in sisters.units
        if (place, unit) in told
    ]
    return Look(in_order, n_looked_at)


def corrected(probability: float, n: int) -> float:
    """Of the least probable of n; at most 1."""
    return min(1.0, n * probability)


def _least_probable(weighed: Sequence[Sequence[tuple[_Test, float]]]) -> tuple[int, _Test, float]:
    """The place of its family, the test, and its probability."""
    tests = ((place, test, weight) for place, family in enumerate(weighed) for test, weight in family)
    return min(tests, key=lambda each: each[2])


def _weigh(sisters: Sisters) -> list[tuple[_Test, float]]:
    """Each test with its probability, which is 1 where the difference is too small to tell of."""
    whole = sisters.whole
    tests = [
        _Test(unit, sisters.indicator, moves, _rest(whole, moves)) for unit, moves in sisters.units.items()
    ]
    tests = [test for test in tests if test.drawn >= SMALLEST_MOVED and _moved(test.rest) >= SMALLEST_MOVED]
    spread = spread_of([test.distance() for test in tests], [test.variance for test in tests])
    freedom = len(tests) - 1 - 2 * _drawn_in(len(tests))
    return [(test, test.probability(spread, freedom) if test.is_large else 1.0) for test in tests]


def spread_of(distances: Sequence[float], variances: Sequence[float]) -> float:
    """The variance of the sisters' shares beyond chance; 0 where there is none, or the sisters are too few to tell.

    distances: from what is expected, in standard deviations of chance; variances: of chance. The moment estimate of
    DerSimonian, R. and Laird, N. (1986), "Meta-analysis in clinical trials", Controlled Clinical Trials 7, 177-188.
    """
    weights = [1 / variance for variance in variances if variance]
    if len(weights) < SMALLEST_FAMILY:
        return 0.0
    excess = mean_square(distances) * len(weights) - (len(weights) - 1)
    return max(0.0, excess / (sum(weights) - sum(weight**2 for weight in weights) / sum(weights)))


def mean_square(distances: Sequence[float]) -> float:
    """Of the distances with those at each end drawn in to the first that is not; 1 if they are normal with variance 1.

    What drawing in takes away from a normal distribution is given back.
    """
    ordered = sorted(distances)
    drawn_in = _drawn_in(len(ordered))
    low, high = ordered[drawn_in], ordered[-1 - drawn_in]
    squares = [min(max(each, low), high) ** 2 for each in ordered]
    end = drawn_in / len(ordered)
    edge = -NORMAL.inv_cdf(end)
    left_of_normal = 1 - 2 * end - 2 * edge * NORMAL.pdf(edge) + 2 * end * edge**2
    return sum(squares) / len(squares) / left_of_normal


def fisher_probability(down: int, drawn: int, all_down: int, all_moved: int) -> float:
    """Of a number as far from the expected as `down`, on either side: twice the smaller tail, at most 1.

    The number is that of marked ones among `drawn` out of `all_moved`, `all_down` of which are marked.
    """
    marked = _Hypergeometric(drawn, all_down, all_moved)
    return min(1.0, 2 * min(marked.tail(down, -1), marked.tail(down, +1)))


@dataclass(frozen=True)
class _Hypergeometric:
    drawn: int
    marked: int
    all: int

    @property
    def least(self) -> int:
        return max(0, self.drawn + self.marked - self.all)

    @property
    def most(self) -> int:
        return min(self.drawn, self.marked)

    def at(self, n: int) -> float:
        ways = _log_choose(self.marked, n) + _log_choose(self.all - self.marked, self.drawn - n)
        return math.exp(ways - _log_choose(self.all, self.drawn))

    def tail(self, n: int, step: int) -> float:
        """The probability of n and of all numbers beyond it, upwards or downwards."""
        total = term = self.at(n)
        while self.least <= n + step <= self.most and term > total * 1e-12:
            term *= self.ratio(n) if step > 0 else 1 / self.ratio(n - 1)
            n += step
            total += term
        return total

    def ratio(self, n: int) -> float:
        """The probability of n + 1 over that of n."""
        unmarked_left = self.all - self.marked - self.drawn + n + 1
        return (self.marked - n) * (self.drawn - n) / ((n + 1) * unmarked_left)


def _drawn_in(n: int) -> int:
    """How many distances at each end of n."""
    return math.ceil(WINSORISED * n)


def _moved(moves: Moves) -> int:
    return moves.up + moves.down


def _rest(whole: Moves, moves: Moves) -> Moves:
    return Moves(*(all_of_them - own for all_of_them, own in zip(whole, moves, strict=True)))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
