"""One decision for a whole table: the same blanks on every page, and nothing to be worked out from all of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Sight
from accounts.models import Municipality, Unit, User
from aggregation import queries
from aggregation.disclosure import Colours, Figures, Moves, Part, Rule
from aggregation.queries import Hidden, hidden_figures, unit_map
from colourmaps.models import MeasurementRound
from tests.factories.accounts import UnitFactory
from tests.factories.colourmaps import IndicatorFactory, RoundFactory
from tests.fixtures import TODAY, Place

from .attack import Unknown, worked_out
from .reading import hidden_in, rows_in, told_in
from .scene import BuiltTown, build_town, store_random_sums, store_sums
from .towns import counts_of, summed

pytestmark = pytest.mark.usefixtures("in_english")

SignIn = Callable[[User], Client]
FIGURES = Figures(Colours(20, 10, 5), Moves(10, 10, 10), 0)
FEW_RED = Figures(Colours(20, 10, 2), Moves(10, 10, 10), 0)
LARGE = Figures(Colours(90, 60, 40), Moves(50, 50, 50), 0)


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(starts_on=TODAY - datetime.timedelta(days=40))


@pytest.fixture
def schools(in_solviken: Place, autumn: MeasurementRound) -> list[Unit]:
    """Three schools of the area: few red, safe, and large. The first is protected by the second."""
    place = in_solviken
    schools = [place.school, UnitFactory(parent=place.area), UnitFactory(parent=place.area)]
    units = dict(enumerate([place.root, place.administration, place.area, *schools]))
    table = summed({1: 0, 2: 1, 3: 2, 4: 2, 5: 2}, {3: FEW_RED, 4: FIGURES, 5: LARGE})
    store_sums(units, table, autumn, IndicatorFactory())
    return schools


def hidden_on_page(place: Place, person: User, unit: Unit, round_: MeasurementRound) -> dict[int, set[Rule]]:
    """The hidden units on a page, by unit id, with the rules that hide their colours."""
    figures = unit_map(unit, round_, Sight(person), place.municipality)
    return {
        row.unit.pk: rules
        for row in (figures.own, *figures.children)
        if (rules := {share.hidden_by[Part.COLOURS] for share in row.shares if share.hidden_by})
    }


def test_complement_is_hidden_on_its_own_page_too(
    in_solviken: Place, autumn: MeasurementRound, schools: list[Unit]
) -> None:
    place = in_solviken

    for person in (place.area_head, place.administration_head):
        assert hidden_on_page(place, person, place.area, autumn) == {
            schools[0].pk: {Rule.FEW_OF_A_KIND},
            schools[1].pk: {Rule.COMPLEMENT},
        }
        assert hidden_on_page(place, person, schools[1], autumn) == {schools[1].pk: {Rule.COMPLEMENT}}
        assert hidden_on_page(place, person, schools[2], autumn) == {}


def test_what_is_hidden_is_not_even_handed_to_the_page(
    in_solviken: Place, autumn: MeasurementRound, schools: list[Unit]
) -> None:
    place = in_solviken
    figures = unit_map(schools[0], autumn, Sight(place.area_head), place.municipality)

    share = figures.own.shares[0]
    assert (share.colours, share.moves, share.due) == (None, None, None)


def test_principal_sees_the_own_school_unprotected(
    in_solviken: Place, autumn: MeasurementRound, schools: list[Unit]
) -> None:
    place = in_solviken
    figures = unit_map(schools[0], autumn, Sight(place.principal), place.municipality)

    assert figures.own.shares[0].colours == FEW_RED.colours


def test_board_sees_the_municipality_alone(
    in_solviken: Place, autumn: MeasurementRound, schools: list[Unit], sign_in: SignIn
) -> None:
    place = in_solviken
    figures = unit_map(place.root, autumn, Sight(place.board_member), place.municipality)
    client = sign_in(place.board_member)

    assert (figures.own.shares[0].measured, figures.children) == (257, [])
    assert client.get(reverse("aggregation:unit-map", args=[place.administration.key])).status_code == 403


def test_municipality_can_be_stricter(
    in_solviken: Place, autumn: MeasurementRound, schools: list[Unit]
) -> None:
    municipality = in_solviken.municipality
    municipality.smallest_count = 8

    hidden = hidden_figures(autumn, municipality)

    assert {
        parts[Part.COLOURS] for (unit_id, _indicator), parts in hidden.items() if unit_id == schools[1].pk
    } == {Rule.FEW_OF_A_KIND}


def test_sums_of_classes_and_of_other_rounds_and_places_decide_nothing(
    in_solviken: Place, fjordvik: Place, autumn: MeasurementRound, schools: list[Unit], enter: Callable
) -> None:
    place = in_solviken
    before = hidden_figures(autumn, place.municipality)
    indicator = IndicatorFactory()
    store_sums({0: place.class_4a}, {0: FEW_RED}, autumn, indicator)
    store_sums({0: schools[2]}, {0: FEW_RED}, RoundFactory(), indicator)
    enter(fjordvik)
    store_sums({0: fjordvik.school}, {0: FEW_RED}, RoundFactory(), IndicatorFactory())
    enter(place)

    assert hidden_figures(autumn, place.municipality) == before


@pytest.mark.parametrize("reader", ["area_head", "principal"])
def test_number_of_queries_does_not_grow(
    in_solviken: Place,
    autumn: MeasurementRound,
    schools: list[Unit],
    sign_in: SignIn,
    django_assert_max_num_queries: Callable,
    reader: str,
) -> None:
    place = in_solviken
    client = sign_in(getattr(place, reader))
    unit = place.area if reader == "area_head" else place.school
    address = reverse("aggregation:unit-figures", args=[unit.key]) + f"?round={autumn.key}"
    with django_assert_max_num_queries(30) as first:
        client.get(address)
    for _more in range(3):
        school = UnitFactory(parent=place.area)
        units = dict(enumerate([place.area, school, place.school]))
        store_sums(units, dict.fromkeys(units, LARGE), autumn, IndicatorFactory())

    with django_assert_max_num_queries(len(first)):
        client.get(address)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [5, 8])
def test_unit_looks_the_same_on_its_own_page_and_on_the_page_above(
    autumn: MeasurementRound, sign_in: SignIn, seed: int
) -> None:
    built = build_town(seed)
    for each in range(4):
        store_random_sums(built, autumn, IndicatorFactory(), each)

    looks: dict[str, set[tuple[str, ...]]] = {}
    for unit, rows in pages_of(built, autumn, sign_in):
        children = queries.children_of(unit, autumn.counted_on)
        shown = [unit, *children] if len(rows) > 1 else [unit]
        for each, row in zip(shown, rows, strict=True):
            looks.setdefault(each.name, set()).add(tuple(cell["words"] for cell in row))

    assert {name for name, rows in looks.items() if len(rows) > 1} == set()
    assert "hidden" in str(looks)


def pages_of(
    built: BuiltTown, round_: MeasurementRound, sign_in: SignIn
) -> Iterator[tuple[Unit, list[list[dict[str, str]]]]]:
    """Every page of a round that somebody of the town may open."""
    for person in built.people:
        client = sign_in(person)
        for unit in built.units.values():
            response = client.get(reverse("aggregation:unit-map", args=[unit.key]), {"round": round_.key})
            if response.status_code == 200:
                yield unit, rows_in(response)


def recovered(
    built: BuiltTown,
    rounds: Iterable[MeasurementRound],
    truths: dict[int, list[dict[Unknown, int]]],
    sign_in: SignIn,
) -> list[tuple[Unknown, int]]:
    """The counts that are hidden from the board and all heads, and that they can work out together.

    truths: by round id, per column all true counts. Nobody is not counted, nor five and more that are not measured.
    """
    node_of = {unit.pk: node for node, unit in built.units.items()}
    found = []
    for round_ in rounds:
        told: list[dict[Unknown, int]] = [{} for _column in truths[round_.pk]]
        hidden: list[set[Unknown]] = [set() for _column in told]
        for unit, rows in pages_of(built, round_, sign_in):
            children = queries.children_of(unit, round_.counted_on) if len(rows) > 1 else []
            for each, row in zip([unit, *children], rows, strict=True):
                node = node_of[each.pk]
                for column, cell in enumerate(row):
                    told[column] |= told_in(node, cell["words"])
                    hidden[column] |= {(node, kind) for kind in hidden_in(cell["words"])}
        for truth, known, blanks in zip(truths[round_.pk], told, hidden, strict=True):
            assert all(truth.get(each, count) == count for each, count in known.items())
            guesses = worked_out(built.town.parents, known)
            assert all(truth[each] == guesses[each] for each in blanks & guesses.keys())
            found += [
                (each, guesses[each])
                for each in blanks & guesses.keys()
                if guesses[each] and (each[1] != "missing" or guesses[each] < 5)
            ]
    return found


@pytest.fixture
def town_with_sums(in_solviken: Place) -> Callable[[int], tuple]:
    """A random town with three indicators in two rounds; with its rounds and what is true."""

    def build(seed: int) -> tuple[BuiltTown, list[MeasurementRound], dict[int, list[dict[Unknown, int]]]]:
        built = build_town(seed)
        rounds = [RoundFactory(starts_on=TODAY - datetime.timedelta(days=days)) for days in (200, 40)]
        indicators = [IndicatorFactory(position=n) for n in range(3)]
        truths = {
            round_.pk: [
                counts_of(store_random_sums(built, round_, indicator, 10 * seed + 3 * round_.pk + n))
                for n, indicator in enumerate(indicators)
            ]
            for round_ in rounds
        }
        return built, rounds, truths

    return build


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_nothing_hidden_can_be_worked_out_from_all_pages(
    town_with_sums: Callable[[int], tuple], sign_in: SignIn, seed: int
) -> None:
    assert recovered(*town_with_sums(seed), sign_in) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 4])
def test_planted_fault_is_found_on_the_pages(
    town_with_sums: Callable[[int], tuple], sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """With one complement of each table shown, the same attacker finds something."""

    def careless(round_: MeasurementRound, municipality: Municipality) -> Hidden:
        hidden = dict(hidden_figures(round_, municipality))
        complements = sorted(
            key for key, parts in hidden.items() if parts.get(Part.COLOURS) is Rule.COMPLEMENT
        )
        for shown in {
            indicator_id: (unit_id, indicator_id) for unit_id, indicator_id in complements
        }.values():
            del hidden[shown]
        return hidden

    monkeypatch.setattr(queries, "hidden_figures", careless)

    assert recovered(*town_with_sums(seed), sign_in) != []
