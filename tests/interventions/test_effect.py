"""The four verdicts: when each is given, and that nothing else than the pupils' values decides which."""

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy import stats

from colourmaps.classification import Colour
from interventions.effect import (
    MINIMUM,
    Choice,
    Effect,
    Estimate,
    Measure,
    Pairs,
    Reason,
    Verdict,
    effect_of,
    movements,
    pooled,
)

from .effect_by_hand import difference_by_hand
from .effect_scene import HIGH, LOW, assert_alike, drawn, pairs, width


@pytest.mark.parametrize(
    ("change", "measure", "verdict"),
    [
        (5, HIGH, Verdict.BETTER),
        (5, LOW, Verdict.WORSE),
        (-5, HIGH, Verdict.WORSE),
        (-5, LOW, Verdict.BETTER),
    ],
)
def test_clear_difference_is_judged_by_the_direction(
    change: float, measure: Measure, verdict: Verdict
) -> None:
    effect = effect_of(drawn(40, change), drawn(80, seed=2), measure)
    assert (effect.verdict, effect.reason) == (verdict, Reason.NONE)


def test_many_alike_pupils_show_no_difference() -> None:
    effect = effect_of(drawn(300), drawn(600, seed=2), HIGH)
    assert (effect.verdict, effect.reason) == (Verdict.NO_DIFFERENCE, Reason.NONE)


def test_difference_that_is_certain_but_too_small_to_matter_is_none() -> None:
    effect = effect_of(drawn(900, 1), drawn(1800, seed=2), HIGH)
    assert effect.difference is not None
    assert effect.difference.low > 0
    assert effect.verdict is Verdict.NO_DIFFERENCE


def test_few_alike_pupils_show_nothing() -> None:
    effect = effect_of(drawn(12), drawn(24, seed=2), HIGH)
    assert (effect.verdict, effect.reason) == (Verdict.CANNOT_SAY, Reason.TOO_UNCERTAIN)


def test_figures_are_told_and_add_up() -> None:
    effect = effect_of(drawn(40, 5), drawn(80, seed=2), HIGH)
    assert effect.change is not None
    assert effect.comparison_change is not None
    assert effect.difference is not None
    assert (effect.n_treated, effect.n_comparison) == (40, 80)
    assert effect.change.value - effect.comparison_change.value == pytest.approx(effect.difference.value)
    assert effect.change.value == pytest.approx(5)
    assert effect.comparison_change.low < 0 < effect.comparison_change.high


def test_change_has_the_interval_of_students_t() -> None:
    treated = drawn(MINIMUM)
    effect = effect_of(treated, drawn(0), HIGH)
    expected = stats.ttest_1samp(treated.follow_up - treated.start, 0).confidence_interval(0.95)
    assert effect.change == Estimate(pytest.approx(0), *map(pytest.approx, expected))


def test_difference_of_changes_has_the_interval_of_welch() -> None:
    treated = drawn(25, 3, school_class=np.arange(25))
    comparison = drawn(60, seed=2, school_class=np.arange(100, 160))
    effect = effect_of(treated, comparison, HIGH)
    expected = stats.ttest_ind(
        treated.follow_up - treated.start, comparison.follow_up - comparison.start, equal_var=False
    ).confidence_interval(0.95)
    assert effect.plain_difference == Estimate(pytest.approx(3), *map(pytest.approx, expected))


def test_difference_is_that_of_hc3_where_pupils_are_many() -> None:
    """MacKinnon, J. G. and White, H. (1985): the intervals differ only in how they treat small numbers."""
    dice = np.random.default_rng(3)
    start = dice.normal(50, 10, 900)
    are_treated = np.arange(900) % 3 == 0
    change = dice.normal(0, np.where(are_treated, 8, 4)) - 0.3 * (start - 50)
    all_pupils = pairs(start, change, school_class=np.arange(900))
    treated, comparison = (
        Pairs(*(getattr(all_pupils, each.name)[meant] for each in fields(Pairs)))
        for meant in (are_treated, ~are_treated)
    )
    effect = effect_of(treated, comparison, HIGH)
    design = np.column_stack([are_treated, start, np.ones(900)])
    inverse = np.linalg.inv(design.T @ design)
    residual = all_pupils.follow_up - design @ inverse @ design.T @ all_pupils.follow_up
    leverage = np.diag(design @ inverse @ design.T)
    hc3 = np.sqrt(np.sum(((inverse @ design.T)[0] * residual / (1 - leverage)) ** 2))
    assert effect.difference is not None
    half = (effect.difference.high - effect.difference.low) / 2
    assert half == pytest.approx(1.96 * hc3, rel=0.03)


