"""What may not change the answer, and what must turn it round."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from interventions.effect import Effect, Pairs, Verdict, effect_of, moments_of, pooled

from .effect_by_hand import difference_by_hand
from .effect_scene import HIGH, LOW, assert_alike

pytestmark = pytest.mark.slow
MIRRORED = {Verdict.BETTER: Verdict.WORSE, Verdict.WORSE: Verdict.BETTER}


@st.composite
def groups(draw: st.DrawFn) -> tuple[Pairs, Pairs]:
    def group(fewest: int, most: int) -> Pairs:
        pupil = st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(4, 5), st.integers(0, 6))
        rows = draw(st.lists(pupil, min_size=fewest, max_size=most))
        return Pairs(*(np.array(column) for column in zip(*rows, strict=True)))

    return group(12, 30), group(15, 50)


@given(groups(), st.integers(-1000, 1000))
def test_constant_added_to_all_values_changes_nothing(two: tuple[Pairs, Pairs], constant: int) -> None:
    shifted = [
        replace(each, start=each.start + constant, follow_up=each.follow_up + constant) for each in two
    ]
    assert_same(effect_of(*shifted, HIGH), effect_of(*two, HIGH))


@given(groups(), st.sampled_from([0.01, 0.1, 100]))
def test_another_unit_changes_nothing_but_the_unit(two: tuple[Pairs, Pairs], factor: float) -> None:
    scaled = [replace(each, start=each.start * factor, follow_up=each.follow_up * factor) for each in two]
    effect = effect_of(*scaled, replace(HIGH, measurement_error=HIGH.measurement_error * factor))
    assert_same(effect, effect_of(*two, HIGH), factor)


@given(groups())
def test_turning_the_scale_round_changes_nothing_but_the_signs(two: tuple[Pairs, Pairs]) -> None:
    turned = [replace(each, start=-each.start, follow_up=-each.follow_up) for each in two]
    assert_same(effect_of(*turned, LOW), effect_of(*two, HIGH), -1)


@given(groups())
def test_other_direction_turns_better_into_worse(two: tuple[Pairs, Pairs]) -> None:
    high, low = effect_of(*two, HIGH), effect_of(*two, LOW)
    assert low == replace(high, verdict=MIRRORED.get(high.verdict, high.verdict))


@given(groups(), st.randoms(use_true_random=False))
def test_order_of_the_pupils_does_not_matter(two: tuple[Pairs, Pairs], dice: object) -> None:
    def shuffled(each: Pairs) -> Pairs:
        order = list(range(len(each)))
        dice.shuffle(order)  # type: ignore[attr-defined]
        return Pairs(*(getattr(each, field.name)[order] for field in fields(Pairs)))

    assert_same(effect_of(*map(shuffled, two), HIGH), effect_of(*two, HIGH))


@settings(max_examples=50)
@given(st.lists(groups(), min_size=1, max_size=3))
def test_pooled_places_are_as_all_their_pupils_together(places: list[tuple[Pairs, Pairs]]) -> None:
    effect = pooled((moments_of(*place) for place in places), HIGH)
    assume(effect.difference is not None)
    assert_alike(effect.difference, difference_by_hand(places, has_start=True))
    assert_alike(effect.plain_difference, difference_by_hand(places, has_start=False))


@given(st.lists(groups(), min_size=2, max_size=3))
def test_order_of_the_places_does_not_matter(places: list[tuple[Pairs, Pairs]]) -> None:
    moments = [moments_of(*place) for place in places]
    assert_same(pooled(reversed(moments), HIGH), pooled(moments, HIGH))


def assert_same(one: Effect, other: Effect, factor: float = 1) -> None:
    """All figures times the factor; the verdict too, unless an interval ends where one verdict turns into another."""
    for name in ("change", "comparison_change", "difference", "plain_difference"):
        assert_alike(getattr(one, name), getattr(other, name), factor)
    for name in ("n_treated", "n_comparison", "n_matched_treated", "n_matched_comparison"):
        assert getattr(one, name) == getattr(other, name)
    assert one.smallest_difference == pytest.approx((other.smallest_difference or 0) * abs(factor))
    assert (one.expected_drift or 0) == pytest.approx((other.expected_drift or 0) * factor, abs=1e-9)
    if not _is_on_an_edge(other):
        assert (one.verdict, one.reason) == (other.verdict, other.reason)


def _is_on_an_edge(effect: Effect) -> bool:
    smallest = effect.smallest_difference or 0
    ends = [
        end for each in (effect.difference, effect.plain_difference) if each for end in (each.low, each.high)
    ]
    return any(abs(end - edge) < 1e-6 for end in ends for edge in (0, smallest, -smallest))
