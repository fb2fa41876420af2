from __future__ import annotations

import numpy as np
import numpy.typing as npt

from colourmaps.classification import Colour

from .pairs import Integers

COLOURS = (Colour.RED, Colour.YELLOW, Colour.GREEN)


def movements(start: npt.ArrayLike, follow_up: npt.ArrayLike) -> Integers:
    """How many pupils went from which colour to which.

    start, follow_up: Colour codes of the same pupils, in the same order. Returns shape (3, 3), rows the colour at the
    start and columns at the follow-up, red first; pupils without a colour at either time are not counted. Additive.
    Raises ValueError if the lists differ in length.
    """
    before, after = np.asarray(start, int), np.asarray(follow_up, int)
    if before.shape != after.shape:
        raise ValueError("the colours are not of the same pupils")
    return np.array([[np.sum((before == a) & (after == b)) for b in COLOURS] for a in COLOURS], np.int64)
