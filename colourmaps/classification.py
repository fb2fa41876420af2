"""Which colour a value has, and how it has moved. The only place that decides a colour: one value or a million alike.

Pure: no database, no names. Values and limits are hundredths of the indicator's unit.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Codes = npt.NDArray[np.int8]
# A number, or an array of them that broadcasts with the others.
Numbers = float | npt.ArrayLike


class Colour(IntEnum):
    """A yellow value is a pass. NONE: no value, or no threshold to judge it by."""

    # That of the number, and quicker than that of the name: a map looks colours up by the thousand.
    __hash__ = int.__hash__

    NONE = 0
    RED = 1
    YELLOW = 2
    GREEN = 3


class Movement(IntEnum):
    """Since the pupil's own previous comparable value.

    NONE: there is no earlier value. BREAK: there is one, but the series breaks in between, so nothing can be said.
    """

    __hash__ = int.__hash__  # as of Colour

    NONE = 0
    WORSE = 1
    STILL = 2
    BETTER = 3
    BREAK = 4


# The movements proper: of pupils whose two values can be compared.
COMPARED = (Movement.BETTER, Movement.STILL, Movement.WORSE)


def check_limits(yellow: Numbers, green: Numbers, is_high_good: bool | npt.ArrayLike) -> None:
    """Raises ValueError unless green is at least as good as yellow, direction applied. NaN stands for no limit."""
    sign = np.where(is_high_good, 1.0, -1.0)
    if np.any(sign * np.asarray(green, float) < sign * np.asarray(yellow, float)):
        raise ValueError("limits are out of order: green must be at least as good as yellow")


def classify(
    values: Numbers, yellow: Numbers, green: Numbers, is_high_good: bool | npt.ArrayLike = True
) -> Codes:
    """Colour of each value, by the limits in force when it was measured.

    values: in the indicator's own unit; NaN means no result.
    yellow, green: the limits; a value on a limit gets the better colour; NaN means no limit, and so no colour.
    is_high_good: False where a low value is good, and the green limit then is the lower one.
    The four broadcast against each other; returns Colour codes of that shape.
    Raises ValueError if limits are out of order.
    Source: the municipality's threshold decision, Threshold.source.
    """
    check_limits(yellow, green, is_high_good)
    sign = np.where(is_high_good, 1.0, -1.0)
    goodness, yellow, green = np.broadcast_arrays(
        sign * np.asarray(values, float), sign * np.asarray(yellow, float), sign * np.asarray(green, float)
    )
    colours = np.full(goodness.shape, Colour.RED, np.int8)
    colours[goodness >= yellow] = Colour.YELLOW
    colours[goodness >= green] = Colour.GREEN
    colours[np.isnan(goodness) | np.isnan(yellow) | np.isnan(green)] = Colour.NONE
    return colours


def is_near(values: Any, yellow: Any, green: Any, error: Any) -> Any:
    """Whether a value lies within the measurement error of a limit, so that it might as well have the other colour.

    One value or an array of them, in the unit of the limits; without a measurement error nothing is near.
    """
    return (error > 0) & ((abs(values - yellow) <= error) | (abs(values - green) <= error))


def move(
    values: Numbers,
    previous: Numbers,
    error: Numbers,
    is_high_good: bool | npt.ArrayLike = True,
    is_broken: bool | npt.ArrayLike = False,
) -> Codes:
    """How each value has moved since the previous one, if the two can be compared.

    error: the scale's own measurement error, not negative; a change of at most that much is no change.
    is_broken: the series breaks between the two. NaN in values or previous means that there is nothing to compare.
    Returns Movement codes of the broadcast shape. Raises ValueError if an error is negative.
    """
    if np.any(np.asarray(error, float) < 0):
        raise ValueError("a measurement error is not negative")
    sign = np.where(is_high_good, 1.0, -1.0)
    change, error, is_broken = np.broadcast_arrays(
        sign * (np.asarray(values, float) - np.asarray(previous, float)),
        np.asarray(error, float),
        np.asarray(is_broken, bool),
    )
    movements = np.full(change.shape, Movement.STILL, np.int8)
    movements[change > error] = Movement.BETTER
    movements[change < -error] = Movement.WORSE
    movements[is_broken] = Movement.BREAK
    movements[np.isnan(change)] = Movement.NONE
    return movements
