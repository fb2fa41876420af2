"""What is told of is the same on every page, is made of what the reader sees, and ranks nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Sight
from accounts.models import Unit, User
from accounts.queries import line_of
from aggregation.dashboards.filters import Filters
from aggregation.dashboards.worth_a_look import WorthALook, worth_a_look
from aggregation.disclosure import Colours, Figures, Moves
from aggregation.models import UnitSum
from aggregation.releasing import release_round

from .conftest import LARGE, Scene

pytestmark = pytest.mark.usefixtures("in_english")

SignIn = Callable[[User], Client]
GONE_DOWN = replace(LARGE, moves=Moves(10, 30, 100))
GONE_UP = replace(LARGE, moves=Moves(120, 20, 0))
MOSTLY_RED = Figures(Colours(20, 30, 300), Moves(50, 60, 30), 12)


@pytest.fixture
def look(scene: Scene) -> Callable[..., WorthALook]:
    """`look(person, unit, {node: figures})`: with these figures of reading in the last round."""

    def at(person: User, unit: Unit, schools: dict[int, Figures] | None = None, code: str = "") -> WorthALook:
        if schools:
            UnitSum.objects.filter(round=scene.now, indicator=scene.reading).delete()
            # With classes that large, every school is shown by itself.
            scene.store(scene.reading, scene.now, {9: LARGE, 10: LARGE, **schools})
        release_round(scene.now)
        sight = Sight(person)
        return worth_a_look(
            line_of(unit, sight.today), Filters(scene.now), sight, lambda each, _indicator: each.name, code
        )

    return at


def test_school_that_moved_otherwise_than_the_others_is_told_of(
    scene: Scene, look: Callable[..., WorthALook]
) -> None:
    found = look(scene.place.administration_head, scene.place.administration, {5: GONE_DOWN})

    [signal] = found.signals
    assert (signal.sign, signal.units, signal.indicator) == ("down", "Skola B", scene.reading)
    assert signal.words.startswith(
        "more pupils than usual have moved for the worse: 100 of the 110 who moved since their own last value."
    )
    assert "as in the other schools, it would have been about 41" in signal.words


def test_direction_is_in_words_when_it_is_for_the_better(
    scene: Scene, look: Callable[..., WorthALook]
) -> None:
    [signal] = look(scene.place.area_head, scene.place.area, {5: GONE_UP}).signals

    assert signal.sign == "up"
    assert "have moved for the better: 120 of the 120" in signal.words


def test_same_is_told_on_the_pages_above_and_on_its_own(
    scene: Scene, look: Callable[..., WorthALook]
) -> None:
    place, head = scene.place, scene.place.administration_head
    school = scene.schools[2]
    at_top = look(head, place.administration, {5: GONE_DOWN})

    assert look(head, place.area) == at_top
    assert look(head, school).signals == at_top.signals
    assert look(head, scene.schools[1]).signals == []


def test_page_of_an_indicator_tells_of_that_one_and_looks_at_all(
    scene: Scene, look: Callable[..., WorthALook]
) -> None:
    place = scene.place
    everything = look(place.area_head, place.area, {5: GONE_DOWN})

    assert look(place.area_head, place.area, code="LAS").signals == everything.signals
    of_other = look(place.area_head, place.area, code="MA")
    assert (of_other.signals, of_other.n_looked_at) == ([], everything.n_looked_at)


def test_nothing_is_told_when_nothing_goes_on(scene: Scene, look: Callable[..., WorthALook]) -> None:
    found = look(scene.place.area_head, scene.place.area)

    assert (found.signals, found.red_lines) == ([], [])
    assert found.n_looked_at > 0


def test_board_is_told_of_no_change(scene: Scene, look: Callable[..., WorthALook]) -> None:
    found = look(scene.place.board_member, scene.place.administration, {5: GONE_DOWN})

    assert (found.signals, found.red_lines, found.is_counted) == ([], [], False)


def test_red_in_few_schools_is_told_with_their_part_of_the_pupils(
    scene: Scene, look: Callable[..., WorthALook]
) -> None:
    found = look(scene.place.area_head, scene.place.area, {7: MOSTLY_RED})

    [line] = [line for line in found.red_lines if line.indicator == scene.reading]
    assert line.words.startswith("1 of 6 schools hold at least half of the red")
    assert "Skola D" in line.words


@pytest.mark.parametrize("reader", ["principal", "area_head"])
def test_section_is_a_page_without_script_and_a_part_with_it(
    released: Scene, sign_in: SignIn, reader: str
) -> None:
    browser, school = sign_in(getattr(released.place, reader)), released.place.school
    for name in ("unit-worth-a-look", "unit-trends"):
        address = reverse(f"aggregation:{name}", args=[school.key])

        page, part = browser.get(address), browser.get(address, headers={"HX-Request": "true"})

        assert (b"<html" in page.content, b"<html" in part.content) == (True, False)
        assert part.content.strip() in page.content


def test_sections_of_a_class_are_not_found(released: Scene, sign_in: SignIn) -> None:
    browser = sign_in(released.place.principal)
    for name in ("unit-worth-a-look", "unit-trends", "unit-fresh"):
        address = reverse(f"aggregation:{name}", args=[released.place.class_4a.key])

        assert browser.get(address).status_code == 404


def test_trends_are_of_the_chosen_area(released: Scene, sign_in: SignIn) -> None:
    browser = sign_in(released.place.principal)
    address = reverse("aggregation:unit-trends", args=[released.place.school.key])

    everything, mathematics = browser.get(address), browser.get(address, {"area": "mathematics"})

    assert [b"Reading" in page.content for page in (everything, mathematics)] == [True, False]
    assert b"Number sense" in mathematics.content
