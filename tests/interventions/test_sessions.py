"""Sessions are planned, added, marked and taken away; each rule has its sentence."""

import datetime
from threading import Event, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts.models import AuditEvent
from accounts.tenancy import municipality_scope
from interventions.models import Session, SessionState
from interventions.services import (
    add_session,
    mark_session,
    mark_sessions,
    plan_sessions,
    remove_sessions,
)
from interventions.session_rules import Mark
from tests.factories.interventions import EvaluationFactory, InterventionFactory, SessionFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)
STARTS_ON = datetime.date(2026, 11, 2)
PLANNED = Mark(SessionState.PLANNED, 5)


def held(n_present, n_expected=5):
    return Mark(SessionState.HELD, n_expected, n_present)


NOT_HELD = Mark(SessionState.CANCELLED, 5)


@pytest.fixture
def running(in_solviken):
    return InterventionFactory(unit=in_solviken.class_4a, responsible=in_solviken.teacher)


@pytest.fixture
def by(in_solviken):
    return in_solviken.teacher


def actions():
    found = AuditEvent.objects.filter(action__startswith="session").order_by("pk")
    return list(found.values_list("action", flat=True))


def rows():
    return list(Session.objects.order_by("on").values_list("on", "state", "n_expected", "n_present"))


# --- planning ----------------------------------------------------------------------------------


def test_plan_sessions_writes_the_days_once(running, by):
    days = [TODAY, TODAY + DAY]

    n_first = plan_sessions(intervention=running, days=days, n_expected=5, by=by)
    n_again = plan_sessions(intervention=running, days=[*days, TODAY + 2 * DAY], n_expected=4, by=by)

    assert (n_first, n_again) == (2, 1)
    assert rows() == [
        (TODAY, "planned", 5, None),
        (TODAY + DAY, "planned", 5, None),
        (TODAY + 2 * DAY, "planned", 4, None),
    ]
    assert actions() == ["sessions planned", "sessions planned"]


def test_plan_sessions_twice_the_same_changes_and_logs_nothing(running, by):
    plan_sessions(intervention=running, days=[TODAY], n_expected=5, by=by)

    assert plan_sessions(intervention=running, days=[TODAY], n_expected=5, by=by) == 0
    assert (len(rows()), actions()) == (1, ["sessions planned"])


@pytest.mark.parametrize(
    ("day", "ended_on", "sentence"),
    [
        (STARTS_ON - DAY, None, "It starts on Nov. 2, 2026. Choose that day or a later one."),
        (TODAY, TODAY - DAY, "It ended on Nov. 15, 2026. Choose that day or an earlier one."),
        (STARTS_ON + 731 * DAY, None, "That is more than two years after the start. Is the year right?"),
    ],
)
def test_plan_sessions_refuses_days_outside_the_intervention(running, by, day, ended_on, sentence):
    running.ended_on = ended_on
    running.save()

    with pytest.raises(ValidationError) as refusal:
        plan_sessions(intervention=running, days=[STARTS_ON, day], n_expected=5, by=by)

    assert refusal.value.messages == [sentence]
    assert rows() == []


# --- one more ----------------------------------------------------------------------------------


def test_add_session_is_planned_without_a_number_and_held_with_one(running, by):
    add_session(intervention=running, on=TODAY + DAY, n_expected=5, n_present=None, by=by)
    add_session(intervention=running, on=TODAY, n_expected=5, n_present=0, by=by)

    assert rows() == [(TODAY, "held", 5, 0), (TODAY + DAY, "planned", 5, None)]
    assert actions() == ["session added", "session added"]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"on": TODAY - DAY},
            "on",
            "There is a session on Nov. 15, 2026 already. Mark that one.",
        ),
        (
            {"on": STARTS_ON - DAY},
            "on",
            "It starts on Nov. 2, 2026. Choose that day or a later one.",
        ),
        (
            {"n_present": 6},
            "n_present",
            "6 present, but only 5 pupils are expected. Change one of the two numbers.",
        ),
    ],
)
def test_add_session_refuses_by_the_field(running, by, changes, field, sentence):
    SessionFactory(intervention=running, on=TODAY - DAY)

    with pytest.raises(ValidationError) as refusal:
        add_session(
            **{"intervention": running, "on": TODAY, "n_expected": 5, "n_present": 5, "by": by} | changes
        )

    assert refusal.value.message_dict == {field: [sentence]}
    assert len(rows()) == 1


