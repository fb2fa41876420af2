"""A round that is over, read then and now: nobody is lost, nobody is counted twice, and the words say where from."""

from __future__ import annotations

import datetime

import pytest

from accounts.models import Level, Unit
from accounts.reorganisation import close_unit, merge_units, move_unit, split_unit
from aggregation.history import HistoryTable, sums_in_todays_tree, sums_of_then
from aggregation.history_words import nobody_in_words, sources_in_words
from aggregation.models import ALL_PUPILS, UnitSum
from aggregation.rollup import COUNTS
from aggregation.work import do_waiting_recounts
from colourmaps.models import Indicator, MeasurementRound
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import DueIndicatorFactory, IndicatorFactory, RoundFactory, record
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place

from .naive import Town
from .reorganiser import N_ACTS, Reorganiser

pytestmark = pytest.mark.usefixtures("ticking", "in_english")

LAST_YEAR = {"valid_from": datetime.date(2025, 8, 1), "valid_to": datetime.date(2026, 8, 1)}
DAY = datetime.date(2026, 9, 1)


class Spring:
    """A round of May 2026. Norra and Södra had a class each in year 4, and Solviksskolan had one.

    Values: 10 and 20 at Norra, 40 at Södra, 80 at Solviksskolan; in each of them the classes ended with the year.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.north, self.south = (UnitFactory(name=name, parent=place.area) for name in ("Norra", "Södra"))
        self.round: MeasurementRound = RoundFactory(
            starts_on=datetime.date(2026, 5, 1), ends_on=datetime.date(2026, 5, 31)
        )
        self.indicator: Indicator = IndicatorFactory()
        DueIndicatorFactory(round=self.round, indicator=self.indicator)
        self.classes = {
            school: SchoolClassFactory(name=f"4 {school.name}", parent=school, **LAST_YEAR)
            for school in (self.north, self.south, place.school)
        }
        points = [(self.north, 10), (self.north, 20), (self.south, 40), (place.school, 80)]
        values = {PupilFactory(school_class=self.classes[school]): 100 * n for school, n in points}
        record(self.round, self.indicator, values)
        do_waiting_recounts()

    def now(self, unit: Unit, on: datetime.date = TODAY) -> HistoryTable:
        return sums_in_todays_tree(unit, self.round, on)

    def read(self, table: HistoryTable) -> tuple[int, dict[str, int]]:
        """Points of the unit itself, and by name of its children."""
        return self.points(table.own), {row.unit.name: self.points(row) for row in table.children}

    def points(self, row) -> int:
        return row.counts[self.indicator.pk]["total"] // 100


@pytest.fixture
def spring(in_solviken: Place) -> Spring:
    return Spring(in_solviken)


AS_IT_WAS = (150, {"Norra": 30, "Solviksskolan": 80, "Södra": 40})


def test_where_nothing_has_changed_now_is_then(spring: Spring) -> None:
    area = spring.place.area

    assert spring.read(sums_of_then(area, spring.round)) == AS_IT_WAS
    assert spring.read(spring.now(area)) == AS_IT_WAS
    assert [sources_in_words(row) for row in spring.now(area).children] == ["", "", ""]


def test_merged_school_has_the_history_of_all_that_became_it(spring: Spring) -> None:
    area = spring.place.area
    new = merge_units(units=[spring.north, spring.south], on=DAY, by=None, name="Nya skolan")

    assert spring.read(sums_of_then(area, spring.round)) == AS_IT_WAS
    assert spring.read(spring.now(area)) == (150, {"Nya skolan": 70, "Solviksskolan": 80})
    own = spring.now(new).own
    added_up = {
        name: own.counts[spring.indicator.pk][name] for name in ("due", "measured", "total_of_squares")
    }
    assert added_up == {"due": 3, "measured": 3, "total_of_squares": 1000**2 + 2000**2 + 4000**2}
    assert sources_in_words(own) == "counted then as Norra (1 class), Södra (1 class)"
    assert sums_of_then(new, spring.round).own.counts == {}


def test_school_that_took_another_in_has_both(spring: Spring) -> None:
    merge_units(units=[spring.south], into=spring.north, on=DAY, by=None)

    table = spring.now(spring.north)

    assert spring.read(table) == (70, {"4 Norra": 30, "4 Södra": 40})
    assert sources_in_words(table.own) == "counted then as Norra (1 class), Södra (1 class)"
    assert [sources_in_words(row) for row in table.children] == ["", ""]


def test_successors_are_followed_at_whatever_remove(spring: Spring) -> None:
    first = merge_units(units=[spring.north, spring.south], on=DAY, by=None, name="Nya skolan")
    west = UnitFactory(level=Level.AREA, name="Västra", parent=spring.place.administration)
    move_unit(unit=first, parent=west, on=datetime.date(2026, 10, 1), by=None)
    second = merge_units(
        units=[first, spring.place.school],
        on=datetime.date(2026, 11, 1),
        by=None,
        name="Storskolan",
        parent=west,
    )

    assert spring.read(spring.now(spring.place.administration)) == (150, {"Västra": 150})
    assert spring.read(spring.now(west)) == (150, {"Storskolan": 150})
    assert spring.points(spring.now(second).own) == 150
    assert spring.read(spring.now(west, on=datetime.date(2026, 10, 15))) == (70, {"Nya skolan": 70})
    assert spring.now(spring.place.area).children == []


def test_merged_areas_have_the_schools_of_both(spring: Spring) -> None:
    west = UnitFactory(level=Level.AREA, name="Västra", parent=spring.place.administration)
    merge_units(units=[spring.place.area], into=west, on=DAY, by=None)

    table = spring.now(west)

    assert spring.read(table) == AS_IT_WAS
    assert sources_in_words(table.own) == "counted then as Område Solviken (3 classes)"


def test_divided_school_keeps_the_history_of_classes_that_had_ended(spring: Spring) -> None:
    """A class that went on in the new school is there with its history; one of the year before is where it was."""
    place = spring.place
    split_unit(unit=place.school, children=[place.class_5a], on=DAY, by=None, name="Lilla skolan")

    assert spring.read(spring.now(place.area)) == AS_IT_WAS


def test_school_closed_without_a_successor_is_in_the_sum_and_told_apart(spring: Spring) -> None:
    close_unit(unit=spring.south, on=DAY, by=None)

    table = spring.now(spring.place.area)

    assert spring.read(table) == (150, {"Norra": 30, "Solviksskolan": 80})
    (closed,) = table.of_nobody
    assert (closed.unit, spring.points(closed)) == (spring.south, 40)
    assert nobody_in_words(table) == [
        "Södra (1 class) closed on Sept. 1, 2026 without a successor: in the sum, but in none of today's units."
    ]
    assert spring.read(spring.now(spring.place.root)) == (150, {"Barn och utbildning Solviken": 150})
    assert spring.now(spring.place.root).of_nobody == []


def test_school_whose_classes_went_different_ways_is_taken_apart(spring: Spring) -> None:
    """A class of then that is taken to another school while its year still goes on takes its history along."""
    place = spring.place
    other = SchoolClassFactory(name="5 Norra", year_group=4, parent=spring.north)
    round_ = RoundFactory(starts_on=datetime.date(2026, 8, 20), ends_on=datetime.date(2026, 8, 31))
    for school_class, points in ((other, 3), (SchoolClassFactory(parent=spring.north), 5)):
        record(round_, spring.indicator, {PupilFactory(school_class=school_class): 100 * points})
    do_waiting_recounts()
    move_unit(unit=other, parent=place.school, on=DAY, by=None)

    table = sums_in_todays_tree(place.area, round_, TODAY)

    assert spring.read(sums_of_then(spring.north, round_))[0] == 8
    assert spring.read(table) == (8, {"Norra": 5, "Solviksskolan": 3})
    assert [sources_in_words(row) for row in table.children] == [
        "",
        "counted then as Solviksskolan (2 classes), Norra (1 class)",
    ]


def test_round_that_is_not_over_is_read_in_the_tree_of_its_last_day(spring: Spring) -> None:
    merge_units(units=[spring.north, spring.south], on=datetime.date(2026, 5, 20), by=None, name="Nya")

    assert spring.read(spring.now(spring.place.area, on=datetime.date(2026, 5, 10))) == (
        150,
        {"Nya": 70, "Solviksskolan": 80},
    )


def test_class_has_its_own_history_and_no_other(spring: Spring) -> None:
    school_class = spring.classes[spring.north]

    assert spring.read(spring.now(school_class)) == (30, {})


def test_slice_is_read_as_the_whole_is(spring: Spring) -> None:
    girls = 201
    units = [spring.classes[spring.south], spring.south]
    of_girls = list(UnitSum.objects.filter(unit__in=units, slice=ALL_PUPILS))
    for row in of_girls:
        row.slice, row.total = girls, 400
        row.pk = (*row.pk[:-1], girls)
    UnitSum.objects.bulk_create(of_girls)
    new = merge_units(units=[spring.north, spring.south], on=DAY, by=None, name="Nya skolan")

    table = sums_in_todays_tree(new, spring.round, TODAY, slice=girls)

    assert spring.points(table.own) == 4


def test_other_municipality_is_in_no_sum(spring: Spring, fjordvik: Place, enter) -> None:
    enter(fjordvik)

    assert spring.now(fjordvik.root).own.counts == {}
    assert spring.now(spring.place.root).own.counts == {}


def test_number_of_queries_is_small_and_fixed(spring: Spring, django_assert_num_queries) -> None:
    merge_units(units=[spring.south], into=spring.north, on=DAY, by=None)
    for unit, n_queries in ((spring.place.root, 5), (spring.place.area, 5), (spring.north, 6)):
        with django_assert_num_queries(n_queries):
            spring.now(unit)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_no_reading_loses_or_doubles_anybody_after_random_reorganisations(
    in_solviken: Place, measured_town: Town, reorganiser: Reorganiser, seed: int
) -> None:
    for _act in range(N_ACTS):
        reorganiser.act_after_all()
    do_waiting_recounts()

    for round_ in measured_town.rounds:
        for day in (*reorganiser.days, TODAY, datetime.date(2026, 12, 1)):
            check_whole(in_solviken.root, round_, day)
        check_then_is_now_on_its_own_day(round_)


def check_whole(root: Unit, round_: MeasurementRound, day: datetime.date) -> None:
    """From the top down: every sum is that of its parts, every class is met once, and the whole is as stored."""
    assert sums_in_todays_tree(root, round_, day).own.counts == sums_of_then(root, round_).own.counts
    met: list[int] = []
    tables = [sums_in_todays_tree(root, round_, day)]
    while tables:
        table = tables.pop()
        parts = [*table.children, *table.of_nobody]
        assert added([part.counts for part in parts]) == table.own.counts
        for part in table.children:
            below = sums_in_todays_tree(part.unit, round_, day)
            assert below.own.counts == part.counts
            if part.unit.is_school_class:
                met.append(part.unit.pk)
            else:
                tables.append(below)
        met += [source.unit.pk for part in table.of_nobody for source in part.sources]
    assert len(met) == len(set(met))


def added(tables: list) -> dict[int, dict[str, int]]:
    indicators = {indicator for counts in tables for indicator in counts}
    return {
        indicator: {
            name: sum(counts[indicator][name] for counts in tables if indicator in counts) for name in COUNTS
        }
        for indicator in indicators
    }


def check_then_is_now_on_its_own_day(round_: MeasurementRound) -> None:
    for unit in Unit.objects.on(round_.counted_on):
        then = sums_of_then(unit, round_)
        now = sums_in_todays_tree(unit, round_, round_.counted_on)
        assert now.own.counts == then.own.counts
        assert {row.unit: row.counts for row in now.children} == {
            row.unit: row.counts for row in then.children if row.counts
        }
