"""Results follow their pupils when an enrolment changes, and both classes are announced as touched."""

import datetime
from collections.abc import Iterator

import pytest

from colourmaps.classification import Colour
from colourmaps.models import Indicator, MeasurementRound, Result
from colourmaps.services import plan_indicator
from colourmaps.signals import results_changed
from pupils.models import Enrolment
from pupils.services import end_enrolment, enrol_pupil
from tests.factories.accounts import SchoolClassFactory
from tests.factories.colourmaps import IndicatorFactory, RoundFactory, ThresholdFactory, record
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

IN_THE_ROUND = datetime.date(2026, 10, 15)
AFTER_THE_ROUND = datetime.date(2026, 11, 1)
Touched = set[tuple[int, int]]


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(starts_on=datetime.date(2026, 10, 1), ends_on=datetime.date(2026, 10, 31))


@pytest.fixture
def reading(in_solviken: Place) -> Indicator:
    indicator = IndicatorFactory()
    ThresholdFactory(indicator=indicator)
    return indicator


@pytest.fixture
def announced(db: None) -> Iterator[list[Touched]]:
    told: list[Touched] = []

    def listen(touched: Touched, **_kwargs: object) -> None:
        told.append(touched)

    results_changed.connect(listen)
    yield told
    results_changed.disconnect(listen)


def places() -> list[tuple[int, str | None, int | None]]:
    results = Result.objects.order_by("pupil_id").select_related("school_class")
    return [
        (row.pupil_id, row.school_class and row.school_class.name, row.year_group)  # type: ignore[misc]
        for row in results
    ]


def test_move_within_the_round_takes_the_result_along(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, announced: list[Touched]
) -> None:
    place = in_solviken
    moves, stays = PupilFactory.create_batch(2, school_class=place.class_4a)
    record(autumn, reading, {moves: 3000, stays: 3000})
    announced.clear()

    enrol_pupil(pupil=moves, school_class=place.class_5a, year_group=5, on=IN_THE_ROUND)

    assert places() == [(moves.pk, "5A", 5), (stays.pk, "4A", 4)]
    assert announced == [{(place.class_4a.pk, autumn.pk), (place.class_5a.pk, autumn.pk)}]
    assert {row.colour for row in Result.objects.all()} == {Colour.GREEN}  # kept as it was judged


def test_move_after_the_round_leaves_the_result_where_it_was_counted(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    pupil = PupilFactory(school_class=in_solviken.class_4a)
    record(autumn, reading, {pupil: 3000})

    enrol_pupil(pupil=pupil, school_class=in_solviken.class_5a, year_group=5, on=AFTER_THE_ROUND)

    assert places() == [(pupil.pk, "4A", 4)]


def test_pupil_who_left_before_the_round_was_counted_is_in_no_class(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, announced: list[Touched]
) -> None:
    pupil = PupilFactory(school_class=in_solviken.class_4a)
    record(autumn, reading, {pupil: 3000})
    announced.clear()

    end_enrolment(enrolment=Enrolment.objects.get(pupil=pupil), on=IN_THE_ROUND)

    assert places() == [(pupil.pk, None, None)]
    assert announced == [{(in_solviken.class_4a.pk, autumn.pk)}]


def test_class_list_that_comes_after_the_results_places_them(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    pupil = PupilFactory()
    record(autumn, reading, {pupil: 3000})

    enrol_pupil(pupil=pupil, school_class=in_solviken.class_4a, year_group=4, on=IN_THE_ROUND)

    assert places() == [(pupil.pk, "4A", 4)]


def test_planned_indicator_is_due_once_and_touches_the_classes_of_its_year_groups(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, announced: list[Touched]
) -> None:
    place = in_solviken
    for school_class in (place.class_4a, place.class_5a, SchoolClassFactory(year_group=6)):
        PupilFactory(school_class=school_class)
    announced.clear()

    plan_indicator(round_=autumn, indicator_id=reading.pk, year_groups=[4, 5, 4])
    plan_indicator(round_=autumn, indicator_id=reading.pk, year_groups=[5])

    assert sorted(autumn.due.values_list("indicator", "year_group")) == [(reading.pk, 4), (reading.pk, 5)]
    assert announced[0] == {(place.class_4a.pk, autumn.pk), (place.class_5a.pk, autumn.pk)}
