"""A person's own meetings: those that the person may enter, by what is to be done about them."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from accounts.access import Sight
from accounts.roles import Permission

from ...models import AnalysisMeeting
from ..entering import meetings_in_full, open_to, units_of
from ..states import MeetingState, in_state, state_of
from .words import SIGNS

COMING_AT_ONCE, HELD_AT_ONCE, MISSED_AT_ONCE = 10, 10, 20
MISSED_SINCE = datetime.timedelta(days=365)


@dataclass(frozen=True)
class OwnMeeting:
    """A meeting as a line of a list. may_plan: the person may move and cancel it."""

    meeting: AnalysisMeeting
    state: MeetingState
    is_today: bool
    may_plan: bool

    @property
    def sign(self) -> str:
        return SIGNS[self.state]

    @property
    def about(self) -> str:
        """The classes, or the unit, by name."""
        return ", ".join(sorted(unit.name for unit in units_of(self.meeting)))

    @property
    def is_cancelled(self) -> bool:
        return self.state == MeetingState.CANCELLED


@dataclass(frozen=True)
class OwnMeetings:
    """running: begun and not closed. coming: from today on, the nearest first, cancelled ones among them.

    missed: nobody has accounted for them, the latest first. held: the latest first.
    """

    running: list[OwnMeeting]
    coming: list[OwnMeeting]
    missed: list[OwnMeeting]
    held: list[OwnMeeting]

    @property
    def is_empty(self) -> bool:
        return not (self.running or self.coming or self.missed or self.held)


def own_meetings(sight: Sight) -> OwnMeetings:
    """A fixed number of queries, however many meetings there are."""
    own, today = meetings_in_full().filter(open_to(sight)), sight.today
    plans = sight.visible_units(Permission.PLAN_MEETINGS, today)
    coming = own.filter(in_state(MeetingState.PLANNED, today)) | own.filter(
        in_state(MeetingState.CANCELLED, today), planned_on__gte=today
    )
    missed = own.filter(in_state(MeetingState.MISSED, today), planned_on__gte=today - MISSED_SINCE)

    def lines(meetings: Collection[AnalysisMeeting]) -> list[OwnMeeting]:
        return [_line(meeting, today, plans) for meeting in meetings]

    return OwnMeetings(
        lines(own.filter(in_state(MeetingState.RUNNING, today))),
        lines(coming.distinct()[:COMING_AT_ONCE]),
        lines(missed.order_by("-planned_on", "-pk")[:MISSED_AT_ONCE]),
        lines(own.filter(in_state(MeetingState.HELD, today)).order_by("-closed_at", "-pk")[:HELD_AT_ONCE]),
    )


def _line(meeting: AnalysisMeeting, today: datetime.date, plans: Collection[int]) -> OwnMeeting:
    may_plan = meeting.unit_id in plans or all(unit.pk in plans for unit in units_of(meeting))
    return OwnMeeting(meeting, state_of(meeting, today), meeting.planned_on == today, may_plan)
