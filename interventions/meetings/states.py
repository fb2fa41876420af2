"""Where a meeting stands on a day, computed from what has happened to it; nothing about it is stored."""

from __future__ import annotations

import datetime

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..models import AnalysisMeeting, Rung


class MeetingState(TextChoices):
    """MISSED: its day has passed, and nobody has held or cancelled it."""

    PLANNED = "planned", _("planned")
    MISSED = "missed", _("did not take place")
    RUNNING = "running", _("going on")
    HELD = "held", pgettext_lazy("meeting", "held")
    CANCELLED = "cancelled", _("cancelled")


def held_together(of: str = "") -> Q:
    """Condition for the meetings that are counted. A teacher's own analysis is the teacher's, and a talk is a family's.

    of: the way to the meeting, as "meeting__".
    """
    return Q(**{f"{of}kind__rung__gt": Rung.TEACHER, f"{of}kind__is_talk": False})


NOT_STARTED = Q(started_at__isnull=True, cancelled_at__isnull=True)


def state_of(meeting: AnalysisMeeting, on: datetime.date) -> MeetingState:
    if meeting.cancelled_at is not None:
        return MeetingState.CANCELLED
    if meeting.closed_at is not None:
        return MeetingState.HELD
    if meeting.started_at is not None:
        return MeetingState.RUNNING
    return MeetingState.MISSED if meeting.planned_on < on else MeetingState.PLANNED


def in_state(state: MeetingState, on: datetime.date) -> Q:
    """Condition for the meetings that stand in the state on the day."""
    return {
        MeetingState.PLANNED: NOT_STARTED & Q(planned_on__gte=on),
        MeetingState.MISSED: NOT_STARTED & Q(planned_on__lt=on),
        MeetingState.RUNNING: Q(started_at__isnull=False, closed_at__isnull=True),
        MeetingState.HELD: Q(closed_at__isnull=False),
        MeetingState.CANCELLED: Q(cancelled_at__isnull=False),
    }[state]
