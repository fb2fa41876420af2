"""Notes of meetings: each for whom it is meant, and no pupil's name across the border of the school."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent
from interventions.models import (
    MeetingNote,
    NoteAudience,
    Rung,
)
from tests.factories.meetings import MeetingFactory, kind_of
from tests.factories.pupils import PupilFactory

from .meeting_scene import note, refused, team_meeting


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
def leadership(town, alva):
    return MeetingFactory(kind=kind_of(Rung.SCHOOL), unit=town.school, lead=town.principal, is_started=True)


def test_what_a_school_shares_is_looked_through_for_names(leadership, town):
    refusal = refused(lambda: note(leadership, town.principal))

    assert (refusal.code, MeetingNote.objects.count()) == ("names", 0)
    assert "Alva" in refusal.messages[0]


def test_word_that_is_confirmed_to_be_no_name_is_shared(leadership, town):
    written = note(leadership, town.principal, no_names={"alva"})

    assert written.text == "Alva läser utan flyt."
    facts = AuditEvent.objects.get(action="meeting note written").facts
    assert facts == {"audience": "shared", "prompt": 0, "version": 1, "no_names": 1}


@pytest.mark.parametrize("audience", [NoteAudience.UNIT, NoteAudience.PRIVATE])
def test_what_stays_with_the_school_may_have_names(leadership, town, audience):
    assert note(leadership, town.principal, audience=audience).version == 1


def test_what_a_team_shares_stays_inside_and_may_have_names(meeting, town, alva):
    assert note(meeting, town.teacher).version == 1


def test_private_notes_are_each_ones_own(meeting, town):
    mine = note(meeting, town.teacher, audience=NoteAudience.PRIVATE)
    theirs = note(meeting, town.principal, "Mitt.", audience=NoteAudience.PRIVATE)

    mine.refresh_from_db()
    assert (mine.text, mine.by, theirs.by) == ("Alva läser utan flyt.", town.teacher, town.principal)


def test_private_notes_are_written_also_afterwards(town):
    closed = team_meeting(town, is_closed=True)

    assert note(closed, town.teacher, audience=NoteAudience.PRIVATE).version == 1


def test_empty_text_empties_the_note(meeting, town):
    note(meeting, town.teacher)

    emptied = note(meeting, town.teacher, " ", version=1)

    assert (emptied.text, emptied.version, MeetingNote.objects.count()) == ("", 2, 1)


def test_note_for_nobody_is_refused(meeting, town):
    refusal = refused(lambda: note(meeting, town.teacher, audience="all"))

    assert refusal.message_dict == {"audience": ["Choose whom the note is for."]}


@pytest.mark.parametrize("prompt", [-1, 6])
def test_question_that_is_not_asked_has_no_answer(meeting, town, prompt):
    refusal = refused(lambda: note(meeting, town.teacher, prompt=prompt))

    assert refusal.messages == ["This meeting does not ask that question. Load the page again."]
