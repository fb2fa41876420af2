"""Results into the table: counted, coloured, placed, compared; corrections keep what was there before."""

import datetime
import math

import pandas as pd
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.tenancy import municipality_scope
from colourmaps.classification import Colour
from colourmaps.models import Result, SupersededResult, Threshold
from colourmaps.scales import Mark
from colourmaps.services import recording
from colourmaps.services.recording import UnknownReference, record_results
from tests.factories.colourmaps import (
    ImportBatchFactory,
    IndicatorFactory,
    ThresholdFactory,
    record,
)
from tests.factories.pupils import EnrolmentFactory, PupilFactory
from tests.fixtures import Place
from tests.walls import everywhere

from .recording_scene import Scene, counts, frame, round_in


def test_new_result_is_coloured_placed_and_signed(scene: Scene) -> None:
    batch, by = ImportBatchFactory(), scene.place.coordinator
    rows = frame([(scene.pupil, scene.indicator, scene.september, 2600, Mark.MEASURED)])

    recorded = record_results(rows, by=by, batch=batch)

    result = scene.result(scene.september)
    assert counts(recorded) == (1, 0, 0)
    assert recorded.touched == {(scene.place.class_4a.pk, scene.september.pk)}
    assert (result.value, result.mark, result.colour, result.movement) == (2600, 0, Colour.GREEN, 0)
    assert (result.school_class, result.year_group) == (scene.place.class_4a, 4)
    assert (result.by, result.batch, result.recorded_at) == (by, batch, timezone.now())


def test_new_changed_and_unchanged_are_counted_apart(scene: Scene) -> None:
    pupils = PupilFactory.create_batch(3, school_class=scene.place.class_4a)
    record(scene.september, scene.indicator, {pupils[0]: 1000, pupils[1]: 1000})

    recorded = record(
        scene.september, scene.indicator, {pupils[0]: 1000, pupils[1]: 1001, pupils[2]: Mark.ABSENT}
    )

    assert counts(recorded) == (1, 1, 1)


def test_same_again_writes_and_announces_nothing(scene: Scene, later) -> None:
    scene.record(scene.september, 2000)
    before = Result.objects.values().get()
    scene.announced.clear()
    later()

    recorded = scene.record(scene.september, 2000)

    assert counts(recorded) == (0, 0, 1)
    assert (recorded.touched, scene.announced) == (set(), [])
    assert Result.objects.values().get() == before
    assert not SupersededResult.objects.exists()


def test_correction_keeps_what_was_in_force_before(scene: Scene, later) -> None:
    scene.record(scene.september, 1000, by=scene.place.coordinator)
    first = scene.result(scene.september)
    later()

    scene.record(scene.september, 3000, by=scene.place.teacher)

    result, before = scene.result(scene.september), SupersededResult.objects.get()
    assert (result.value, result.colour, result.by) == (3000, Colour.GREEN, scene.place.teacher)
    assert (before.value, before.colour, before.by) == (1000, Colour.RED, scene.place.coordinator)
    assert (before.recorded_at, before.superseded_at) == (first.recorded_at, result.recorded_at)
    assert (before.pupil, before.indicator, before.round) == (first.pupil, first.indicator, first.round)


def test_every_correction_adds_to_the_history(scene: Scene, later) -> None:
    for value in (1000, Mark.ABSENT, 2000, 1000):
        scene.record(scene.september, value)
        later()

    history = SupersededResult.objects.order_by("superseded_at")
    assert [(row.value, row.mark) for row in history] == [(1000, 0), (None, Mark.ABSENT), (2000, 0)]
    assert scene.result(scene.september).value == 1000


def test_correction_remembers_the_file_that_made_it(scene: Scene) -> None:
    first, second = ImportBatchFactory(), ImportBatchFactory()
    for batch, value in ((first, 1000), (second, 2000)):
        rows = frame([(scene.pupil, scene.indicator, scene.september, value, Mark.MEASURED)])
        record_results(rows, by=None, batch=batch)

    before = SupersededResult.objects.get()
    assert (before.batch, before.superseded_by_batch) == (first, second)


def test_same_value_on_another_day_changes_nothing(scene: Scene) -> None:
    scene.record(scene.september, 2000)
    measured_on = scene.result(scene.september).measured_on

    recorded = scene.record(scene.september, 2000, measured_on=datetime.date(2026, 9, 2))

    assert counts(recorded) == (0, 0, 1)
    assert scene.result(scene.september).measured_on == measured_on


