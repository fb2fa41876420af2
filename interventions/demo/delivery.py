"""Sessions of the invented interventions: most of them held, with a pupil away now and then, the last ones unmarked."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from interventions.delivery import Wish, proposed_days, usual_weekdays
from interventions.models import Intervention, Session, SessionState
from interventions.population import population_of

WEEK = datetime.timedelta(weeks=1)
LONGEST = 16 * WEEK
# Weeks of the calendar without school: summer, autumn, Christmas, winter, Easter.
FREE_WEEKS = frozenset({*range(24, 34), 44, 52, 53, 1, 9, 14})
# Of the running ones, what the last days brought has still to be marked.
UNMARKED = datetime.timedelta(days=4)
# Every ninth session is not held, at every third a pupil is away.
NOT_HELD, AWAY = 9, 3


def write_sessions(*, told_on: datetime.date) -> int:
    """Of every intervention that says how often; returns how many."""
    found = Intervention.objects.filter(times_per_week__isnull=False).order_by("pk")
    sessions = [session for place, one in enumerate(found) for session in _sessions_of(one, told_on, place)]
    return len(Session.objects.bulk_create(sessions))


def _sessions_of(intervention: Intervention, told_on: datetime.date, place: int) -> Iterator[Session]:
    """place: of the intervention among all, so that they do not all miss the same session."""
    n_expected = len(population_of(intervention))
    last = intervention.ended_on or intervention.planned_until or intervention.follow_up_on
    wish = Wish(
        intervention.starts_on,
        min(last, intervention.starts_on + LONGEST),
        usual_weekdays(intervention.times_per_week),
    )
    days = [day for day in proposed_days(wish) if day.isocalendar().week not in FREE_WEEKS]
    for turn, day in enumerate(days, start=place):
        state = _state_of(turn, day, intervention, told_on)
        n_away = min(n_expected, 1 + n_expected // 12) if turn % AWAY == 0 else 0
        yield Session(
            municipality_id=intervention.municipality_id,
            intervention=intervention,
            on=day,
            state=state,
            n_expected=n_expected,
            n_present=n_expected - n_away if state is SessionState.HELD else None,
        )


def _state_of(
    turn: int, day: datetime.date, intervention: Intervention, told_on: datetime.date
) -> SessionState:
    is_marked = day < told_on - UNMARKED or intervention.ended_on is not None
    if not is_marked:
        return SessionState.PLANNED
    return SessionState.CANCELLED if turn % NOT_HELD == 0 else SessionState.HELD
