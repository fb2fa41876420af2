"""New limits act forward, judge again what was measured since their first day, and leave the map of before readable."""

from __future__ import annotations

import datetime
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from aggregation.models import RollupWork
from aggregation.verification import differences
from aggregation.work import do_waiting_recounts
from colourmaps.classification import Colour
from colourmaps.limits import Limits
from colourmaps.models import (
    ImportBatch,
    ImportState,
    Indicator,
    MeasurementRound,
    Result,
    SupersededResult,
    Threshold,
)
from colourmaps.scales import Mark
from colourmaps.services import (
    Decision,
    Flips,
    LimitsRefused,
    record_results,
    set_threshold,
    summarised,
    undo_batch,
    values_judged,
)
from colourmaps.signals import results_changed
from pupils.models import Pupil
from tests.factories.colourmaps import (
    ImportBatchFactory,
    IndicatorFactory,
    RoundFactory,
    ThresholdFactory,
    record,
)
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place

from .recording_scene import frame

pytestmark = pytest.mark.usefixtures("in_english")

RED, YELLOW, GREEN = Colour.RED, Colour.YELLOW, Colour.GREEN
CHANGE = datetime.date(2026, 10, 10)
BEFORE, SINCE = datetime.date(2026, 10, 9), CHANGE


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(starts_on=datetime.date(2026, 10, 1), ends_on=datetime.date(2026, 10, 31))


@pytest.fixture
def reading(in_solviken: Place) -> Indicator:
    """In year 4 yellow from 16, green from 26; so in year 5."""
    indicator = IndicatorFactory(code="LAS", measurement_error=100)
    for year_group in (4, 5):
        ThresholdFactory(indicator=indicator, year_group=year_group)
    return indicator


@pytest.fixture
def pupils(in_solviken: Place) -> list[Pupil]:
    return PupilFactory.create_batch(4, school_class=in_solviken.class_4a)


@pytest.fixture
def announced(db: None) -> Iterator[list[set]]:
    told: list[set] = []

    def listen(touched: set[tuple[int, int]], **_kwargs: object) -> None:
        told.append(touched)

    results_changed.connect(listen)
    yield told
    results_changed.disconnect(listen)


def lower(indicator: Indicator, **changes: Any) -> Flips:
    """Yellow from 10, green from 20, in year 4, from 10 October."""
    fields = {"year_group": 4, "yellow": 1000, "green": 2000, "from_day": CHANGE, "by": None}
    return set_threshold(indicator=indicator, **(fields | changes))


def colours(round_: MeasurementRound) -> list[int]:
    return list(Result.objects.filter(round=round_).order_by("pupil_id").values_list("colour", flat=True))


def test_limits_in_force_end_and_the_new_ones_begin(in_solviken: Place, reading: Indicator) -> None:
    by = in_solviken.administrator

    lower(reading, by=by, source="BUN 2026 § 12")

    of_year_4 = Threshold.objects.filter(indicator=reading, year_group=4).order_by("valid_from")
    old, new = of_year_4
    assert (old.yellow_limit, old.green_limit, old.valid_to) == (1600, 2600, CHANGE)
    assert (new.yellow_limit, new.green_limit, new.valid_from, new.valid_to) == (1000, 2000, CHANGE, None)
    assert (new.source, new.decided_at) == ("BUN 2026 § 12", timezone.now())
    assert Threshold.objects.get(indicator=reading, year_group=5).valid_to is None
    event = AuditEvent.objects.get(action="threshold set")
    assert (event.actor_id, event.subject, event.facts) == (
        by.pk,
        "LAS",
        {"year_group": 4, "yellow": 1000, "green": 2000, "from_day": "2026-10-10", "flips": 0},
    )


def test_limits_that_were_to_end_keep_their_end(reading: Indicator) -> None:
    ends = datetime.date(2027, 8, 1)
    Threshold.objects.update(valid_to=ends)

    lower(reading)

    assert Threshold.objects.get(valid_from=CHANGE).valid_to == ends


def test_first_limits_of_an_indicator_colour_what_has_none(
    autumn: MeasurementRound, pupils: list[Pupil]
) -> None:
    indicator = IndicatorFactory()
    record(autumn, indicator, dict.fromkeys(pupils, 1500), measured_on=SINCE)

    flips = lower(indicator)

    assert flips.colours == {(Colour.NONE, YELLOW): 4}
    assert colours(autumn) == [YELLOW] * 4


