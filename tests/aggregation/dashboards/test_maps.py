"""The pages of sums with a map: it chooses columns and their order, and what is shown in them stays the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from colourmaps.models import ColourMap
from colourmaps.services import adopt_map
from tests.factories.colourmaps import ColourMapFactory
from tests.fixtures import Place

from .conftest import Scene

SignIn = Callable[[User], Client]


@pytest.fixture
def colour_map(released: Scene) -> ColourMap:
    """Mathematics before reading; the school of the place uses it."""
    place = released.place
    colour_map = ColourMapFactory(
        names={"sv": "Skolkarta"}, indicators=[released.mathematics, released.reading]
    )
    adopt_map(colour_map=colour_map, school=place.school, by=place.principal)
    return colour_map


def unit_map(sign_in: SignIn, person: User, place: Place, at: str = "area", **query: str) -> Any:
    address = reverse("aggregation:unit-map", args=[getattr(place, at).key])
    return sign_in(person).get(address, query).context


def by_code(context: Any) -> dict[str, list[Any]]:
    """The shares of each column."""
    figures = context["map"]
    return {
        indicator.code: [row.shares[at] for row in figures.rows]
        for at, indicator in enumerate(figures.indicators)
    }


@pytest.mark.parametrize("reader", ["area_head", "board_member", "principal"])
def test_map_orders_the_columns_and_changes_nothing_in_them(
    released: Scene, colour_map: ColourMap, sign_in: SignIn, reader: str
) -> None:
    person, at = getattr(released.place, reader), "school" if reader == "principal" else "area"

    without = by_code(unit_map(sign_in, person, released.place, at))
    with_map = by_code(unit_map(sign_in, person, released.place, at, map=colour_map.key))

    assert list(without) == [released.reading.code, released.mathematics.code]
    assert list(with_map) == [released.mathematics.code, released.reading.code]
    assert with_map == without


def test_narrower_map_shows_no_more_of_what_is_left(
    released: Scene, colour_map: ColourMap, sign_in: SignIn
) -> None:
    place = released.place
    narrow = ColourMapFactory(indicators=[released.mathematics])

    everything = by_code(unit_map(sign_in, place.area_head, place))
    of_map = by_code(unit_map(sign_in, place.area_head, place, map=narrow.key))

    assert of_map == {released.mathematics.code: everything[released.mathematics.code]}


def test_choice_goes_along_when_the_reader_drills_down(
    released: Scene, colour_map: ColourMap, sign_in: SignIn
) -> None:
    context = unit_map(sign_in, released.place.principal, released.place, "school", map=colour_map.key)

    assert context["filters"].query == f"round={released.now.key}&map={colour_map.key}"
    addresses = [address for _unit, address, _cells in context["children"]]
    assert addresses != []
    assert [address for address in addresses if f"map={colour_map.key}" not in address] == []
    assert [choice.name for choice in context["maps"].offered] == ["All indicators", "Skolkarta"]


def test_school_that_does_not_use_the_map_says_so_and_shows_all(
    released: Scene, colour_map: ColourMap, sign_in: SignIn
) -> None:
    other = ColourMapFactory(names={"sv": "HUB-karta"}, indicators=[released.mathematics])

    at_area = unit_map(sign_in, released.place.area_head, released.place, map=other.key)
    at_school = unit_map(sign_in, released.place.area_head, released.place, "school", map=other.key)

    assert (list(by_code(at_area)), at_area["maps"].notice) == ([released.mathematics.code], "")
    assert len(by_code(at_school)) == 2
    assert "HUB-karta" in at_school["maps"].notice


def test_file_has_the_columns_of_the_map(released: Scene, sign_in: SignIn) -> None:
    narrow = ColourMapFactory(indicators=[released.mathematics])
    address = reverse("aggregation:unit-map-csv", args=[released.place.area.key])

    content = sign_in(released.place.area_head).get(address, {"map": narrow.key}).content.decode("utf-8-sig")

    assert [name in content for name in ("Number sense", "Reading")] == [True, False]


def test_trends_are_of_the_map(released: Scene, sign_in: SignIn) -> None:
    narrow = ColourMapFactory(indicators=[released.mathematics])
    address = reverse("aggregation:unit-trends", args=[released.place.area.key])

    page = sign_in(released.place.area_head).get(address, {"map": narrow.key}).content

    assert [name in page for name in (b"Number sense", b"Reading")] == [True, False]


def test_map_without_figures_here_says_so(released: Scene, sign_in: SignIn) -> None:
    empty = ColourMapFactory(indicators=[])
    address = reverse("aggregation:unit-map", args=[released.place.area.key])

    page = sign_in(released.place.area_head).get(address, {"map": empty.key}).content.decode()

    assert "indicators has figures here in this round" in page
