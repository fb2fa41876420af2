"""What the meetings below have come to since last time, so that the level above takes it up."""

from __future__ import annotations

import datetime

from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from ...models import (
    AnalysisMeeting,
    MeetingCase,
    MeetingNote,
    MeetingUnit,
    NoteAudience,
    Outcome,
    Rung,
    Source,
)
from .proposed import Proposed
from .scope import Scope, lies_within

# A first meeting looks back half a year.
FIRST_LOOK = datetime.timedelta(days=183)
# Within the school a meeting takes up what the rung below it has come to.
BELOW = {Rung.TEAM: Rung.TEACHER, Rung.SCHOOL: Rung.TEAM}


def conclusions_below(scope: Scope) -> list[Proposed]:
    """One for each meeting that has shared something, or within the school has decided a measure; oldest first.

    Once taken up at a kind of meeting of the unit, and be it dropped there, it does not come back to it.
    """
    shared = MeetingNote.objects.filter(meeting=OuterRef("pk"), audience=NoteAudience.SHARED).exclude(text="")
    measures = MeetingCase.objects.filter(meeting=OuterRef("pk"), outcome=Outcome.MEASURE)
    says_something = Q(Exists(shared)) | Q(Exists(measures)) if scope.is_inside else Q(Exists(shared))
    own = {"meeting__kind": scope.meeting.kind_id, "meeting__unit": scope.meeting.unit_id}
    taken_up = MeetingCase.objects.filter(concluded=OuterRef("pk"), **own)
    held = AnalysisMeeting.objects.filter(
        says_something, _below(scope), ~Exists(taken_up), closed_at__gte=_since(scope), kind__is_talk=False
    )
    rows = held.order_by("closed_at", "pk").values_list("pk", "unit_id")
    return [Proposed(Source.CONCLUSION, unit_id=unit_id, concluded_id=pk) for pk, unit_id in rows]


def _below(scope: Scope) -> Q:
    rung = Rung(scope.meeting.kind.rung)
    if scope.is_inside:
        return Q(kind__rung=BELOW.get(rung)) & lies_within(scope.unit_ids, MeetingUnit, "meeting_id")
    return Q(kind__rung__gte=Rung.SCHOOL, kind__rung__lt=rung, unit__in=scope.unit_ids)


def _since(scope: Scope) -> datetime.datetime:
    """The start of the last meeting of the kind about the same."""
    meeting = scope.meeting
    before = AnalysisMeeting.objects.filter(
        kind=meeting.kind_id, unit=meeting.unit_id, closed_at__isnull=False
    )
    if scope.units != [meeting.unit]:
        before = before.filter(lies_within(scope.unit_ids, MeetingUnit, "meeting_id"))
    return before.aggregate(last=Max("started_at"))["last"] or timezone.now() - FIRST_LOOK
