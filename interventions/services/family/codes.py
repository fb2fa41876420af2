from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit, User

from ...family.codes import DAYS_AFTER, unused_code
from ...models import AnalysisMeeting, FamilyCode, MeetingKind, Talk
from ...questions.border import school_of


def open_code_of_meeting(*, meeting: AnalysisMeeting, by: User) -> FamilyCode:
    """The meeting's only code, opened if it is not yet. Raises ValidationError before its day, and if cancelled."""
    if meeting.cancelled_at is not None:
        raise ValidationError(_("The meeting is cancelled."))
    has_begun = meeting.started_at is not None or meeting.planned_on <= timezone.localdate()
    return _open({"meeting": meeting}, meeting.kind, meeting.unit, meeting.key, has_begun=has_begun, by=by)


def open_code_of_talk(*, talk: Talk, by: User) -> FamilyCode:
    """As of a meeting."""
    has_begun = talk.held_on <= timezone.localdate()
    return _open({"talk": talk}, talk.kind, talk.unit, talk.key, has_begun=has_begun, by=by)


@transaction.atomic
def _open(
    of: dict[str, Any], kind: MeetingKind, unit: Unit, subject: str, *, has_begun: bool, by: User
) -> FamilyCode:
    today = timezone.localdate()
    found = FamilyCode.objects.filter(**of).first()
    if found is not None:
        return found
    school = school_of(unit)
    if not kind.asks_family or school is None:
        raise ValidationError(_("Families do not take part in meetings of this kind."))
    if not has_begun:
        raise ValidationError(_("The code can be opened when the day of the meeting has come."))
    code, is_new = FamilyCode.objects.get_or_create(
        **of,
        defaults={
            "municipality_id": kind.municipality_id,
            "code": unused_code(),
            "kind": kind,
            "school": school,
            "month": today.replace(day=1),
            "opened_by": by,
            "open_until": today + datetime.timedelta(days=DAYS_AFTER),
        },
    )
    if is_new:
        record("family code opened", by=by, unit=school, subject=subject)
    return code
