"""Where a unit stood, and what has become of its place since."""

import datetime

import pytest

from accounts.lineage import class_places, read_lineage
from accounts.models import Unit
from accounts.reorganisation import close_unit, merge_units, move_unit
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.fixtures import Place

LAST_YEAR = {"valid_from": datetime.date(2025, 8, 1), "valid_to": datetime.date(2026, 8, 1)}
THEN, BETWEEN, NOW = (datetime.date(2026, month, 1) for month in (5, 9, 11))


@pytest.fixture
def old_class(in_solviken: Place) -> Unit:
    """A class of Norra that ended with the school year, before all that happens here."""
    return SchoolClassFactory(parent=UnitFactory(name="Norra", parent=in_solviken.area), **LAST_YEAR)


def lines(unit: Unit, on: datetime.date) -> tuple[list[str], list[str]]:
    """Names of what stood and of what stands above the class, from below, without the two above the area."""
    lineage = read_lineage()
    (place,) = (place for place in class_places(THEN, on) if place.class_id == unit.pk)
    then, now = lineage.line_then(place.parent_then, THEN), lineage.line_now(place.parent_last, on)
    return (
        [lineage.units[unit_id].name for unit_id in then[:-2]],
        [lineage.units[unit_id].name for unit_id in now[:-2]],
    )


def test_ended_class_stands_where_its_school_has_moved(in_solviken: Place, old_class: Unit) -> None:
    west = UnitFactory(level=30, name="Västra", parent=in_solviken.administration)
    move_unit(unit=Unit.objects.get(name="Norra"), parent=west, on=BETWEEN, by=None)

    assert lines(old_class, NOW) == (["Norra", "Område Solviken"], ["Norra", "Västra"])
    assert lines(old_class, THEN) == (["Norra", "Område Solviken"], ["Norra", "Område Solviken"])


def test_school_gives_way_to_its_successors_on_their_days(in_solviken: Place, old_class: Unit) -> None:
    north = Unit.objects.get(name="Norra")
    first = merge_units(units=[north, UnitFactory(parent=in_solviken.area)], on=BETWEEN, by=None, name="Nya")
    merge_units(units=[first], into=in_solviken.school, on=datetime.date(2026, 10, 1), by=None)

    assert lines(old_class, BETWEEN)[1] == ["Nya", "Område Solviken"]
    assert lines(old_class, NOW)[1] == ["Solviksskolan", "Område Solviken"]


def test_school_without_successor_is_in_the_line_all_the_same(in_solviken: Place, old_class: Unit) -> None:
    north = Unit.objects.get(name="Norra")
    close_unit(unit=north, on=BETWEEN, by=None)

    assert lines(old_class, NOW)[1] == ["Norra", "Område Solviken"]
    assert read_lineage().heir(north.pk, NOW) is None


def test_class_that_has_moved_since_is_where_it_stood_last(in_solviken: Place, old_class: Unit) -> None:
    south = UnitFactory(name="Södra", parent=in_solviken.area)
    move_unit(unit=old_class, parent=in_solviken.school, on=datetime.date(2026, 6, 1), by=None)
    move_unit(unit=old_class, parent=south, on=datetime.date(2026, 6, 8), by=None)

    north = Unit.objects.get(name="Norra")
    places = [(old_class.pk, north.pk, parent.pk) for parent in (north, in_solviken.school, south)]
    days = [THEN, datetime.date(2026, 6, 7), NOW]
    assert [class_places(THEN, day) for day in days] == [[place] for place in places]


def test_reading_takes_two_queries(in_solviken: Place, old_class: Unit, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        lineage = read_lineage()
        lineage.line_now(in_solviken.school.pk, NOW)
