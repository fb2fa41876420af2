"""The pages on which rounds are made and what is due in them is ticked."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from colourmaps.models import DueIndicator, Indicator, MeasurementRound
from tests.factories.colourmaps import DueIndicatorFactory, IndicatorFactory, RoundFactory, record
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

pytestmark = pytest.mark.slow

AUTUMN = {"name": "HT 2026", "starts_on": datetime.date(2026, 10, 1), "ends_on": datetime.date(2026, 11, 30)}


@pytest.fixture(params=["coordinator", "administrator"])
def browser(request: pytest.FixtureRequest, in_solviken: Place, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(getattr(in_solviken, request.param))


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(**AUTUMN)


@pytest.fixture
def reading(in_solviken: Place) -> Indicator:
    return IndicatorFactory(code="LAS", names={"sv": "Läsning"}, year_groups=[4, 5])


def text_of(response: Any) -> str:
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def boxes_of(response: Any) -> dict[str, bool]:
    """The boxes of the table that can be ticked, and whether they are."""
    found = re.findall(
        r'<input type="checkbox" name="due" value="([^"]+)"([^>]*)>', response.content.decode()
    )
    return {value: "checked" in more for value, more in found}


def due() -> set[tuple[str, str, int]]:
    return set(DueIndicator.objects.values_list("round__name", "indicator__code", "year_group"))


def test_list_without_rounds_says_the_next_step(browser):
    assert "Make the first round" in text_of(browser.get("/rounds/"))


def test_list_says_where_each_round_stands(browser, autumn, reading):
    for year_group in (4, 5):
        DueIndicatorFactory(round=autumn, indicator=reading, year_group=year_group)
    RoundFactory(name="VT 2026", starts_on=datetime.date(2026, 4, 1), ends_on=datetime.date(2026, 4, 30))
    RoundFactory(
        name="HT 2025",
        starts_on=datetime.date(2025, 9, 1),
        ends_on=datetime.date(2025, 9, 30),
        closed_at=timezone.now(),
    )
    RoundFactory(name="VT 2027", starts_on=datetime.date(2027, 4, 1), ends_on=datetime.date(2027, 4, 30))

    read = text_of(browser.get("/rounds/"))

    rows = re.findall(r"([HV]T \d{4}) \S+ – \S+ (coming|going on|over, still open|closed) (\d)", read)
    assert rows == [
        ("VT 2027", "coming", "0"),
        ("HT 2026", "going on", "1"),
        ("VT 2026", "over, still open", "0"),
        ("HT 2025", "closed", "0"),
    ]


def test_new_round_with_what_was_due_before(browser, autumn, reading):
    DueIndicatorFactory(round=autumn, indicator=reading, year_group=4)
    form = {"name": " VT  2027", "starts_on": "2027-04-01", "ends_on": "2027-05-28", "copy_from": autumn.key}

    response = browser.post("/rounds/new/", form)

    spring = MeasurementRound.objects.get(name="VT 2027")
    assert response.headers["Location"] == f"/rounds/{spring.key}/"
    assert due() == {("HT 2026", "LAS", 4), ("VT 2027", "LAS", 4)}


def test_new_round_may_begin_empty(browser, autumn, reading):
    DueIndicatorFactory(round=autumn, indicator=reading, year_group=4)
    form = {"name": "VT 2027", "starts_on": "2027-04-01", "ends_on": "2027-05-28", "copy_from": ""}

    assert browser.post("/rounds/new/", form).status_code == 302
    assert due() == {("HT 2026", "LAS", 4)}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": "ht 2026"}, "There is a round of this name already."),
        ({"starts_on": "2026-10-01"}, "begins on the same day"),
        ({"ends_on": "2027-03-01"}, "The last day is before the first."),
        ({"starts_on": "snart"}, "Enter a valid date."),
        ({"copy_from": "x"}, "Select a valid choice."),
    ],
)
def test_round_that_cannot_be_is_said(browser, autumn, wrong, sentence):
    form = {"name": "VT 2027", "starts_on": "2027-04-01", "ends_on": "2027-05-28"} | wrong

    response = browser.post("/rounds/new/", form)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert MeasurementRound.objects.count() == 1


def test_table_offers_the_year_groups_of_the_definition(browser, autumn, reading):
    IndicatorFactory(code="ANNAN", area="health")
    DueIndicatorFactory(round=autumn, indicator=reading, year_group=4)
    DueIndicatorFactory(round=autumn, indicator=reading, year_group=7)

    response = browser.get(f"/rounds/{autumn.key}/")

    assert boxes_of(response) == {"LAS-4": True, "LAS-5": False, "LAS-7": True} | {
        f"ANNAN-{group}": False for group in range(10)
    }


def test_ticking_and_unticking(browser, autumn, reading):
    DueIndicatorFactory(round=autumn, indicator=reading, year_group=4)

    response = browser.post(f"/rounds/{autumn.key}/", {"due": ["LAS-5"]}, follow=True)

    assert due() == {("HT 2026", "LAS", 5)}
    assert "2 boxes are changed." in text_of(response)


def test_saving_the_table_as_it_is_changes_nothing(browser, autumn, reading):
    DueIndicatorFactory(round=autumn, indicator=reading, year_group=4)

    response = browser.post(f"/rounds/{autumn.key}/", {"due": ["LAS-4"]}, follow=True)

    assert due() == {("HT 2026", "LAS", 4)}
    assert "Nothing was different." in text_of(response)


def test_box_with_results_is_no_box_and_stays(in_solviken, browser, autumn, reading):
    DueIndicatorFactory(round=autumn, indicator=reading, year_group=4)
    record(autumn, reading, {PupilFactory(school_class=in_solviken.class_4a): 2000})

    response = browser.get(f"/rounds/{autumn.key}/")
    browser.post(f"/rounds/{autumn.key}/", {"due": []})

    assert boxes_of(response) == {"LAS-5": False}
    assert "✓ 1 recorded: Läsning, year group 4" in text_of(response)
    assert due() == {("HT 2026", "LAS", 4)}


@pytest.mark.parametrize("value", ["LAS-6", "NYA-4", "x"])
def test_box_that_is_not_offered_is_refused_whole(browser, autumn, reading, value):
    response = browser.post(f"/rounds/{autumn.key}/", {"due": ["LAS-4", value]})

    assert response.status_code == 422
    assert "Nothing has been saved." in text_of(response)
    assert due() == set()


def test_closing_says_what_it_does_and_does_it(in_solviken, browser, autumn, reading):
    record(autumn, reading, {PupilFactory(school_class=in_solviken.class_4a): 2000})

    asked = text_of(browser.get(f"/rounds/{autumn.key}/close/"))
    assert "The round has 1 result. Nothing more can be recorded in it" in asked
    assert MeasurementRound.objects.get().closed_at is None

    browser.post(f"/rounds/{autumn.key}/close/")
    shown = browser.get(f"/rounds/{autumn.key}/")

    assert MeasurementRound.objects.get().closed_at == timezone.now()
    assert "Save what is due" not in text_of(shown)

    browser.post(f"/rounds/{autumn.key}/open/")

    assert MeasurementRound.objects.get().closed_at is None


def test_closed_round_takes_no_ticks(browser, autumn, reading):
    browser.post(f"/rounds/{autumn.key}/close/")

    response = browser.post(f"/rounds/{autumn.key}/", {"due": ["LAS-4"]}, follow=True)

    assert "is closed, and stays as it is." in text_of(response)
    assert due() == set()


def test_name_and_days_can_be_mended(browser, autumn):
    form = {"name": "Höst 2026", "starts_on": "2026-10-02", "ends_on": "2026-12-01"}

    response = browser.post(f"/rounds/{autumn.key}/edit/", form)

    autumn.refresh_from_db()
    assert response.headers["Location"] == f"/rounds/{autumn.key}/"
    assert (autumn.name, str(autumn.starts_on), str(autumn.ends_on)) == tuple(form.values())


def test_days_of_a_round_with_results_stay(in_solviken, browser, autumn, reading):
    record(autumn, reading, {PupilFactory(school_class=in_solviken.class_4a): 2000})
    form = {"name": "Höst 2026", "starts_on": "2026-10-02", "ends_on": "2026-12-01"}

    response = browser.post(f"/rounds/{autumn.key}/edit/", form)

    autumn.refresh_from_db()
    assert response.status_code == 422
    assert "Its days stay; only its name can change." in text_of(response)
    assert autumn.name == "HT 2026"


@pytest.mark.parametrize("n", [1, 3])
def test_table_asks_as_often_for_one_indicator_as_for_three(
    browser, autumn, django_assert_max_num_queries, n
):
    for _n in range(n):
        DueIndicatorFactory(round=autumn, indicator=IndicatorFactory())
    browser.get(f"/rounds/{autumn.key}/")

    with django_assert_max_num_queries(8):
        browser.get(f"/rounds/{autumn.key}/")
