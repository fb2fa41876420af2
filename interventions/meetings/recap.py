"""What came of a meeting, on one page: measures with person and day, and what needed none, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.access import Sight

from ..models import AnalysisMeeting, MeetingCase, MeetingNote, Outcome
from .case_words import in_full
from .entering import cases_seen_by, may_enter
from .notes import shared_of
from .room import ListedCase, listed


@dataclass(frozen=True)
class Recap:
    """present: names, with those who are nobody's user. n_hidden: cases of classes that the reader does not see.

    may_enter: the reader sees all that the meeting was about.
    """

    measures: Sequence[ListedCase]
    otherwise: Sequence[ListedCase]
    none: Sequence[ListedCase]
    dropped: Sequence[ListedCase]
    open: Sequence[ListedCase]
    present: str
    shared: Sequence[MeetingNote]
    n_hidden: int
    may_enter: bool
    cases: Sequence[MeetingCase]

    @property
    def pupil_ids(self) -> set[int]:
        return {case.pupil_id for case in self.cases if case.pupil_id}


def recap_of(meeting: AnalysisMeeting, sight: Sight) -> Recap:
    enters = may_enter(meeting, sight)
    seen = list(in_full(cases_seen_by(meeting, sight, enters=enters)))
    lines = listed(seen, meeting)

    def with_outcome(outcome: str) -> list[ListedCase]:
        return [line for line in lines if line.case.outcome == outcome and not line.case.is_dropped]

    n_all = MeetingCase.objects.filter(meeting=meeting).count()
    return Recap(
        measures=with_outcome(Outcome.MEASURE),
        otherwise=with_outcome(Outcome.OTHERWISE),
        none=with_outcome(Outcome.NONE),
        dropped=[line for line in lines if line.case.is_dropped],
        open=with_outcome(""),
        present=present_in_words(meeting),
        shared=shared_of(meeting),
        n_hidden=n_all - len(seen),
        may_enter=enters,
        cases=seen,
    )


def present_in_words(meeting: AnalysisMeeting) -> str:
    names = list(meeting.present.order_by("name").values_list("name", flat=True))
    return ", ".join([*names, *filter(None, [meeting.others_present])])
