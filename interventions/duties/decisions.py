"""What meetings have decided and is not done: the person's own, and what is late of the meetings that the person leads.

A measure that made or changed an intervention is followed there.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse

from ..meetings.decided import NOT_DONE
from ..models import AnalysisMeeting, MeetingCase, Rung
from .asked import Asked
from .duty import Duty, Group, Kind, group_by_day, when_in_words


def decisions(asked: Asked) -> Sequence[Duty]:
    own = Q(responsible=asked.user, due_on__lte=asked.horizon)
    late_of_others = Q(meeting__lead=asked.user, due_on__lt=asked.today)
    found = MeetingCase.objects.filter(NOT_DONE & (own | late_of_others)).order_by("due_on", "pk")
    full = found.select_related("meeting__kind", "meeting__unit", "responsible", "unit")
    return [_duty(case, asked) for case in full]


def _duty(case: MeetingCase, asked: Asked) -> Duty:
    if case.due_on is None or case.responsible is None:  # a measure has both: meetingcase_not_in_air
        raise ValueError(f"{case} is no measure")
    is_own = case.responsible_id == asked.user.pk
    unit = case.unit or case.meeting.unit
    return Duty(
        kind=Kind.DECISION,
        group=group_by_day(case.due_on, asked.today) if is_own else Group.WAITING,
        what=case.measure,
        when=when_in_words(case.due_on, asked.today),
        due_on=case.due_on,
        where=f"{case.meeting.kind.name}, {unit.name}",
        whose="" if is_own else case.responsible.name,
        url=way_to_meeting(case.meeting),
        unit=unit,
        done_url=reverse("interventions:decision-done", args=[case.key]) if is_own else "",
    )


def way_to_meeting(meeting: AnalysisMeeting) -> str:
    """What a teacher changes was written on the page of the own analysis."""
    if meeting.kind.rung == Rung.TEACHER:
        return reverse("interventions:own-analysis", args=[meeting.unit.key])
    return reverse("interventions:meeting", args=[meeting.key])
