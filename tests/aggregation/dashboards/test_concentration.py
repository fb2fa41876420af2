"""Half of the red: in how few units, with how many of the pupils, and whether chance alone would do as much."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from aggregation.dashboards.concentration import LEVEL, SMALLEST_RED, Holder, chance_of, concentration_of


def holders_with(reds: list[int], coloured: int = 25) -> list[Holder]:
    return [Holder((n,), red, coloured) for n, red in enumerate(reds)]


def test_few_classes_that_hold_half_are_named() -> None:
    found = concentration_of(holders_with([12, 1, 9, 0, 2, 11, 1, 0, 3, 2, 1, 2, 3, 4]))

    assert found is not None
    assert [holder.units for holder in found.holding] == [(0,), (5,), (2,)]
    assert (found.n_holding, found.n_units, found.red) == (3, 14, 51)
    assert found.red_share == pytest.approx(32 / 51)
    assert found.pupil_share == pytest.approx(3 / 14)
    assert found.is_in_few


def test_even_spread_is_called_so() -> None:
    found = concentration_of(holders_with([5] * 14))

    assert found is not None
    assert (found.n_holding, found.is_in_few, found.is_chance) == (7, False, True)


def test_units_shown_together_count_as_one_thing() -> None:
    found = concentration_of([Holder((1, 2, 3), 30, 60), Holder((4,), 5, 60), Holder((5,), 5, 60)])

    assert found is not None
    assert [holder.units for holder in found.holding] == [(1, 2, 3)]
    assert (found.n_holding, found.n_units) == (3, 5)


@pytest.mark.parametrize("reds", [[], [40], [SMALLEST_RED - 1, 0], [0, 0, 0]])
def test_too_little_says_nothing(reds: list[int]) -> None:
    assert concentration_of(holders_with(reds, coloured=60)) is None


@pytest.mark.parametrize("seed", range(20))
def test_no_smaller_number_of_units_holds_half(seed: int) -> None:
    dice = np.random.default_rng(seed)
    reds = [int(red) for red in dice.integers(2, 20, int(dice.integers(2, 9)))]
    found = concentration_of(holders_with([SMALLEST_RED, *reds]))

    assert found is not None
    assert 2 * sum(holder.red for holder in found.holding) >= found.red
    fewer = combinations([SMALLEST_RED, *reds], len(found.holding) - 1)
    assert all(2 * sum(some) < found.red for some in fewer)


@pytest.mark.slow
def test_chance_is_called_uneven_as_seldom_as_promised() -> None:
    """Classes of 15–30 pupils, each pupil red with the same probability."""
    dice = np.random.default_rng(11)
    lists, uneven = 2000, 0
    for _list in range(lists):
        sizes = dice.integers(15, 31, 14)
        reds = dice.binomial(sizes, dice.uniform(0.08, 0.4))
        holders = [
            Holder((n,), int(red), int(size)) for n, (red, size) in enumerate(zip(reds, sizes, strict=True))
        ]
        uneven += chance_of(holders) < LEVEL

    assert uneven / lists <= LEVEL + 3 * (LEVEL / lists) ** 0.5


def test_units_without_a_coloured_pupil_and_reds_without_a_difference_are_no_surprise() -> None:
    assert chance_of([Holder((1,), 30, 30), Holder((2,), 20, 20)]) == 1.0
    assert chance_of([Holder((1,), 15, 30), Holder((2,), 0, 0)]) == 1.0
