"""What is planned, a single meeting or a series, and what must hold for it. Each rule has its sentence."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Unit, User

from ...models import MeetingKind, Rule
from .offering import fits, people_who_may_lead
from .rules import days_of, is_in_spring

FEWEST_MINUTES, MOST_MINUTES = 5, 600
MOST_MEETINGS, MOST_DAYS_AFTER = 200, 180
BACK, AHEAD = datetime.timedelta(days=365), datetime.timedelta(days=2 * 365)
LONGEST = datetime.timedelta(days=20 * 366)


@dataclass(frozen=True)
class Frame:
    """When in the day, for how long, where and led by whom."""

    lead: User
    at: datetime.time | None = None
    minutes: int = 120
    place: str = ""


@dataclass(frozen=True)
class About:
    """A kind of meeting at a unit; classes: those of a team, at their school."""

    kind: MeetingKind
    unit: Unit
    classes: Sequence[Unit] = ()


@dataclass(frozen=True)
class Repetition:
    """How a meeting comes again; days_after: only for Rule.EACH_ROUND. ends_on: the last day on which one can be."""

    rule: Rule | str
    first_on: datetime.date
    days_after: int = 14
    ends_on: datetime.date | None = None


def check_about(about: About, lead: User, on: datetime.date) -> None:
    """Raises ValidationError by the field: a kind that is not held there, or a lead who may not enter."""
    if not fits(about.kind, about.unit, about.classes):
        raise ValidationError({"kind": _("This kind of meeting is not held here. Choose another one.")})
    if lead not in people_who_may_lead(about.kind, about.unit, about.classes, on):
        raise ValidationError(
            {
                "lead": _("%(person)s may not enter such a meeting. Choose somebody else.")
                % {"person": lead.name}
            }
        )


def check_frame(frame: Frame) -> None:
    if not FEWEST_MINUTES <= frame.minutes <= MOST_MINUTES:
        raise ValidationError(
            {
                "minutes": _("A meeting takes between %(few)s and %(many)s minutes.")
                % {"few": FEWEST_MINUTES, "many": MOST_MINUTES}
            }
        )


def check_day(on: datetime.date) -> None:
    """Of a single meeting: from today to two years ahead."""
    today = timezone.localdate()
    if on < today:
        raise ValidationError({"on": _("That day has been. Choose today or a later day.")})
    _check_not_far_ahead("on", on, today)


def check_repetition(repetition: Repetition, was: Repetition | None = None) -> None:
    """Raises ValidationError by the field. was: as it stands; what is not changed is not judged again."""
    if repetition.days_after > MOST_DAYS_AFTER:
        raise ValidationError(
            {"days_after": _("At most %(n)s days after the round.") % {"n": MOST_DAYS_AFTER}}
        )
    if was is None or was.first_on != repetition.first_on:
        _check_first_day(repetition.first_on)
    if repetition.rule == Rule.EACH_SPRING and not is_in_spring(repetition.first_on):
        raise ValidationError(
            {"first_on": _("A meeting of every spring begins in spring: 7 January to 30 June.")}
        )
    if repetition.ends_on is not None:
        _check_last_day(repetition, repetition.ends_on)


def _check_first_day(day: datetime.date) -> None:
    today = timezone.localdate()
    if day < today - BACK:
        raise ValidationError({"first_on": _("That is more than a year ago. Is the year right?")})
    _check_not_far_ahead("first_on", day, today)
    if day.weekday() > 4:
        raise ValidationError(
            {
                "first_on": _("%(day)s is a %(weekday)s. The meetings keep the weekday of the first one.")
                % {"day": date_format(day), "weekday": date_format(day, "l")}
            }
        )


def _check_last_day(repetition: Repetition, last: datetime.date) -> None:
    if last < repetition.first_on:
        raise ValidationError({"ends_on": _("The last day is before the first one.")})
    if last > repetition.first_on + LONGEST or _n_meetings(repetition, last) > MOST_MEETINGS:
        raise ValidationError(
            {
                "ends_on": _("That would be more than %(n)s meetings. Choose an earlier day.")
                % {"n": MOST_MEETINGS}
            }
        )


def _n_meetings(repetition: Repetition, last: datetime.date) -> int:
    return len(days_of(repetition.rule, repetition.first_on, last))


def _check_not_far_ahead(name: str, day: datetime.date, today: datetime.date) -> None:
    if day > today + AHEAD:
        raise ValidationError({name: _("That is more than two years ahead. Is the year right?")})
