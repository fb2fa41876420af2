"""The one place that decides a colour: boundaries, direction, missing values, and one value as an array."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colourmaps.classification import Colour, Movement, classify, is_near, move

HUNDREDTHS = st.integers(-100_000, 100_000)
ERRORS = st.integers(0, 2_000)
DIRECTIONS = st.booleans()
NAN = math.nan


@dataclass(frozen=True)
class Ruler:
    """Limits in order for a direction."""

    yellow: int
    green: int
    is_high_good: bool

    def colour_of(self, value: float) -> Colour:
        return Colour(int(classify(value, self.yellow, self.green, self.is_high_good)))


@st.composite
def rulers(draw: st.DrawFn) -> Ruler:
    low, high = sorted((draw(HUNDREDTHS), draw(HUNDREDTHS)))
    is_high_good = draw(DIRECTIONS)
    return Ruler(low, high, True) if is_high_good else Ruler(high, low, False)


def better(value: int, by: int, *, is_high_good: bool) -> int:
    return value + by if is_high_good else value - by


@pytest.mark.parametrize(
    ("value", "colour"),
    [
        (1599, Colour.RED),
        (1600, Colour.YELLOW),
        (2599, Colour.YELLOW),
        (2600, Colour.GREEN),
        (4000, Colour.GREEN),
        (0, Colour.RED),
    ],
)
def test_colour_where_high_is_good(value: int, colour: Colour) -> None:
    assert classify(value, yellow=1600, green=2600) == colour


@pytest.mark.parametrize(
    ("value", "colour"),
    [(0, Colour.GREEN), (800, Colour.GREEN), (801, Colour.YELLOW), (1500, Colour.YELLOW), (1501, Colour.RED)],
)
def test_colour_where_low_is_good(value: int, colour: Colour) -> None:
    assert classify(value, yellow=1500, green=800, is_high_good=False) == colour


@pytest.mark.slow
@given(rulers())
def test_value_on_a_limit_gets_the_better_colour(ruler: Ruler) -> None:
    assert ruler.colour_of(ruler.green) is Colour.GREEN
    assert ruler.colour_of(ruler.yellow) is (Colour.GREEN if ruler.yellow == ruler.green else Colour.YELLOW)


@pytest.mark.slow
@given(rulers())
def test_value_just_short_of_a_limit_gets_the_worse_colour(ruler: Ruler) -> None:
    just_short = better(ruler.yellow, -1, is_high_good=ruler.is_high_good)

    assert ruler.colour_of(just_short) is Colour.RED


@pytest.mark.slow
@given(rulers(), HUNDREDTHS, st.integers(0, 100_000))
def test_better_value_never_gets_a_worse_colour(ruler: Ruler, value: int, gain: int) -> None:
    improved = better(value, gain, is_high_good=ruler.is_high_good)

    assert ruler.colour_of(improved) >= ruler.colour_of(value)


@pytest.mark.slow
@given(rulers(), HUNDREDTHS)
def test_low_is_good_mirrors_high_is_good(ruler: Ruler, value: int) -> None:
    mirrored = Ruler(-ruler.yellow, -ruler.green, not ruler.is_high_good)

    assert mirrored.colour_of(-value) is ruler.colour_of(value)


@pytest.mark.slow
@given(rulers(), st.lists(HUNDREDTHS | st.just(NAN), max_size=20))
def test_array_gets_the_colours_of_its_values(ruler: Ruler, values: list[float]) -> None:
    colours = classify(np.array(values, float), ruler.yellow, ruler.green, ruler.is_high_good)

    assert colours.tolist() == [ruler.colour_of(value) for value in values]


@pytest.mark.slow
@given(st.lists(rulers(), min_size=1, max_size=10), HUNDREDTHS)
def test_each_value_is_judged_by_its_own_limits(several: list[Ruler], value: int) -> None:
    colours = classify(
        np.full(len(several), float(value)),
        [ruler.yellow for ruler in several],
        [ruler.green for ruler in several],
        [ruler.is_high_good for ruler in several],
    )

    assert colours.tolist() == [ruler.colour_of(value) for ruler in several]


def test_values_and_limits_broadcast_to_pupils_by_indicators() -> None:
    values = np.array([[10.0, 10.0], [20.0, 20.0], [30.0, 30.0]])

    colours = classify(values, yellow=[15, 25], green=[25, 15], is_high_good=[True, False])

    assert colours.tolist() == [[1, 3], [2, 2], [3, 1]]


@given(rulers())
def test_missing_value_has_no_colour(ruler: Ruler) -> None:
    assert ruler.colour_of(NAN) is Colour.NONE


@given(HUNDREDTHS, DIRECTIONS)
def test_value_without_threshold_has_no_colour(value: int, is_high_good: bool) -> None:
    assert classify(value, NAN, NAN, is_high_good) == Colour.NONE
    assert classify(value, 0, NAN, is_high_good) == Colour.NONE
    assert classify(value, NAN, 0, is_high_good) == Colour.NONE


@pytest.mark.slow
@given(rulers(), HUNDREDTHS)
def test_limits_out_of_order_raise(ruler: Ruler, value: int) -> None:
    worse_than_yellow = better(ruler.yellow, -1, is_high_good=ruler.is_high_good)

    with pytest.raises(ValueError, match="limits are out of order"):
        classify(value, ruler.yellow, worse_than_yellow, ruler.is_high_good)


def test_one_pair_of_limits_out_of_order_among_many_raises() -> None:
    with pytest.raises(ValueError, match="limits are out of order"):
        classify([1.0, 1.0], yellow=[1, 2], green=[2, 1])


@pytest.mark.parametrize(
    ("value", "previous", "movement"),
    [
        (1201, 1000, Movement.BETTER),
        (1200, 1000, Movement.STILL),
        (1000, 1000, Movement.STILL),
        (800, 1000, Movement.STILL),
        (799, 1000, Movement.WORSE),
        (1000, NAN, Movement.NONE),
        (NAN, 1000, Movement.NONE),
        (NAN, NAN, Movement.NONE),
    ],
)
def test_movement_counts_beyond_the_measurement_error(
    value: float, previous: float, movement: Movement
) -> None:
    assert move(value, previous, error=200) == movement


OPPOSITE = {
    Movement.BETTER: Movement.WORSE,
    Movement.WORSE: Movement.BETTER,
    Movement.STILL: Movement.STILL,
    Movement.NONE: Movement.NONE,
}


@pytest.mark.slow
@given(HUNDREDTHS, HUNDREDTHS, ERRORS, DIRECTIONS)
def test_movement_back_is_the_opposite(value: int, previous: int, error: int, is_high_good: bool) -> None:
    there = Movement(int(move(value, previous, error, is_high_good)))
    back = Movement(int(move(previous, value, error, is_high_good)))

    assert back is OPPOSITE[there]


@pytest.mark.slow
@given(HUNDREDTHS, HUNDREDTHS, ERRORS)
def test_movement_turns_with_the_direction(value: int, previous: int, error: int) -> None:
    high = Movement(int(move(value, previous, error, is_high_good=True)))
    low = Movement(int(move(value, previous, error, is_high_good=False)))

    assert low is OPPOSITE[high]


@pytest.mark.slow
@given(HUNDREDTHS, ERRORS, DIRECTIONS)
def test_change_of_exactly_the_error_is_no_change(previous: int, error: int, is_high_good: bool) -> None:
    at_the_error = better(previous, error, is_high_good=is_high_good)
    beyond_it = better(previous, error + 1, is_high_good=is_high_good)

    assert move(at_the_error, previous, error, is_high_good) == Movement.STILL
    assert move(beyond_it, previous, error, is_high_good) == Movement.BETTER


@pytest.mark.slow
@given(st.lists(st.tuples(HUNDREDTHS | st.just(NAN), HUNDREDTHS | st.just(NAN), ERRORS), max_size=20))
def test_array_gets_the_movements_of_its_values(cases: list[tuple[float, float, int]]) -> None:
    values, previous, errors = np.array(cases, float).reshape(-1, 3).T

    assert move(values, previous, errors).tolist() == [int(move(*case)) for case in cases]


@pytest.mark.parametrize(
    ("value", "previous", "movement"),
    [(1000, 500, Movement.BREAK), (1000, 1000, Movement.BREAK), (NAN, 500, Movement.NONE)],
)
def test_nothing_moves_across_a_break(value: float, previous: float, movement: Movement) -> None:
    assert move(value, previous, error=200, is_broken=True) == movement


def test_break_without_an_earlier_value_is_none() -> None:
    assert move(1000, NAN, error=200, is_broken=True) == Movement.NONE


@pytest.mark.parametrize(
    ("value", "near"),
    [(1399, False), (1400, True), (1600, True), (1800, True), (1801, False), (2401, True), (2801, False)],
)
def test_value_is_near_a_limit_within_the_measurement_error_on_both_sides(value: int, near: bool) -> None:
    assert is_near(value, 1600, 2600, 200) is near


@pytest.mark.slow
@given(HUNDREDTHS, HUNDREDTHS, HUNDREDTHS)
def test_without_a_measurement_error_nothing_is_near(value: int, yellow: int, green: int) -> None:
    assert not is_near(value, yellow, green, 0)


@pytest.mark.slow
@given(st.lists(HUNDREDTHS, max_size=20), HUNDREDTHS, HUNDREDTHS, ERRORS)
def test_array_is_as_near_as_its_values(values: list[int], yellow: int, green: int, error: int) -> None:
    together = is_near(np.array(values, int), yellow, green, error)

    assert together.tolist() == [is_near(value, yellow, green, error) for value in values]


@pytest.mark.slow
@given(st.tuples(HUNDREDTHS, HUNDREDTHS, DIRECTIONS), HUNDREDTHS, st.integers(1, 2_000))
def test_value_that_is_not_near_keeps_its_colour_whatever_the_error(
    limits: tuple[int, int, bool], value: int, error: int
) -> None:
    low, high, is_high_good = min(limits[:2]), max(limits[:2]), limits[2]
    ruler = Ruler(*((low, high) if is_high_good else (high, low)), is_high_good)

    if not is_near(value, ruler.yellow, ruler.green, error):
        assert ruler.colour_of(value - error) is ruler.colour_of(value + error) is ruler.colour_of(value)


def test_negative_measurement_error_raises() -> None:
    with pytest.raises(ValueError, match="a measurement error is not negative"):
        move(1, 1, error=-1)
