"""Of two who write on the same thing at once, the second is told what the first wrote, and loses nothing.

A meeting is locked by whoever starts or closes it or changes which cases it has; a case by whoever writes on it. The
end of a meeting locks its cases as well, and whoever writes on a case asks only then, under the lock of the case,
whether the meeting still goes on: so no case is opened again while the meeting closes. Nobody who has a case waits for
the meeting, so that the two never wait for each other.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User

from ...models import AnalysisMeeting, MeetingCase


class Conflict(ValidationError):
    """Somebody has written on it since; the page shows what, beside what the person has typed."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else has written here since you opened it."), code="conflict")


def locked_meeting(meeting: AnalysisMeeting) -> AnalysisMeeting:
    """The meeting as it is now, with its kind and unit; others who lock it wait."""
    found = AnalysisMeeting.objects.select_for_update(of=("self",)).select_related("kind", "unit")
    return found.get(pk=meeting.pk)


def locked_case(case: MeetingCase) -> MeetingCase:
    """The case as it is now, with its meeting, which is read after the lock was had; others who lock it wait."""
    found = MeetingCase.objects.select_for_update().get(pk=case.pk)
    found.meeting = AnalysisMeeting.objects.select_related("kind", "unit").get(pk=found.meeting_id)
    return found


def check_version(version: int, seen: int) -> None:
    """seen: what the person saw when they began to write."""
    if version != seen:
        raise Conflict


def check_open(meeting: AnalysisMeeting) -> None:
    """Whether it can still be prepared or held."""
    if meeting.cancelled_at is not None:
        raise ValidationError(_("This meeting has been cancelled."))
    if meeting.closed_at is not None:
        raise ValidationError(_("This meeting has been closed. What it decided stays as it is."))


def check_going_on(meeting: AnalysisMeeting) -> None:
    check_open(meeting)
    if meeting.started_at is None:
        raise ValidationError(_("This meeting has not begun. Start it first."))


def record_step(
    action: str,
    meeting: AnalysisMeeting,
    by: User,
    *,
    case: MeetingCase | None = None,
    pupils: Collection[int] = (),
    **facts: Any,
) -> None:
    """A line in the log: which meeting, which case, whose it is, and none of the words. pupils: ids, of several."""
    if case is not None:
        facts["case"] = case.key
        pupils = [case.pupil_id] if case.pupil_id else []
    record(action, by=by, unit=meeting.unit, subject=meeting.key, pupils=pupils, **facts)
