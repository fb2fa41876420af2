"""Sums equal a recount by hand, are the same by whatever way they were counted, and touch no more than they must."""

import datetime

import pytest

from accounts.models import Level, Unit
from aggregation.models import LastCount, UnitSum
from aggregation.rollup import COUNTS, recount, recount_municipality, sum_up_again
from aggregation.slices import ALL_PUPILS, slice_of_sex, slice_of_year_group
from aggregation.verification import differences
from aggregation.work import do_waiting_recounts
from colourmaps.classification import Colour, Movement
from colourmaps.grid import class_grid
from colourmaps.models import Indicator, MeasurementRound
from colourmaps.scales import Mark
from pupils.models import Enrolment, Sex
from tests.factories.colourmaps import (
    DueIndicatorFactory,
    IndicatorFactory,
    RoundFactory,
    ThresholdFactory,
    record,
)
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place

from .naive import make_town, naive_sums, stored_sums

pytestmark = pytest.mark.usefixtures("ticking")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_sums_equal_a_recount_by_hand(in_solviken: Place, seed: int) -> None:
    town = make_town(seed)
    recount_municipality()
    for n in range(4):
        town.import_something()
        do_waiting_recounts()
        town.move_somebody()
        do_waiting_recounts()
        if n == seed % 8:  # in some towns, and sooner or later in them
            town.break_a_series()
            do_waiting_recounts()

    assert stored_sums() == naive_sums()
    assert differences() == []


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(starts_on=datetime.date(2026, 10, 1), ends_on=datetime.date(2026, 10, 31))


@pytest.fixture
def reading(autumn: MeasurementRound) -> Indicator:
    """Due in year 4 in the autumn; yellow from 16, green from 26."""
    indicator = IndicatorFactory()
    ThresholdFactory(indicator=indicator)
    DueIndicatorFactory(round=autumn, indicator=indicator)
    return indicator


def sum_of(unit: Unit) -> dict[str, int]:
    row = UnitSum.objects.get(unit=unit, slice=ALL_PUPILS)
    return {name: getattr(row, name) for name in COUNTS}