def test_add_session_cannot_have_been_held_on_a_day_to_come(running, by):
    with pytest.raises(ValidationError) as refusal:
        add_session(intervention=running, on=TODAY + DAY, n_expected=5, n_present=5, by=by)

    assert refusal.value.messages == ["Nov. 17, 2026 has not been yet. Mark it when it has been held."]


# --- marking -----------------------------------------------------------------------------------


def test_mark_session_as_held_not_held_and_not_marked_after_all(running, by):
    session = SessionFactory(intervention=running)
    seen = []
    for mark in (held(4), NOT_HELD, PLANNED):
        session = mark_session(session=session, mark=mark, was=Mark.of(session).token, by=by)
        seen.append(rows()[0][1:])

    assert seen == [("held", 5, 4), ("cancelled", 5, None), ("planned", 5, None)]
    assert actions() == ["session marked"] * 3


def test_mark_session_twice_the_same_is_one(running, by):
    session = SessionFactory(intervention=running)
    mark_session(session=session, mark=held(5), was=PLANNED.token, by=by)

    mark_session(session=session, mark=held(5), was=PLANNED.token, by=by)

    assert rows() == [(TODAY, "held", 5, 5)]
    assert actions() == ["session marked"]


def test_mark_session_does_not_overwrite_what_somebody_else_has_marked(running, by, in_solviken):
    session = SessionFactory(intervention=running)
    mark_session(session=session, mark=held(4), was=PLANNED.token, by=in_solviken.principal)

    with pytest.raises(ValidationError) as refusal:
        mark_session(session=session, mark=NOT_HELD, was=PLANNED.token, by=by)

    assert refusal.value.messages == [
        "Somebody has marked it meanwhile: held, 4 of 5 present. Mark it again if that is not right."
    ]
    assert rows() == [(TODAY, "held", 5, 4)]


def test_mark_session_takes_a_new_number_of_pupils(running, by):
    session = SessionFactory(intervention=running)

    mark_session(session=session, mark=held(6, n_expected=6), was=PLANNED.token, by=by)

    assert rows() == [(TODAY, "held", 6, 6)]


@pytest.mark.parametrize(
    ("on", "mark", "sentence"),
    [
        (TODAY, held(6), "6 present, but only 5 pupils are expected. Change one of the two numbers."),
        (
            TODAY,
            held(2, n_expected=1),
            "2 present, but only 1 pupil is expected. Change one of the two numbers.",
        ),
        (TODAY + DAY, held(5), "Nov. 17, 2026 has not been yet. Mark it when it has been held."),
    ],
)
def test_mark_session_refuses_what_cannot_be(running, by, on, mark, sentence):
    session = SessionFactory(intervention=running, on=on)

    with pytest.raises(ValidationError) as refusal:
        mark_session(session=session, mark=mark, was=PLANNED.token, by=by)

    assert refusal.value.messages == [sentence]
    assert rows() == [(on, "planned", 5, None)]


def test_session_to_come_can_be_called_off(running, by):
    session = SessionFactory(intervention=running, on=TODAY + DAY)

    mark_session(session=session, mark=NOT_HELD, was=PLANNED.token, by=by)

    assert rows() == [(TODAY + DAY, "cancelled", 5, None)]


# --- several at once ---------------------------------------------------------------------------


