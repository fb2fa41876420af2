"""All duties of a person, in three groups."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accounts.access import Sight

from .asked import Asked
from .decisions import decisions
from .duty import Duty, Group
from .entries import entries
from .evaluations import evaluations
from .follow_ups import follow_ups
from .meetings import meetings
from .own_analyses import own_analyses
from .questions import questions
from .results import files, jobs, rounds
from .schools import schools
from .sessions import sessions
from .sight_of_pupils import sight_of_pupils
from .steps import steps

# Of the same day in this order.
SOURCES: Sequence[Callable[[Asked], Sequence[Duty]]] = (
    sight_of_pupils,
    meetings,
    own_analyses,
    decisions,
    follow_ups,
    evaluations,
    steps,
    sessions,
    questions,
    entries,
    files,
    jobs,
    rounds,
    schools,
)


@dataclass(frozen=True)
class Duties:
    """late, waiting: the oldest first. due: today's first, and what has been waiting with them."""

    late: Sequence[Duty] = ()
    due: Sequence[Duty] = ()
    waiting: Sequence[Duty] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.late or self.due or self.waiting)

    @property
    def own(self) -> Sequence[Duty]:
        return [*self.late, *self.due]


def duties_of(sight: Sight) -> Duties:
    """In a fixed number of queries, however many there are."""
    asked = Asked(sight)
    found = [duty for source in SOURCES for duty in source(asked)]
    late, due, waiting = ([duty for duty in found if duty.group is group] for group in Group)
    late.sort(key=_day)
    due.sort(key=lambda duty: max(_day(duty), asked.today))
    waiting.sort(key=_day)
    return Duties(late, due, waiting)


def _day(duty: Duty) -> datetime.date:
    return duty.due_on or datetime.date.min
