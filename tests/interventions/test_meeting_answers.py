"""What a meeting has decided about red answers it, whatever the outcome, for the round that the meeting looked at."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.tenancy import municipality_scope
from interventions.answers import answers_by_class, answers_by_indicator, red_cells, without_answer
from interventions.models import Outcome, Rung
from interventions.services.meetings import Decision, decide_case, undecide_case
from tests.factories.colourmaps import IndicatorFactory, ThresholdFactory, record
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.fixtures import TODAY

WHY = "Läser med logoped."


@pytest.fixture
def in_4a(solviken, measured, enter):
    """Ada is red in reading and attendance in 4A; entered."""
    enter(solviken)
    attendance = IndicatorFactory(code="NARV")
    ThresholdFactory(indicator=attendance)
    record(measured.autumn, attendance, {measured.ada: 100, measured.bo: 100})
    return solviken


def meeting_on(place, round_, **fields):
    usual = {"kind": kind_of(Rung.TEAM), "unit": place.school, "lead": place.analysis_lead}
    return MeetingFactory(classes=[place.class_4a], round=round_, **{**usual, "is_started": True, **fields})


def case_of(meeting, indicator, **fields):
    case = CaseFactory(meeting=meeting, **fields)
    case.about.create(municipality=case.municipality, indicator=indicator)
    return case


def decision_of(place, outcome):
    if outcome != Outcome.MEASURE:
        return Decision(outcome, why=WHY)
    return Decision(outcome, "Läsgrupp", place.teacher, TODAY)


def decide(place, case, outcome=Outcome.OTHERWISE):
    return decide_case(
        case=case, version=case.version, decision=decision_of(place, outcome), by=place.analysis_lead
    )


def unanswered(place, measured, round_=None):
    """(pupil, indicator) of the class, by the names of the tests."""
    cells = without_answer(red_cells([place.class_4a.pk], measured.autumn), round_ or measured.autumn)
    names = {measured.ada.pk: "Ada", measured.bo.pk: "Bo"}
    return sorted(
        (names[cell.pupil_id], "reading" if cell.indicator_id == measured.reading.pk else "attendance")
        for cell in cells
    )


ADA_READING, ADA_ATTENDANCE, BO_ATTENDANCE = ("Ada", "reading"), ("Ada", "attendance"), ("Bo", "attendance")


@pytest.mark.parametrize("outcome", list(Outcome))
def test_case_of_a_pupil_answers_for_its_indicators_and_for_that_pupil(in_4a, measured, outcome):
    case = case_of(
        meeting_on(in_4a, measured.autumn), measured.reading, pupil=measured.ada, unit=in_4a.class_4a
    )
    before = unanswered(in_4a, measured)

    decide(in_4a, case, outcome)

    assert before == [ADA_ATTENDANCE, ADA_READING, BO_ATTENDANCE]
    assert unanswered(in_4a, measured) == [ADA_ATTENDANCE, BO_ATTENDANCE]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_case_of_an_indicator_answers_for_the_class(in_4a, measured, outcome):
    attendance = in_4a and red_cells([in_4a.class_4a.pk], measured.autumn)[-1].indicator_id
    case = CaseFactory(meeting=meeting_on(in_4a, measured.autumn), unit=in_4a.class_4a)
    case.about.create(municipality=case.municipality, indicator_id=attendance)

    decide(in_4a, case, outcome)

    assert unanswered(in_4a, measured) == [ADA_READING]


def test_it_is_open_again_when_the_decision_is(in_4a, measured):
    case = case_of(
        meeting_on(in_4a, measured.autumn), measured.reading, pupil=measured.ada, unit=in_4a.class_4a
    )
    decided = decide(in_4a, case)

    undecide_case(case=decided, version=1, by=in_4a.analysis_lead)

    assert ADA_READING in unanswered(in_4a, measured)


def test_it_stays_answered_once_the_meeting_is_closed(in_4a, measured):
    meeting = meeting_on(in_4a, measured.autumn, is_closed=True)
    case_of(
        meeting,
        measured.reading,
        pupil=measured.ada,
        unit=in_4a.class_4a,
        outcome=Outcome.NONE,
        why=WHY,
        decided_at=timezone.now(),
    )

    assert ADA_READING not in unanswered(in_4a, measured)


@pytest.mark.parametrize(
    "fields",
    [{}, {"dropped_at": timezone.now(), "why_dropped": "Inte nu"}],
    ids=["open", "dropped"],
)
def test_case_without_an_outcome_is_no_answer(in_4a, measured, fields):
    meeting = meeting_on(in_4a, measured.autumn, is_closed=True)
    case_of(meeting, measured.reading, pupil=measured.ada, unit=in_4a.class_4a, **fields)

    assert ADA_READING in unanswered(in_4a, measured)


def test_meeting_on_another_round_is_no_answer(in_4a, measured):
    case = case_of(
        meeting_on(in_4a, measured.spring), measured.reading, pupil=measured.ada, unit=in_4a.class_4a
    )

    decide(in_4a, case)

    assert ADA_READING in unanswered(in_4a, measured)
    assert ADA_READING not in unanswered(in_4a, measured, measured.spring)


def test_case_of_another_class_or_of_a_whole_school_is_no_answer(in_4a, measured):
    meeting = meeting_on(in_4a, measured.autumn)
    for unit in (in_4a.class_5a, in_4a.school, None):
        decide(in_4a, case_of(meeting, measured.reading, unit=unit))

    assert ADA_READING in unanswered(in_4a, measured)


def test_counts_of_class_and_school_follow(in_4a, measured):
    case = case_of(
        meeting_on(in_4a, measured.autumn), measured.reading, pupil=measured.ada, unit=in_4a.class_4a
    )
    decide(in_4a, case)

    of_class = answers_by_indicator([in_4a.class_4a], measured.autumn)
    (of_school,) = answers_by_class([in_4a.class_4a, in_4a.class_5a], measured.autumn)

    assert (of_class["LAS"].n_red, of_class["LAS"].n_unanswered) == (1, 0)
    assert (of_school.counted.n_red, of_school.counted.n_unanswered) == (3, 2)


def test_row_under_the_map_follows(solviken, measured, sign_in):
    with municipality_scope(solviken.municipality):
        meeting = meeting_on(solviken, measured.autumn)
        decide(solviken, case_of(meeting, measured.reading, pupil=measured.ada, unit=solviken.class_4a))
    address = reverse("interventions:unit-unanswered", args=[solviken.class_4a.key])
    query = {"round": measured.autumn.key, "columns": "LAS"}

    row = sign_in(solviken.teacher).get(address, query, headers={"hx-request": "true"}).content.decode()

    cells = re.findall(r"<td.*?</td>", re.sub(r"<span.*?</span>|</?a.*?>", "", row))
    assert cells == ['<td class="zero">0<small>/1</small></td>']


def test_answers_take_as_many_queries_however_many_cases_meetings_have(
    in_4a, measured, django_assert_num_queries
):
    cells = red_cells([in_4a.class_4a.pk], measured.autumn)
    meeting = meeting_on(in_4a, measured.autumn)
    for pupil in measured.pupils:
        decide(in_4a, case_of(meeting, measured.reading, pupil=pupil, unit=in_4a.class_4a))

    with django_assert_num_queries(4):
        without_answer(cells, measured.autumn)
