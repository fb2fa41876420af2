"""A team's meeting, what it decides, and what is refused: what the tests of meetings have in common."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from interventions.models import NoteAudience, Outcome, Rung
from interventions.services.meetings import Decision, decide_case, write_note
from tests.factories.meetings import MeetingFactory, kind_of
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)
FREEZE = "interventions.services.meetings.starting.freeze_picture"


def team_meeting(town, **fields):
    """Of 4A and 5A."""
    classes = fields.pop("classes", [town.class_4a, town.class_5a])
    return MeetingFactory(
        kind=kind_of(Rung.TEAM), unit=town.school, lead=town.analysis_lead, classes=classes, **fields
    )


def measure(town, **changes):
    fields = {"measure": "Läsgrupp", "responsible": town.teacher, "due_on": TODAY + 30 * DAY}
    return Decision(Outcome.MEASURE, **fields | changes)


def none(why="Vi väntar på nästa mättillfälle."):
    return Decision(Outcome.NONE, why=why)


def decide(case, decision, by, version=0):
    return decide_case(case=case, version=version, decision=decision, by=by)


def actions():
    found = AuditEvent.objects.filter(action__startswith="meeting").order_by("pk")
    return list(found.values_list("action", flat=True))


def refused(act):
    with pytest.raises(ValidationError) as refusal:
        act()
    return refusal.value


def note(meeting, by, text="Alva läser utan flyt.", audience=NoteAudience.SHARED, **fields):
    usual = {"prompt": 0, "version": 0}
    return write_note(meeting=meeting, audience=audience, text=text, by=by, **usual | fields)
