"""Every broken rule gets one clear sentence by its field."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from accounts.roles import RoleCode
from interventions.models import Intervention
from interventions.rules import warning_of_indicator
from interventions.services import decide_intervention
from pupils.services import enrol_pupil
from tests.factories.accounts import PersonFactory
from tests.factories.colourmaps import IndicatorFactory, ThresholdFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)


@pytest.fixture
def refused(in_solviken, measured):
    """The sentences by field about a plan that is wrong in something; nothing is written."""

    def said(**changes):
        plan = {
            "unit": in_solviken.class_4a,
            "pupils": [measured.ada],
            "indicator": measured.reading,
            "title": "Lästräning",
            "aim": "Flyt",
            "responsible": in_solviken.teacher,
            "starts_on": TODAY,
            "follow_up_on": TODAY + 60 * DAY,
            "by": in_solviken.teacher,
        }
        with pytest.raises(ValidationError) as refusal:
            decide_intervention(**plan | changes)
        assert not Intervention.objects.exists()
        return refusal.value.message_dict

    return said


def test_end_before_the_start(refused):
    assert refused(planned_until=TODAY - DAY) == {
        "planned_until": ["It cannot end before its start, Nov. 16, 2026."]
    }


def test_follow_up_before_the_start(refused):
    assert refused(follow_up_on=TODAY) == {"follow_up_on": ["The follow-up must come after the start."]}


def test_pupil_twice(refused, measured):
    assert refused(pupils=[measured.ada, measured.ada]) == {"pupil": ["Chosen twice: Ek, Ada."]}


def test_pupil_who_has_left(refused, measured, in_solviken):
    enrol_pupil(pupil=measured.ada, school_class=in_solviken.class_5a, year_group=5, on=TODAY)

    assert refused() == {"pupil": ["Not in 4A on Nov. 16, 2026: Ek, Ada."]}


def test_waiting_pupil_who_is_in_the_group(refused, measured):
    assert refused(waiting=[measured.ada, measured.bo]) == {
        "waiting": ["Both in the group and waiting: Ek, Ada. Choose one."]
    }


def test_waiting_for_what_all_get(refused, measured):
    assert refused(pupils=[], waiting=[measured.bo]) == {
        "waiting": ["Choose the pupils who get it first: nobody waits for what all get."]
    }


def test_waiting_pupil_of_another_class(refused, in_solviken):
    stranger = PupilFactory(given_name="Ben", family_name="Dal", school_class=in_solviken.class_5a)

    assert refused(waiting=[stranger]) == {"waiting": ["Not in 4A on Nov. 16, 2026: Dal, Ben."]}


def test_unit_twice(refused, in_solviken):
    found = refused(unit=in_solviken.school, parts=[in_solviken.class_4a, in_solviken.class_4a], pupils=[])

    assert found == {"part": ["Chosen twice: 4A."]}


def test_unit_inside_another(refused, in_solviken):
    found = refused(
        unit=in_solviken.area,
        parts=[in_solviken.class_4a, in_solviken.school],
        pupils=[],
        responsible=in_solviken.principal,
    )

    assert found == {"part": ["4A is a part of Solviksskolan. Choose one of them."]}


@pytest.mark.parametrize(
    ("direction", "change", "sentence"),
    [
        ("high", -300, "Prov: high is good. Write an expected change that is not below 0."),
        ("low", 300, "Prov: low is good. Write an expected change that is not above 0."),
    ],
)
def test_expectation_against_the_direction(refused, direction, change, sentence):
    indicator = IndicatorFactory(names={"sv": "Prov"}, direction=direction)
    ThresholdFactory(indicator=indicator)

    assert refused(indicator=indicator, expected_change=change) == {"expected_change": [sentence]}


def test_no_change_can_be_what_is_hoped_for(in_solviken, measured):
    intervention = decide_intervention(
        unit=in_solviken.class_4a,
        pupils=[],
        indicator=measured.reading,
        title="Lästräning",
        aim="Ingen halkar efter.",
        responsible=in_solviken.teacher,
        starts_on=TODAY,
        follow_up_on=TODAY + DAY,
        expected_change=0,
        by=in_solviken.teacher,
    )

    assert Intervention.objects.get(pk=intervention.pk).expected_change == 0


def test_responsible_who_works_elsewhere(refused, in_solviken):
    name = in_solviken.colleague.name

    assert refused(responsible=in_solviken.colleague) == {
        "responsible": [f"{name} has no role at 4A. Choose somebody who works there."]
    }


def test_responsible_who_does_not_see_all_pupils_of_the_group(refused, in_solviken, measured):
    ben = PupilFactory(school_class=in_solviken.class_5a)
    name = in_solviken.teacher.name

    found = refused(
        unit=in_solviken.school,
        parts=[in_solviken.class_4a, in_solviken.class_5a],
        pupils=[measured.ada, ben],
    )

    assert found == {"responsible": [f"{name} may not see all pupils of 5A. Choose somebody who may."]}


def test_head_answers_for_whole_units_only(refused, in_solviken, measured):
    head = PersonFactory(name="Omar Öst", role=RoleCode.AREA_HEAD, unit=in_solviken.area)

    assert refused(responsible=head) == {
        "responsible": ["Omar Öst has no role at 4A. Choose somebody who works there."]
    }
    assert refused(unit=in_solviken.school, responsible=head) == {
        "responsible": ["Omar Öst may not see all pupils of Solviksskolan. Choose somebody who may."]
    }


def test_indicator_without_measurement_error_is_warned_of_and_taken(in_solviken, measured):
    indicator = IndicatorFactory(names={"sv": "Trivsel"}, measurement_error=0)

    assert warning_of_indicator(indicator) == (
        "It is not known how uncertain a value of Trivsel is: its measurement error is missing. "
        "At the follow-up nobody can say how much of a change is chance."
    )
    assert warning_of_indicator(measured.reading) == ""