def on_day(scene: Scene, day: datetime.date, *, is_said: bool, value: float = 2000) -> pd.DataFrame:
    rows = frame([(scene.pupil, scene.indicator, scene.september, value, Mark.MEASURED)])
    return rows.assign(measured_on=day, day_is_said=is_said)


def test_day_that_the_file_says_is_a_change_and_the_old_one_is_kept(scene: Scene, later) -> None:
    scene.record(scene.september, 2000)
    first = scene.result(scene.september).measured_on
    day = datetime.date(2026, 9, 2)
    later()

    recorded = record_results(on_day(scene, day, is_said=True), by=None)

    assert counts(recorded) == (0, 1, 0)
    assert scene.result(scene.september).measured_on == day
    assert [row.measured_on for row in SupersededResult.objects.all()] == [first]
    (changed,) = recorded.changed
    assert (changed.old_day, changed.day) == ("2026-09-01", "2026-09-02")
    assert (changed.old_value, changed.value) == (2000, 2000)


def test_day_that_is_only_assumed_is_no_change_and_does_not_replace_one_that_was_said(scene: Scene) -> None:
    day = datetime.date(2026, 9, 2)
    record_results(on_day(scene, day, is_said=True), by=None)

    same = record_results(on_day(scene, day, is_said=True), by=None)
    assumed = record_results(on_day(scene, datetime.date(2026, 9, 9), is_said=False), by=None)

    assert (counts(same), counts(assumed)) == ((0, 0, 1), (0, 0, 1))
    assert scene.result(scene.september).measured_on == day
    assert not SupersededResult.objects.exists()


def test_rows_whose_day_is_the_same_are_not_written_beside_one_that_changes(scene: Scene, later) -> None:
    other = PupilFactory(school_class=scene.place.class_4a)
    record(scene.september, scene.indicator, {scene.pupil: 2000, other: 2000})
    before = Result.objects.filter(pupil=other).values().get()
    later()
    rows = frame(
        [(pupil, scene.indicator, scene.september, 2000, Mark.MEASURED) for pupil in (scene.pupil, other)]
    )
    days = [datetime.date(2026, 9, 2), scene.september.starts_on]

    recorded = record_results(rows.assign(measured_on=days, day_is_said=True), by=None)

    assert counts(recorded) == (0, 1, 1)
    assert Result.objects.filter(pupil=other).values().get() == before


def test_colour_is_kept_when_only_the_limits_change(scene: Scene) -> None:
    scene.record(scene.september, 2000)
    Threshold.objects.update(yellow_limit=2500, green_limit=3500)

    recorded = scene.record(scene.september, 2000)

    assert counts(recorded) == (0, 0, 1)
    assert scene.result(scene.september).colour == Colour.YELLOW


def test_colour_is_by_the_limits_of_the_day_of_measurement(scene: Scene) -> None:
    change = datetime.date(2026, 9, 10)
    Threshold.objects.update(valid_to=change)
    ThresholdFactory(indicator=scene.indicator, valid_from=change, yellow_limit=500, green_limit=1500)
    other = PupilFactory(school_class=scene.place.class_4a)

    scene.record(scene.september, 2000, measured_on=datetime.date(2026, 9, 9))
    record(scene.september, scene.indicator, {other: 2000}, measured_on=change)

    assert scene.result(scene.september).colour == Colour.YELLOW
    assert Result.objects.get(pupil=other).colour == Colour.GREEN


def test_class_is_that_of_the_rounds_last_day(scene: Scene) -> None:
    """The pupil is measured in 4A and moves to 5A before the round ends; for year 5 there are no limits."""
    pupil = PupilFactory()
    moves = datetime.date(2026, 9, 20)
    EnrolmentFactory(pupil=pupil, school_class=scene.place.class_4a, valid_to=moves)
    EnrolmentFactory(pupil=pupil, school_class=scene.place.class_5a, valid_from=moves)

    record(scene.september, scene.indicator, {pupil: 2000}, measured_on=datetime.date(2026, 9, 2))

    result = Result.objects.get(pupil=pupil)
    assert (result.school_class, result.year_group) == (scene.place.class_5a, 5)
    assert result.colour == Colour.NONE