@pytest.fixture
def several(running):
    """Held by somebody, yesterday and today to mark, tomorrow to come; and one of another intervention."""
    SessionFactory(intervention=running, on=TODAY - 2 * DAY, state=SessionState.HELD, n_present=3)
    for days in (-1, 0, 1):
        SessionFactory(intervention=running, on=TODAY + days * DAY)
    other = InterventionFactory(unit=running.unit, responsible=running.responsible)
    SessionFactory(intervention=other, on=TODAY + 9 * DAY)
    return list(Session.objects.values_list("pk", flat=True))


def test_mark_sessions_as_held_leaves_what_is_marked_what_is_to_come_and_what_is_anothers(
    running, several, by
):
    assert mark_sessions(intervention=running, chosen=several, is_held=True, by=by) == 2
    assert [row[1:] for row in rows()] == [
        ("held", 5, 3),
        ("held", 5, 5),
        ("held", 5, 5),
        ("planned", 5, None),
        ("planned", 5, None),
    ]
    assert actions() == ["sessions marked"]


def test_mark_sessions_as_not_held_takes_those_to_come_too(running, several, by):
    assert mark_sessions(intervention=running, chosen=several, is_held=False, by=by) == 3
    assert [row[1] for row in rows()] == ["held", "cancelled", "cancelled", "cancelled", "planned"]


def test_mark_sessions_twice_is_once(running, several, by):
    mark_sessions(intervention=running, chosen=several, is_held=True, by=by)

    assert mark_sessions(intervention=running, chosen=several, is_held=True, by=by) == 0
    assert actions() == ["sessions marked"]


def test_remove_sessions_leaves_what_is_marked_and_what_is_anothers(running, several, by):
    assert remove_sessions(intervention=running, chosen=several, by=by) == 3
    assert [row[:2] for row in rows()] == [(TODAY - 2 * DAY, "held"), (TODAY + 9 * DAY, "planned")]
    assert actions() == ["sessions taken away"]


# --- once it is evaluated ----------------------------------------------------------------------


def test_sessions_of_an_evaluated_intervention_stay_as_they_were(running, by):
    session = SessionFactory(intervention=running)
    running.ended_on = TODAY
    running.save()
    EvaluationFactory(intervention=running)
    own = {"intervention": running, "by": by}
    acts = [
        lambda: plan_sessions(days=[TODAY - DAY], n_expected=5, **own),
        lambda: add_session(on=TODAY - DAY, n_expected=5, n_present=5, **own),
        lambda: mark_session(session=session, mark=held(5), was=PLANNED.token, by=by),
        lambda: mark_sessions(chosen=[session.pk], is_held=True, **own),
        lambda: remove_sessions(chosen=[session.pk], **own),
    ]

    for act in acts:
        with pytest.raises(ValidationError) as refusal:
            act()
        assert refusal.value.messages == ["It has been evaluated. Its sessions stay as they were."]
    assert (rows(), actions()) == ([(TODAY, "planned", 5, None)], [])


# --- two at once -------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="SQLite in memory has one connection, so nothing is concurrent",
)
def test_two_who_mark_at_once_wait_for_each_other_and_the_second_is_told(solviken):
    with municipality_scope(solviken.municipality):
        intervention = InterventionFactory(unit=solviken.class_4a, responsible=solviken.teacher)
        session = SessionFactory(intervention=intervention)
    begun, said = Event(), []

    def mark_too() -> None:
        try:
            with municipality_scope(solviken.municipality):
                begun.wait(timeout=30)
                mark_session(session=session, mark=NOT_HELD, was=PLANNED.token, by=solviken.principal)
        except ValidationError as refusal:
            said.extend(refusal.messages)
        finally:
            connection.close()

    thread = Thread(target=mark_too)
    thread.start()
    with municipality_scope(solviken.municipality):
        with transaction.atomic():
            mark_session(session=session, mark=held(4), was=PLANNED.token, by=solviken.teacher)
            begun.set()
            thread.join(timeout=1)  # done by now, unless it waits for us
        thread.join(timeout=30)

        assert len(said) == 1
        assert rows() == [(TODAY, "held", 5, 4)]
