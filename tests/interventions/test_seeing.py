"""Who may know of which intervention: of a whole unit, of several, of named pupils, of a group from two classes."""

import pytest
from django.urls import reverse

from accounts.access import Sight
from accounts.models import RoleAssignment
from accounts.roles import RoleCode
from accounts.tenancy import municipality_scope
from interventions.queries import (
    interventions_of,
    may_change,
    sees_all_pupils,
    shows_background,
    visible_interventions,
)
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory, SchoolClassFactory
from tests.factories.interventions import InterventionFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

PEOPLE = (
    "teacher",
    "colleague",
    "analysis_lead",
    "principal",
    "health_team",
    "area_head",
    "administration_head",
    "board_member",
    "collaboration_partner",
    "coordinator",
    "administrator",
    "access_auditor",
    "data_protection",
)
AT_SCHOOL = {"analysis_lead", "principal", "health_team"}
HEADS = {"area_head", "administration_head"}


@pytest.fixture
def ben(in_solviken):
    return PupilFactory(given_name="Ben", family_name="Dal", school_class=in_solviken.class_5a)


def made(place: Place, unit=None, **options):
    return InterventionFactory(
        unit=unit or place.school,
        responsible=options.pop("responsible", place.principal),
        title="Läsgrupp",
        **options,
    )


def who_sees(place: Place, intervention) -> set[str]:
    return {who for who in PEOPLE if intervention in visible_interventions(Sight(getattr(place, who)))}


def who_opens(place: Place, intervention, sign_in) -> set[str]:
    address = reverse("interventions:intervention", args=[intervention.key])
    statuses = {who: sign_in(getattr(place, who)).get(address).status_code for who in PEOPLE}
    assert set(statuses.values()) <= {200, 403}
    return {who for who, status in statuses.items() if status == 200}


def check_seen_by(place, intervention, expected, sign_in):
    assert who_sees(place, intervention) == expected
    assert who_opens(place, intervention, sign_in) == expected


def test_of_a_whole_school_is_seen_by_those_who_decide_there(in_solviken, sign_in):
    check_seen_by(in_solviken, made(in_solviken), AT_SCHOOL | HEADS, sign_in)


def test_of_a_whole_class_is_hidden_from_heads(in_solviken, sign_in):
    of_class = made(in_solviken, in_solviken.class_4a)

    check_seen_by(in_solviken, of_class, AT_SCHOOL | {"teacher"}, sign_in)


def test_of_a_team_is_seen_by_the_teacher_of_each_class_and_hidden_from_heads(in_solviken, sign_in):
    of_team = made(in_solviken, units=[in_solviken.class_4a, in_solviken.class_5a])

    check_seen_by(in_solviken, of_team, AT_SCHOOL | {"teacher", "colleague"}, sign_in)


def test_of_a_team_without_the_class_is_hidden_from_its_teacher(in_solviken, sign_in):
    other = SchoolClassFactory(name="4B", year_group=4, parent=in_solviken.school)
    of_team = made(in_solviken, units=[in_solviken.class_4a, other])

    check_seen_by(in_solviken, of_team, AT_SCHOOL | {"teacher"}, sign_in)


def test_of_named_pupils_is_seen_by_those_who_see_them(in_solviken, measured, sign_in):
    of_ada = made(in_solviken, in_solviken.class_4a, pupils=[measured.ada])

    check_seen_by(in_solviken, of_ada, AT_SCHOOL | {"teacher"}, sign_in)


def test_of_a_group_from_two_classes_is_seen_by_those_who_see_all_of_it(in_solviken, measured, ben, sign_in):
    group = made(in_solviken, units=[in_solviken.class_4a, in_solviken.class_5a], pupils=[measured.ada, ben])
    check_seen_by(in_solviken, group, AT_SCHOOL, sign_in)

    RoleAssignmentFactory(user=in_solviken.colleague, role=RoleCode.TEACHER, unit=in_solviken.class_4a)

    check_seen_by(in_solviken, group, AT_SCHOOL | {"colleague"}, sign_in)


