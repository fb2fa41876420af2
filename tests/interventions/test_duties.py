"""What waits for a person: from which source, in which group, and in how many queries."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access import Sight
from accounts.models import Job, JobState, RoleAssignment, User
from accounts.roles import RoleCode
from colourmaps.models import ImportKind, ImportState
from interventions.duties import Duties, Duty, Kind, duties_of
from interventions.models import Baseline, MeetingCase, Outcome, Rung, SessionState, Step
from tests.factories.accounts import LONG_AGO, PersonFactory
from tests.factories.colourmaps import ImportBatchFactory, RoundFactory
from tests.factories.interventions import (
    EntryFactory,
    EvaluationFactory,
    FollowUpFactory,
    InterventionFactory,
    SessionFactory,
)
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.factories.questions import QuestionFactory
from tests.fixtures import TODAY, Place

from .conftest import Measured

DAY = datetime.timedelta(days=1)
NOTHING = Duties([], [], [])


def of(user: User) -> Duties:
    return duties_of(Sight(user))


def told(duties: Any) -> list[str]:
    return [duty.what for duty in duties]


def kinds(duties: Any, kind: Kind) -> list[Duty]:
    return [duty for duty in duties if duty.kind is kind]


def own(place: Place, **fields: Any) -> Any:
    return InterventionFactory(**{"unit": place.class_4a, "responsible": place.teacher} | fields)


# ---- follow-ups ----


def test_follow_ups_are_parted_into_own_late_own_due_and_what_waits_for_others(in_solviken: Place) -> None:
    def made(title: str, who: str, days: int, **fields: Any) -> None:
        responsible = getattr(in_solviken, who)
        own(in_solviken, title=title, responsible=responsible, follow_up_on=TODAY + days * DAY, **fields)

    made("sen", "teacher", -1)
    made("i dag", "teacher", 0)
    made("om två veckor", "teacher", 14)
    made("annans sena", "health_team", -2)
    made("annans", "health_team", 3)
    made("om femton dagar", "teacher", 15)
    made("slut", "teacher", -1, ended_on=TODAY)
    made("börjar i morgon", "teacher", 5, starts_on=TODAY + DAY)

    found = of(in_solviken.teacher)

    assert told(found.late) == ["Follow up: sen"]
    assert told(found.due) == ["Follow up: i dag", "Follow up: om två veckor"]
    assert told(found.waiting) == ["Follow up: annans sena", "Follow up: annans"]
    assert [duty.when for duty in [*found.late, *found.due]] == ["1 day late", "today", "in 14 days"]
    assert {duty.whose for duty in found.own} == {""}
    assert {duty.whose for duty in found.waiting} == {in_solviken.health_team.name}


def test_follow_up_that_has_been_made_asks_for_the_evaluation(in_solviken: Place) -> None:
    FollowUpFactory(intervention=own(in_solviken, title="Läsning", follow_up_on=TODAY - DAY))

    (duty,) = kinds(of(in_solviken.teacher).late, Kind.EVALUATION)

    assert duty.what == "Evaluate: Läsning"
    assert duty.url.endswith("/evaluation/")


def test_who_decides_nothing_has_no_follow_up(in_solviken: Place) -> None:
    InterventionFactory(
        unit=in_solviken.school, responsible=in_solviken.board_member, follow_up_on=TODAY - DAY
    )

    assert of(in_solviken.board_member) == NOTHING


# ---- sessions, steps, evaluations ----


def step(intervention: Any, days: int, **fields: Any) -> Step:
    own_fields = {"municipality": intervention.municipality, "intervention": intervention}
    usual = {"what": "Schemat är omlagt"} | fields
    return Step.objects.create(due_on=TODAY + days * DAY, **own_fields, **usual)


def test_sessions_that_have_been_are_counted_and_those_after_this_week_are_not(in_solviken: Place) -> None:
    intervention = own(in_solviken, title="Läsning")
    for days in (-3, 0, 2, 4, 7):
        SessionFactory(intervention=intervention, on=TODAY + days * DAY)
    SessionFactory(intervention=intervention, on=TODAY - 4 * DAY, state=SessionState.CANCELLED)

    (duty,) = of(in_solviken.teacher).due

    assert (duty.what, duty.when, duty.n) == ("Mark sessions: Läsning", "2 to mark", 2)


def test_next_session_of_the_week_is_told_and_one_unmarked_for_weeks_is_late(in_solviken: Place) -> None:
    SessionFactory(intervention=own(in_solviken, title="Ny"), on=TODAY + 2 * DAY)
    SessionFactory(intervention=own(in_solviken, title="Gammal"), on=TODAY - 15 * DAY)

    found = of(in_solviken.teacher)

    assert told(found.due) == ["Session: Ny"]
    assert told(found.late) == ["Mark sessions: Gammal"]


def test_who_takes_part_has_sessions_and_steps_and_the_follow_up_waits_for_another(
    in_solviken: Place,
) -> None:
    intervention = own(in_solviken, participants=[in_solviken.health_team], follow_up_on=TODAY - DAY)
    SessionFactory(intervention=intervention)
    step(intervention, 3)

    found = of(in_solviken.health_team)

    assert [duty.kind for duty in found.due] == [Kind.SESSIONS, Kind.STEP]
    assert [duty.kind for duty in found.waiting] == [Kind.FOLLOW_UP]


def test_who_only_decides_there_has_no_sessions_and_no_steps(in_solviken: Place) -> None:
    intervention = own(in_solviken)
    SessionFactory(intervention=intervention)
    step(intervention, 3)

    assert of(in_solviken.principal) == NOTHING


def test_who_takes_part_for_pupils_they_do_not_see_has_nothing(
    in_solviken: Place, measured: Measured
) -> None:
    intervention = own(in_solviken, participants=[in_solviken.colleague], pupils=[measured.ada])
    SessionFactory(intervention=intervention)
    step(intervention, 1)

    found = of(in_solviken.colleague)

    assert [duty.kind for duty in found.own] == [Kind.ANALYSIS]
    assert found.waiting == []


def test_step_is_the_next_one_of_each_that_has_not_ended(in_solviken: Place) -> None:
    first, ended = own(in_solviken), own(in_solviken, ended_on=TODAY)
    step(first, -9, done_on=TODAY, what="gjort")
    step(first, -2, what="sent")
    step(first, 5, what="nästa")
    step(ended, -1, what="slut")
    step(own(in_solviken), 15, what="om femton dagar")

    found = of(in_solviken.teacher)

    assert (told(found.late), told(found.due)) == (["sent"], [])


def test_evaluation_is_asked_for_of_what_has_ended_with_a_start_to_compare_with(
    in_solviken: Place, measured: Measured
) -> None:
    def ended(title: str, *, has_start: bool = True, **fields: Any) -> Any:
        made = own(in_solviken, **{"title": title, "ended_on": TODAY - 9 * DAY} | fields)
        round_ = measured.autumn if has_start else None
        Baseline.objects.create(
            municipality=made.municipality, intervention=made, frozen_at="2026-11-02T08:00Z", round=round_
        )
        return made

    ended("nyss")
    ended("längesen", starts_on=TODAY - 60 * DAY, ended_on=TODAY - 15 * DAY)
    ended("utan utgångsläge", has_start=False)
    ended("förra året", starts_on=TODAY - 400 * DAY, ended_on=TODAY - 366 * DAY)
    ended("annans", responsible=in_solviken.principal)
    EvaluationFactory(intervention=ended("utvärderad"))

    found = of(in_solviken.teacher)

    assert told(kinds(found.due, Kind.EVALUATION)) == ["Evaluate: nyss"]
    assert told(kinds(found.late, Kind.EVALUATION)) == ["Evaluate: längesen"]
    assert [duty.when for duty in kinds(found.due, Kind.EVALUATION)] == ["ended 9 days ago"]


# ---- decisions of meetings ----


@pytest.fixture
def decided(in_solviken: Place) -> Callable[..., MeetingCase]:
    """`decided(days, who)` is a measure of a closed team meeting, to be done so many days from today."""
    meeting = MeetingFactory(
        kind=kind_of(Rung.TEAM),
        unit=in_solviken.school,
        lead=in_solviken.analysis_lead,
        classes=[in_solviken.class_4a],
        is_closed=True,
    )

    def made(days: int, who: str = "teacher", **fields: Any) -> MeetingCase:
        usual = {"outcome": Outcome.MEASURE, "measure": f"Åtgärd {days}", "decided_at": timezone.now()}
        responsible = getattr(in_solviken, who)
        return CaseFactory(
            meeting=meeting,
            unit=in_solviken.class_4a,
            responsible=responsible,
            due_on=TODAY + days * DAY,
            **usual | fields,
        )

    return made


def test_own_decisions_are_late_or_due_with_a_button_and_others_late_ones_wait_for_the_lead(
    in_solviken: Place, decided: Callable[..., MeetingCase]
) -> None:
    late, due = decided(-3), decided(14)
    decided(15)
    decided(2, "principal")

    found, of_lead = of(in_solviken.teacher), of(in_solviken.analysis_lead)

    assert told(found.late) == [late.measure]
    assert told(found.due) == [due.measure]
    assert found.late[0].done_url.endswith(f"/decisions/{late.key}/done/")
    assert found.late[0].where.endswith(", 4A")
    assert told(of_lead.waiting) == [late.measure]
    assert (of_lead.waiting[0].whose, of_lead.waiting[0].done_url) == (in_solviken.teacher.name, "")


def test_decision_that_is_done_or_made_an_intervention_is_no_duty(
    in_solviken: Place, decided: Callable[..., MeetingCase]
) -> None:
    decided(-1, done_on=TODAY)
    decided(1, made=own(in_solviken))

    assert of(in_solviken.teacher) == NOTHING


# ---- meetings ----


def meeting(place: Place, days: int = 0, **fields: Any) -> Any:
    usual = {"kind": kind_of(Rung.SCHOOL), "unit": place.school, "lead": place.principal}
    return MeetingFactory(**usual | {"planned_on": TODAY + days * DAY} | fields)


def test_lead_goes_on_with_what_runs_prepares_what_comes_and_accounts_for_what_was_missed(
    in_solviken: Place,
) -> None:
    meeting(in_solviken, -2, is_started=True)
    meeting(in_solviken, 14)
    meeting(in_solviken, 15)
    meeting(in_solviken, -5)
    meeting(in_solviken, -6, cancelled_at=timezone.now(), why_cancelled="Sjukdom")
    meeting(in_solviken, -7, is_closed=True)

    found = of(in_solviken.principal)

    assert [duty.what.split(":")[0] for duty in found.due] == ["Go on", "Prepare"]
    assert [(duty.what.split(":")[0], duty.when) for duty in found.late] == [
        ("Hold or cancel", "5 days late")
    ]
    assert found.waiting == []


def test_meetings_of_others_are_told_to_those_of_the_unit_and_missed_ones_to_those_above(
    in_solviken: Place,
) -> None:
    team = {"kind": kind_of(Rung.TEAM), "lead": in_solviken.analysis_lead, "classes": [in_solviken.class_4a]}
    meeting(in_solviken, 3, **team)
    meeting(in_solviken, -3, **team)

    teacher, principal = of(in_solviken.teacher), of(in_solviken.principal)

    assert [duty.whose for duty in kinds(teacher.due, Kind.MEETING)] == [in_solviken.analysis_lead.name]
    assert [duty.where for duty in kinds(teacher.due, Kind.MEETING)] == ["4A"]
    assert kinds(principal.due, Kind.MEETING) == []
    assert len(kinds(principal.waiting, Kind.MEETING)) == 1
    assert kinds(of(in_solviken.colleague).waiting, Kind.MEETING) == []


def test_own_analysis_of_a_teacher_is_no_meeting_of_the_principal(in_solviken: Place) -> None:
    meeting(
        in_solviken,
        kind=kind_of(Rung.TEACHER),
        unit=in_solviken.class_4a,
        lead=in_solviken.teacher,
        is_started=True,
    )

    assert of(in_solviken.principal) == NOTHING


# ---- heads ----


def test_head_is_told_of_schools_by_counts_and_of_no_title(in_solviken: Place) -> None:
    own(in_solviken, title="Hemlig", follow_up_on=TODAY - DAY)
    own(in_solviken, title="Hemlig")
    meeting(in_solviken, -3)

    (duty,) = of(in_solviken.area_head).waiting

    assert duty.what == "Solviksskolan"
    assert duty.where == "follow-up late in 1 of 2 interventions, 1 meeting did not take place"
    assert of(in_solviken.administration_head).waiting == [duty]


def test_school_where_all_goes_as_decided_is_no_line(in_solviken: Place) -> None:
    own(in_solviken)

    assert of(in_solviken.area_head) == NOTHING


# ---- the teacher's own analysis ----


def analysis(place: Place, round_: Any, **fields: Any) -> None:
    usual = {"kind": kind_of(Rung.TEACHER), "unit": place.class_4a, "lead": place.teacher, "round": round_}
    MeetingFactory(**usual | fields)


def test_teacher_writes_an_analysis_within_two_weeks_of_the_round(
    in_solviken: Place, measured: Measured
) -> None:
    (duty,) = of(in_solviken.teacher).late  # the round ended on 15 October

    assert duty.what == "Read the map of 4A and write your analysis"
    assert (duty.due_on, duty.when, duty.where) == (datetime.date(2026, 10, 29), "18 days late", "HT 2026")
    assert of(in_solviken.principal) == NOTHING
    assert of(in_solviken.analysis_lead) == NOTHING


def test_analysis_that_is_begun_goes_on_and_one_that_is_ready_is_done(
    in_solviken: Place, measured: Measured
) -> None:
    analysis(in_solviken, measured.autumn, is_started=True)
    assert told(of(in_solviken.teacher).late) == ["Go on with your analysis of 4A"]

    analysis(in_solviken, measured.autumn, lead=in_solviken.colleague, is_closed=True)
    assert told(of(in_solviken.teacher).late) == ["Go on with your analysis of 4A"]


def test_analysis_lead_of_classes_waits_for_their_teachers(in_solviken: Place, measured: Measured) -> None:
    lead = PersonFactory(role=RoleCode.ANALYSIS_LEAD, unit=in_solviken.class_4a)
    RoleAssignment.objects.create(
        municipality=in_solviken.municipality,
        user=lead,
        role=RoleCode.ANALYSIS_LEAD,
        unit=in_solviken.class_5a,
        valid_from=LONG_AGO,
    )

    (duty,) = of(lead).waiting
    assert (duty.what, duty.where) == ("2 analyses of classes are not written yet", "4A, 5A; HT 2026")
    assert duty.whose == f"{in_solviken.teacher.name}, {in_solviken.colleague.name}"

    analysis(in_solviken, measured.autumn, is_closed=True)
    assert told(of(lead).waiting) == ["1 analysis of a class is not written yet"]


def test_analysis_that_is_ready_is_no_duty_and_neither_is_one_of_a_round_that_goes_on(
    in_solviken: Place, measured: Measured
) -> None:
    analysis(in_solviken, measured.autumn, is_closed=True)
    assert of(in_solviken.teacher) == NOTHING

    RoundFactory(name="Nov", starts_on=TODAY - DAY, ends_on=TODAY + DAY)
    assert of(in_solviken.teacher) == NOTHING


# ---- questions, catalogue, results ----


def test_questions_are_one_line_to_answer_and_one_that_waits(in_solviken: Place) -> None:
    for _ in range(2):
        QuestionFactory(unit=in_solviken.class_4a, asked_by=in_solviken.teacher)

    answering, asking = of(in_solviken.analysis_lead), of(in_solviken.teacher)

    assert told(kinds(asking.waiting, Kind.QUESTION)) == ["2 of your questions have no answer"]
    lines = [*answering.due, *of(in_solviken.principal).due]
    assert [duty.what for duty in lines if duty.kind is Kind.QUESTION] == ["2 questions wait for your answer"]


def test_entry_that_nobody_has_checked_for_a_year_is_late(in_solviken: Place) -> None:
    EntryFactory(title="Läsning i par", owner=in_solviken.principal, checked_on=TODAY - 400 * DAY)

    assert told(of(in_solviken.principal).late) == ["Check the entry: Läsning i par"]


def test_coordinator_has_files_that_wait_jobs_that_failed_and_rounds_that_begin_or_end(
    in_solviken: Place,
) -> None:
    waits = {"state": ImportState.UNDERSTOOD}
    ImportBatchFactory(file_name="a.xlsx", by=in_solviken.coordinator, **waits)
    ImportBatchFactory(file_name="b.xlsx", by=in_solviken.coordinator, state=ImportState.IMPORTED)
    ImportBatchFactory(file_name="4A.xlsx", by=in_solviken.teacher, kind=ImportKind.FILLED_IN, **waits)
    Job.objects.create(municipality=in_solviken.municipality, task="t", state=JobState.FAILED)
    RoundFactory(name="Slutar", starts_on=TODAY - 30 * DAY, ends_on=TODAY + 3 * DAY)
    RoundFactory(name="Börjar", starts_on=TODAY + 14 * DAY, ends_on=TODAY + 30 * DAY)

    found = of(in_solviken.coordinator)

    assert told(found.late) == ["1 job has failed"]
    assert told(found.due) == [
        "Look through and import: a.xlsx",
        "The round Slutar ends",
        "The round Börjar begins",
    ]


# ---- queries ----


@pytest.mark.parametrize("who", ["teacher", "principal", "area_head", "administration_head", "coordinator"])
def test_duties_ask_as_much_of_the_database_for_three_of_everything_as_for_one(
    in_solviken: Place, measured: Measured, decided: Callable[..., MeetingCase], who: str
) -> None:
    def n_queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            of(getattr(in_solviken, who))
        return len(captured)

    def one_more() -> None:
        intervention = own(in_solviken, follow_up_on=TODAY - DAY)
        SessionFactory(intervention=intervention)
        step(intervention, 1)
        decided(1)
        meeting(in_solviken, -1)
        meeting(in_solviken, 1, kind=kind_of(Rung.TEAM), classes=[in_solviken.class_4a])
        QuestionFactory(unit=in_solviken.class_4a, asked_by=in_solviken.teacher)
        ImportBatchFactory(by=in_solviken.coordinator, state=ImportState.UNDERSTOOD)

    one_more()
    for_one = n_queries()
    one_more()
    one_more()

    assert n_queries() == for_one
