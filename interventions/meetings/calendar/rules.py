"""The days on which a series of meetings falls. Pure.

A series keeps the weekday of its first day and its place in the month: the second Tuesday, or the last where the first
day is a fifth one. A day without school gives way by whole weeks: to the next such weekday in its month, quarter, term
or spring, else to the one before; where there is none, as in July for a series of every month, that month has none.
After a measurement round, it is the next school day.

Days without school are Saturdays and Sundays, all of July, and 21 December to 6 January. Other holidays differ between
countries and municipalities: whoever leads a meeting moves it.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence

from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]  # it has no types of its own
from dateutil.rrule import MONTHLY, YEARLY, rrule, weekday  # type: ignore[import-untyped]  # as above

from pupils.school_years.terms import Season, Term

from ...models import Rule

DAY, WEEK = datetime.timedelta(days=1), datetime.timedelta(days=7)
JULY, FRIDAY = 7, 4
# (month, day), the first and the last.
CHRISTMAS_FROM, CHRISTMAS_TO = (12, 21), (1, 6)
LAST = -1


def is_school_day(day: datetime.date) -> bool:
    """Whether there can be a meeting, as far as one rule for three countries can tell."""
    at = (day.month, day.day)
    return day.weekday() <= FRIDAY and day.month != JULY and not (at >= CHRISTMAS_FROM or at <= CHRISTMAS_TO)


def next_school_day(day: datetime.date) -> datetime.date:
    """The day itself, or the first after it on which there can be a meeting."""
    while not is_school_day(day):
        day += DAY
    return day


def days_of(
    rule: Rule | str,
    first_on: datetime.date,
    until: datetime.date,
    *,
    rounds_end: Collection[datetime.date] = (),
    days_after: int = 0,
) -> list[datetime.date]:
    """The days of a series from its first day to another, both included, in order and each once.

    rounds_end: last days of the measurement rounds; days_after: how long after them, for Rule.EACH_ROUND.
    """
    if rule == Rule.EACH_ROUND:
        wait = datetime.timedelta(days=days_after)
        found: Iterator[datetime.date] = (next_school_day(day + wait) for day in rounds_end)
    else:
        found = _by_the_calendar(Rule(rule), next_school_day(first_on), until)
    return sorted({day for day in found if first_on <= day <= until})


def _by_the_calendar(rule: Rule, first: datetime.date, until: datetime.date) -> Iterator[datetime.date]:
    """The days that the calendar gives, each settled within its own stretch of it. first: a school day."""
    # A day that gives way to one before it can come from after the last day.
    for moment in rrule(
        **_pattern(rule, first), dtstart=_at_midnight(first), until=_at_midnight(until + 5 * WEEK)
    ):
        day = moment.date()
        settled = _settled(day, *_stretch(rule, day))
        if settled is not None:
            yield settled


def _pattern(rule: Rule, first: datetime.date) -> dict:
    """As dateutil takes it: the weekday of the first day, and its place in the month."""
    place = (first.day - 1) // 7 + 1
    by_weekday = weekday(first.weekday(), LAST if place == 5 else place)
    if rule in (Rule.MONTHLY, Rule.QUARTERLY):
        return {"freq": MONTHLY, "interval": 3 if rule == Rule.QUARTERLY else 1, "byweekday": by_weekday}
    return {"freq": YEARLY, "bymonth": _months(rule, first), "byweekday": by_weekday}


def _months(rule: Rule, first: datetime.date) -> list[int]:
    """As far into each term as the first day is into its own, and never past the end of the shorter one."""
    term = Term.of(first)
    into = first.month - term.first_day.month
    spring, autumn = min(into, 5) + 1, min(into, 4) + 8
    return [spring] if rule == Rule.EACH_SPRING else [spring, autumn]


def _stretch(rule: Rule, day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """(first, last) of the month, the quarter from that month on, the term or the spring in which a meeting stays."""
    if rule in (Rule.MONTHLY, Rule.QUARTERLY):
        begins = day.replace(day=1)
        return begins, begins + relativedelta(months=3 if rule == Rule.QUARTERLY else 1) - DAY
    term = Term.of(day)
    return term.first_day, term.last_day


def _settled(day: datetime.date, first: datetime.date, last: datetime.date) -> datetime.date | None:
    """The day, or the nearest later one by whole weeks that is a school day, else the nearest earlier one."""
    later = _first_school_day([day + n * WEEK for n in range((last - day).days // 7 + 1)])
    return later or _first_school_day([day - n * WEEK for n in range(1, (day - first).days // 7 + 1)])


def _first_school_day(days: Sequence[datetime.date]) -> datetime.date | None:
    return next((day for day in days if is_school_day(day)), None)


def _at_midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time())


def is_in_spring(day: datetime.date) -> bool:
    return Term.of(day).season == Season.SPRING and is_school_day(day)
