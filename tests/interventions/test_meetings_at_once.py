"""Two who do something with a meeting at the same moment: it happens once, and nothing slips through."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import translation

from accounts.tenancy import municipality_scope
from interventions.models import (
    MeetingCase,
    NoteAudience,
)
from interventions.services.meetings import (
    add_case,
    close_meeting,
    prepare_agenda,
    start_meeting,
    undecide_case,
)
from tests.factories.meetings import CaseFactory

from .meeting_scene import FREEZE, actions, decide, none, note, team_meeting

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="SQLite in memory has one connection, so nothing is concurrent",
    ),
]


def at_once(town, first, second):
    """What the second says who does something while the first, who has done it, has not come to the end."""
    begun, outcomes = Event(), []

    def do_too():
        try:
            with municipality_scope(town.municipality), translation.override("en"):
                begun.wait(timeout=30)
                outcomes.append(second())
        except ValidationError as refusal:
            outcomes.append(refusal)
        finally:
            connection.close()

    thread = Thread(target=do_too)
    thread.start()
    with municipality_scope(town.municipality):
        with transaction.atomic():
            first()
            begun.set()
            thread.join(timeout=1)  # done by now, unless it waits for us
            assert outcomes == []
        thread.join(timeout=30)
    (outcome,) = outcomes
    return outcome


@pytest.fixture
def running(solviken):
    """A meeting that goes on, with one case that is decided."""
    with municipality_scope(solviken.municipality):
        meeting = team_meeting(solviken, is_started=True)
        case = CaseFactory(meeting=meeting, unit=solviken.class_4a)
        return meeting, decide(case, none(), solviken.analysis_lead)


def test_two_who_start_at_once_start_it_once(solviken, measured, monkeypatch):
    frozen = []
    monkeypatch.setattr(FREEZE, frozen.append)
    with municipality_scope(solviken.municipality):
        meeting = team_meeting(solviken)

    second = at_once(
        solviken,
        lambda: start_meeting(meeting=meeting, by=solviken.analysis_lead),
        lambda: start_meeting(meeting=meeting, by=solviken.principal),
    )

    with municipality_scope(solviken.municipality):
        assert (second.started_by, len(frozen)) == (solviken.analysis_lead, 1)
        assert actions().count("meeting started") == 1
        assert MeetingCase.objects.filter(meeting=meeting).count() == 1


def test_two_who_prepare_at_once_prepare_it_once(solviken, measured):
    with municipality_scope(solviken.municipality):
        meeting = team_meeting(solviken)

    n_of_second = at_once(
        solviken,
        lambda: prepare_agenda(meeting=meeting, by=solviken.analysis_lead),
        lambda: prepare_agenda(meeting=meeting, by=solviken.principal),
    )

    with municipality_scope(solviken.municipality):
        assert (n_of_second, MeetingCase.objects.filter(meeting=meeting).count()) == (0, 1)


def test_two_who_close_at_once_close_it_once(solviken, running):
    meeting, _case = running

    second = at_once(
        solviken,
        lambda: close_meeting(meeting=meeting, by=solviken.analysis_lead),
        lambda: close_meeting(meeting=meeting, by=solviken.principal),
    )

    with municipality_scope(solviken.municipality):
        assert second.closed_by == solviken.analysis_lead
        assert actions().count("meeting closed") == 1


def test_case_that_is_added_while_the_meeting_closes_comes_too_late(solviken, running):
    meeting, _case = running

    refusal = at_once(
        solviken,
        lambda: close_meeting(meeting=meeting, by=solviken.analysis_lead),
        lambda: add_case(meeting=meeting, title="Schemat", by=solviken.principal),
    )

    assert refusal.messages == ["This meeting has been closed. What it decided stays as it is."]


def test_case_that_is_opened_again_while_the_meeting_closes_stays_decided(solviken, running):
    meeting, case = running

    refusal = at_once(
        solviken,
        lambda: close_meeting(meeting=meeting, by=solviken.analysis_lead),
        lambda: undecide_case(case=case, version=1, by=solviken.principal),
    )

    assert refusal.messages == ["This meeting has been closed. What it decided stays as it is."]


def test_meeting_does_not_close_on_a_case_that_is_being_opened_again(solviken, running):
    meeting, case = running

    refusal = at_once(
        solviken,
        lambda: undecide_case(case=case, version=1, by=solviken.analysis_lead),
        lambda: close_meeting(meeting=meeting, by=solviken.principal),
    )

    assert refusal.code == "in_air"


def test_of_two_who_decide_at_once_the_second_is_told(solviken, running):
    _meeting, case = running

    refusal = at_once(
        solviken,
        lambda: decide(case, none("Först."), solviken.analysis_lead, version=1),
        lambda: decide(case, none("Sedan."), solviken.principal, version=1),
    )

    with municipality_scope(solviken.municipality):
        case.refresh_from_db()
    assert (refusal.code, case.why) == ("conflict", "Först.")


def test_of_two_who_write_the_first_note_at_once_the_second_is_told(solviken, running):
    meeting, _case = running

    refusal = at_once(
        solviken,
        lambda: note(meeting, solviken.analysis_lead, "Först.", NoteAudience.UNIT),
        lambda: note(meeting, solviken.principal, "Sedan.", NoteAudience.UNIT),
    )

    assert refusal.code == "conflict"
