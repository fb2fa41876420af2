"""That the verdict is right as often as is said of it; the figures are those of `manage.py bench effect`."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.effect import AMONG_REAL_PUPILS, MANY_CLASSES, SCHOOL, TOWN, TRUE_EFFECT
from benchmarks.effect_tally import Tally, among_dutch_pupils, simulated
from benchmarks.invented_effects import (
    Assignment,
    World,
    by_lot,
    low_by_judgement,
    lowest_of_a_third,
    mostly_low,
    whole_classes,
)
from interventions.effect import Choice, Reason, Verdict

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def low_without_effect() -> Tally:
    """1,000 interventions that do nothing, with pupils chosen because they were low."""
    return simulated(1_000, TOWN, lowest_of_a_third(30))


def test_before_and_after_says_better_of_low_pupils_to_whom_nothing_happened(
    low_without_effect: Tally,
) -> None:
    assert low_without_effect.naive >= 50


def test_low_pupils_to_whom_nothing_happened_are_not_better(low_without_effect: Tally) -> None:
    assert low_without_effect.n_compared == 1_000
    assert low_without_effect.percent(Verdict.BETTER) <= 5
    assert low_without_effect.percent(Verdict.WORSE) <= 5


def test_expected_drift_is_what_they_change_by_chance(low_without_effect: Tally) -> None:
    drift, change = np.mean(low_without_effect.drifts), np.mean(low_without_effect.changes)
    assert drift == pytest.approx(0.31, abs=0.02)
    assert change == pytest.approx(drift, abs=0.02)


@pytest.mark.parametrize(
    ("world", "assign"), [(SCHOOL, mostly_low), (TOWN, by_lot(30)), (MANY_CLASSES, whole_classes(4))]
)
def test_nothing_happened_is_not_better(world: World, assign: Assignment) -> None:
    assert simulated(300, world, assign).percent(Verdict.BETTER) <= 5


@pytest.mark.parametrize("assign", [lowest_of_a_third(30), by_lot(30)])
def test_half_a_standard_deviation_is_found_and_lies_in_the_interval(assign: Assignment) -> None:
    tally = simulated(1_000, TOWN, assign, TRUE_EFFECT)
    assert tally.percent(Verdict.BETTER) >= 60
    assert 93 <= tally.coverage <= 97


@pytest.mark.parametrize("class_share", [0.0, 0.1, 0.2])
def test_interval_of_whole_classes_holds_the_truth(class_share: float) -> None:
    world = replace(MANY_CLASSES, class_share=class_share)
    assert simulated(400, world, whole_classes(4), TRUE_EFFECT).coverage >= 93


def test_low_pupils_by_judgement_are_not_called_worse() -> None:
    tally = simulated(300, TOWN, low_by_judgement)
    assert tally.percent(Verdict.WORSE) <= 5
    assert tally.reasons[Reason.DEPENDS_ON_CHOICE] >= 100


def test_low_pupils_by_judgement_would_be_called_worse_if_only_the_start_counted() -> None:
    assert simulated(300, TOWN, low_by_judgement, choice=Choice.BY_RESULT).percent(Verdict.WORSE) >= 30


def test_no_difference_needs_many_and_is_not_said_of_an_effect_that_matters() -> None:
    large = World(n_classes=48)
    few, many = (simulated(100, large, by_lot(n)).percent(Verdict.NO_DIFFERENCE) for n in (30, 200))
    mistaken = simulated(100, large, by_lot(300), TRUE_EFFECT / 2).percent(Verdict.NO_DIFFERENCE)
    assert few <= 5
    assert many >= 80
    assert mistaken <= 5


@pytest.mark.parametrize("subject", ["language", "arithmetic"])
@pytest.mark.parametrize(
    ("assign", "n_classes"),
    [each[1:] for each in AMONG_REAL_PUPILS],
    ids=[each[0] for each in AMONG_REAL_PUPILS],
)
def test_real_pupils_to_whom_nothing_happened_are_not_better(
    subject: str, assign: Assignment, n_classes: int | None
) -> None:
    tally = among_dutch_pupils(100, subject, assign, n_classes)
    assert tally.n_compared >= 90
    assert tally.n - tally.verdicts[Verdict.BETTER] >= 95
