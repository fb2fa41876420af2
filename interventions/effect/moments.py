"""Everything that the effect is computed from, as counts, sums, squares and cross products that can be added up.

Whoever adds up several municipalities needs no pupil of theirs, and gets what all their pupils together would give.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

from .pairs import Floats, Integers, Pairs

Flags = npt.NDArray[np.bool_]
# The width of a start band in standard deviations of the pupils of the year group.
BAND = 0.5
ROUNDING = 1e-12
COMPARISON, TREATED = 0, 1
ARMS = (COMPARISON, TREATED)


class Additive:
    """A dataclass whose sum is the sum of its fields."""

    def __add__(self, other: Self) -> Self:
        names = [each.name for each in fields(self)]  # type: ignore[arg-type]
        return type(self)(*(getattr(self, name) + getattr(other, name) for name in names))


@dataclass(frozen=True, eq=False)
class Changes(Additive):
    """Of treated pupils: how many; of follow-up minus start the sum and the sum of the squares.

    shortfall: how far they started below the mean of their year group, summed.
    """

    n: int
    total: float
    squares: float
    shortfall: float


@dataclass(frozen=True, eq=False)
class Spread(Additive):
    """Of everybody's start values: squares about the mean of the year group, and how many are free to vary."""

    squares: float
    n_free: int

    @property
    def deviation(self) -> float:
        """The standard deviation within year groups; 0 where all started alike."""
        return float(np.sqrt(self.squares / self.n_free)) if self.n_free > 0 else 0.0


@dataclass(frozen=True, eq=False)
class Within(Additive):
    """Two groups inside strata, of which only those with pupils of both groups count; by group, the comparison first.

    Cross products are of (in the intervention: 0 or 1, start, follow-up), each less its mean in the stratum.

    n: (2,) pupils. inverse: (2,) the sum over pupils of one by the size of their stratum.
    products: (2, 3, 3) summed over pupils. class_products: (6, 6) summed over classes, of what the pupils of each group
    in the class sum to. class_squares: the squares of the sizes of the classes, summed.
    n_classes: (2,) that have pupils of the group; n_all_classes: of either. n_shared: (2,) pupils in classes of both.
    """

    n: Integers
    inverse: Floats
    products: Floats
    class_products: Floats
    class_squares: int
    n_classes: Integers
    n_all_classes: int
    n_shared: Integers
    changes: Changes


@dataclass(frozen=True, eq=False)
class Moments(Additive):
    """Of one place, or the sum of several that share no pupil: their strata stay apart.

    changes: of all the treated. alike: in strata of year group and start band. as_they_are: in year groups.
    """

    changes: Changes
    n_comparison: int
    spread: Spread
    alike: Within
    as_they_are: Within


def moments_of(treated: Pairs, comparison: Pairs, everyone: Pairs | None = None) -> Moments:
    """everyone: who was measured in the same year groups and rounds; None means the two groups together.

    Start bands, the smallest difference that matters and the drift are told from their mean and spread. A waiting group
    is not everyone. Raises ValueError if a year group of the two groups is not among them.
    """
    pupils = comparison + treated
    crowd = everyone or pupils
    spread, apart = _spread(crowd), _from_mean(pupils, crowd)
    arm = np.repeat(ARMS, [len(comparison), len(treated)])
    return Moments(
        changes=_changes(pupils, apart, arm == TREATED),
        n_comparison=len(comparison),
        spread=spread,
        alike=_within(pupils, arm, apart, _bands(apart, spread.deviation)),
        as_they_are=_within(pupils, arm, apart, np.zeros(len(pupils), np.int64)),
    )


def _within(pupils: Pairs, arm: Integers, apart: Floats, band: Integers) -> Within:
    stratum, school_class = _numbered(pupils.year_group, band), _numbered(pupils.school_class)
    sizes = np.stack([np.bincount(stratum[arm == a], minlength=_n(stratum)) for a in ARMS])
    is_kept = np.all(sizes > 0, axis=0)[stratum]
    kept = [np.logical_and(is_kept, arm == a) for a in ARMS]
    inverse = 1 / sizes.sum(axis=0)[stratum]
    deviations = _less_means(np.column_stack([arm, pupils.start, pupils.follow_up]), stratum)
    class_sums = np.hstack([_summed(deviations[k], school_class[k], _n(school_class)) for k in kept])
    class_sizes = np.stack([np.bincount(school_class[k], minlength=_n(school_class)) for k in kept])
    return Within(
        n=np.array([k.sum() for k in kept]),
        inverse=np.array([inverse[k].sum() for k in kept]),
        products=np.stack([deviations[k].T @ deviations[k] for k in kept]),
        class_products=class_sums.T @ class_sums,
        class_squares=int(np.sum(class_sizes.sum(axis=0) ** 2)),
        n_classes=np.sum(class_sizes > 0, axis=1),
        n_all_classes=int(np.sum(class_sizes.sum(axis=0) > 0)),
        n_shared=(class_sizes * np.all(class_sizes > 0, axis=0)).sum(axis=1),
        changes=_changes(pupils, apart, kept[TREATED]),
    )


def _changes(pupils: Pairs, apart: Floats, are_meant: Flags) -> Changes:
    change, above = (pupils.follow_up - pupils.start)[are_meant], apart[are_meant]
    return Changes(len(change), float(change.sum()), float(np.sum(change**2)), float(-above.sum()))


def _spread(crowd: Pairs) -> Spread:
    apart = _from_mean(crowd, crowd)
    return Spread(float(np.sum(apart**2)), len(crowd) - len(np.unique(crowd.year_group)))


def _from_mean(pupils: Pairs, crowd: Pairs) -> Floats:
    """How far above the mean of the crowd's pupils of the same year group each pupil started."""
    years, numbers = np.unique(crowd.year_group, return_inverse=True)
    if not np.isin(pupils.year_group, years).all():
        raise ValueError("everyone must include the year groups of both groups")
    means = np.bincount(numbers, crowd.start, len(years)) / np.bincount(numbers, minlength=len(years))
    return _less(pupils.start, means[np.searchsorted(years, pupils.year_group)])


def _bands(apart: Floats, deviation: float) -> Integers:
    """The middle one lies about the mean. Rounded first, so that values on an edge stay together wherever zero is."""
    if not deviation:
        return np.zeros(len(apart), np.int64)
    return np.rint(np.round(apart / (BAND * deviation), 6)).astype(np.int64)


def _less_means(values: Floats, stratum: Integers) -> Floats:
    """Values (pupils, columns), each less the mean of its stratum."""
    means = _summed(values, stratum, _n(stratum)) / np.bincount(stratum)[:, None]
    return _less(values, means[stratum])


def _less(values: Floats, means: Floats) -> Floats:
    """What is left where a mean is that of equal values is 0, not what rounding made of it."""
    left = values - means
    left[np.abs(left) <= ROUNDING * np.abs(values)] = 0
    return left


def _numbered(*keys: Integers) -> Integers:
    """Numbers from 0 for the different combinations of the keys."""
    return np.unique(np.column_stack(keys), axis=0, return_inverse=True)[1].reshape(-1)


def _n(numbers: Integers) -> int:
    return int(numbers.max()) + 1 if numbers.size else 0


def _summed(values: Floats, group: Integers, n_groups: int) -> Floats:
    """(groups, columns) of values (pupils, columns)."""
    sums = np.zeros((n_groups, values.shape[1]))
    np.add.at(sums, group, values)
    return sums