def test_values_keep_their_colour_unless_measured_since(
    in_solviken: Place,
    autumn: MeasurementRound,
    reading: Indicator,
    pupils: list[Pupil],
    announced: list[set],
) -> None:
    place = in_solviken
    record(autumn, reading, dict.fromkeys(pupils[:2], 2000), measured_on=BEFORE)
    record(autumn, reading, {pupils[2]: 2000, pupils[3]: 500}, measured_on=SINCE)
    in_year_5 = PupilFactory(school_class=place.class_5a)
    record(autumn, reading, {in_year_5: 2000}, measured_on=SINCE)
    announced.clear()

    flips = lower(reading)

    assert colours(autumn) == [YELLOW, YELLOW, GREEN, RED, YELLOW]
    assert (flips.n_judged, flips.n_flips) == (2, 1)
    assert flips.by_class == {(place.class_4a.pk, autumn.pk): Counter({(YELLOW, GREEN): 1})}
    assert announced == [{(place.class_4a.pk, autumn.pk)}]


def test_nothing_that_flips_is_nothing_announced(
    autumn: MeasurementRound, reading: Indicator, pupils: list[Pupil], announced: list[set]
) -> None:
    record(autumn, reading, {pupils[0]: 500, pupils[1]: 3000, pupils[2]: Mark.ABSENT}, measured_on=SINCE)
    announced.clear()

    lower(reading)

    assert announced == []
    assert not SupersededResult.objects.exists()


def test_values_recorded_later_have_the_colour_of_the_day_on_which_they_were_measured(
    autumn: MeasurementRound, reading: Indicator, pupils: list[Pupil]
) -> None:
    lower(reading)

    record(autumn, reading, {pupils[0]: 2000}, measured_on=BEFORE)
    record(autumn, reading, {pupils[1]: 2000}, measured_on=SINCE)

    assert colours(autumn) == [YELLOW, GREEN]


def test_map_of_before_can_still_be_read(
    in_solviken: Place,
    autumn: MeasurementRound,
    reading: Indicator,
    pupils: list[Pupil],
    later: Callable[[], None],
) -> None:
    """What was in force at a moment: recorded by then, and not superseded by then."""
    teacher = in_solviken.teacher
    record(autumn, reading, {pupils[0]: 2000}, measured_on=SINCE, by=teacher)
    then = timezone.now()
    later()

    lower(reading)

    old, new = SupersededResult.objects.get(), Result.objects.get()
    assert (old.value, old.colour, old.recorded_at, old.superseded_at) == (2000, YELLOW, then, timezone.now())
    assert (new.value, new.colour, new.recorded_at) == (2000, GREEN, timezone.now())
    assert (old.by, new.by, old.measured_on, new.measured_on) == (teacher, teacher, SINCE, SINCE)


def test_flips_near_a_new_limit_are_told_apart(
    reading: Indicator, autumn: MeasurementRound, pupils: list[Pupil]
) -> None:
    """Give or take one point: 10 and 10.5 are near the new limit of 10, and 13 is not."""
    record(autumn, reading, dict(zip(pupils, (1000, 1050, 1300, 2600), strict=True)), measured_on=SINCE)

    flips = summarised(values_judged(Decision(reading, 4, Limits(1000, 2000), CHANGE)))

    assert (flips.colours, flips.near) == ({(RED, YELLOW): 3}, {(RED, YELLOW): 2})
    assert (flips.n_flips, flips.n_certain_flips) == (3, 1)


def test_movement_stays(reading: Indicator, autumn: MeasurementRound, pupils: list[Pupil]) -> None:
    september = RoundFactory(starts_on=datetime.date(2026, 9, 1), ends_on=datetime.date(2026, 9, 20))
    record(september, reading, dict.fromkeys(pupils, 1500))
    record(autumn, reading, dict(zip(pupils, (500, 1500, 2000, 3000), strict=True)), measured_on=SINCE)
    before = list(Result.objects.order_by("pk").values_list("pk", "movement"))

    lower(reading)

    assert list(Result.objects.order_by("pk").values_list("pk", "movement")) == before


def test_sums_follow_where_colours_flip_and_nowhere_else(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, pupils: list[Pupil]
) -> None:
    place = in_solviken
    september = RoundFactory(starts_on=datetime.date(2026, 9, 1), ends_on=datetime.date(2026, 9, 20))
    for round_ in (september, autumn):
        record(round_, reading, dict.fromkeys(pupils, 2000), measured_on=max(SINCE, round_.starts_on))
    Result.objects.filter(round=september).update(measured_on=BEFORE)
    do_waiting_recounts()

    lower(reading)

    waiting = list(RollupWork.objects.values_list("unit", "round"))
    assert waiting == [(place.class_4a.pk, autumn.pk)]
    do_waiting_recounts()
    assert differences() == []


