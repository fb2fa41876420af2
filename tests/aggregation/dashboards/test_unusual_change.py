"""Quiet when nothing goes on and when pupils are few; loud when a unit really moves otherwise than the rest."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from aggregation.dashboards.unusual_change import (
    LEVEL,
    SMALLEST_FAMILY,
    Sisters,
    fisher_probability,
    mean_square,
    spread_of,
    unusual_changes,
)
from aggregation.disclosure import Moves

LISTS = 200
N_UNITS, N_INDICATORS = 20, 10


def sisters_of(moves: Sequence[Moves], indicator: int = 0) -> Sisters:
    return Sisters(indicator, dict(enumerate(moves)))


def drawn(dice: np.random.Generator, shares: np.ndarray, smallest: int, largest: int) -> list[Moves]:
    """Units of random sizes whose pupils move down with the given probabilities, and half of all do not move."""
    moved = dice.integers(smallest, largest, len(shares))
    down = dice.binomial(moved, shares)
    return [Moves(int(n - d), int(n), int(d)) for n, d in zip(moved, down, strict=True)]


def share_of_lists_that_tell(
    seed: int, smallest: int = 15, largest: int = 120, spread: float | None = None
) -> float:
    """Lists of twenty units and ten indicators, told of although nothing goes on.

    spread: units ordinarily differ by this; their shares are drawn from a beta distribution with this correlation.
    """
    dice = np.random.default_rng(seed)
    telling = 0
    for _list in range(LISTS):
        families = []
        for indicator in range(N_INDICATORS):
            share = dice.uniform(0.2, 0.6)
            shares = np.full(N_UNITS, share)
            if spread:
                weight = (1 - spread) / spread
                shares = dice.beta(share * weight, (1 - share) * weight, N_UNITS)
            families.append(sisters_of(drawn(dice, shares, smallest, largest), indicator))
        telling += bool(unusual_changes(families).told)
    return telling / LISTS


@pytest.mark.slow
@pytest.mark.parametrize(("smallest", "largest"), [(10, 30), (15, 120), (200, 600)])
def test_list_tells_of_nothing_when_nothing_goes_on(smallest: int, largest: int) -> None:
    share = share_of_lists_that_tell(20261128, smallest, largest)

    assert share <= LEVEL + 3 * math.sqrt(LEVEL * (1 - LEVEL) / LISTS)


@pytest.mark.slow
def test_units_that_differ_as_units_ordinarily_do_are_not_told_of() -> None:
    share = share_of_lists_that_tell(1, smallest=60, largest=300, spread=0.02)

    assert share <= LEVEL + 3 * math.sqrt(LEVEL * (1 - LEVEL) / LISTS)


@pytest.mark.slow
def test_that_would_not_hold_without_looking_at_the_sisters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregation.dashboards.unusual_change.spread_of", lambda distances, variances: 0.0)

    assert share_of_lists_that_tell(1, smallest=60, largest=300, spread=0.02) > 0.5


@pytest.mark.slow
def test_that_would_not_hold_without_correcting_for_all_that_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("aggregation.dashboards.unusual_change.corrected", lambda probability, n: probability)

    assert share_of_lists_that_tell(20261128) > 0.5


@pytest.mark.slow
@pytest.mark.parametrize(("share", "is_better"), [(0.75, False), (0.05, True)])
def test_planted_change_is_found_and_nothing_else_is(share: float, is_better: bool) -> None:
    """In a school of 100 pupils who moved, 75 (or 5) instead of 40 of a hundred move down."""
    dice = np.random.default_rng(7)
    found = others = 0
    for _list in range(LISTS):
        shares = np.full((N_INDICATORS, N_UNITS), 0.4)
        shares[3, 5] = share
        families = [sisters_of(drawn(dice, row, 100, 101), n) for n, row in enumerate(shares)]
        told = unusual_changes(families).told
        found += [(each.indicator, each.unit, each.is_for_the_better) for each in told][:1] == [
            (3, 5, is_better)
        ]
        others += any((each.indicator, each.unit) != (3, 5) for each in told)

    assert found / LISTS >= 0.9
    assert others / LISTS <= 2 * LEVEL


def test_few_pupils_are_never_told_of() -> None:
    """All nine who moved moved down, where hardly anybody else's did."""
    sisters = sisters_of([Moves(0, 0, 9), *[Moves(100, 20, 3)] * 10])

    assert unusual_changes([sisters]).told == []


