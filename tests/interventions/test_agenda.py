import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.access import Sight
from interventions.agenda import agenda_of
from interventions.models import Baseline, SessionState, Step
from tests.factories.interventions import EvaluationFactory, InterventionFactory, SessionFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)


def test_agenda_parts_own_late_own_due_and_what_waits_for_others(in_solviken):
    def made(who, days, **fields):
        return InterventionFactory(
            unit=in_solviken.class_4a,
            responsible=getattr(in_solviken, who),
            follow_up_on=TODAY + days * DAY,
            **fields,
        )

    late, today, in_two_weeks = made("teacher", -1), made("teacher", 0), made("teacher", 14)
    others_late, others_due = made("health_team", -2), made("health_team", 3)
    made("teacher", 15)
    made("teacher", -1, ended_on=TODAY)
    made("teacher", 5, starts_on=TODAY + DAY)

    agenda = agenda_of(Sight(in_solviken.teacher))

    assert agenda.late == [late]
    assert agenda.due == [today, in_two_weeks]
    assert agenda.waiting == [others_late, others_due]


def test_agenda_of_somebody_who_decides_nothing_is_empty(in_solviken):
    InterventionFactory(
        unit=in_solviken.school, responsible=in_solviken.board_member, follow_up_on=TODAY - DAY
    )

    assert agenda_of(Sight(in_solviken.board_member)).is_empty


def own(place, **fields):
    return InterventionFactory(**{"unit": place.class_4a, "responsible": place.teacher} | fields)


def step(intervention, days, **fields):
    own_fields = {"municipality": intervention.municipality, "intervention": intervention}
    return Step.objects.create(what="Schemat är omlagt", due_on=TODAY + days * DAY, **own_fields, **fields)


def test_agenda_counts_sessions_that_have_been_and_names_the_next_of_the_week(in_solviken):
    intervention = own(in_solviken)
    for days in (-3, 0, 2, 4, 7):
        SessionFactory(intervention=intervention, on=TODAY + days * DAY)
    SessionFactory(intervention=intervention, on=TODAY - 4 * DAY, state=SessionState.CANCELLED)

    (row,) = agenda_of(Sight(in_solviken.teacher)).to_mark

    assert (row.intervention, row.n_past, row.next_on) == (intervention, 2, TODAY + 2 * DAY)


def test_agenda_of_who_takes_part_has_sessions_and_steps_and_the_follow_up_waits_for_another(in_solviken):
    intervention = own(in_solviken, participants=[in_solviken.health_team], follow_up_on=TODAY - DAY)
    SessionFactory(intervention=intervention)
    due = step(intervention, 3)

    agenda = agenda_of(Sight(in_solviken.health_team))

    assert [row.n_past for row in agenda.to_mark] == [1]
    assert agenda.steps == [due]
    assert (agenda.late, agenda.waiting) == ([], [intervention])


def test_agenda_of_who_only_decides_there_has_no_sessions_and_no_steps(in_solviken):
    intervention = own(in_solviken)
    SessionFactory(intervention=intervention)
    step(intervention, 3)

    agenda = agenda_of(Sight(in_solviken.principal))

    assert (agenda.to_mark, agenda.steps) == ([], [])


def test_agenda_of_who_takes_part_for_pupils_they_do_not_see_is_empty(in_solviken, measured):
    intervention = own(in_solviken, participants=[in_solviken.colleague], pupils=[measured.ada])
    SessionFactory(intervention=intervention)
    step(intervention, 1)

    assert agenda_of(Sight(in_solviken.colleague)).is_empty


def test_agenda_has_the_next_step_of_each_that_has_not_ended(in_solviken):
    first, ended = own(in_solviken), own(in_solviken, ended_on=TODAY)
    step(first, -9, done_on=TODAY)
    late = step(first, -2)
    step(first, 5)
    step(ended, -1)
    step(own(in_solviken), 15)

    assert agenda_of(Sight(in_solviken.teacher)).steps == [late]


def test_agenda_asks_for_the_evaluation_of_what_has_ended_with_a_start_to_compare_with(in_solviken, measured):
    def ended(*, has_start=True, **fields):
        made = own(in_solviken, **{"ended_on": TODAY - 9 * DAY} | fields)
        round_ = measured.autumn if has_start else None
        Baseline.objects.create(
            municipality=made.municipality, intervention=made, frozen_at="2026-11-02T08:00Z", round=round_
        )
        return made

    asked_for = ended()
    ended(has_start=False)
    ended(starts_on=TODAY - 400 * DAY, ended_on=TODAY - 366 * DAY)
    ended(responsible=in_solviken.principal)
    EvaluationFactory(intervention=ended())

    assert agenda_of(Sight(in_solviken.teacher)).unevaluated == [asked_for]


def test_agenda_asks_as_much_of_the_database_for_three_as_for_one(in_solviken):
    def n_queries():
        with CaptureQueriesContext(connection) as captured:
            agenda_of(Sight(in_solviken.teacher))
        return len(captured)

    def one_more():
        intervention = own(in_solviken, follow_up_on=TODAY - DAY)
        SessionFactory(intervention=intervention)
        step(intervention, 1)

    one_more()
    for_one = n_queries()
    one_more()
    one_more()

    assert n_queries() == for_one