def test_flips_are_counted_beforehand_as_they_then_happen(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, pupils: list[Pupil]
) -> None:
    values = dict(zip(pupils, (500, 1050, 1700, 2050), strict=True))
    record(autumn, reading, values, measured_on=SINCE)
    before = list(Result.objects.values()), Threshold.objects.count()

    foreseen = summarised(values_judged(Decision(reading, 4, Limits(1000, 2000), CHANGE)))

    assert (list(Result.objects.values()), Threshold.objects.count()) == before
    assert foreseen.colours == {(RED, YELLOW): 1, (YELLOW, GREEN): 1}
    assert (foreseen.n_judged, foreseen.n_near_a_limit) == (4, 2)
    assert foreseen.by_class == {(in_solviken.class_4a.pk, autumn.pk): foreseen.colours}
    assert lower(reading) == foreseen


def test_flips_of_pupils_in_no_class_are_counted_and_not_announced(
    in_solviken: Place,
    autumn: MeasurementRound,
    reading: Indicator,
    pupils: list[Pupil],
    announced: list[set],
) -> None:
    record(autumn, reading, {pupils[0]: 2000}, measured_on=SINCE)
    Result.objects.update(school_class=None)
    announced.clear()

    flips = lower(reading)

    assert flips.by_class == {(None, autumn.pk): Counter({(YELLOW, GREEN): 1})}
    assert announced == []


def test_low_is_good_flips_the_other_way(autumn: MeasurementRound, pupils: list[Pupil]) -> None:
    absence = IndicatorFactory(direction="low")
    ThresholdFactory(indicator=absence, yellow_limit=2000, green_limit=1000)
    record(autumn, absence, dict(zip(pupils, (900, 1500, 2000, 2100), strict=True)), measured_on=SINCE)

    flips = lower(absence, yellow=1500, green=500)

    assert colours(autumn) == [YELLOW, YELLOW, RED, RED]
    assert flips.colours == {(GREEN, YELLOW): 1, (YELLOW, RED): 1}


def test_undone_import_gives_way_to_the_value_before_by_the_limits_of_now(
    autumn: MeasurementRound, reading: Indicator, pupils: list[Pupil], later: Callable[[], None]
) -> None:
    """The value that comes back was judged by limits that hold no more for its day."""
    record(autumn, reading, dict.fromkeys(pupils[:2], 2000), measured_on=SINCE)
    record(autumn, reading, {pupils[1]: 2000}, measured_on=SINCE)
    Result.objects.filter(pupil=pupils[1]).update(measured_on=BEFORE)
    batch = ImportBatchFactory(state=ImportState.IMPORTED, imported_at=timezone.now())
    rows = [(pupil, reading, autumn, 500.0, Mark.MEASURED) for pupil in pupils[:2]]
    later()
    record_results(frame(rows).assign(measured_on=SINCE), by=None, batch=batch)
    later()
    lower(reading)
    later()

    undo_batch(batch=batch)

    assert [(row.value, row.colour, row.year_group) for row in Result.objects.order_by("pupil_id")] == [
        (2000, GREEN, 4),
        (2000, YELLOW, 4),
    ]


