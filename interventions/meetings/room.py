"""The room: one case at a time, with how many are done and how much time is left."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import AnalysisMeeting, MeetingCase
from .case_words import source_in_words, state_class, state_in_words, title_of

WEEKS = (2, 4)
USUAL_WEEKS = 4


@dataclass(frozen=True)
class ListedCase:
    """A line of the list of cases. number: as it is called in the room, from 1."""

    case: MeetingCase
    number: int
    title: str
    source: str
    state: str
    state_class: str

    @property
    def is_first(self) -> bool:
        return self.number == 1


def listed(cases: Sequence[MeetingCase], meeting: AnalysisMeeting) -> list[ListedCase]:
    is_inside = meeting.kind.is_inside
    return [
        ListedCase(
            case,
            number,
            title_of(case, is_inside=is_inside),
            source_in_words(case),
            state_in_words(case),
            state_class(case),
        )
        for number, case in enumerate(cases, start=1)
    ]


@dataclass(frozen=True)
class Progress:
    """How far the meeting is. minutes_left: below 0 when it has gone over its time."""

    n: int
    n_settled: int
    minutes: int
    minutes_left: int

    @property
    def words(self) -> str:
        return _("%(done)s of %(all)s done") % {"done": self.n_settled, "all": self.n}

    @property
    def time_in_words(self) -> str:
        left = self.minutes_left
        if left < 0:
            words = ngettext("%(n)s minute over %(all)s", "%(n)s minutes over %(all)s", -left)
            return words % {"n": -left, "all": self.minutes}
        words = ngettext("%(n)s minute left of %(all)s", "%(n)s minutes left of %(all)s", left)
        return words % {"n": left, "all": self.minutes}


def progress_of(cases: Sequence[MeetingCase], meeting: AnalysisMeeting) -> Progress:
    begun = meeting.started_at or timezone.now()
    passed = int((timezone.now() - begun).total_seconds() // 60)
    n_settled = sum(case.is_settled for case in cases)
    return Progress(len(cases), n_settled, meeting.minutes, meeting.minutes - passed)


def next_open(cases: Sequence[MeetingCase], after: MeetingCase | None = None) -> MeetingCase | None:
    """The next that is not settled, after one and then from the beginning; None when all are."""
    place = next((n for n, case in enumerate(cases) if after and case.pk == after.pk), -1)
    ordered = [*cases[place + 1 :], *cases[: place + 1]]
    return next((case for case in ordered if not case.is_settled), None)


def beside(cases: Sequence[MeetingCase], case: MeetingCase) -> tuple[MeetingCase | None, MeetingCase | None]:
    """(the one before, the one after), dropped ones left out."""
    shown = [each for each in cases if not each.is_dropped or each.pk == case.pk]
    place = next(n for n, each in enumerate(shown) if each.pk == case.pk)
    return (
        shown[place - 1] if place else None,
        shown[place + 1] if place + 1 < len(shown) else None,
    )


@dataclass(frozen=True)
class Days:
    """What a day is proposed as: by weeks from today, and the next meeting of the series, if one is planned."""

    usual: datetime.date
    proposed: Sequence[tuple[str, datetime.date]]


def days_to_propose(meeting: AnalysisMeeting, today: datetime.date) -> Days:
    weeks = [
        (
            ngettext("%(n)s week", "%(n)s weeks", n) % {"n": n},
            today + datetime.timedelta(weeks=n),
        )
        for n in WEEKS
    ]
    following = _next_meeting_on(meeting, today)
    if following is None:
        return Days(today + datetime.timedelta(weeks=USUAL_WEEKS), weeks)
    return Days(following, [*weeks, (_("Next meeting"), following)])


def _next_meeting_on(meeting: AnalysisMeeting, today: datetime.date) -> datetime.date | None:
    if meeting.series_id is None:
        return None
    planned = AnalysisMeeting.objects.filter(
        series=meeting.series_id, planned_on__gt=max(today, meeting.planned_on), cancelled_at__isnull=True
    )
    return planned.order_by("planned_on").values_list("planned_on", flat=True).first()


def room_url(meeting: AnalysisMeeting, case: MeetingCase | None) -> str:
    """Of a case; without one, of the room, which says that all are done."""
    if case is None:
        return reverse("interventions:meeting-room", args=[meeting.key])
    return reverse("interventions:meeting-case", args=[meeting.key, case.key])