def test_class_is_counted_and_every_unit_above_it(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    place = in_solviken
    pupils = PupilFactory.create_batch(5, school_class=place.class_4a)
    in_year_5 = PupilFactory(school_class=place.class_5a)
    values: list[int | Mark] = [1000, 2000, 3000, Mark.EXEMPT]
    record(autumn, reading, dict(zip(pupils, values, strict=False)) | {in_year_5: 100})

    recount(autumn)

    counted = {"measured": 3, "green": 1, "yellow": 1, "red": 1, "paired": 0, "up": 0, "still": 0, "down": 0}
    counted |= {"joined": 3, "left": 0}
    assert sum_of(place.class_4a) == {
        "due": 4,
        **counted,
        "total": 6000,
        "total_of_squares": 1000**2 + 2000**2 + 3000**2,
    }
    for unit in (place.school, place.area, place.administration, place.root):
        assert sum_of(unit) == {
            "due": 5,
            **counted,
            "measured": 4,
            "joined": 4,
            "total": 6100,
            "total_of_squares": 14_000_000 + 100**2,
        }


@pytest.mark.slow
def test_counting_again_changes_no_count(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    town = make_town(1)
    for _file in range(4):
        town.import_something()
    recount_municipality()
    before = stored_sums()

    recount_municipality()

    assert stored_sums() == before


@pytest.mark.slow
def test_counting_class_by_class_equals_counting_all(in_solviken: Place) -> None:
    town = make_town(2)
    for _file in range(4):
        town.import_something()
    recount_municipality()
    everything = stored_sums()
    UnitSum.objects.all().delete()

    for round_ in town.rounds:
        for school_class in town.dice.sample(town.classes, len(town.classes)):
            recount(round_, [school_class.pk])

    assert stored_sums() == everything


def test_only_touched_classes_and_what_stands_above_are_counted(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    place = in_solviken
    pupil = PupilFactory(school_class=place.class_4a)
    record(autumn, reading, {pupil: 1000, PupilFactory(school_class=place.class_5a): 1000})
    do_waiting_recounts()
    before = dict(LastCount.objects.values_list("unit_id", "counted_at"))

    record(autumn, reading, {pupil: 3000})
    do_waiting_recounts()

    after = dict(LastCount.objects.values_list("unit_id", "counted_at"))
    line = {place.root, place.administration, place.area, place.school, place.class_4a}
    assert {unit_id for unit_id in after if after[unit_id] != before[unit_id]} == {unit.pk for unit in line}


def test_recount_that_finds_the_sums_right_writes_none_and_says_when_it_counted(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    record(autumn, reading, {PupilFactory(school_class=in_solviken.class_4a, sex="F"): 1000})
    recount(autumn)
    sums, before = list(UnitSum.objects.values()), dict(LastCount.objects.values_list("unit", "counted_at"))

    recount(autumn, [in_solviken.class_4a.pk])

    after = dict(LastCount.objects.values_list("unit", "counted_at"))
    assert list(UnitSum.objects.values()) == sums
    assert after.keys() == before.keys()
    assert all(after[unit_id] > before[unit_id] for unit_id in before)


def test_one_correction_touches_one_sum_per_unit_slice_and_level(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    pupil = PupilFactory(school_class=in_solviken.class_4a, sex="F")
    record(autumn, reading, {pupil: 1000, PupilFactory(school_class=in_solviken.class_4a, sex="M"): 1000})
    do_waiting_recounts()
    before = dict(UnitSum.objects.values_list("pk", "computed_at"))

    record(autumn, reading, {pupil: 3000})
    do_waiting_recounts()

    written = [key for key, at in UnitSum.objects.values_list("pk", "computed_at") if before.get(key) != at]
    slices = [ALL_PUPILS, slice_of_year_group(4), slice_of_sex(Sex.FEMALE)]
    assert sorted(key[4] for key in written) == sorted(slices * 5)


def test_sums_are_summed_up_again_without_counting_a_class(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    record(autumn, reading, {PupilFactory(school_class=in_solviken.class_4a): 1000})
    recount(autumn)
    right = stored_sums()
    UnitSum.objects.filter(unit__level__lt=Level.SCHOOL_CLASS).update(due=7)
    UnitSum.objects.filter(unit=in_solviken.root).delete()

    sum_up_again(autumn, [in_solviken.school.pk])

    assert stored_sums() == right


def test_class_that_is_left_by_all_has_no_sums_and_is_gone_from_those_above(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    place = in_solviken
    pupil = PupilFactory(school_class=place.class_4a)
    stays = PupilFactory(school_class=place.class_5a)
    record(autumn, reading, {pupil: 1000, stays: 2000})
    recount(autumn)
    pupil.enrolments.update(valid_to=autumn.starts_on)
    record(autumn, reading, {pupil: 1001})

    recount(autumn, [place.class_4a.pk])

    assert not UnitSum.objects.filter(unit=place.class_4a).exists()
    assert sum_of(place.root)["total"] == 2000


def test_nothing_asked_for_is_nothing_counted(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    record(autumn, reading, {PupilFactory(school_class=in_solviken.class_4a): 1000})

    recount(autumn, [])

    assert not UnitSum.objects.exists()


@pytest.mark.slow
def test_recount_of_one_round_leaves_the_others(in_solviken: Place, autumn: MeasurementRound) -> None:
    town = make_town(3)
    for _file in range(4):
        town.import_something()
    recount_municipality()
    other = town.rounds[0]
    before = list(UnitSum.objects.filter(round=other).values())
    Enrolment.objects.all().delete()

    recount(town.rounds[1])

    assert list(UnitSum.objects.filter(round=other).values()) == before


@pytest.mark.slow
def test_recount_leaves_the_other_municipality(
    in_solviken: Place, fjordvik: Place, autumn: MeasurementRound, enter
) -> None:
    enter(fjordvik)
    town = make_town(4)
    for _file in range(4):
        town.import_something()
    recount_municipality()
    before = list(UnitSum.objects.values())
    assert before
    enter(in_solviken)

    recount_municipality()

    enter(fjordvik)
    assert list(UnitSum.objects.values()) == before


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 106))
def test_tallies_of_the_class_map_equal_the_sums_of_the_class(in_solviken: Place, seed: int) -> None:
    town = make_town(seed)
    for _file in range(5):
        town.import_something()
    recount_municipality()

    shown, stored = {}, {}
    for key, counts in stored_sums().items():
        round_id, unit_id, indicator_id, part = key
        is_asked_for = counts["due"] or counts["measured"]
        if unit_id in {school_class.pk for school_class in town.classes} and part == 0 and is_asked_for:
            stored[round_id, unit_id, indicator_id] = {
                name: count
                for name, count in counts.items()
                if not name.startswith("total") and name != "left"
            }
    for round_ in town.rounds:
        for school_class in town.classes:
            grid = class_grid(school_class, round_, TODAY)
            for column, tally in zip(grid.columns, grid.tallies, strict=True):
                shown[round_.pk, school_class.pk, column.indicator.pk] = {
                    "due": tally.due,
                    "measured": tally.measured,
                    "green": tally.colours[Colour.GREEN],
                    "yellow": tally.colours[Colour.YELLOW],
                    "red": tally.colours[Colour.RED],
                    "paired": tally.measured - tally.movements[Movement.NONE],
                    "up": tally.movements[Movement.BETTER],
                    "still": tally.movements[Movement.STILL],
                    "down": tally.movements[Movement.WORSE],
                    "joined": tally.movements[Movement.NONE],
                }

    assert stored
    assert {key: shown[key] for key in stored} == stored
    assert {key for key, counts in shown.items() if counts["due"] or counts["measured"]} <= set(stored)
