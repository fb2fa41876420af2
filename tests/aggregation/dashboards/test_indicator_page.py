"""The page of an indicator: the own start first, comparison last, and nothing below what the role sees."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Unit, User
from aggregation.models import UnitSum
from aggregation.slices import slice_of_group, slice_of_year_group
from tests.factories.accounts import UnitFactory
from tests.factories.colourmaps import IndicatorFactory
from tests.factories.pupils import GroupFactory

from ..scene import store_sums
from .conftest import LARGE, Scene

pytestmark = pytest.mark.usefixtures("in_english")

SignIn = Callable[[User], Client]
TAGS = re.compile(r"<[^>]+>")


def page_of(browser: Client, unit: Unit, code: str = "LAS", **query: Any) -> str:
    response = browser.get(reverse("aggregation:indicator", args=[unit.key, code]), query)
    assert response.status_code == 200
    return response.content.decode()


def text_of(page: str) -> str:
    return " ".join(unescape(TAGS.sub(" ", page.split("<main", 1)[1])).split())


def section(page: str, heading: str) -> str:
    """The text from a heading to the next one."""
    found = re.search(rf"<h2>{heading}.*?</h2>(.*?)(?=<h2>|$)", page, re.S)
    assert found, heading
    return unescape(TAGS.sub(" ", found[1]))


def test_own_start_comes_first_and_the_unit_above_last(released: Scene, sign_in: SignIn) -> None:
    place = released.place
    page = page_of(sign_in(place.administration_head), place.area)

    headings = re.findall(r"<h2>(.*?)</h2>", page)
    assert headings == [
        "Against the own last value",
        f"{place.area.name} over time",
        "How it stands",
        f"Compared with {place.administration.name}",
    ]


def test_rows_are_the_unit_itself_and_then_those_below_by_name(released: Scene, sign_in: SignIn) -> None:
    page = page_of(sign_in(released.place.area_head), released.place.area)

    rows = re.findall(r'<th scope="row">(.*?)</th>', page.split("How it stands")[1].split("Beside")[0], re.S)
    names = [TAGS.sub("", row.split("<small")[0]).strip() for row in rows]
    assert names[0] == released.place.area.name
    assert names[1:] == sorted(names[1:])
    assert "Skola A" in names[1]


def test_who_moved_is_said_of_how_many(released: Scene, sign_in: SignIn) -> None:
    page = page_of(sign_in(released.place.principal), released.place.school)

    assert "12 better, 16 unchanged, 8 worse, of 36 measured both times" in " ".join(
        section(page, "Against the own last value").split()
    )


def test_school_with_few_red_is_shown_with_others_and_says_so(released: Scene, sign_in: SignIn) -> None:
    place = released.place
    page = page_of(sign_in(place.area_head), place.area)

    stands = section(page, "How it stands")
    assert "shown together, so that no child can be made out" in stands
    assert not re.search(r"\b2 intervention needed", text_of(page))


def test_school_is_the_last_step_of_a_head(released: Scene, sign_in: SignIn) -> None:
    place, browser = released.place, sign_in(released.place.area_head)
    page = page_of(browser, place.school)

    assert "further down, single pupils could be made out" in page
    assert place.class_4a.key not in page
    assert browser.get(reverse("aggregation:indicator", args=[place.class_4a.key, "LAS"])).status_code == 403


def test_principal_goes_on_to_the_classes_and_sees_who_came_and_went(
    released: Scene, sign_in: SignIn
) -> None:
    place = released.place
    row = place.class_4a
    UnitSum.objects.filter(unit=row, round=released.now, indicator=released.reading).update(joined=3, left=2)
    page = page_of(sign_in(place.principal), place.school)

    assert f'href="{reverse("colourmaps:class-map", args=[row.key])}?round={released.now.key}"' in page
    assert "3 measured for the first time 2 measured last time and not now" in text_of(page)
    assert "measured for the first time" not in text_of(page_of(sign_in(place.area_head), place.school))


def test_only_who_sees_the_unit_above_is_shown_it(released: Scene, sign_in: SignIn) -> None:
    place = released.place

    assert "Beside" not in page_of(sign_in(place.principal), place.school)
    assert f"Compared with {place.area.name}" in page_of(sign_in(place.area_head), place.school)
    assert "Beside" not in page_of(sign_in(place.area_head), place.area)


def test_choices_go_along_when_drilling_down(
    released: Scene, store_slice: Callable[..., None], sign_in: SignIn
) -> None:
    place, number = released.place, slice_of_year_group(4)
    for unit in (place.school, place.class_4a):
        store_slice(unit, number, 20)
    query = {"round": released.now.key, "pupils": "year-4", "area": "language"}

    page = page_of(sign_in(place.principal), place.school, **query)

    addresses = [unescape(each) for each in re.findall(r'(?:href|hx-get)="([^"]*units/[^"]*)"', page)]
    kept = [each for each in addresses if "fresh" not in each and "#" not in each]
    assert kept
    for each in kept:
        assert f"round={released.now.key}&pupils=year-4&area=language" in each, each
    assert "Shown here: Year 4" in text_of(page)
    assert "10 intervention needed, 0 passed, 10 good result" in text_of(page)


def test_other_rounds_keep_the_other_choices(released: Scene, sign_in: SignIn) -> None:
    page = unescape(page_of(sign_in(released.place.principal), released.place.school, area="language"))

    for round_ in released.rounds:
        assert f'href="?round={round_.key}&area=language"' in page


def test_split_that_is_not_released_is_said_to_be_so(released: Scene, sign_in: SignIn) -> None:
    page = page_of(sign_in(released.place.area_head), released.place.area, pupils="year-4")

    assert "Year 4: no figures have been released." in text_of(page)
    assert "so that no child can be made out: year group, girls and boys." in text_of(page)
    assert "intervention needed" not in text_of(page)


def test_part_of_the_pupils_that_nobody_here_belongs_to_is_not_replaced_by_all(
    released: Scene, sign_in: SignIn
) -> None:
    page = page_of(sign_in(released.place.principal), released.place.school, pupils="year-9")

    assert "Year 9: nobody here in this round." in text_of(page)
    assert "intervention needed" not in text_of(page)
    assert "made out" not in text_of(page)


def test_registered_group_can_be_chosen_and_one_without_sums_cannot(
    released: Scene, store_slice: Callable[..., None], sign_in: SignIn
) -> None:
    summed, other = GroupFactory(name="choir", is_summed=True), GroupFactory(name="chess")
    for group in (summed, other):
        store_slice(released.place.school, slice_of_group(group.pk), 20)
    browser, school = sign_in(released.place.principal), released.place.school

    chosen, not_chosen = (page_of(browser, school, pupils=f"group-{group.pk}") for group in (summed, other))

    assert "Shown here: Choir." in text_of(chosen)
    assert ("Shown here" in not_chosen, "hess" in not_chosen) == (False, False)


@pytest.mark.parametrize("wish", ["-1", "year-99", "group-0", "group-x", "²", "1" * 40, ""])
def test_choice_that_there_is_not_is_as_none(released: Scene, sign_in: SignIn, wish: str) -> None:
    page = page_of(sign_in(released.place.principal), released.place.school, pupils=wish, area=wish)

    assert "Shown here" not in page
    assert "30 good result" in text_of(page)


def test_development_ends_with_the_round_that_is_shown(released: Scene, sign_in: SignIn) -> None:
    browser, school = sign_in(released.place.principal), released.place.school

    now, before = page_of(browser, school), page_of(browser, school, round=released.rounds[1].key)

    rounds = [re.findall(r'<th scope="row">([HV]T \d+)</th>', page) for page in (now, before)]
    assert rounds == [["HT 2025", "VT 2026", "HT 2026"], ["HT 2025", "VT 2026"]]


def test_round_in_which_it_was_not_measured_says_so(released: Scene, sign_in: SignIn) -> None:
    IndicatorFactory(code="NY", names={"en": "New"})

    assert "Not measured here in this round" in page_of(
        sign_in(released.place.principal), released.place.school, "NY"
    )


def test_unknown_indicator_is_not_found(released: Scene, sign_in: SignIn) -> None:
    address = reverse("aggregation:indicator", args=[released.place.school.key, "OKÄND"])

    assert sign_in(released.place.principal).get(address).status_code == 404


def test_class_has_no_such_page(released: Scene, sign_in: SignIn) -> None:
    address = reverse("aggregation:indicator", args=[released.place.class_4a.key, "LAS"])

    assert sign_in(released.place.principal).get(address).status_code == 404


def test_part_is_the_one_of_the_page(released: Scene, sign_in: SignIn) -> None:
    browser, school = sign_in(released.place.principal), released.place.school

    part = browser.get(reverse("aggregation:indicator-figures", args=[school.key, "LAS"])).content.decode()

    assert part.strip() in page_of(browser, school)


ADDRESSES = [
    ("aggregation:unit-map", []),
    ("aggregation:indicator", ["LAS"]),
    ("aggregation:unit-worth-a-look", []),
    ("aggregation:unit-trends", []),
    ("aggregation:unit-fresh", []),
]


# With the session, the person and the roles; the pools' members are one of them.
MOST_QUERIES = {"aggregation:unit-map": 17}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "more"), ADDRESSES)
@pytest.mark.parametrize("reader", ["area_head", "principal"])
def test_number_of_queries_grows_with_nothing(
    released: Scene,
    sign_in: SignIn,
    django_assert_max_num_queries: Callable,
    name: str,
    more: list[str],
    reader: str,
) -> None:
    place = released.place
    browser = sign_in(getattr(place, reader))
    unit = place.area if reader == "area_head" else place.school
    address = reverse(name, args=[unit.key, *more])
    browser.get(address)
    with django_assert_max_num_queries(MOST_QUERIES.get(name, 40)) as first:
        browser.get(address)
    for number in range(3):
        school = UnitFactory(parent=place.area, name=f"Ny skola {number}")
        indicator = IndicatorFactory(names={"en": f"More {number}"})
        for round_ in released.rounds:
            released.store(indicator, round_)
            store_sums({0: school}, {0: LARGE}, round_, released.reading)

    with django_assert_max_num_queries(len(first)):
        browser.get(address)