def test_what_hardly_differs_is_not_told_of_however_certain_it_is() -> None:
    sisters = sisters_of([Moves(6000, 0, 4000), *[Moves(6600, 0, 3400)] * 3])

    assert fisher_probability(4000, 10_000, 14_200, 40_000) < 1e-9
    assert unusual_changes([sisters]).told == []


def test_list_says_of_how_many_it_could_have_told() -> None:
    """Not of the unit with too few who moved."""
    sisters = sisters_of([Moves(10, 0, 10), Moves(12, 30, 9), Moves(4, 100, 5)])

    assert unusual_changes([sisters, sisters]).n_looked_at == 4
    assert unusual_changes([Sisters(0, {})]) == ([], 0)


def test_what_is_told_says_how_many_were_expected() -> None:
    sisters = sisters_of([Moves(10, 5, 40), Moves(150, 20, 50), Moves(150, 20, 50)])

    [told] = [each for each in unusual_changes([sisters]).told if each.unit == 0]

    assert (told.n_moved, told.expected_down, told.is_for_the_better) == (50, pytest.approx(12.5), False)
    assert told.rest == Moves(300, 40, 100)
    assert told.probability <= LEVEL


@pytest.mark.parametrize("seed", range(30))
def test_exact_probability_equals_the_sum_over_all_tables(seed: int) -> None:
    dice = np.random.default_rng(seed)
    whole = int(dice.integers(2, 60))
    marked, taken = int(dice.integers(0, whole + 1)), int(dice.integers(0, whole + 1))
    possible = range(max(0, taken + marked - whole), min(taken, marked) + 1)
    down = int(dice.choice(possible))
    ways = {n: math.comb(marked, n) * math.comb(whole - marked, taken - n) for n in possible}
    at_most = sum(way for n, way in ways.items() if n <= down) / math.comb(whole, taken)
    at_least = sum(way for n, way in ways.items() if n >= down) / math.comb(whole, taken)

    assert fisher_probability(down, taken, marked, whole) == pytest.approx(min(1, 2 * min(at_most, at_least)))


def test_others_do_not_seem_to_rise_where_one_falls() -> None:
    sisters = sisters_of([Moves(10, 30, 100), Moves(100, 120, 60), *[Moves(50, 60, 30)] * 4])

    assert [each.unit for each in unusual_changes([sisters]).told] == [0]


def test_told_stand_in_the_order_in_which_they_were_looked_at() -> None:
    """Not by how unusual they are: the second is the most so."""
    few, most = Moves(25, 60, 75), Moves(5, 60, 140)
    sisters = sisters_of([*[Moves(60, 60, 30)] * 20, few, most])

    assert [each.unit for each in unusual_changes([sisters]).told] == [20, 21]


def test_spread_beyond_chance_is_nought_where_there_is_none_and_where_sisters_are_few() -> None:
    assert spread_of([0.1] * 20, [0.01] * 20) == 0.0
    assert spread_of([5.0] * (SMALLEST_FAMILY - 1), [0.01] * (SMALLEST_FAMILY - 1)) == 0.0


def test_mean_square_of_normal_distances_is_one() -> None:
    dice = np.random.default_rng(3)

    lists = [mean_square(dice.normal(size=20)) for _list in range(2000)]

    assert np.mean(lists) == pytest.approx(1, abs=0.03)


def test_spread_beyond_chance_is_found_again() -> None:
    """Sisters that differ by a standard deviation of 0.2 beyond the 0.1 of chance."""
    dice = np.random.default_rng(4)

    lists = [spread_of(dice.normal(scale=math.sqrt(1 + 4), size=20), [0.01] * 20) for _list in range(2000)]

    assert np.mean(lists) == pytest.approx(0.04, rel=0.1)


def test_one_that_stands_out_does_not_excuse_itself() -> None:
    calm = [0.9 * (-1) ** n for n in range(19)]

    assert mean_square([*calm, 12.0]) == mean_square([*calm, 0.9])
