"""Meetings that go on, come within two weeks, or did not take place and of which nobody has said why."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.roles import Permission

from ..meetings.entering import meetings_in_full, open_to, units_of
from ..meetings.states import MeetingState, held_together, in_state, state_of
from ..models import AnalysisMeeting
from .asked import ASKED_FOR, Asked
from .decisions import way_to_meeting
from .duty import Duty, Group, Kind, when_in_words

UNITS_SHOWN = 4


def meetings(asked: Asked) -> Sequence[Duty]:
    """The own ones, and of those of others that the person may enter: what comes at the own units, and what was missed.

    A teacher's own analysis is no meeting that somebody comes to (own_analyses.py).
    """
    if not asked.sight.has(Permission.MEET):
        return []
    own_units = {unit.pk for unit in asked.sight.own_units(Permission.MEET)}
    duties = [_duty(meeting, asked, own_units) for meeting in _open_ones(asked)]
    return [duty for duty in duties if duty is not None]


def _open_ones(asked: Asked) -> Sequence[AnalysisMeeting]:
    coming = in_state(MeetingState.PLANNED, asked.today) & Q(planned_on__lte=asked.horizon)
    missed = in_state(MeetingState.MISSED, asked.today) & Q(planned_on__gte=asked.today - ASKED_FOR)
    running = in_state(MeetingState.RUNNING, asked.today)
    mine = Q(lead=asked.user) | open_to(asked.sight)
    found = meetings_in_full().filter(held_together())
    return list(found.filter(running | coming | missed).filter(mine))


def _duty(meeting: AnalysisMeeting, asked: Asked, own_units: set[int]) -> Duty | None:
    is_lead = meeting.lead_id == asked.user.pk
    state = state_of(meeting, asked.today)
    is_expected = is_lead or not own_units.isdisjoint(unit.pk for unit in units_of(meeting))
    if state is not MeetingState.MISSED and not is_expected:
        return None
    group = Group.DUE
    if state is MeetingState.MISSED:
        group = Group.LATE if is_lead else Group.WAITING
    return Duty(
        kind=Kind.MEETING,
        group=group,
        what=_what(state, is_lead=is_lead) % {"kind": meeting.kind.name},
        when=_when(meeting, state, asked),
        due_on=meeting.planned_on,
        where=_where(meeting),
        whose="" if is_lead else meeting.lead.name,
        url=way_to_meeting(meeting),
        unit=meeting.unit,
    )


def _what(state: MeetingState, *, is_lead: bool) -> str:
    if state is MeetingState.MISSED:
        return _("Hold or cancel: %(kind)s") if is_lead else _("Not held: %(kind)s")
    if state is MeetingState.RUNNING:
        return _("Go on: %(kind)s")
    return _("Prepare: %(kind)s") if is_lead else "%(kind)s"


def _when(meeting: AnalysisMeeting, state: MeetingState, asked: Asked) -> str:
    if state is MeetingState.RUNNING:
        return _("going on")
    if state is MeetingState.PLANNED and meeting.at is not None:
        day = when_in_words(meeting.planned_on, asked.today)
        return _("%(day)s at %(time)s") % {"day": day, "time": meeting.at.strftime("%H:%M")}
    return when_in_words(meeting.planned_on, asked.today)


def _where(meeting: AnalysisMeeting) -> str:
    """Its classes, or its unit; and the room."""
    units = units_of(meeting)
    names = ", ".join(unit.name for unit in units) if len(units) <= UNITS_SHOWN else meeting.unit.name
    return f"{names}; {meeting.place}" if meeting.place else names
