"""What was planned and what came of it: the days that a plan proposes, and the counts of what was held. Pure.

Nobody is named. Days are days of the calendar; weekdays are numbered from Monday, 0.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Session, SessionState

DAY = datetime.timedelta(days=1)
# Of a school week, spread as evenly as it goes.
USUAL_WEEKDAYS = {1: (1,), 2: (1, 3), 3: (0, 2, 4), 4: (0, 1, 2, 3), 5: (0, 1, 2, 3, 4)}
EVERY_SCHOOL_DAY = USUAL_WEEKDAYS[5]


def usual_weekdays(times_per_week: int | None) -> tuple[int, ...]:
    """Where nobody has said how often, once a week; a session is once a day, so no more than every school day."""
    return USUAL_WEEKDAYS.get(times_per_week or 1, EVERY_SCHOOL_DAY)


@dataclass(frozen=True)
class Wish:
    """When there are to be sessions: the weekdays from the first day to the last, but for a holiday in between."""

    first: datetime.date
    last: datetime.date
    weekdays: Collection[int]
    free_from: datetime.date | None = None
    free_to: datetime.date | None = None

    def is_free(self, day: datetime.date) -> bool:
        if self.free_from is None and self.free_to is None:
            return False
        return (self.free_from or self.free_to or day) <= day <= (self.free_to or self.free_from or day)


def proposed_days(wish: Wish, taken: Collection[datetime.date] = ()) -> list[datetime.date]:
    """The days of a wish, without those that have a session already."""
    n_days = (wish.last - wish.first).days + 1
    days = (wish.first + n * DAY for n in range(n_days))
    return [
        day for day in days if day.weekday() in wish.weekdays and not wish.is_free(day) and day not in taken
    ]


def by_week(days: Iterable[datetime.date]) -> list[list[datetime.date]]:
    """The days in order, those of a week together."""
    return [list(week) for _week, week in groupby(days, key=lambda day: day.isocalendar()[:2])]


@dataclass(frozen=True)
class Delivery:
    """How much of what was planned has been done.

    n_planned: all sessions there are; n_so_far: those of days that have been. n_unmarked: of these, those of which
    nobody has said whether they were held. n_present, n_expected: pupils, added up over the sessions that were held.
    """

    n_planned: int = 0
    n_so_far: int = 0
    n_held: int = 0
    n_not_held: int = 0
    n_unmarked: int = 0
    n_present: int = 0
    n_expected: int = 0

    @property
    def in_words(self) -> str:
        """ "18 of 24 planned sessions held; on average 4.2 of 5 pupils present". Empty where nothing was planned."""
        if not self.n_planned:
            return ""
        held = self._held_in_words
        if not self.n_held:
            return held
        return _("%(held)s; on average %(present)s of %(expected)s pupils present") % {
            "held": held,
            "present": _per_session(self.n_present, self.n_held),
            "expected": _per_session(self.n_expected, self.n_held),
        }

    @property
    def _held_in_words(self) -> str:
        """Of all; while some lie ahead, of those that were to be held by now."""
        if not self.n_so_far:
            words = ngettext(
                "%(planned)s session planned, still ahead",
                "%(planned)s sessions planned, all of them still ahead",
                self.n_planned,
            )
            return words % {"planned": self.n_planned}
        if self.n_so_far < self.n_planned:
            words = ngettext(
                "%(held)s of %(planned)s session planned so far held",
                "%(held)s of %(planned)s sessions planned so far held",
                self.n_so_far,
            )
            return words % {"held": self.n_held, "planned": self.n_so_far}
        words = ngettext(
            "%(held)s of %(planned)s planned session held",
            "%(held)s of %(planned)s planned sessions held",
            self.n_planned,
        )
        return words % {"held": self.n_held, "planned": self.n_planned}


def delivery_of(sessions: Iterable[Session], on: datetime.date) -> Delivery:
    """The counts as they stand on a day."""
    everything = list(sessions)
    held = [one for one in everything if one.state == SessionState.HELD]
    so_far = [one for one in everything if one.on <= on]
    return Delivery(
        n_planned=len(everything),
        n_so_far=len(so_far),
        n_held=len(held),
        n_not_held=sum(one.state == SessionState.CANCELLED for one in everything),
        n_unmarked=sum(one.state == SessionState.PLANNED for one in so_far),
        n_present=sum(one.n_present or 0 for one in held),
        n_expected=sum(one.n_expected for one in held),
    )


def _per_session(n_pupils: int, n_sessions: int) -> str:
    """A mean with one decimal, and none where it is even."""
    tenths = round(10 * n_pupils / n_sessions)
    return number_format(tenths / 10, decimal_pos=0 if tenths % 10 == 0 else 1)
