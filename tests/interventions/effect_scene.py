"""Groups of pupils, made so that one can see what must come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from interventions.effect import Estimate, Measure, Pairs

HIGH = Measure(is_high_good=True, measurement_error=4.0)
LOW = replace(HIGH, is_high_good=False)


def pairs(
    start: Sequence[float] | np.ndarray,
    change: float | Sequence[float] | np.ndarray,
    *,
    year_group: int | Sequence[int] | np.ndarray = 4,
    school_class: int | Sequence[int] | np.ndarray | None = None,
) -> Pairs:
    """Every pupil in one of five classes, unless told otherwise."""
    n = len(start)
    classes = np.arange(n) % 5 if school_class is None else np.broadcast_to(school_class, n)
    return Pairs(np.asarray(start), start + np.asarray(change), np.broadcast_to(year_group, n), classes)


def drawn(n: int, effect: float = 0.0, seed: int = 1, **named: object) -> Pairs:
    """Starts of 50 and changes of 0, each with a spread of about 10 and 5; no luck is in it: they are quantiles."""
    dice = np.random.default_rng(seed)
    quantiles = stats.norm.ppf((np.arange(n) + 0.5) / n)
    return pairs(50 + 10 * quantiles, effect + 5 * dice.permutation(quantiles), **named)  # type: ignore[arg-type]


def width(estimate: Estimate) -> float:
    return estimate.high - estimate.low


def assert_alike(one: Estimate | None, other: Estimate | None, factor: float = 1) -> None:
    assert (one is None) is (other is None)
    if one is not None and other is not None:
        ends = sorted([other.low * factor, other.high * factor])
        assert [one.value, one.low, one.high] == pytest.approx(
            [other.value * factor, *ends], rel=1e-6, abs=1e-7 * abs(factor)
        )
