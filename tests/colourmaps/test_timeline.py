"""A pupil's time lines: the limits of the time, breaks of the series, and where all of it is drawn."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent, User
from colourmaps.axes import BOTTOM, LEFT, RIGHT, TOP, days_of
from colourmaps.charts import charts_of, school_years_of
from colourmaps.classification import Movement
from colourmaps.deed_marks import FIRST_LANE, LANE_HEIGHT, marks_of, numbered
from colourmaps.deeds import Deed
from colourmaps.limits import Limits
from colourmaps.models import Direction, MeasurementRound, SeriesBreak
from colourmaps.timeline import series_of
from pupils.models import Pupil
from pupils.services import enrol_pupil
from tests.factories.accounts import SchoolClassFactory
from tests.factories.colourmaps import IndicatorFactory, RoundFactory, ThresholdFactory, record
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place

MONTH = datetime.timedelta(days=30)
SPRING, AUTUMN, WINTER = (
    datetime.date(2026, 4, 15),
    datetime.date(2026, 9, 15),
    datetime.date(2026, 11, 2),
)


def round_on(day: datetime.date, name: str = "") -> MeasurementRound:
    return RoundFactory(name=name or f"Mätning {day}", starts_on=day, ends_on=day + MONTH)


@pytest.fixture
def pupil(in_solviken: Place, in_english: None) -> Pupil:
    """In 3A in spring, in 4A from autumn on."""
    class_3a = SchoolClassFactory(name="3A", year_group=3, parent=in_solviken.school)
    pupil = PupilFactory(school_class=class_3a, since=datetime.date(2025, 8, 1))
    enrol_pupil(pupil=pupil, school_class=in_solviken.class_4a, year_group=4, on=datetime.date(2026, 8, 1))
    return pupil


@pytest.fixture
def reading(in_solviken: Place):
    """Points of 0–40: yellow from 10, green from 20 in year 3; in year 4 from 16 and 26, since October 18 and 28."""
    indicator = IndicatorFactory(code="LAS", names={"sv": "Läsförståelse"})
    october = datetime.date(2026, 10, 1)
    ThresholdFactory(indicator=indicator, year_group=3, yellow_limit=1000, green_limit=2000)
    ThresholdFactory(indicator=indicator, valid_to=october)
    ThresholdFactory(indicator=indicator, yellow_limit=1800, green_limit=2800, valid_from=october)
    return indicator


@pytest.fixture
def measured(pupil: Pupil, reading):
    for day, value in ((SPRING, 2100), (AUTUMN, 2000), (WINTER, 2900)):
        record(round_on(day, f"R{day.month}"), reading, {pupil: value})
    return pupil


def test_every_point_has_the_limits_of_its_own_day_and_year_group(measured: Pupil) -> None:
    (series,) = series_of(measured)

    assert [point.limits for point in series.points] == [
        Limits(1000, 2000),
        Limits(1600, 2600),
        Limits(1800, 2800),
    ]
    assert [point.cell.state.value for point in series.points] == ["green", "yellow", "green"]


def test_of_two_decisions_on_a_day_the_later_judges(measured: Pupil, reading) -> None:
    ThresholdFactory(
        indicator=reading,
        yellow_limit=100,
        green_limit=200,
        valid_from=datetime.date(2026, 10, 5),
        valid_to=datetime.date(2026, 12, 1),
    )

    assert series_of(measured)[0].last.limits == Limits(100, 200)


def test_time_lines_ask_as_much_for_many_values_as_for_few(measured: Pupil) -> None:
    def n_queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            series_of(measured)
        return len(captured)

    before = n_queries()
    for n in range(3):
        other = IndicatorFactory()
        ThresholdFactory(indicator=other)
        record(round_on(AUTUMN + (n + 1) * datetime.timedelta(days=3)), other, {measured: 2000})

    assert n_queries() == before == 3


def test_break_parts_the_line_and_takes_the_movement(measured: Pupil, reading) -> None:
    (before,) = series_of(measured)
    assert [point.cell.movement for point in before.points][1:] == [Movement.WORSE, Movement.BETTER]
    break_ = SeriesBreak.objects.create(
        municipality=reading.municipality,
        indicator=reading,
        round=round_named("R9"),
        kind="version",
        reason="ny upplaga",
    )

    (series,) = series_of(measured)
    (chart,) = charts_of([series], [], TODAY, "SE")

    assert [len(run) for run in series.runs] == [1, 2]
    assert [point.break_before for point in series.points] == [None, break_, None]
    assert [point.cell.movement for point in series.points][1:] == [Movement.NONE, Movement.BETTER]
    assert len(chart["lines"]) == 2
    ((x_before, *_), (x_after, *_)) = [point[1:] for point in chart["points"][:2]]
    assert chart["breaks"] == [pytest.approx((x_before + x_after) / 2, abs=0.1)]
    assert chart["break_reasons"] == ["new version of the test, from R9: ny upplaga"]
    assert [row.break_before for row in chart["rows"]] == ["", chart["break_reasons"][0], ""]


def round_named(name: str) -> MeasurementRound:
    return MeasurementRound.objects.get(name=name)


def test_break_before_the_first_value_parts_nothing(measured: Pupil, reading) -> None:
    SeriesBreak.objects.create(
        municipality=reading.municipality,
        indicator=reading,
        round=round_named("R4"),
        kind="scale",
    )

    assert [len(run) for run in series_of(measured)[0].runs] == [3]


def test_bands_change_halfway_between_two_points_and_fill_the_plot(measured: Pupil) -> None:
    (chart,) = charts_of(series_of(measured), [], TODAY, "SE")
    xs = [x for _classes, x, _y, _value in chart["points"]]
    halfway = [round((a + b) / 2, 1) for a, b in pairwise(xs)]

    starts = sorted({band.x for band in chart["bands"]})
    assert starts == [LEFT, *halfway]
    for start in starts:
        column = [band for band in chart["bands"] if band.x == start]
        assert [band.colour for band in column] == ["green", "yellow", "red"]
        assert column[0].y == TOP
        assert sum(band.height for band in column) == pytest.approx(BOTTOM - TOP, abs=0.2)
    assert max(band.x + band.width for band in chart["bands"]) == pytest.approx(RIGHT, abs=0.2)


def test_labels_say_the_first_limits_on_the_left_and_the_last_on_the_right(measured: Pupil) -> None:
    (chart,) = charts_of(series_of(measured), [], TODAY, "SE")

    assert [(label.text, label.is_left) for label in chart["labels"]] == [
        ("10", True),
        ("20", True),
        ("18", False),
        ("28", False),
    ]


def test_limits_that_did_not_change_are_one_field(pupil: Pupil, in_solviken: Place) -> None:
    indicator = IndicatorFactory(direction=Direction.LOW_IS_GOOD)
    ThresholdFactory(indicator=indicator, yellow_limit=2600, green_limit=1600)
    for day in (AUTUMN, WINTER):
        record(round_on(day), indicator, {pupil: 1000})

    (chart,) = charts_of(series_of(pupil), [], TODAY, "SE")

    assert [band.colour for band in chart["bands"]] == ["red", "yellow", "green"]
    assert {(band.x, band.width) for band in chart["bands"]} == {(LEFT, RIGHT - LEFT)}
    assert [label.is_left for label in chart["labels"]] == [True, True]


def test_value_without_limits_is_drawn_without_fields(pupil: Pupil, in_solviken: Place) -> None:
    record(round_on(AUTUMN), IndicatorFactory(), {pupil: 1000})

    (chart,) = charts_of(series_of(pupil), [], TODAY, "SE")

    assert (chart["bands"], chart["limits"], chart["labels"]) == ([], [], [])
    assert chart["points"][0][0] == "plain"
    assert chart["rows"][0].limits == "no limits, so no colour"


def test_school_years_are_named_by_the_pupils_year_groups(measured: Pupil) -> None:
    series = series_of(measured)
    days = days_of(series, TODAY)
    assert days is not None

    years = school_years_of(series, days, "SE")

    assert [name for _middle, _border, name in years] == ["year 3", "year 4"]
    assert [border for _middle, border, _name in years] == [None, days.place_day(datetime.date(2026, 8, 1))]


def test_values_that_stand_close_are_written_once_the_latest_always(pupil: Pupil, in_solviken: Place) -> None:
    indicator = IndicatorFactory()
    for day, value in ((SPRING, 1000), (AUTUMN, 2000), (AUTUMN + datetime.timedelta(days=2), 3000)):
        record(round_on(day), indicator, {pupil: value})

    (chart,) = charts_of(series_of(pupil), [], TODAY, "SE")

    assert [value for *_place, value in chart["points"]] == ["10", "", "30"]


def deed(starts_on: datetime.date, runs_until: datetime.date | None, **changes) -> Deed:
    usual = {
        "indicator_id": 1,
        "title": "Läsning",
        "aim": "",
        "for_whom": "",
        "responsible": "",
        "decided_on": starts_on,
        "starts_on": starts_on,
        "follow_up_on": starts_on + 3 * MONTH,
        "runs_until": runs_until,
        "has_ended": False,
        "state": "running",
        "url": "",
    }
    return Deed(**{**usual, **changes})


def test_deeds_at_the_same_time_stand_in_lanes_of_their_own(measured: Pupil) -> None:
    days = days_of(series_of(measured), TODAY)
    assert days is not None
    deeds = [
        deed(SPRING, SPRING + MONTH, has_ended=True),
        deed(SPRING + datetime.timedelta(days=14), TODAY),
        deed(AUTUMN, TODAY, decided_on=AUTUMN - 2 * MONTH),
        deed(TODAY + MONTH, None),
    ]

    marks = marks_of(numbered(deeds), days)

    assert [mark.number for mark in marks] == [1, 2, 3], "what has not begun is not drawn"
    assert [mark.y for mark in marks] == [FIRST_LANE, FIRST_LANE + LANE_HEIGHT, FIRST_LANE]
    assert [mark.is_open for mark in marks] == [False, True, True]
    assert marks[0].x + marks[0].width == pytest.approx(days.place_day(SPRING + MONTH), abs=0.1)
    assert marks[1].x + marks[1].width == pytest.approx(days.place_day(TODAY), abs=0.1)
    assert [mark.decided for mark in marks] == [None, None, days.place_day(AUTUMN - 2 * MONTH)]
    assert [mark.follow_up is None for mark in marks] == [False, False, True], "beyond the axis"


# --- the pages ---------------------------------------------------------------------------------


@pytest.fixture
def teacher(measured: Pupil, in_solviken: Place, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(in_solviken.teacher)


def test_sheet_names_no_other_pupil_and_whom_to_ask(
    teacher: Client, measured: Pupil, in_solviken: Place
) -> None:
    PupilFactory(given_name="Zaida", family_name="Zetterlund", school_class=in_solviken.class_4a)

    page = teacher.get(reverse("colourmaps:pupil-sheet", args=[measured.key])).content.decode()

    assert measured.shown_name in page
    assert "Zetterlund" not in page
    assert f"{in_solviken.teacher.name}, teacher; {in_solviken.principal.name}, principal." in page
    assert "R11: 29, good result. Better than the time before." in page


def test_sheet_is_told_to_the_log(teacher: Client, measured: Pupil, in_solviken: Place) -> None:
    teacher.get(reverse("colourmaps:pupil-sheet", args=[measured.key]))

    event = AuditEvent.objects.get(action="pupil sheet seen")
    assert (event.pupil_ids, event.actor_id) == ([measured.pk], in_solviken.teacher.pk)


def test_pupil_page_has_a_table_with_the_limits_of_the_time(teacher: Client, measured: Pupil) -> None:
    page = teacher.get(reverse("colourmaps:pupil", args=[measured.key])).content.decode()

    for limits in (
        "green from 20, yellow from 10",
        "green from 26, yellow from 16",
        "green from 28, yellow from 18",
    ):
        assert page.count(limits) == 1


def test_pupil_without_results_is_told_the_next_step(
    in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    pupil = PupilFactory(school_class=in_solviken.class_4a)

    client = sign_in(in_solviken.teacher)
    page = client.get(reverse("colourmaps:pupil", args=[pupil.key])).content.decode()

    assert "No results yet" in page
    assert reverse("colourmaps:pupil-sheet", args=[pupil.key]) not in page
    assert client.get(reverse("colourmaps:pupil-sheet", args=[pupil.key])).status_code == 200
