"""The agenda as it should be: what the meeting does not have of it yet, as far as there is room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from ...models import AnalysisMeeting, Source
from .conclusions import conclusions_below
from .decisions import decisions_of_last_time
from .follow_ups import follow_ups
from .present import Present
from .proposed import Proposed
from .questions import questions_here
from .red import red_cases
from .red_above import red_cases_above
from .scope import Scope

# More than that no meeting gets through; what is left out is counted, and stays red.
MOST_CASES = 40


@dataclass(frozen=True)
class Proposal:
    """cases: to put on the agenda, in this order. n_left_out: those for which there is no room.

    to_add: (id of a case that is there, with the indicators that its pupil has got since).
    """

    cases: Sequence[Proposed] = ()
    n_left_out: int = 0
    to_add: Sequence[tuple[int, Proposed]] = ()


def proposal_for(meeting: AnalysisMeeting) -> Proposal:
    """In a fixed number of queries, however many cases there are. A talk about one pupil has no agenda.

    There is room for forty cases that nobody has put there by hand. What is dropped keeps its place, so that whoever
    shortens an agenda does not get others instead.
    """
    if meeting.kind.is_talk:
        return Proposal()
    scope, present = Scope.of(meeting, timezone.localdate()), Present.at(meeting)
    sources = (decisions_of_last_time, follow_ups, questions_here, conclusions_below)
    new = [case for source in sources for case in present.new_among(source(scope))]
    new += red_cases(scope, present) if scope.is_inside else red_cases_above(scope, present)
    cases, to_add = _beside_open_ones(new, present.open_by_pupil)
    room = max(MOST_CASES - present.n, 0)
    return Proposal(cases[:room], len(cases[room:]), to_add)


def _beside_open_ones(
    new: Iterable[Proposed], open_by_pupil: Mapping[int, int]
) -> tuple[list[Proposed], list[tuple[int, Proposed]]]:
    """(new cases, red of pupils who have a case that is open, with its id)."""
    cases, to_add = [], []
    for case in new:
        there = open_by_pupil.get(case.pupil_id) if case.source is Source.RED and case.pupil_id else None
        if there is None:
            cases.append(case)
        else:
            to_add.append((there, case))
    return cases, to_add


def n_left_out(meeting: AnalysisMeeting) -> int:
    """How many cases the meeting should have besides, for which its agenda has no room; none once it is over."""
    if meeting.closed_at is not None or meeting.cancelled_at is not None:
        return 0
    return proposal_for(meeting).n_left_out