def test_head_who_answers_for_or_takes_part_in_one_with_names_does_not_see_it(in_solviken, measured, sign_in):
    of_ada = made(
        in_solviken,
        pupils=[measured.ada],
        responsible=in_solviken.area_head,
        participants=[in_solviken.administration_head],
    )

    check_seen_by(in_solviken, of_ada, AT_SCHOOL, sign_in)


def test_who_takes_part_in_one_without_names_sees_it_and_does_not_change_it(in_solviken, sign_in):
    of_school = made(in_solviken, participants=[in_solviken.colleague])

    check_seen_by(in_solviken, of_school, AT_SCHOOL | HEADS | {"colleague"}, sign_in)
    edit = reverse("interventions:intervention-edit", args=[of_school.key])
    assert sign_in(in_solviken.colleague).get(edit).status_code == 403


def test_programme_is_seen_by_the_head_of_one_of_its_schools(in_solviken, sign_in):
    of_schools = made(in_solviken, in_solviken.administration, units=[in_solviken.school])

    check_seen_by(in_solviken, of_schools, AT_SCHOOL | HEADS, sign_in)


def test_other_municipality_does_not_know_of_any(solviken, fjordvik, sign_in):
    with municipality_scope(solviken.municipality):
        of_school = made(solviken)
    for page in ("intervention", "intervention-edit", "intervention-sheet"):
        address = reverse(f"interventions:{page}", args=[of_school.key])
        assert sign_in(fjordvik.administration_head).get(address).status_code == 404


def test_teacher_of_one_of_two_classes_sees_that_her_pupil_is_in_a_group(in_solviken, measured, ben):
    group = made(in_solviken, units=[in_solviken.class_4a, in_solviken.class_5a], pupils=[measured.ada, ben])

    assert list(interventions_of(measured.ada, Sight(in_solviken.teacher))) == [group]
    assert list(interventions_of(ben, Sight(in_solviken.teacher))) == []
    assert list(interventions_of(measured.bo, Sight(in_solviken.teacher))) == []


def test_pupil_has_what_is_for_a_team_that_the_class_is_in(in_solviken, measured):
    of_team = made(in_solviken, units=[in_solviken.class_4a, in_solviken.class_5a])

    assert list(interventions_of(measured.ada, Sight(in_solviken.teacher))) == [of_team]


def test_figures_and_background_of_a_team_are_for_those_who_see_all_its_classes(in_solviken):
    of_team = made(in_solviken, units=[in_solviken.class_4a, in_solviken.class_5a])

    def may(person):
        return sees_all_pupils(of_team, Sight(person)), shows_background(of_team, Sight(person))

    assert may(in_solviken.teacher) == (False, False)
    assert may(in_solviken.principal) == (True, True)


def test_background_of_a_school_is_for_heads_too_and_its_figures_are_not(in_solviken):
    of_school, head = made(in_solviken), Sight(in_solviken.area_head)

    assert (sees_all_pupils(of_school, head), shows_background(of_school, head)) == (False, True)


def test_whoever_decides_for_all_parts_may_change_it_and_whoever_answers(in_solviken):
    lead = PersonFactory(name="Två klasser", role=RoleCode.ANALYSIS_LEAD, unit=in_solviken.class_4a)
    RoleAssignmentFactory(user=lead, role=RoleCode.ANALYSIS_LEAD, unit=in_solviken.class_5a)
    of_team = made(
        in_solviken, units=[in_solviken.class_4a, in_solviken.class_5a], responsible=in_solviken.colleague
    )

    changing = {
        name: may_change(of_team, Sight(person))
        for name, person in [
            ("of both", lead),
            ("of one", in_solviken.teacher),
            ("responsible", in_solviken.colleague),
            ("principal", in_solviken.principal),
            ("head", in_solviken.area_head),
        ]
    }

    assert changing == {
        "of both": True,
        "of one": False,
        "responsible": True,
        "principal": True,
        "head": False,
    }


def test_role_that_has_ended_sees_nothing(in_solviken, clock):
    of_school = made(in_solviken)
    RoleAssignment.objects.filter(user=in_solviken.area_head).update(valid_to=clock)

    assert of_school not in visible_interventions(Sight(in_solviken.area_head))
