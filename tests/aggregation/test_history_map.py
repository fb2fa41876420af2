"""A round that is over, on the page of a unit: as the schools were then, or in today's organisation."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Unit, User
from accounts.reorganisation import close_unit, merge_units, move_unit
from aggregation.work import do_waiting_recounts
from colourmaps.models import Indicator, MeasurementRound
from tests.factories.accounts import RoleAssignmentFactory, SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import DueIndicatorFactory, RoundFactory, ThresholdFactory, record
from tests.factories.imports import text_of
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

pytestmark = pytest.mark.usefixtures("ticking", "in_english")

LAST_YEAR = {"valid_from": datetime.date(2025, 8, 1), "valid_to": datetime.date(2026, 8, 1)}
DAY = datetime.date(2026, 9, 1)
THEN_ONLY = "Schools have changed since"


@dataclass(frozen=True)
class Scene:
    """A round of May 2026, with two green pupils at Solviksskolan, and a red and a green one at Norra."""

    place: Place
    north: Unit
    round: MeasurementRound
    reading: Indicator
    browser: Callable[[User], Client]

    def get(self, unit: Unit, by: str = "principal", **query: str) -> dict:
        address = reverse("aggregation:unit-map", args=[unit.key])
        answer = self.browser(getattr(self.place, by)).get(address, {"round": self.round.key, **query})
        assert answer.status_code == 200
        context = {name: value for each in answer.context for name, value in each.flatten().items()}
        return {**context, "text": text_of(answer.content.decode().partition("<main")[2])}

    def figures(self, unit: Unit, by: str = "principal", **query: str) -> dict[str, tuple[int, ...]]:
        """Green, yellow and red of each row."""
        figures = self.get(unit, by, **query)["map"]
        return {row.unit.name: row.shares[0].colours[:3] for row in figures.rows if row.shares}


@pytest.fixture
def scene(in_solviken: Place, sign_in: Callable[[User], Client]) -> Scene:
    place = in_solviken
    north = UnitFactory(name="Norra", parent=place.area)
    round_ = RoundFactory(
        name="VT 2026", starts_on=datetime.date(2026, 5, 1), ends_on=datetime.date(2026, 5, 31)
    )
    due = DueIndicatorFactory(round=round_)
    ThresholdFactory(indicator=due.indicator, yellow_limit=1600, green_limit=2600)
    for school, values in ((place.school, (3000, 4000)), (north, (1000, 3000))):
        school_class = SchoolClassFactory(name=f"4 {school.name}", parent=school, **LAST_YEAR)
        pupils = {PupilFactory(school_class=school_class): value for value in values}
        record(round_, due.indicator, pupils)
    do_waiting_recounts()
    return Scene(place, north, round_, due.indicator, sign_in)


OWN, OTHERS, BOTH = (2, 0, 0), (1, 0, 1), (3, 0, 1)


def test_nothing_is_to_choose_where_nothing_has_changed(scene: Scene) -> None:
    page = scene.get(scene.place.school, tree="now")

    assert "readings" not in page
    assert not page["filters"].is_now
    assert THEN_ONLY not in page["text"]


def test_school_that_took_another_in_has_both_readings(scene: Scene) -> None:
    school = scene.place.school
    merge_units(units=[scene.north], into=school, on=DAY, by=None)

    assert scene.figures(school) == {"Solviksskolan": OWN, "4 Solviksskolan": OWN}
    # Norra's class was never the principal's: it is told as the school that it was in.
    assert scene.figures(school, tree="now") == {
        "Solviksskolan": BOTH,
        "Norra": OTHERS,
        "4 Solviksskolan": OWN,
    }


def test_choice_stands_in_the_address_and_goes_along(scene: Scene) -> None:
    school = scene.place.school
    merge_units(units=[scene.north], into=school, on=DAY, by=None)

    page = scene.get(school, tree="now")

    assert [(str(label), is_chosen) for label, _query, is_chosen in page["readings"]] == [
        ("As the schools were then", False),
        ("In today's organisation", True),
    ]
    addresses = {unit.name: address for unit, address, _cells in page["children"]}
    assert addresses["Norra"] == ""
    assert addresses["4 Solviksskolan"].endswith("&tree=now")
    assert "&tree=now" in page["part_address"]
    assert "counted then as Norra (1 class), Solviksskolan (1 class)" in page["text"]


def test_new_school_has_the_history_of_those_that_became_it(scene: Scene) -> None:
    new = merge_units(units=[scene.north, scene.place.school], on=DAY, by=None, name="Nya skolan")
    RoleAssignmentFactory(user=scene.place.principal, role="principal", unit=new, valid_from=DAY)

    assert scene.figures(new) == {}
    assert scene.figures(new, tree="now")["Nya skolan"] == BOTH


def test_closed_school_is_named_in_words(scene: Scene) -> None:
    """For a reader who sees the pupils of the whole area."""
    place = scene.place
    RoleAssignmentFactory(user=place.principal, role="principal", unit=place.area)
    close_unit(unit=scene.north, on=DAY, by=None)

    page = scene.get(place.area, tree="now")

    assert "Norra (1 class) closed on Sept. 1, 2026 without a successor" in page["text"]
    assert scene.figures(place.area, tree="now") == {place.area.name: BOTH, "Solviksskolan": OWN}


def test_files_say_what_they_were_read_as(scene: Scene) -> None:
    school = scene.place.school
    merge_units(units=[scene.north], into=school, on=DAY, by=None)
    browser = scene.browser(scene.place.principal)
    address = reverse("aggregation:unit-map-csv", args=[school.key])

    then, now = (
        browser.get(address, {"round": scene.round.key, **query}).content.decode("utf-8-sig")
        for query in ({}, {"tree": "now"})
    )

    assert ("Norra" in then, "Norra" in now) == (False, True)


@pytest.mark.parametrize("reader", ["area_head", "board_member", "collaboration_partner"])
def test_readers_of_released_figures_get_then_only_and_are_told_why(scene: Scene, reader: str) -> None:
    place = scene.place
    merge_units(units=[scene.north], into=place.school, on=DAY, by=None)

    then, now = (scene.get(place.area, reader, **query) for query in ({}, {"tree": "now"}))

    assert THEN_ONLY in now["text"]
    assert "readings" not in now
    assert not now["filters"].is_now
    assert now["map"] == then["map"]


def test_round_that_goes_on_has_one_reading(scene: Scene) -> None:
    MeasurementRound.objects.update(ends_on=datetime.date(2026, 12, 18))
    west = UnitFactory(level=30, name="Västra", parent=scene.place.administration)
    move_unit(unit=scene.north, parent=west, on=DAY, by=None)

    assert "readings" not in scene.get(scene.place.school, tree="now")


def test_school_that_has_ended_is_read_as_it_was(scene: Scene) -> None:
    RoleAssignmentFactory(user=scene.place.principal, role="principal", unit=scene.north)
    merge_units(units=[scene.north], into=scene.place.school, on=DAY, by=None)

    assert "readings" not in scene.get(scene.north, tree="now")


def test_reading_of_now_asks_as_often_for_many_classes_as_for_few(
    scene: Scene, django_assert_max_num_queries: Callable
) -> None:
    school = scene.place.school
    merge_units(units=[scene.north], into=school, on=DAY, by=None)
    browser = scene.browser(scene.place.principal)
    address = reverse("aggregation:unit-map", args=[school.key])
    query = {"round": scene.round.key, "tree": "now"}
    with django_assert_max_num_queries(45) as few:
        browser.get(address, query)
    for n in range(3):
        school_class = SchoolClassFactory(name=f"{n} Solviksskolan", parent=school, **LAST_YEAR)
        record(scene.round, scene.reading, {PupilFactory(school_class=school_class): 1000})
    do_waiting_recounts()

    with django_assert_max_num_queries(len(few)):
        answer = browser.get(address, query)

    assert len(answer.context["map"].children) == 5
