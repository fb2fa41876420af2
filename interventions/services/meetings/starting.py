from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User

from ...meetings.agenda import round_ahead
from ...meetings.picture import freeze_picture
from ...models import AnalysisMeeting, GuidingQuestions, MeetingKind, MeetingPresence
from .agenda import prepare_agenda
from .versions import check_open, locked_meeting, record_step


@transaction.atomic
def start_meeting(*, meeting: AnalysisMeeting, by: User) -> AnalysisMeeting:
    """Freezes the picture, the round and the questions, and fills the agenda. Started twice, it has begun once.

    The round is the latest that has begun for its units (colourmaps.queries.choose_round).
    Whoever starts it is present. Raises ValidationError for one that is cancelled.
    """
    meeting = locked_meeting(meeting)
    if meeting.started_at is not None:
        return meeting
    check_open(meeting)
    meeting.round = round_ahead(meeting, timezone.localdate())
    meeting.guiding = _newest_questions(meeting.kind)
    meeting.started_at, meeting.started_by = timezone.now(), by
    meeting.save(update_fields=["round", "guiding", "started_at", "started_by"])
    own = {"municipality_id": meeting.municipality_id, "meeting": meeting, "user": by}
    MeetingPresence.objects.get_or_create(**own)
    prepare_agenda(meeting=meeting, by=by)
    freeze_picture(meeting)
    record_step(
        "meeting started",
        meeting,
        by,
        round=meeting.round.key if meeting.round else "",
        questions=meeting.guiding.version,
    )
    return meeting


def _newest_questions(kind: MeetingKind) -> GuidingQuestions:
    newest = GuidingQuestions.objects.filter(kind=kind).order_by("version").last()
    if newest is None:
        raise ValidationError(_("Nobody has written what is asked at this kind of meeting yet."))
    return newest