def test_class_that_is_not_the_home_class_does_not_count(scene: Scene) -> None:
    EnrolmentFactory(pupil=scene.pupil, school_class=scene.place.class_5a, is_home=False)

    scene.record(scene.september, 2000)

    assert scene.result(scene.september).school_class == scene.place.class_4a


def test_pupil_without_a_class_has_a_result_without_colour_and_touches_none(scene: Scene) -> None:
    pupil = PupilFactory()

    recorded = record(scene.september, scene.indicator, {pupil: 2000})

    result = Result.objects.get(pupil=pupil)
    assert (result.value, result.school_class, result.year_group) == (2000, None, None)
    assert (result.colour, counts(recorded), recorded.touched) == (Colour.NONE, (1, 0, 0), set())


@pytest.mark.parametrize("mark", [Mark.ABSENT, Mark.NO_BASIS, Mark.EXEMPT])
def test_mark_has_neither_value_colour_nor_movement(scene: Scene, mark: Mark) -> None:
    scene.record(scene.september, 2000)

    scene.record(scene.october, mark)

    result = scene.result(scene.october)
    assert (result.value, result.mark, result.colour, result.movement) == (None, mark, 0, 0)


@pytest.mark.parametrize(("value", "mark"), [(2000.0, Mark.ABSENT), (math.nan, Mark.MEASURED)])
def test_value_and_mark_that_contradict_each_other_are_refused(
    scene: Scene, value: float, mark: Mark
) -> None:
    rows = frame([(scene.pupil, scene.indicator, scene.september, value, mark)])

    with pytest.raises(IntegrityError, match="result_value_or_mark"), transaction.atomic():
        record_results(rows, by=None)


def test_announcement_names_classes_and_rounds(scene: Scene) -> None:
    recorded = scene.record(scene.september, 2000)

    assert scene.announced == [recorded.touched]


def test_two_rows_for_the_same_result_are_refused(scene: Scene) -> None:
    row = (scene.pupil, scene.indicator, scene.september, 2000, Mark.MEASURED)

    with pytest.raises(ValueError, match="two results for the same pupil, indicator and round"):
        record_results(frame([row, row]), by=None)

    assert not Result.objects.exists()


@pytest.mark.parametrize("foreign", ["pupil", "indicator", "round"])
def test_reference_to_another_municipality_is_refused_and_nothing_is_written(
    scene: Scene, fjordvik: Place, foreign: str
) -> None:
    with municipality_scope(fjordvik.municipality):
        theirs = {
            "pupil": PupilFactory(school_class=fjordvik.class_4a),
            "indicator": IndicatorFactory(),
            "round": round_in(9),
        }
    ours = {"pupil": scene.pupil, "indicator": scene.indicator, "round": scene.september}
    mixed = ours | {foreign: theirs[foreign]}
    good = (scene.pupil, scene.indicator, scene.october, 1000, Mark.MEASURED)
    bad = (mixed["pupil"], mixed["indicator"], mixed["round"], 2000, Mark.MEASURED)

    scene.announced.clear()

    with pytest.raises(UnknownReference, match=foreign):
        record_results(frame([good, bad]), by=None)

    assert scene.announced == []
    with everywhere():
        assert not Result.objects.exists()


def test_number_of_queries_does_not_grow_with_the_pupils(scene: Scene, django_assert_max_num_queries) -> None:
    def queries_for(n_pupils: int) -> int:
        pupils = PupilFactory.create_batch(n_pupils, school_class=scene.place.class_4a)
        with django_assert_max_num_queries(100) as captured:
            record(scene.october, scene.indicator, dict.fromkeys(pupils, 2000))
        return len(captured)

    assert queries_for(1) == queries_for(3)


def test_progress_counts_the_results_that_are_written(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "PORTION", 2)
    pupils = PupilFactory.create_batch(3, school_class=scene.place.class_4a)
    rounds = [scene.september] * 3 + [scene.october]
    rows = [
        (pupil, scene.indicator, round_, 1000, Mark.MEASURED)
        for pupil, round_ in zip([*pupils, pupils[0]], rounds, strict=True)
    ]
    told: list[tuple[int, int, int]] = []

    record_results(
        frame(rows), by=None, progress=lambda *counts: told.append((*counts, Result.objects.count()))
    )

    assert told == [(0, 4, 0), (2, 4, 2), (3, 4, 3), (4, 4, 4)]
