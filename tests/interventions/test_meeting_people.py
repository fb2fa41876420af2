"""Who can answer for what a meeting decides."""

from __future__ import annotations

import pytest

from accounts.roles import RoleCode
from interventions.meetings.people import people_to_choose
from interventions.models import (
    AnalysisMeeting,
    Rung,
)
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY

from .meeting_scene import team_meeting


@pytest.fixture
def town(in_solviken):
    return in_solviken


@pytest.fixture
def alva(town):
    return PupilFactory(given_name="Alva", family_name="Öberg", school_class=town.class_4a)


@pytest.fixture
def meeting(town):
    """Of the team, going on."""
    return team_meeting(town, is_started=True)


@pytest.fixture
def case(meeting, town, alva):
    return CaseFactory(meeting=meeting, unit=town.class_4a, pupil=alva, title="")


def logins(people):
    return sorted(person.login.split("-")[0] for person in people)


def test_within_the_school_those_who_see_the_pupils_can_be_chosen(case, meeting, town):
    left = PersonFactory(name="Slutat")
    RoleAssignmentFactory(user=left, role=RoleCode.TEACHER, unit=town.class_4a, valid_to=TODAY)
    gone = PersonFactory(name="Borta", role=RoleCode.TEACHER, unit=town.class_4a)
    gone.is_active = False
    gone.save()

    of_meeting, of_case = people_to_choose(meeting), people_to_choose(meeting, case)

    at_the_school = ["analysis_lead", "health_team", "principal"]
    assert logins(of_meeting) == sorted([*at_the_school, "colleague", "teacher"])
    assert logins(of_case) == sorted([*at_the_school, "teacher"])


def test_above_the_school_heads_and_the_principals_below_can_be_chosen(town):
    area = MeetingFactory(kind=kind_of(Rung.AREA), unit=town.area, lead=town.area_head, is_started=True)
    of_school = CaseFactory(meeting=area, unit=town.school)

    of_area, at_school = people_to_choose(area), people_to_choose(area, of_school)

    assert logins(of_area) == ["administration_head", "area_head", "board_member", "principal"]
    assert logins(at_school) == [
        "administration_head",
        "analysis_lead",
        "area_head",
        "board_member",
        "health_team",
        "principal",
    ]


def test_people_take_as_many_queries_however_many_classes(town, django_assert_num_queries):
    meeting = team_meeting(town, is_started=True)
    meeting = AnalysisMeeting.objects.select_related("kind", "unit").get(pk=meeting.pk)

    with django_assert_num_queries(4):
        people_to_choose(meeting)
