"""The movement of a result is since the pupil's last value before, and follows whatever happens to that."""

import datetime

import pytest

from colourmaps.classification import Movement
from colourmaps.models import Indicator, SupersededResult, Threshold
from colourmaps.scales import Mark
from colourmaps.services import record_results
from tests.factories.colourmaps import record
from tests.factories.pupils import EnrolmentFactory, PupilFactory

from .recording_scene import Scene, frame


@pytest.mark.parametrize(
    ("previous", "value", "movement"),
    [
        (2000, 2101, Movement.BETTER),
        (2000, 2100, Movement.STILL),
        (2000, 1900, Movement.STILL),
        (2000, 1899, Movement.WORSE),
        (Mark.ABSENT, 2000, Movement.NONE),
    ],
)
def test_movement_since_the_round_before(
    scene: Scene, previous: int | Mark, value: int, movement: Movement
) -> None:
    scene.record(scene.september, previous)

    scene.record(scene.october, value)

    assert scene.movement(scene.october) is movement


def test_movement_where_low_is_good(scene: Scene) -> None:
    Indicator.objects.update(direction="low")
    Threshold.objects.update(yellow_limit=2600, green_limit=1600)
    scene.record(scene.september, 2000)

    scene.record(scene.october, 1000)

    assert scene.movement(scene.october) is Movement.BETTER


def test_movement_is_since_the_last_value_however_long_ago(scene: Scene) -> None:
    scene.record(scene.september, 1000)
    scene.record(scene.october, Mark.ABSENT)

    scene.record(scene.november, 2000)

    assert scene.movement(scene.november) is Movement.BETTER


def test_rounds_of_one_file_are_compared_with_each_other(scene: Scene) -> None:
    rounds = [scene.november, scene.september, scene.october]
    rows = [
        (scene.pupil, scene.indicator, round_, value, Mark.MEASURED)
        for round_, value in zip(rounds, (1000, 3000, 2000), strict=True)
    ]

    record_results(frame(rows), by=None)

    assert [scene.movement(round_) for round_ in (scene.september, scene.october, scene.november)] == [
        Movement.NONE,
        Movement.WORSE,
        Movement.WORSE,
    ]


@pytest.mark.parametrize(
    ("first", "corrected", "movement"),
    [
        (1000, 3000, Movement.WORSE),
        (1000, Mark.EXEMPT, Movement.NONE),
        (Mark.ABSENT, 1000, Movement.BETTER),
        (3000, 2050, Movement.STILL),
    ],
)
def test_later_movement_follows_a_correction(
    scene: Scene, first: int | Mark, corrected: int | Mark, movement: Movement, later
) -> None:
    scene.record(scene.september, first)
    scene.record(scene.october, 2000)
    before = scene.result(scene.october)
    later()

    recorded = scene.record(scene.september, corrected)

    after = scene.result(scene.october)
    assert Movement(after.movement) is movement
    assert (after.value, after.colour, after.recorded_at) == (before.value, before.colour, before.recorded_at)
    own_class = scene.place.class_4a.pk
    assert recorded.touched == {(own_class, scene.september.pk), (own_class, scene.october.pk)}
    assert SupersededResult.objects.count() == 1


def test_later_movement_follows_a_late_import(scene: Scene) -> None:
    scene.record(scene.november, 2000)
    scene.record(scene.september, 2000)
    assert scene.movement(scene.november) is Movement.STILL

    scene.record(scene.october, 1000)

    assert scene.movement(scene.october) is Movement.WORSE
    assert scene.movement(scene.november) is Movement.BETTER


def test_later_movement_that_does_not_change_is_not_touched(scene: Scene) -> None:
    scene.record(scene.september, 1000)
    scene.record(scene.october, 2000)

    recorded = scene.record(scene.september, 1001)

    assert recorded.touched == {(scene.place.class_4a.pk, scene.september.pk)}


def test_touched_class_of_a_later_round_is_the_class_the_pupil_had_then(scene: Scene) -> None:
    pupil, moves = PupilFactory(), datetime.date(2026, 10, 1)
    EnrolmentFactory(pupil=pupil, school_class=scene.place.class_4a, valid_to=moves)
    EnrolmentFactory(pupil=pupil, school_class=scene.place.class_5a, valid_from=moves)
    record(scene.october, scene.indicator, {pupil: 2000})

    recorded = record(scene.september, scene.indicator, {pupil: 1000})

    assert recorded.touched == {
        (scene.place.class_4a.pk, scene.september.pk),
        (scene.place.class_5a.pk, scene.october.pk),
    }
