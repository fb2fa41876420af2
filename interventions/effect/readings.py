"""Two ways to read the difference between the groups, each with an interval, from moments alone.

SAME_START: analysis of covariance inside strata, follow-up = stratum + b x intervention + c x start; b is the answer.
AS_THEY_ARE: the difference of the mean changes, inside year groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from .moments import ARMS, COMPARISON, Changes, Within
from .pairs import Floats

# The intervals hold the truth in 95 of 100 cases.
CONFIDENCE = 0.95
# Of what is not explained, the share that classmates have in common unless the data show more: a fifth, as among the
# Dutch pupils of docs/examples/ (0.18 in language, 0.22 in arithmetic, given the start value).
CLASS_SHARE = 0.2


@dataclass(frozen=True)
class Estimate:
    """In the indicator's own unit; low and high are the ends of the interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Reading:
    """Which of (in the intervention, start, follow-up) the answer is a function of, and of what; as rows of weights."""

    explained_by: Floats
    outcome: Floats


SAME_START = Reading(np.eye(3)[:2], np.array([0.0, 0.0, 1.0]))
AS_THEY_ARE = Reading(np.eye(3)[:1], np.array([0.0, -1.0, 1.0]))


@dataclass(frozen=True)
class Difference:
    """estimate: between the groups; comparison: the variance and freedom of the comparison group's part of it."""

    estimate: Estimate
    comparison: tuple[float, float]
    class_share: float


def difference(within: Within, reading: Reading) -> Difference:
    """The intervention group's outcome less the comparison group's."""
    fit = _Fit.of(within, reading)
    variances = fit.variances
    excess = max(0.0, fit.class_variance - variances.sum())
    share = fit.class_share
    parts = [*variances, share * excess]
    freedoms = [*fit.freedom, max(1, within.n_all_classes - reading.explained_by.shape[0])]
    return Difference(
        estimate=interval(fit.value, sum(parts), satterthwaite(parts, freedoms)),
        comparison=(float(variances[COMPARISON]), float(fit.freedom[COMPARISON])),
        class_share=share,
    )


@dataclass(frozen=True, eq=False)
class _Fit:
    """Least squares. weights: of each pupil in the answer, as weights on the three; residual: likewise."""

    within: Within
    value: float
    weights: Floats
    residual: Floats
    freedom: Floats

    @classmethod
    def of(cls, within: Within, reading: Reading) -> _Fit:
        rows, products = reading.explained_by, within.products
        inverse = _inverse(rows @ products.sum(axis=0) @ rows.T)
        slopes = inverse @ rows @ products.sum(axis=0) @ reading.outcome
        leverage = [np.trace(inverse @ rows @ products[arm] @ rows.T) for arm in ARMS]
        return cls(
            within=within,
            value=float(slopes[0]),
            weights=inverse[0] @ rows,
            residual=reading.outcome - slopes @ rows,
            freedom=within.n - within.inverse - leverage,
        )

    @property
    def squares(self) -> Floats:
        """(2,) of the residuals, by group."""
        return np.array([_form(self.within.products[arm], self.residual) for arm in ARMS])

    @property
    def deviations(self) -> Floats:
        """(2,) of the residuals, by group."""
        return np.sqrt(self.squares / self.freedom)

    @property
    def variances(self) -> Floats:
        """(2,) what each group adds to that of the answer, if every pupil moves alone."""
        weights = np.array([_form(self.within.products[arm], self.weights) for arm in ARMS])
        return weights * self.deviations**2

    @property
    def class_variance(self) -> float:
        """That of the answer, if all the pupils of a class moved as one."""
        return _form(self.within.class_products, np.concatenate([self.weights * d for d in self.deviations]))

    @property
    def class_share(self) -> float:
        """Of the variance of the residuals, what classmates have in common: from each two of them."""
        n_twos = self.within.class_squares - self.within.n.sum()
        variance = self.squares.sum() / self.freedom.sum()
        if not n_twos or not variance:
            return CLASS_SHARE
        in_common = _form(self.within.class_products, np.tile(self.residual, 2)) - self.squares.sum()
        return float(np.clip(in_common / n_twos / variance, CLASS_SHARE, 1))


def mean_change(changes: Changes) -> Estimate | None:
    """None for fewer than two pupils, who have no spread."""
    if changes.n < 2:
        return None
    mean = changes.total / changes.n
    variance = max(0.0, changes.squares - changes.n * mean**2) / (changes.n - 1)
    return interval(mean, variance / changes.n, changes.n - 1)


def interval(value: float, variance: float, freedom: float) -> Estimate:
    half = float(stdtrit(freedom, (1 + CONFIDENCE) / 2)) * float(np.sqrt(variance))
    return Estimate(value, value - half, value + half)


def satterthwaite(parts: list[float], freedoms: list[float]) -> float:
    """The degrees of freedom of a sum of variances, each estimated with its own."""
    total = sum(part**2 / freedom for part, freedom in zip(parts, freedoms, strict=True))
    return float(sum(parts) ** 2 / total) if total else float(sum(freedoms))


def _form(products: Floats, weights: npt.NDArray[np.float64]) -> float:
    """Of a sum of squares; never negative but for rounding."""
    return max(0.0, float(weights @ products @ weights))


def _inverse(products: Floats) -> Floats:
    """Scaled to correlations, so that no unit is too small; what does not vary explains nothing."""
    scale = np.sqrt(np.diag(products))
    scale[scale == 0] = 1
    return np.linalg.pinv(products / np.outer(scale, scale), hermitian=True) / np.outer(scale, scale)
