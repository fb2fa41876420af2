"""Quiet when nothing goes on and when pupils are few; loud when a unit really moves otherwise than the rest."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from aggregation.dashboards import unusual_change
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
from benchmarks.unusual_change import CALM, found_share, telling_share

LISTS = 200
NOISE = 3 * math.sqrt(LEVEL * (1 - LEVEL) / LISTS)


def sisters_of(moves: Sequence[Moves], indicator: int = 0) -> Sisters:
    return Sisters(indicator, dict(enumerate(moves)))


@pytest.mark.slow
@pytest.mark.parametrize(("smallest", "largest", "correlation"), CALM)
def test_list_tells_of_nothing_when_nothing_goes_on(smallest: int, largest: int, correlation: float) -> None:
    """With a correlation, units differ, as they ordinarily do."""
    assert telling_share(LISTS, smallest, largest, correlation) <= LEVEL + NOISE


@pytest.mark.slow
def test_that_would_not_hold_without_looking_at_the_sisters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unusual_change, "spread_of", lambda distances, variances: 0.0)

    assert telling_share(LISTS, 60, 300, 0.02) > 0.5


@pytest.mark.slow
def test_that_would_not_hold_without_correcting_for_all_that_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unusual_change, "corrected", lambda probability, n: probability)

    assert telling_share(LISTS, 15, 120, 0.0) > 0.5


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.8, 0.04])
def test_planted_change_is_found_and_nothing_else_is(share: float) -> None:
    """In a unit of 100 pupils who moved, where elsewhere 40 of a hundred move down."""
    found, others = found_share(LISTS, 100, share)

    assert found >= 0.9
    assert others <= LEVEL + NOISE


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
