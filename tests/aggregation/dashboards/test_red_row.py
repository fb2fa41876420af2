"""The foot of a unit map says where half of the red is, and cells say to the school who came and went."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from aggregation.disclosure import Colours, Figures, Moves
from aggregation.models import UnitSum
from aggregation.releasing import release_round

from .conftest import LARGE, Scene

pytestmark = pytest.mark.usefixtures("in_english")

MOSTLY_RED = Figures(Colours(20, 30, 300), Moves(50, 60, 30), 12)
NEWCOMERS = '<span class="came" aria-hidden="true">+3 −1</span>'


@pytest.fixture
def page(scene: Scene, sign_in: Callable[[User], Client]) -> Callable[..., HttpResponse]:
    """`page(person, unit)`: a map of the last round; Skola D has most of the red of reading."""
    UnitSum.objects.filter(round=scene.now, indicator=scene.reading).delete()
    # With classes that large, every school is shown by itself.
    scene.store(scene.reading, scene.now, {9: LARGE, 10: LARGE, 7: MOSTLY_RED})
    UnitSum.objects.filter(round=scene.now, indicator=scene.reading).update(joined=3, left=1)
    release_round(scene.now)

    def of(person: str, unit: str) -> HttpResponse:
        browser = sign_in(getattr(scene.place, person))
        return browser.get(reverse("aggregation:unit-map", args=[getattr(scene.place, unit).key]))

    return of


def test_foot_says_in_how_few_units_half_of_the_red_is(page: Callable[..., HttpResponse]) -> None:
    response = page("area_head", "area")

    gathered, even = response.context["red_row"]
    assert (gathered.short, gathered.is_in_few) == ("in 1 of 6", True)
    assert gathered.words.startswith("1 of 6 schools hold at least half of the red")
    assert "Skola D" in gathered.words
    assert (even.short, even.is_in_few) == ("spread", False)
    assert "Half of the red" in response.content.decode()


def test_foot_of_a_school_is_of_its_classes(page: Callable[..., HttpResponse]) -> None:
    reading, mathematics = page("principal", "school").context["red_row"]

    assert reading.short == "spread"
    assert reading.words.startswith("The 80 red are spread over the 2 classes")
    assert (mathematics.short, mathematics.words) == ("", "Not told: fewer than 10 red, or only one unit.")


def test_board_is_told_why_there_is_no_foot(page: Callable[..., HttpResponse]) -> None:
    response = page("board_member", "administration")

    assert response.context["red_row"] == []
    assert "cannot be told in how few units half of the red is" in response.content.decode()


def test_who_came_and_went_is_shown_to_the_school_and_heads_read_why_not(
    page: Callable[..., HttpResponse],
) -> None:
    school, area = (
        page(*asked).content.decode() for asked in (("principal", "school"), ("area_head", "area"))
    )

    assert (school.count(NEWCOMERS), area.count(NEWCOMERS)) == (3, 0)
    assert "3 measured for the first time; 1 measured last time and not now" in school
    assert "measured for the first time;" not in area
    assert ["is told to the schools alone" in text for text in (school, area)] == [False, True]
