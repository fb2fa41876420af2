import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.access import Sight
from accounts.models import Level
from accounts.roles import RoleCode
from interventions.own_maps import own_maps
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory, SchoolClassFactory, UnitFactory


def test_own_maps_of_a_teacher_name_the_school_and_end_with_the_class(in_solviken):
    last_year = SchoolClassFactory(
        name="3A",
        year_group=3,
        parent=in_solviken.school,
        valid_from=datetime.date(2025, 8, 1),
        valid_to=datetime.date(2026, 8, 1),
    )
    teacher = PersonFactory(role=RoleCode.TEACHER, unit=last_year)
    RoleAssignmentFactory(user=teacher, role=RoleCode.TEACHER, unit=in_solviken.class_4a)

    shown = [(one.name, one.place) for one in own_maps(Sight(teacher))]

    assert shown == [("4A", "Solviksskolan")]


def test_own_maps_of_a_principal_hold_the_schools_classes(in_solviken):
    (school,) = own_maps(Sight(in_solviken.principal))

    assert (school.name, [one.name for one in school.classes]) == ("Solviksskolan", ["4A", "5A"])


def test_own_maps_of_a_head_hold_no_classes(in_solviken):
    (area,) = own_maps(Sight(in_solviken.area_head))

    assert (area.name, area.classes) == ("Område Solviken", [])


def test_own_maps_of_a_coordinator_are_none(in_solviken):
    assert own_maps(Sight(in_solviken.coordinator)) == []


def n_queries(person):
    with CaptureQueriesContext(connection) as captured:
        own_maps(Sight(person))
    return len(captured)


def test_own_maps_ask_as_much_for_three_schools_as_for_one(in_solviken):
    for_one = n_queries(in_solviken.principal)
    for _n in range(2):
        school = UnitFactory(level=Level.SCHOOL, parent=in_solviken.area)
        SchoolClassFactory(parent=school)
        RoleAssignmentFactory(user=in_solviken.principal, role=RoleCode.PRINCIPAL, unit=school)

    assert n_queries(in_solviken.principal) == for_one
