from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import User

from ...meetings.case_words import in_full, title_of
from ...models import AnalysisMeeting, MeetingCase, Outcome
from .versions import check_going_on, locked_meeting, record_step


@transaction.atomic
def close_meeting(*, meeting: AnalysisMeeting, by: User) -> AnalysisMeeting:
    """Raises ValidationError that names the cases without an outcome: no meeting closes in air. Closed twice, once."""
    meeting = locked_meeting(meeting)
    if meeting.closed_at is not None:
        return meeting
    check_going_on(meeting)
    # Whoever is writing on a case now is waited for; whoever comes next finds the meeting closed.
    cases = list(MeetingCase.objects.select_for_update().filter(meeting=meeting).order_by("pk"))
    _check_settled(cases, meeting)
    meeting.closed_at, meeting.closed_by = timezone.now(), by
    meeting.save(update_fields=["closed_at", "closed_by"])
    outcomes = [case.outcome for case in cases]
    n_of = {outcome.value: outcomes.count(outcome) for outcome in Outcome}
    record_step("meeting closed", meeting, by, n_of=n_of, n_dropped=outcomes.count(""))
    return meeting


def _check_settled(cases: Sequence[MeetingCase], meeting: AnalysisMeeting) -> None:
    in_air = [case.pk for case in cases if not case.is_settled]
    if not in_air:
        return
    unsettled = in_full(MeetingCase.objects.filter(pk__in=in_air))
    named = "; ".join(title_of(case, is_inside=meeting.kind.is_inside) for case in unsettled)
    raise ValidationError(
        ngettext(
            "%(n)s case has no outcome yet: %(cases)s. Decide a measure, say why there is none, or drop it.",
            "%(n)s cases have no outcome yet: %(cases)s. Decide a measure for each, say why there is none, or drop it.",
            len(in_air),
        ),
        code="in_air",
        params={"n": len(in_air), "cases": named},
    )
