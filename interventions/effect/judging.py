"""From the two readings to one of four verdicts. docs/effect.md tells the rules in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from operator import add

from .moments import ARMS, COMPARISON, TREATED, Changes, Moments, Within, moments_of
from .pairs import Pairs
from .readings import AS_THEY_ARE, SAME_START, Estimate, difference, interval, mean_change
from .verdicts import Choice, Effect, Measure, Reason, Verdict

# Pupils in either group; with fewer, nothing is said.
MINIMUM = 10
# Of the treated, those who must have somebody to be compared with.
SMALLEST_MATCHED_SHARE = 2 / 3
# The smallest difference that matters, in standard deviations of the start values.
SMALLEST_DIFFERENCE = 0.25


def effect_of(
    treated: Pairs,
    comparison: Pairs,
    measure: Measure,
    *,
    everyone: Pairs | None = None,
    choice: Choice = Choice.BY_JUDGEMENT,
    has_series_break: bool = False,
) -> Effect:
    """Of one place.

    comparison: who could be compared: the others of the year groups, or a waiting group. everyone: as in moments_of.
    """
    moments = moments_of(treated, comparison, everyone)
    return pooled([moments], measure, choice=choice, has_series_break=has_series_break)


def pooled(
    moments: Iterable[Moments],
    measure: Measure,
    *,
    choice: Choice = Choice.BY_JUDGEMENT,
    has_series_break: bool = False,
) -> Effect:
    """Of several places together that share no pupil and no class. Raises ValueError if there are none."""
    places = list(moments)
    if not places:
        raise ValueError("no place to add up")
    total = reduce(add, places)
    counted = Effect(
        total.changes.n,
        total.n_comparison,
        Verdict.CANNOT_SAY,
        n_matched_treated=int(total.alike.n[TREATED]),
        n_matched_comparison=int(total.alike.n[COMPARISON]),
    )
    if has_series_break:
        return replace(counted, reason=Reason.SERIES_BREAK)
    if reason := _reason_not_to_compare(total):
        return replace(_with_changes(counted, total, total.changes, measure), reason=reason)
    return _compared(_with_changes(counted, total, total.alike.changes, measure), total, measure, choice)


def _with_changes(effect: Effect, moments: Moments, changes: Changes, measure: Measure) -> Effect:
    return replace(
        effect,
        change=mean_change(changes),
        expected_drift=expected_drift(changes, reliability_of(moments, measure)),
        smallest_difference=SMALLEST_DIFFERENCE * moments.spread.deviation,
    )


def expected_drift(changes: Changes, reliability: float | None) -> float | None:
    """What they come nearer to the mean of their year group by chance: (1 - reliability) x their distance to it.

    Source: Kelley, T. L. (1923), Statistical Method. None where the reliability is not known.
    """
    if reliability is None or not changes.n:
        return None
    return (1 - reliability) * changes.shortfall / changes.n


def reliability_of(moments: Moments, measure: Measure) -> float | None:
    """The given one, or one less the share of the variance of the start values that is measurement error."""
    if measure.reliability is not None:
        return measure.reliability
    if not measure.measurement_error or not moments.spread.deviation:
        return None
    return max(0.0, 1 - (measure.measurement_error / moments.spread.deviation) ** 2)


def _reason_not_to_compare(moments: Moments) -> Reason:
    matched = moments.alike.n
    if moments.changes.n < MINIMUM:
        return Reason.TOO_FEW
    if min(matched) < MINIMUM or matched[TREATED] < SMALLEST_MATCHED_SHARE * moments.changes.n:
        return Reason.NO_COMPARISON
    if any(_is_one_class(moments.alike, arm) for arm in ARMS):
        return Reason.ONE_CLASS
    return Reason.NONE


def _is_one_class(within: Within, arm: int) -> bool:
    return bool(within.n_classes[arm] == 1 and within.n_shared[1 - arm] < MINIMUM)


def _compared(effect: Effect, moments: Moments, measure: Measure, choice: Choice) -> Effect:
    alike = difference(moments.alike, SAME_START)
    plain = difference(moments.as_they_are, AS_THEY_ARE)
    changes = moments.alike.changes
    smallest = SMALLEST_DIFFERENCE * moments.spread.deviation
    at_same_start = verdict_of([alike.estimate], smallest, measure.is_high_good)
    in_both = verdict_of([alike.estimate, plain.estimate], smallest, measure.is_high_good)
    verdict = at_same_start if choice is Choice.BY_RESULT else in_both
    return replace(
        effect,
        comparison_change=interval(changes.total / changes.n - alike.estimate.value, *alike.comparison),
        difference=alike.estimate,
        plain_difference=plain.estimate,
        verdict=verdict,
        reason=_reason_of(verdict, at_same_start),
    )


def verdict_of(intervals: Sequence[Estimate], smallest: float, is_high_good: bool) -> Verdict:
    """What all the intervals say.

    No difference: they lie within the smallest that matters, on both sides of 0. Better, worse: they lie beyond 0.
    """
    low, high = min(each.low for each in intervals), max(each.high for each in intervals)
    if -smallest < low and high < smallest:
        return Verdict.NO_DIFFERENCE
    if low > 0:
        return Verdict.BETTER if is_high_good else Verdict.WORSE
    if high < 0:
        return Verdict.WORSE if is_high_good else Verdict.BETTER
    return Verdict.CANNOT_SAY


def _reason_of(verdict: Verdict, at_same_start: Verdict) -> Reason:
    if verdict is not Verdict.CANNOT_SAY:
        return Reason.NONE
    return Reason.TOO_UNCERTAIN if at_same_start is Verdict.CANNOT_SAY else Reason.DEPENDS_ON_CHOICE
