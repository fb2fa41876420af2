from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pupils measured both times, each once; all four of shape (pupils,).

    start, follow_up: in the indicator's own unit. year_group: at the start. school_class: a number that stands for the
    class, the same for the pupils of both groups, since classmates move together.
    Raises ValueError for values that are missing or infinite, and for lists of different lengths.
    """

    start: Floats
    follow_up: Floats
    year_group: Integers
    school_class: Integers

    def __post_init__(self) -> None:
        for name, kind in _KINDS.items():
            object.__setattr__(self, name, np.asarray(getattr(self, name), kind))
        if {getattr(self, name).shape for name in _KINDS} != {(np.size(self.start),)}:
            raise ValueError("start, follow-up, year group and class must be lists of the same length")
        if not (np.isfinite(self.start).all() and np.isfinite(self.follow_up).all()):
            raise ValueError("only pupils measured both times have an effect: a value is missing")

    def __len__(self) -> int:
        return len(self.start)

    def __add__(self, other: Pairs) -> Pairs:
        return Pairs(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in _KINDS))


_KINDS = {"start": np.float64, "follow_up": np.float64, "year_group": np.int64, "school_class": np.int64}
