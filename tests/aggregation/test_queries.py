"""What pages show to whom: the sums themselves, or what has been released; and nothing to be worked out from it."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Sight
from accounts.models import Unit, User
from accounts.roles import Tier
from aggregation import release_decision, release_proposal
from aggregation.disclosure import Colours, Figures, Moves, Part
from aggregation.disclosure.partitions import Partition
from aggregation.disclosure.pools import protect
from aggregation.queries import unit_map
from aggregation.releasing import release_round
from aggregation.shares import Percents
from colourmaps.models import MeasurementRound
from tests.factories.accounts import UnitFactory
from tests.factories.colourmaps import IndicatorFactory, RoundFactory
from tests.fixtures import TODAY, Place

from .attack import Unknown, worked_out
from .reading import Nodes, Told, rows_in, told_in
from .scene import BuiltTown, build_town, store_random_sums, store_sums
from .towns import counts_of, summed

pytestmark = pytest.mark.usefixtures("in_english")

SignIn = Callable[[User], Client]
TELLING = ("green", "yellow", "red", "up", "still", "down", "missing")
# By node and kind.
Truth = dict[Unknown, int]
FIGURES = Figures(Colours(20, 10, 8), Moves(10, 10, 10), 0)
FEW_RED = Figures(Colours(20, 10, 2), Moves(10, 10, 10), 0)
LARGE = Figures(Colours(90, 60, 40), Moves(50, 50, 50), 0)


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(starts_on=TODAY - datetime.timedelta(days=40))


@pytest.fixture
def schools(in_solviken: Place, autumn: MeasurementRound) -> list[Unit]:
    """Four schools of the area: few red, two safe ones, and a large one. The first three are shown together."""
    place = in_solviken
    schools = [place.school, *(UnitFactory(parent=place.area) for _more in range(3))]
    units = dict(enumerate([place.root, place.administration, place.area, *schools]))
    parents = {1: 0, 2: 1, 3: 2, 4: 2, 5: 2, 6: 2}
    table = summed(parents, {3: FEW_RED, 4: FIGURES, 5: FIGURES, 6: LARGE})
    store_sums(units, table, autumn, IndicatorFactory())
    release_round(autumn)
    return schools


def shown_on_page(person: User, unit: Unit, round_: MeasurementRound) -> dict[int, tuple[Any, set[int]]]:
    """By unit id on a page, the colours and the ids of the units that they are of."""
    figures = unit_map(unit, round_, Sight(person))
    return {
        row.unit.pk: (
            share.colours,
            {member.unit_id for member in share.pools[Part.COLOURS].members}
            if Part.COLOURS in share.pools
            else {row.unit.pk},
        )
        for row in figures.rows
        for share in row.shares
    }


def test_pool_is_shown_on_every_page_of_its_units(
    in_solviken: Place, autumn: MeasurementRound, schools: list[Unit]
) -> None:
    place, (*together, large) = in_solviken, schools
    pool = (Colours(60, 30, 18), {school.pk for school in together})
    of_large = (LARGE.colours, {large.pk})

    for person in (place.area_head, place.administration_head):
        assert shown_on_page(person, place.area, autumn) == {
            place.area.pk: (Colours(150, 90, 58), {place.area.pk}),
            **{school.pk: pool for school in together},
            large.pk: of_large,
        }
        for school in together:
            assert shown_on_page(person, school, autumn) == {school.pk: pool}
        assert shown_on_page(person, large, autumn) == {large.pk: of_large}


def test_unit_whose_border_a_pool_crosses_is_shown_with_what_else_is_in_the_pool(
    in_solviken: Place, autumn: MeasurementRound
) -> None:
    place = in_solviken
    other = UnitFactory(level=place.area.level, name="Andra", parent=place.administration)
    near, nearer, far = (UnitFactory(parent=other) for _school in range(3))
    above = [place.root, place.administration, place.area, place.school, other]
    units = dict(enumerate([*above, near, nearer, far]))
    parents = {1: 0, 2: 1, 3: 2, 4: 1, 5: 4, 6: 4, 7: 4}
    leaves = {3: FEW_RED, 5: FIGURES, 6: FIGURES, 7: LARGE}
    store_sums(units, summed(parents, leaves), autumn, IndicatorFactory())
    release_round(autumn)

    assert shown_on_page(place.area_head, place.area, autumn) == {
        place.area.pk: (Colours(60, 30, 18), {place.area.pk, near.pk, nearer.pk}),
        place.school.pk: (Colours(60, 30, 18), {place.school.pk, near.pk, nearer.pk}),
    }


def test_single_counts_of_a_pool_are_not_even_handed_to_the_page(
    in_solviken: Place, autumn: MeasurementRound, schools: list[Unit]
) -> None:
    figures = unit_map(schools[0], autumn, Sight(in_solviken.area_head))

    assert repr(FEW_RED.colours) not in repr(figures.own.shares)


def test_what_nobody_may_be_shown_is_not_handed_to_the_page(
    in_solviken: Place, autumn: MeasurementRound
) -> None:
    place = in_solviken
    units = dict(enumerate([place.root, place.administration, place.area, place.school]))
    store_sums(units, dict.fromkeys(units, FEW_RED), autumn, IndicatorFactory())
    release_round(autumn)

    shares = [row.shares for row in unit_map(place.area, autumn, Sight(place.area_head)).rows]

    assert repr(FEW_RED.colours) not in repr(shares)


def test_principal_sees_the_own_school_as_it_is_and_at_once(
    in_solviken: Place, autumn: MeasurementRound, schools: list[Unit]
) -> None:
    figures = unit_map(schools[0], autumn, Sight(in_solviken.principal))

    assert (figures.own.shares[0].colours, figures.tier, figures.held_back) == (FEW_RED.colours, None, {})


def test_board_sees_schools_in_steps_and_no_counts(
    in_solviken: Place, autumn: MeasurementRound, schools: list[Unit]
) -> None:
    place = in_solviken
    figures = unit_map(place.area, autumn, Sight(place.board_member))

    assert figures.tier is Tier.BOARD
    shares = [row.shares[0] for row in figures.rows]
    assert [(share.colours, share.moves, share.missing) for share in shares] == [(None, None, None)] * 5
    # 150, 90 and 58 of 298; 60, 30 and 18 of 108 for each of the three; 90, 60 and 40 of 190.
    assert Counter(share.percents for share in shares) == {
        Percents(298, Colours(50, 30, 20), Moves(35, 35, 35), 100): 1,
        Percents(108, Colours(55, 30, 15), Moves(35, 35, 35), None): 3,
        Percents(190, Colours(45, 30, 20), Moves(35, 35, 35), 100): 1,
    }


def test_what_rests_on_fewer_than_twenty_is_not_shown_to_the_board_alone(
    in_solviken: Place, autumn: MeasurementRound
) -> None:
    place = in_solviken
    schools = [place.school, *(UnitFactory(parent=place.area) for _more in range(3))]
    units = dict(enumerate([place.area, *schools]))
    small = Figures(Colours(7, 6, 6), Moves(0, 0, 0), 0)
    leaves = {1: small, 2: FIGURES, 3: FIGURES, 4: LARGE}
    store_sums(units, summed(dict.fromkeys(leaves, 0), leaves), autumn, IndicatorFactory())
    release_round(autumn)

    heads, board = (
        unit_map(place.area, autumn, Sight(person)) for person in (place.area_head, place.board_member)
    )

    assert [bool(row.shares[0].pools) for row in heads.children] == [False] * 4
    bases = [share.percents.base for row in board.children for share in row.shares if share.percents]
    # The small one and one of 38 would be enough for twenty, but not for who knows the larger one.
    assert sorted(bases) == [95, 95, 95, 190]


def test_municipality_can_be_stricter(
    in_solviken: Place, autumn: MeasurementRound, schools: list[Unit]
) -> None:
    place = in_solviken
    place.municipality.smallest_count = 9
    spring = RoundFactory(starts_on=TODAY - datetime.timedelta(days=20))
    units = dict(enumerate([place.area, *schools]))
    leaves = {1: LARGE, 2: FIGURES, 3: LARGE, 4: LARGE}
    table = summed(dict.fromkeys(leaves, 0), leaves)
    store_sums(units, table, spring, IndicatorFactory())

    release_round(spring)

    assert shown_on_page(place.area_head, schools[1], spring)[schools[1].pk][1] > {schools[1].pk}


def test_sums_of_classes_and_of_other_rounds_and_places_decide_nothing(
    in_solviken: Place, fjordvik: Place, autumn: MeasurementRound, schools: list[Unit], enter: Callable
) -> None:
    place = in_solviken
    before = shown_on_page(place.area_head, place.area, autumn)
    indicator = IndicatorFactory()
    store_sums({0: place.class_4a}, {0: FEW_RED}, autumn, indicator)
    store_sums({0: schools[2]}, {0: FEW_RED}, RoundFactory(), indicator)
    enter(fjordvik)
    store_sums({0: fjordvik.school}, {0: FEW_RED}, RoundFactory(), IndicatorFactory())
    enter(place)

    release_round(autumn)

    assert shown_on_page(place.area_head, place.area, autumn) == before


@pytest.mark.parametrize("reader", ["area_head", "principal", "board_member"])
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
    unit = place.school if reader == "principal" else place.area
    address = reverse("aggregation:unit-figures", args=[unit.key]) + f"?round={autumn.key}"
    with django_assert_max_num_queries(30) as first:
        client.get(address)
    for _more in range(3):
        school = UnitFactory(parent=place.area)
        units = dict(enumerate([place.area, place.school, school]))
        table = summed({1: 0, 2: 0}, {1: FEW_RED, 2: LARGE})
        store_sums(units, table, autumn, IndicatorFactory())
    release_round(autumn)

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
    release_round(autumn)

    looks: dict[tuple[bool, str, int], set[str]] = {}
    for person, cells in pages_of(built, autumn, sign_in):
        for (name, indicator_id), words in cells.items():
            looks.setdefault((person == built.people[0], name, indicator_id), set()).add(words)

    assert {key: words for key, words in looks.items() if len(words) > 1} == {}
    assert "together" in str(looks)


# By the name of a unit and the id of an indicator, the words of the cell.
Cells = dict[tuple[str, int], str]


def pages_of(built: BuiltTown, round_: MeasurementRound, sign_in: SignIn) -> Iterator[tuple[User, Cells]]:
    """Every page of a round that somebody of the town may open, and who it is."""
    for person in built.people:
        client = sign_in(person)
        for unit in built.units.values():
            response = client.get(reverse("aggregation:unit-map", args=[unit.key]), {"round": round_.key})
            if response.status_code == 200:
                figures = response.context["map"]
                rows = rows_in(response) if figures.indicators else []
                yield (
                    person,
                    {
                        (row.unit.name, indicator.pk): cell["words"]
                        for row, cells in zip(figures.rows, rows, strict=bool(rows))
                        for indicator, cell in zip(figures.indicators, cells, strict=True)
                    },
                )


def recovered(
    built: BuiltTown, truths: dict[MeasurementRound, dict[int, Truth]], sign_in: SignIn
) -> list[tuple[Unknown, int]]:
    """What the board and all heads together can read or work out of single units, and may not.

    That is 1–4 of a kind, wherever it comes from; and what is not shown, whatever it is, but for nobody, five and more
    who are not measured, and movement and missing beside colours that are hidden. truths: by round and indicator id.
    """
    found = []
    for round_, of_round in truths.items():
        told = told_on_pages(built, round_, sign_in)
        for indicator_id, truth in of_round.items():
            found += worked_out_of(built, told[indicator_id], truth)
    return found


def worked_out_of(built: BuiltTown, told: Told, truth: Truth) -> list[tuple[Unknown, int]]:
    assert all(sum_of(truth, nodes, kind) in (count, None) for (nodes, kind), count in told.items())
    several = sorted({nodes for nodes, _kind in told if len(nodes) > 1}, key=sorted)
    pools = {-place: nodes for place, nodes in enumerate(several, start=1)}
    place_of = {nodes: place for place, nodes in pools.items()}
    known = {(place_of.get(nodes, min(nodes)), kind): count for (nodes, kind), count in told.items()}
    guesses = worked_out(built.town.parents, known, pools=pools)
    hidden = {each for each in guesses.keys() - known.keys() if each in truth}
    assert all(truth[each] == guesses[each] for each in hidden)
    small = [(each, count) for each, count in known.items() if each[1] in TELLING and 0 < count < 5]
    return small + [
        (each, guesses[each])
        for each in hidden
        if guesses[each] and each[1] in TELLING and (each[1] != "missing" or guesses[each] < 5)
    ]


def told_on_pages(built: BuiltTown, round_: MeasurementRound, sign_in: SignIn) -> dict[int, Told]:
    """By indicator id, all counts that the pages tell. Units that were there before the town have no figures."""
    node_of = {unit.name: node for node, unit in built.units.items()}
    told: dict[int, Told] = defaultdict(dict)
    for _person, cells in pages_of(built, round_, sign_in):
        for (name, indicator_id), words in cells.items():
            if name in node_of:
                told[indicator_id] |= told_in(node_of[name], words, node_of)
    return told


def sum_of(truth: Truth, nodes: Nodes, kind: str) -> int | None:
    """None for kinds that the truth has no count of."""
    counts = [truth[node, kind] for node in nodes if (node, kind) in truth]
    return sum(counts) if counts else None


@pytest.fixture
def town_with_sums(in_solviken: Place) -> Callable[[int], tuple]:
    """A random town with three indicators in two rounds, released; and what is true, by round and indicator id."""

    def build(seed: int) -> tuple[BuiltTown, dict[MeasurementRound, dict[int, Truth]]]:
        built = build_town(seed)
        rounds = [RoundFactory(starts_on=TODAY - datetime.timedelta(days=days)) for days in (200, 40)]
        indicators = [IndicatorFactory(position=n) for n in range(3)]
        truths = {
            round_: {
                indicator.pk: counts_of(
                    store_random_sums(built, round_, indicator, 10 * seed + 3 * place + n)
                )
                for n, indicator in enumerate(indicators)
            }
            for place, round_ in enumerate(rounds)
        }
        for round_ in rounds:
            release_round(round_)
        return built, truths

    return build


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 3, 4])
def test_nothing_hidden_can_be_worked_out_from_all_pages(
    town_with_sums: Callable[[int], tuple], sign_in: SignIn, seed: int
) -> None:
    assert recovered(*town_with_sums(seed), sign_in) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 4])
def test_planted_fault_is_found_on_the_pages(
    town_with_sums: Callable[[int], tuple], sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """With one member of each pool shown by itself, and the release's own attacker asleep, this one finds it."""

    def careless(*arguments: Any, **options: Any) -> Partition:
        partition = protect(*arguments, **options)
        blocks = [part for block in partition.shown for part in ([min(block)], block - {min(block)}) if part]
        return Partition.of(blocks, partition.unshown)

    for module in (release_decision, release_proposal):
        monkeypatch.setattr(module, "protect", careless)
    monkeypatch.setattr(release_proposal, "leaks", lambda *arguments, **options: [])

    assert recovered(*town_with_sums(seed), sign_in) != []
