import datetime

import pytest

from accounts.access import Sight
from accounts.roles import RoleCode
from accounts.services import end_role
from interventions.queries import (
    applicable_indicators,
    interventions_at,
    interventions_of,
    parents_of,
    possible_responsibles,
    visible_interventions,
)
from pupils.services import enrol_pupil
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory, SchoolClassFactory
from tests.factories.colourmaps import DueIndicatorFactory, IndicatorFactory, ThresholdFactory
from tests.factories.interventions import InterventionFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)


@pytest.fixture
def of_pupil(in_solviken, measured):
    """For Ada, in 4A, by the principal."""
    return InterventionFactory(
        unit=in_solviken.class_4a, pupils=[measured.ada], responsible=in_solviken.principal
    )


@pytest.fixture
def of_school(in_solviken):
    """For the whole school, by the teacher of 4A."""
    return InterventionFactory(unit=in_solviken.school, responsible=in_solviken.teacher)


@pytest.mark.parametrize("who", ["teacher", "analysis_lead", "principal", "health_team"])
def test_visible_interventions_are_those_of_the_own_units(in_solviken, of_pupil, who):
    assert list(visible_interventions(Sight(getattr(in_solviken, who)))) == [of_pupil]


@pytest.mark.parametrize(
    "who", ["colleague", "area_head", "administration_head", "board_member", "administrator"]
)
def test_visible_interventions_are_none_for_those_who_do_not_see_the_pupils(in_solviken, of_pupil, who):
    assert list(visible_interventions(Sight(getattr(in_solviken, who)))) == []


def test_visible_interventions_hold_what_one_answers_for_above_the_own_class(in_solviken, of_school):
    assert list(visible_interventions(Sight(in_solviken.teacher))) == [of_school]
    assert list(visible_interventions(Sight(in_solviken.colleague))) == []


def test_visible_interventions_name_no_pupil_to_a_responsible_who_has_left(in_solviken, measured):
    InterventionFactory(unit=in_solviken.class_4a, pupils=[measured.ada], responsible=in_solviken.teacher)
    end_role(assignment=in_solviken.teacher.assignments.get(), on=TODAY)

    assert list(visible_interventions(Sight(in_solviken.teacher))) == []


def test_visible_interventions_stop_at_the_municipality(in_solviken, fjordvik, enter, measured, of_pupil):
    enter(fjordvik)
    own = InterventionFactory(unit=fjordvik.class_4a, responsible=fjordvik.principal)

    assert list(visible_interventions(Sight(fjordvik.principal))) == [own]


def test_visible_interventions_of_last_years_class_stay_with_the_school(in_solviken):
    last_year = SchoolClassFactory(
        name="3A",
        parent=in_solviken.school,
        valid_from=datetime.date(2025, 8, 1),
        valid_to=datetime.date(2026, 8, 1),
    )
    earlier = InterventionFactory(unit=last_year, responsible=in_solviken.principal)

    assert list(visible_interventions(Sight(in_solviken.principal))) == [earlier]
    assert list(visible_interventions(Sight(in_solviken.teacher))) == []


def test_interventions_at_a_school_hold_those_of_its_classes(in_solviken, of_pupil, of_school):
    sight = Sight(in_solviken.principal)

    assert set(interventions_at(in_solviken.school, sight)) == {of_pupil, of_school}
    assert list(interventions_at(in_solviken.class_4a, sight)) == [of_pupil]
    assert list(interventions_at(in_solviken.class_5a, sight)) == []


def test_interventions_come_by_follow_up_and_the_ended_last(in_solviken):
    def made(follow_up_on, ended_on=None):
        return InterventionFactory(
            unit=in_solviken.class_4a,
            responsible=in_solviken.teacher,
            follow_up_on=follow_up_on,
            ended_on=ended_on,
        )

    ended_first = made(TODAY - 9 * DAY, ended_on=TODAY - 5 * DAY)
    later, sooner = made(TODAY + 9 * DAY), made(TODAY + DAY)
    ended_last = made(TODAY + 3 * DAY, ended_on=TODAY)

    found = interventions_at(in_solviken.class_4a, Sight(in_solviken.teacher))
    assert list(found) == [sooner, later, ended_last, ended_first]


def test_interventions_of_a_pupil_are_the_pupils_own_and_the_whole_classs(in_solviken, measured, of_pupil):
    of_class = InterventionFactory(unit=in_solviken.class_4a, responsible=in_solviken.teacher)
    InterventionFactory(unit=in_solviken.class_4a, pupils=[measured.bo], responsible=in_solviken.teacher)
    InterventionFactory(unit=in_solviken.class_5a, responsible=in_solviken.colleague)

    assert set(interventions_of(measured.ada, Sight(in_solviken.teacher))) == {of_pupil, of_class}


def test_interventions_of_a_pupil_from_a_class_of_others_stay_there(in_solviken, measured, of_pupil):
    enrol_pupil(pupil=measured.ada, school_class=in_solviken.class_5a, year_group=5, on=TODAY)

    assert list(interventions_of(measured.ada, Sight(in_solviken.colleague))) == []
    assert list(interventions_of(measured.ada, Sight(in_solviken.principal))) == [of_pupil]


def test_applicable_indicators_are_due_or_have_limits_in_the_year_group(in_solviken):
    due, limited, other = IndicatorFactory(), IndicatorFactory(), IndicatorFactory()
    DueIndicatorFactory(indicator=due)
    DueIndicatorFactory(indicator=due)
    ThresholdFactory(indicator=limited)
    ThresholdFactory(indicator=other, year_group=5)

    assert list(applicable_indicators({4})) == [due, limited]


def test_possible_responsibles_hold_a_deciding_role_at_above_or_below(in_solviken):
    in_class = {held.user for held in possible_responsibles(in_solviken.class_4a, TODAY)}
    in_school = {held.user for held in possible_responsibles(in_solviken.school, TODAY)}

    leaders = {in_solviken.analysis_lead, in_solviken.principal, in_solviken.health_team}
    assert in_class == leaders | {in_solviken.teacher}
    heads = {in_solviken.area_head, in_solviken.administration_head}
    assert in_school == leaders | heads | {in_solviken.teacher, in_solviken.colleague}


def test_possible_responsibles_are_named_once_with_the_nearest_role(in_solviken):
    both = PersonFactory(name="Åsa Öst", role=RoleCode.PRINCIPAL, unit=in_solviken.school)
    RoleAssignmentFactory(user=both, role=RoleCode.TEACHER, unit=in_solviken.class_4a)

    held = [held for held in possible_responsibles(in_solviken.class_4a, TODAY) if held.user == both]
    assert [(one.role, one.unit) for one in held] == [(RoleCode.TEACHER, in_solviken.class_4a)]


def test_possible_responsibles_can_sign_in(in_solviken):
    in_solviken.teacher.is_active = False
    in_solviken.teacher.save()

    people = {held.user for held in possible_responsibles(in_solviken.class_4a, TODAY)}

    assert in_solviken.teacher not in people


def test_parents_of_units(in_solviken):
    parents = parents_of([in_solviken.root, in_solviken.school, in_solviken.class_4a])

    assert parents == {
        in_solviken.school.pk: in_solviken.area,
        in_solviken.class_4a.pk: in_solviken.school,
    }
