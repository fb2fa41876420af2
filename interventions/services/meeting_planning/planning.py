"""A single meeting: planned, moved with its day by the series kept, cancelled for a reason, and taken back."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from accounts.tenancy import current_municipality

from ...meetings.calendar.planned import About, Frame, check_about, check_day, check_frame
from ...models import AnalysisMeeting, MeetingUnit


@transaction.atomic
def plan_meeting(*, about: About, on: datetime.date, frame: Frame, by: User) -> AnalysisMeeting:
    """One meeting. Raises ValidationError by the field; also for a second one of the kind at the same hour."""
    check_day(on)
    check_frame(frame)
    check_about(about, frame.lead, timezone.localdate())
    _check_only_one(about, on, frame)
    meeting = AnalysisMeeting.objects.create(
        municipality=current_municipality(),
        kind=about.kind,
        unit=about.unit,
        planned_on=on,
        made_by=by,
        **vars(frame),
    )
    MeetingUnit.objects.bulk_create(
        MeetingUnit(municipality=meeting.municipality, meeting=meeting, unit=each) for each in about.classes
    )
    _record("meeting planned", meeting, by, on=on.isoformat())
    return meeting


def _check_only_one(about: About, on: datetime.date, frame: Frame) -> None:
    """A form that was sent twice plans one meeting."""
    same = AnalysisMeeting.objects.filter(
        kind=about.kind, unit=about.unit, planned_on=on, at=frame.at, cancelled_at__isnull=True
    ).prefetch_related("parts")
    wanted = {each.pk for each in about.classes}
    if any({part.unit_id for part in meeting.parts.all()} == wanted for meeting in same):
        raise ValidationError({"on": _("This meeting is planned for that day and time already.")})


@transaction.atomic
def move_meeting(*, meeting: AnalysisMeeting, on: datetime.date, frame: Frame, by: User) -> AnalysisMeeting:
    """Another day, time, place or lead. The day that its series gave it stays, so that it is not made again."""
    meeting = _not_begun(meeting)
    if on != meeting.planned_on:
        check_day(on)
    check_frame(frame)
    if frame.lead.pk != meeting.lead_id:
        classes = list(meeting.covered_units.all())
        check_about(About(meeting.kind, meeting.unit, classes), frame.lead, timezone.localdate())
    was = meeting.planned_on
    meeting.planned_on, meeting.lead = on, frame.lead
    meeting.at, meeting.minutes, meeting.place = frame.at, frame.minutes, frame.place
    meeting.save(update_fields=["planned_on", "at", "minutes", "place", "lead"])
    _record("meeting moved", meeting, by, on=on.isoformat(), was=was.isoformat(), lead=frame.lead.pk)
    return meeting


@transaction.atomic
def cancel_meeting(*, meeting: AnalysisMeeting, why: str, by: User) -> AnalysisMeeting:
    """It is not held, and accounted for. Raises ValidationError without a reason, or once it has begun."""
    meeting = _not_begun(meeting)
    if not why.strip():
        raise ValidationError({"why": _("Write why it is cancelled.")})
    meeting.cancelled_at, meeting.cancelled_by, meeting.why_cancelled = timezone.now(), by, why.strip()
    meeting.save(update_fields=["cancelled_at", "cancelled_by", "why_cancelled"])
    _record("meeting cancelled", meeting, by, on=meeting.planned_on.isoformat())
    return meeting


@transaction.atomic
def take_back_cancellation(*, meeting: AnalysisMeeting, by: User) -> AnalysisMeeting:
    """It is held after all; until its day has been."""
    meeting = _locked(meeting)
    if meeting.cancelled_at is None:
        return meeting
    if meeting.planned_on < timezone.localdate():
        raise ValidationError(_("Its day has been. Plan a new meeting instead."))
    meeting.cancelled_at, meeting.cancelled_by, meeting.why_cancelled = None, None, ""
    meeting.save(update_fields=["cancelled_at", "cancelled_by", "why_cancelled"])
    _record("meeting cancellation taken back", meeting, by, on=meeting.planned_on.isoformat())
    return meeting


def _locked(meeting: AnalysisMeeting) -> AnalysisMeeting:
    """Whoever starts, moves or cancels it waits for whoever does so just now."""
    found = AnalysisMeeting.objects.select_related("kind", "unit", "lead")
    return found.select_for_update(of=("self",)).get(pk=meeting.pk)


def _not_begun(meeting: AnalysisMeeting) -> AnalysisMeeting:
    found = _locked(meeting)
    if found.started_at is not None:
        raise ValidationError(
            _("It has been started just now or before. What has begun is not moved or cancelled.")
        )
    if found.cancelled_at is not None:
        raise ValidationError(_("It is cancelled. Take that back first."))
    return found


def _record(action: str, meeting: AnalysisMeeting, by: User, **facts: Any) -> None:
    record(action, by=by, unit=meeting.unit, subject=meeting.key, pupils=(), **facts)
