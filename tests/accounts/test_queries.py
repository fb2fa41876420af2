"""The dated tree: upwards, downwards, and in the order in which sums climb."""

import datetime

import pytest

from accounts.models import Level, UnitPlacement
from accounts.queries import ancestors_by_height, assignments_of, children_of, line_of, root_unit, subtree_ids
from accounts.roles import RoleCode
from tests.factories.accounts import LONG_AGO, RoleAssignmentFactory, SchoolClassFactory, UnitFactory
from tests.fixtures import Place

MOVE = datetime.date(2026, 10, 1)
BEFORE, AFTER = datetime.date(2026, 9, 30), datetime.date(2026, 10, 1)


@pytest.fixture
def moved(in_solviken: Place) -> Place:
    """On 1 October the school leaves its area and stands directly under the administration."""
    UnitPlacement.objects.filter(unit=in_solviken.school).update(valid_to=MOVE)
    UnitPlacement.objects.create(
        municipality=in_solviken.municipality,
        unit=in_solviken.school,
        parent=in_solviken.administration,
        valid_from=MOVE,
    )
    return in_solviken


def test_line_goes_from_the_municipality_down_to_the_unit(in_solviken: Place, clock: datetime.date) -> None:
    place = in_solviken

    assert line_of(place.class_4a, clock) == [
        place.root,
        place.administration,
        place.area,
        place.school,
        place.class_4a,
    ]
    assert line_of(place.root, clock) == [place.root]


def test_line_is_that_of_the_day(moved: Place) -> None:
    place = moved

    assert line_of(place.class_4a, BEFORE) == [
        place.root,
        place.administration,
        place.area,
        place.school,
        place.class_4a,
    ]
    assert line_of(place.class_4a, AFTER) == [place.root, place.administration, place.school, place.class_4a]


@pytest.mark.parametrize("day", [datetime.date(2019, 1, 1), datetime.date(2031, 1, 1)])
def test_line_of_a_unit_outside_its_dates_is_that_of_the_nearest_day(
    in_solviken: Place, day: datetime.date
) -> None:
    assert [unit.name for unit in line_of(in_solviken.class_4a, day)][-2:] == ["Solviksskolan", "4A"]


def test_line_takes_one_query(in_solviken: Place, clock: datetime.date, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        line_of(in_solviken.class_4a, clock)


def test_subtree_is_the_unit_and_all_below_it(in_solviken: Place, clock: datetime.date) -> None:
    place = in_solviken
    classes = {place.class_4a.pk, place.class_5a.pk}

    assert subtree_ids([place.school.pk], clock) == {place.school.pk, *classes}
    assert subtree_ids([place.class_4a.pk, place.area.pk], clock) == {
        place.area.pk,
        place.school.pk,
        *classes,
    }
    assert subtree_ids([], clock) == set()


def test_subtree_is_that_of_the_day(moved: Place) -> None:
    assert moved.school.pk in subtree_ids([moved.area.pk], BEFORE)
    assert subtree_ids([moved.area.pk], AFTER) == {moved.area.pk}


def test_subtree_of_another_municipality_is_empty(
    in_solviken: Place, fjordvik: Place, clock: datetime.date
) -> None:
    assert subtree_ids([fjordvik.area.pk], clock) == set()


def test_line_of_another_municipalitys_unit_is_empty(
    in_solviken: Place, fjordvik: Place, clock: datetime.date
) -> None:
    assert line_of(fjordvik.class_4a, clock) == []


def test_ancestors_come_after_all_that_stands_below_them(in_solviken: Place, clock: datetime.date) -> None:
    place = in_solviken

    assert ancestors_by_height([place.class_4a.pk, place.class_5a.pk], clock) == [
        [place.school.pk],
        [place.area.pk],
        [place.administration.pk],
        [place.root.pk],
    ]
    assert ancestors_by_height([], clock) == []


def test_ancestor_of_lines_of_different_length_comes_after_the_longest(moved: Place) -> None:
    """A school directly under the administration, and one in an area of it."""
    place = moved
    other_class = SchoolClassFactory(parent=UnitFactory(parent=place.area))
    other_school = line_of(other_class, AFTER)[-2]

    groups = ancestors_by_height([place.class_4a.pk, other_class.pk], AFTER)

    assert groups == [
        sorted([place.school.pk, other_school.pk]),
        [place.area.pk],
        [place.administration.pk],
        [place.root.pk],
    ]


def test_children_come_by_year_group_and_name(in_solviken: Place, clock: datetime.date) -> None:
    school = UnitFactory()
    for name, year_group in [("Blandad", None), ("6B", 6), ("6A", 6), ("1A", 1), ("10A", 10)]:
        SchoolClassFactory(name=name, year_group=year_group, parent=school)
    SchoolClassFactory(
        name="förra året",
        parent=school,
        valid_from=datetime.date(2025, 8, 1),
        valid_to=datetime.date(2026, 8, 1),
    )

    assert [child.name for child in children_of(school, clock)] == ["1A", "6A", "6B", "10A", "Blandad"]


def test_root_is_the_unit_of_the_municipality_that_is_entered(in_solviken: Place, fjordvik: Place) -> None:
    assert root_unit() == in_solviken.root
    assert root_unit().level == Level.MUNICIPALITY


def test_assignments_are_those_of_the_day(in_solviken: Place, clock: datetime.date) -> None:
    person = in_solviken.teacher
    RoleAssignmentFactory(user=person, role=RoleCode.PRINCIPAL, unit=in_solviken.school, valid_to=clock)
    RoleAssignmentFactory(user=person, role=RoleCode.TEACHER, unit=in_solviken.class_5a, valid_from=LONG_AGO)

    held = [(assignment.role, assignment.unit.name) for assignment in assignments_of(person, clock)]

    assert held == [("teacher", "4A"), ("teacher", "5A")]
