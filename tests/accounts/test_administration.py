"""The administration's start, and the tree of units."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.administration import ENTRIES
from accounts.models import Level, Unit, User
from accounts.reorganisation import merge_units
from accounts.roles import RoleCode
from accounts.unit_tree import tree_rows
from tests.factories.accounts import PersonFactory, UnitFactory
from tests.factories.imports import text_of
from tests.fixtures import TODAY, Place

pytestmark = pytest.mark.usefixtures("in_english")

DAY = datetime.date(2026, 10, 1)
BEFORE = datetime.date(2026, 9, 30)


@pytest.fixture
def browser(in_solviken: Place, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(in_solviken.administrator)


def test_start_lists_what_can_be_set_up_and_each_page_opens(browser: Client) -> None:
    page = browser.get(reverse("accounts:administration")).content.decode()

    for entry in ENTRIES:
        address = reverse(entry.url_name)
        assert f'href="{address}"' in page
        assert browser.get(address).status_code == 200


def test_administrator_of_a_part_is_told_that_it_concerns_the_whole(
    in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    person = PersonFactory(role=RoleCode.ADMINISTRATOR, unit=in_solviken.school)
    browser = sign_in(person)

    assert "Nothing to set up here" in browser.get(reverse("accounts:administration")).content.decode()
    assert browser.get(reverse("accounts:unit-tree")).status_code == 403


def test_rows_are_the_tree_of_the_day(in_solviken: Place) -> None:
    place = in_solviken
    north = UnitFactory(name="Norra", parent=place.area, code="10000001")
    merge_units(units=[north, place.school], on=DAY, by=None, name="Nya skolan")

    def shown(on: datetime.date) -> list[tuple[str, int, str, int]]:
        return [(row.unit.name, row.depth, row.code, row.n_classes) for row in tree_rows(on)]

    above = [(place.root.name, 0, "", 0), (place.administration.name, 1, "", 0), (place.area.name, 2, "", 0)]
    assert shown(BEFORE) == [*above, ("Norra", 3, "10000001", 0), ("Solviksskolan", 3, "", 2)]
    assert shown(DAY) == [*above, ("Nya skolan", 3, "", 2)]


def test_ended_and_coming_units_are_apart(in_solviken: Place, browser: Client) -> None:
    place = in_solviken
    north = UnitFactory(name="Norra", parent=place.area)
    merge_units(units=[north], into=place.school, on=DAY, by=None)
    UnitFactory(name="Kommande", parent=place.area, valid_from=datetime.date(2027, 8, 1))
    address = reverse("accounts:unit-tree")

    plain, with_ended = (
        text_of(browser.get(address, query).content.decode()) for query in ({}, {"ended": "1"})
    )

    assert "Kommande skola, from Aug. 1, 2027" in plain
    assert "Show the unit that has ended" in plain
    assert "Norra" not in plain
    assert "Norra skola, up to Oct. 1, 2026, that day not included; goes on as Solviksskolan" in with_ended
    assert "Norra" in text_of(browser.get(address, {"on": BEFORE.isoformat()}).content.decode())


def test_page_of_a_unit_tells_its_history(in_solviken: Place, browser: Client) -> None:
    place = in_solviken
    north = UnitFactory(name="Norra", parent=place.area, code="10000001")
    merge_units(units=[north], into=place.school, on=DAY, by=None)

    ended = text_of(browser.get(reverse("accounts:unit", args=[north.key])).content.decode())
    taken_in = text_of(browser.get(reverse("accounts:unit", args=[place.school.key])).content.decode())

    assert "10000001, Jan. 1, 2020 to Sept. 30, 2026" in ended
    assert "Goes on as Solviksskolan" in ended
    assert "What is to change?" not in ended
    assert "Goes on for Norra" in taken_in
    assert "Roles 4 are held here" in taken_in
    assert f"Directly below on {TODAY:%b}. 16, 2026 4A" in taken_in


def test_unit_whose_place_has_no_parent_that_day_is_not_lost(in_solviken: Place) -> None:
    lonely = UnitFactory(level=Level.AREA, name="Ensam")
    lonely.placements.all().delete()

    assert ("Ensam", 0) in [(row.unit.name, row.depth) for row in tree_rows(TODAY)]
    assert Unit.objects.on(TODAY).filter(level__lt=Level.SCHOOL_CLASS).count() == len(tree_rows(TODAY))
