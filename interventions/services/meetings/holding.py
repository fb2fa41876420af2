"""Who was at a meeting, and who leads it, where and for how long."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from accounts.tenancy import current_municipality

from ...models import AnalysisMeeting, MeetingPresence


@transaction.atomic
def write_presence(
    *, meeting: AnalysisMeeting, present: Collection[User], others: str, by: User
) -> AnalysisMeeting:
    """Who was there; others: who have no sign-in here. Raises ValidationError once the meeting is closed."""
    meeting = AnalysisMeeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if meeting.closed_at is not None:
        raise ValidationError(_("The meeting is closed: who was there stays as it is."))
    MeetingPresence.objects.filter(meeting=meeting).exclude(user__in=present).delete()
    there = set(MeetingPresence.objects.filter(meeting=meeting).values_list("user_id", flat=True))
    MeetingPresence.objects.bulk_create(
        MeetingPresence(municipality=current_municipality(), meeting=meeting, user=person)
        for person in present
        if person.pk not in there
    )
    meeting.others_present = others
    meeting.save(update_fields=["others_present"])
    record("meeting presence written", by=by, unit=meeting.unit, subject=meeting.key, n=len(present))
    return meeting


@transaction.atomic
def change_holding(
    *,
    meeting: AnalysisMeeting,
    lead: User,
    at: datetime.time | None,
    minutes: int,
    place: str,
    by: User,
) -> AnalysisMeeting:
    """Who leads it, when on its day, where and for how long. Raises ValidationError once it is closed or cancelled."""
    meeting = AnalysisMeeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if meeting.closed_at is not None or meeting.cancelled_at is not None:
        raise ValidationError(_("The meeting is over: nothing about it can be changed."))
    meeting.lead, meeting.at, meeting.minutes, meeting.place = lead, at, minutes, place
    meeting.save(update_fields=["lead", "at", "minutes", "place"])
    record("meeting changed", by=by, unit=meeting.unit, subject=meeting.key)
    return meeting