@pytest.mark.parametrize("has_start", [True, False])
def test_several_classes_years_and_bands_are_as_by_hand(has_start: bool) -> None:
    treated = drawn(40, 2, year_group=np.arange(40) % 2, school_class=np.arange(40) // 7)
    comparison = drawn(90, seed=2, year_group=np.arange(90) % 3, school_class=np.arange(90) // 11)
    effect = effect_of(treated, comparison, HIGH)
    by_hand = difference_by_hand([(treated, comparison)], has_start=has_start)
    assert_alike(effect.difference if has_start else effect.plain_difference, by_hand)


def test_pupils_without_anyone_alike_are_left_out() -> None:
    treated = pairs([*range(40, 60), 90, 91], 3)
    effect = effect_of(treated, pairs([*range(40, 60)] * 2, 1), HIGH)
    assert (effect.n_treated, effect.n_matched_treated) == (22, 20)
    assert (effect.change, effect.difference) == (
        Estimate(pytest.approx(3), pytest.approx(3), pytest.approx(3)),
        Estimate(pytest.approx(2), pytest.approx(2), pytest.approx(2)),
    )


@pytest.mark.parametrize(
    ("n", "reason"), [(0, Reason.TOO_FEW), (MINIMUM - 1, Reason.TOO_FEW), (MINIMUM, Reason.NONE)]
)
def test_fewer_than_the_minimum_are_too_few(n: int, reason: Reason) -> None:
    effect = effect_of(pairs([50.0] * n, 20), pairs([50.0] * 30, 0), HIGH)
    assert effect.reason is reason
    assert effect.verdict is (Verdict.CANNOT_SAY if reason else Verdict.BETTER)


@pytest.mark.parametrize(
    ("n", "reason"),
    [(0, Reason.NO_COMPARISON), (MINIMUM - 1, Reason.NO_COMPARISON), (MINIMUM, Reason.NONE)],
)
def test_fewer_to_compare_than_the_minimum_are_no_comparison(n: int, reason: Reason) -> None:
    effect = effect_of(pairs([50.0] * 30, 20), pairs([50.0] * n, 0), HIGH)
    assert effect.reason is reason
    assert (effect.difference is None) is bool(reason)


def test_too_few_still_show_their_change() -> None:
    effect = effect_of(pairs([50.0, 52.0], [1, 3]), drawn(60), HIGH)
    assert effect.change is not None
    assert effect.change.value == pytest.approx(2)
    assert effect.n_treated == 2


def test_one_pupil_has_no_interval() -> None:
    assert effect_of(pairs([50.0], 1), drawn(60), HIGH).change is None


def test_all_others_started_higher_is_no_comparison() -> None:
    effect = effect_of(pairs(np.linspace(20, 30, 30), 5), pairs(np.linspace(50, 80, 60), 0), HIGH)
    assert (effect.verdict, effect.reason) == (Verdict.CANNOT_SAY, Reason.NO_COMPARISON)
    assert effect.difference is None


def test_others_of_another_year_group_are_no_comparison() -> None:
    effect = effect_of(drawn(40, 5, year_group=4), drawn(80, year_group=5), HIGH)
    assert effect.reason is Reason.NO_COMPARISON


@pytest.mark.parametrize(("n_alike", "reason"), [(19, Reason.NO_COMPARISON), (20, Reason.NONE)])
def test_two_thirds_must_have_somebody_to_be_compared_with(n_alike: int, reason: Reason) -> None:
    treated = pairs([50.0] * n_alike + [90.0] * (30 - n_alike), 20)
    assert effect_of(treated, pairs([50.0] * 60, 0), HIGH).reason is reason


@pytest.mark.parametrize(("n_classmates", "reason"), [(9, Reason.ONE_CLASS), (10, Reason.NONE)])
def test_one_class_against_others_cannot_be_told_apart(n_classmates: int, reason: Reason) -> None:
    comparison = pairs([50.0] * 60, 0, school_class=[1] * n_classmates + [2] * 30 + [3] * (30 - n_classmates))
    assert effect_of(pairs([50.0] * 25, 20, school_class=1), comparison, HIGH).reason is reason


def test_comparison_of_one_class_cannot_be_told_apart() -> None:
    effect = effect_of(drawn(40, 20), drawn(25, school_class=9), HIGH)
    assert effect.reason is Reason.ONE_CLASS


def test_series_break_tells_nothing() -> None:
    effect = effect_of(drawn(40, 20), drawn(80), HIGH, has_series_break=True)
    assert effect == Effect(40, 80, Verdict.CANNOT_SAY, Reason.SERIES_BREAK, 40, 80)


def test_whole_classes_are_less_certain_than_as_many_single_pupils() -> None:
    mixed = effect_of(drawn(60, 3), drawn(120, seed=2), HIGH)
    whole = effect_of(
        drawn(60, 3, school_class=np.arange(60) % 3),
        drawn(120, seed=2, school_class=np.arange(120) % 6 + 3),
        HIGH,
    )
    assert mixed.difference is not None
    assert whole.difference is not None
    assert whole.difference.value == pytest.approx(mixed.difference.value)
    assert width(whole.difference) > 1.5 * width(mixed.difference)


def test_classes_that_differ_more_than_a_fifth_make_it_less_certain() -> None:
    classes = np.arange(120) % 12
    alike = effect_of(
        drawn(60, school_class=np.arange(60) % 6 + 20), drawn(120, seed=2, school_class=classes), HIGH
    )
    comparison = drawn(120, seed=2, school_class=classes)
    apart = replace(comparison, follow_up=comparison.follow_up + 10 * (classes % 2 - 0.5))
    differing = effect_of(drawn(60, school_class=np.arange(60) % 6 + 20), apart, HIGH)
    assert alike.difference is not None
    assert differing.difference is not None
    assert width(differing.difference) > 1.5 * width(alike.difference)


def test_pupils_chosen_by_judgement_are_worse_only_if_their_changes_are() -> None:
    """The low ones were chosen for what teachers knew: with the same start, they would have come out lower anyhow."""
    dice = np.random.default_rng(4)
    able = np.concatenate([dice.normal(42, 3, 60), dice.normal(52, 6, 240)])
    start, follow_up = able + dice.normal(0, 6, 300), able + dice.normal(0, 6, 300)
    treated = pairs(start[:60], (follow_up - start)[:60])
    comparison = pairs(start[60:], (follow_up - start)[60:])
    by_judgement = effect_of(treated, comparison, HIGH)
    by_result = effect_of(treated, comparison, HIGH, choice=Choice.BY_RESULT)
    assert (by_judgement.verdict, by_judgement.reason) == (Verdict.CANNOT_SAY, Reason.DEPENDS_ON_CHOICE)
    assert by_result == replace(by_judgement, verdict=Verdict.WORSE, reason=Reason.NONE)


def test_drift_is_the_distance_to_the_mean_times_what_is_error() -> None:
    everyone = pairs(50 + 10 * np.array([-1, 1] * 50), 0)
    treated, comparison = pairs([40.0] * 20, 0), pairs([40.0] * 30, 0)
    variance = 100 * 100 / 99
    effect = effect_of(treated, comparison, HIGH, everyone=everyone)
    assert effect.expected_drift == pytest.approx(10 * HIGH.measurement_error**2 / variance)


def test_known_reliability_goes_before_the_measurement_error() -> None:
    everyone = pairs(50 + 10 * np.array([-1, 1] * 50), 0)
    measure = replace(HIGH, reliability=0.7)
    effect = effect_of(pairs([40.0] * 20, 0), pairs([40.0] * 30, 0), measure, everyone=everyone)
    assert effect.expected_drift == pytest.approx(3)


def test_error_larger_than_the_spread_leaves_nothing_but_drift() -> None:
    everyone = pairs(50 + 10 * np.array([-1, 1] * 50), 0)
    measure = replace(HIGH, measurement_error=30)
    effect = effect_of(pairs([40.0] * 20, 0), pairs([40.0] * 30, 0), measure, everyone=everyone)
    assert effect.expected_drift == pytest.approx(10)


def test_without_measurement_error_there_is_a_verdict_but_no_drift() -> None:
    effect = effect_of(drawn(40, 5), drawn(80, seed=2), Measure(is_high_good=True))
    assert (effect.verdict, effect.expected_drift) == (Verdict.BETTER, None)


def test_smallest_difference_is_a_quarter_of_everybodys_spread() -> None:
    everyone = pairs(50 + 10 * np.array([-1, 1] * 50), 0)
    effect = effect_of(drawn(40), drawn(80, seed=2), HIGH, everyone=everyone)
    assert effect.smallest_difference == pytest.approx(0.25 * 10 * np.sqrt(100 / 99))


@pytest.mark.parametrize("start", [0.1, 50.3])
def test_all_started_alike(start: float) -> None:
    dice = np.random.default_rng(5)
    treated = pairs([start] * 30, dice.normal(10, 1, 30))
    comparison = pairs([start] * 60, dice.normal(0, 1, 60))
    effect = effect_of(treated, comparison, HIGH)
    assert (effect.verdict, effect.n_matched_treated, effect.smallest_difference) == (Verdict.BETTER, 30, 0)
    assert effect.expected_drift is None


def test_nobody_moved_and_nothing_varies_says_nothing() -> None:
    effect = effect_of(pairs([50.3] * 30, 0), pairs([50.3] * 60, 0), HIGH)
    assert effect.difference == Estimate(0, 0, 0)
    assert effect.reason is Reason.TOO_UNCERTAIN


def test_everybody_moved_alike_is_no_difference() -> None:
    effect = effect_of(pairs(np.arange(30.0), 0.1), pairs(np.arange(30.0), 0.1), HIGH)
    assert effect.verdict is Verdict.NO_DIFFERENCE


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("position", [0, 1])
def test_missing_value_is_refused(value: float, position: int) -> None:
    values = [np.arange(3.0), np.arange(3.0)]
    values[position][1] = value
    with pytest.raises(ValueError, match="a value is missing"):
        Pairs(*values, np.full(3, 4), np.zeros(3))


def test_lists_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="same length"):
        Pairs(np.arange(3.0), np.arange(4.0), np.full(3, 4), np.zeros(3))


def test_everyone_without_a_year_group_is_refused() -> None:
    with pytest.raises(ValueError, match="year groups"):
        effect_of(drawn(40, year_group=5), drawn(80, year_group=5), HIGH, everyone=drawn(80, year_group=4))


@pytest.mark.parametrize("named", [{"measurement_error": -1.0}, {"reliability": 1.1}, {"reliability": -0.1}])
def test_impossible_measure_is_refused(named: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Measure(True, **named)


def test_no_place_cannot_be_pooled() -> None:
    with pytest.raises(ValueError, match="no place"):
        pooled([], HIGH)


def test_movements_are_counted_from_colour_to_colour() -> None:
    start = [Colour.RED, Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.NONE, Colour.GREEN]
    follow_up = [Colour.GREEN, Colour.RED, Colour.GREEN, Colour.YELLOW, Colour.RED, Colour.NONE]
    assert movements(start, follow_up).tolist() == [[1, 0, 1], [0, 0, 1], [0, 1, 0]]


def test_movements_of_different_pupils_are_refused() -> None:
    with pytest.raises(ValueError, match="same pupils"):
        movements([Colour.RED], [])