def test_import_is_undone_although_its_values_have_been_judged_again(
    autumn: MeasurementRound, reading: Indicator, pupils: list[Pupil]
) -> None:
    batch = ImportBatchFactory(state=ImportState.IMPORTED, imported_at=timezone.now())
    rows = [(pupils[0], reading, autumn, 2000.0, Mark.MEASURED)]
    record_results(frame(rows).assign(measured_on=SINCE), by=None, batch=batch)
    lower(reading)

    effect = undo_batch(batch=batch)

    assert (effect.n_taken_away, effect.n_restored, effect.n_left_alone) == (1, 0, 0)
    assert not Result.objects.exists()


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "limits out of order": ({}, {"green": 900}, "at least as high as the yellow"),
    "limits out of order where low is good": (
        {"direction": "low"},
        {"yellow": 1000, "green": 2000},
        "at most as high as the yellow",
    ),
    "above the scale": ({}, {"green": 4100}, "no value of the scale: 0–40"),
    "below the scale": ({}, {"yellow": -100}, "no value of the scale: 0–40"),
    "between two steps": (
        {"value_type": "grade", "steps": [["F", 0], ["E", 1000], ["A", 2000]]},
        {"green": 1500},
        "no value of the scale: A, E, F",
    ),
    "the same limits": ({}, {"yellow": 1600, "green": 2600}, "hold already"),
    "the day of other limits": (
        {},
        {"from_day": datetime.date(2020, 1, 1)},
        r"hold from Jan\. 1, 2020 on are decided already",
    ),
    "a day before other limits": (
        {},
        {"from_day": datetime.date(2019, 1, 1)},
        r"hold from Jan\. 1, 2020 on are decided already",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_impossible_limits_are_refused_in_words(reading: Indicator, name: str) -> None:
    of_indicator, changes, words = REFUSED[name]
    Indicator.objects.update(**of_indicator)
    indicator = Indicator.objects.get()
    before = list(Threshold.objects.order_by("pk").values())

    with pytest.raises(LimitsRefused, match=words):
        lower(indicator, **changes)

    assert list(Threshold.objects.order_by("pk").values()) == before


def test_limit_may_lie_between_two_whole_values(in_solviken: Place) -> None:
    stanine = IndicatorFactory(value_type="stanine", minimum=100, maximum=900)

    lower(stanine, yellow=350, green=550)

    assert Threshold.objects.get().yellow_limit == 350


def test_closed_round_keeps_its_colours(
    autumn: MeasurementRound, reading: Indicator, pupils: list[Pupil]
) -> None:
    record(autumn, reading, {pupils[0]: 2000}, measured_on=SINCE)
    MeasurementRound.objects.update(closed_at=timezone.now())

    with pytest.raises(LimitsRefused, match=r"is closed, and has values from Oct\. 10, 2026 or later"):
        lower(reading)

    lower(reading, from_day=TODAY)
    assert colours(autumn) == [YELLOW]


def test_another_municipality_is_left_alone(
    fjordvik: Place,
    in_solviken: Place,
    reading: Indicator,
    autumn: MeasurementRound,
    pupils: list[Pupil],
    enter,
) -> None:
    record(autumn, reading, {pupils[0]: 2000}, measured_on=SINCE)
    enter(fjordvik)
    other = IndicatorFactory(code="LAS")
    ThresholdFactory(indicator=other)
    round_ = RoundFactory(starts_on=datetime.date(2026, 10, 1), ends_on=datetime.date(2026, 10, 31))
    record(round_, other, {PupilFactory(school_class=fjordvik.class_4a): 2000}, measured_on=SINCE)

    assert lower(other).n_flips == 1

    enter(in_solviken)
    assert colours(autumn) == [YELLOW]
    assert not SupersededResult.objects.exists()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_every_colour_is_that_of_the_limits_of_its_day_after_random_decisions(
    in_solviken: Place,
    autumn: MeasurementRound,
    reading: Indicator,
    later: Callable[[], None],
    seed: int,
) -> None:
    """Values, corrections, decisions and imports that are undone, in any order."""
    dice = random.Random(seed)  # noqa: S311 – dice, not secrets
    pupils = PupilFactory.create_batch(6, school_class=in_solviken.class_4a)
    days = [autumn.starts_on + datetime.timedelta(days=n) for n in range(28)]
    batches = []
    for n in range(30):
        later()
        kind = dice.choice(["file", "limits", "undo"])
        if kind == "file":
            batches.append(random_file(dice, autumn, reading, pupils, days))
        elif kind == "limits":
            # Decisions only ever go forward, so the later ones are about later days.
            yellow, day = dice.choice([500, 1000, 1500, 2000]), dice.choice(days[: n + 1])
            with suppress(LimitsRefused):
                lower(reading, yellow=yellow, green=yellow + dice.choice([0, 500]), from_day=day)
        elif batches:
            batch = batches.pop(dice.randrange(len(batches)))
            undo_batch(batch=batch)
            batch.state = ImportState.UNDONE
            batch.save()
        assert wrong_colours() == []

    assert Threshold.objects.filter(year_group=4).count() > 1


def wrong_colours() -> list[tuple[Result, int]]:
    """The results of year 4 whose colour is not that of the limits in force when they were measured; and that one."""
    thresholds = list(Threshold.objects.filter(year_group=4))
    found = []
    for result in Result.objects.all():
        (limits,) = (each for each in thresholds if each.is_in_force(result.measured_on))
        n_reached = (result.value >= limits.yellow_limit) + (result.value >= limits.green_limit)
        if result.colour != [RED, YELLOW, GREEN][n_reached]:
            found.append((result, n_reached))
    return found


def random_file(
    dice: random.Random,
    round_: MeasurementRound,
    indicator: Indicator,
    pupils: list[Pupil],
    days: list[datetime.date],
) -> ImportBatch:
    batch = ImportBatchFactory(state=ImportState.IMPORTED, imported_at=timezone.now())
    chosen = dice.sample(pupils, dice.randint(1, len(pupils)))
    rows = [
        (pupil, indicator, round_, float(dice.choice([400, 900, 1400, 1900, 2400])), Mark.MEASURED)
        for pupil in chosen
    ]
    results = frame(rows).assign(measured_on=[dice.choice(days) for _pupil in chosen])
    record_results(results, by=None, batch=batch)
    return batch
