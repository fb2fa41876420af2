"""One line of the start page, and when it is to be done, in words."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Unit

# Somebody who has had so many days since the day itself is late.
GRACE = datetime.timedelta(days=14)


class Group(Enum):
    """LATE, DUE: the person's own, DUE today and within two weeks. WAITING: what others owe, or the person oversees."""

    LATE = "late"
    DUE = "due"
    WAITING = "waiting"


class Kind(Enum):
    FOLLOW_UP = "follow-up"
    SESSIONS = "sessions"
    STEP = "step"
    EVALUATION = "evaluation"
    QUESTION = "question"
    ANSWER = "answer"
    ENTRY = "entry"
    DECISION = "decision"
    MEETING = "meeting"
    ANALYSIS = "analysis"
    SCHOOL = "school"
    IMPORT = "import"
    JOB = "job"
    ROUND = "round"
    SIGHT = "sight"


@dataclass(frozen=True)
class Duty:
    """Something that a person is to do, or that others are to do before the person can go on.

    what, where, when, whose: as they are shown; whose is empty for the person's own. No pupil is named: the page may be
    open in a staff room. unit: where it is, for those who may be told only of the school above. n: how many it stands
    for. done_url: where it is said to be done. url is empty where there is nothing to open.
    """

    kind: Kind
    group: Group
    what: str
    when: str
    url: str = ""
    where: str = ""
    whose: str = ""
    due_on: datetime.date | None = None
    unit: Unit | None = None
    n: int = 1
    done_url: str = ""

    @property
    def is_late(self) -> bool:
        return self.group is Group.LATE


def group_by_day(due_on: datetime.date, today: datetime.date) -> Group:
    """Of the person's own."""
    return Group.LATE if due_on < today else Group.DUE


def when_in_words(due_on: datetime.date, today: datetime.date) -> str:
    """ "3 days late", "today", "tomorrow", "in 5 days"."""
    days = (due_on - today).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": -days}
    return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}


def age_in_words(on: datetime.date, today: datetime.date) -> str:
    """How long something has waited: "of today", "12 days old"."""
    days = (today - on).days
    if days <= 0:
        return _("of today")
    return ngettext("%(n)s day old", "%(n)s days old", days) % {"n": days}


def checked_in_words(on: datetime.date, today: datetime.date) -> str:
    """ "checked 400 days ago"."""
    days = (today - on).days
    return ngettext("checked %(n)s day ago", "checked %(n)s days ago", days) % {"n": days}


def ended_in_words(on: datetime.date, today: datetime.date) -> str:
    """ "ended today", "ended 12 days ago"."""
    days = (today - on).days
    if days <= 0:
        return _("ended today")
    return ngettext("ended %(n)s day ago", "ended %(n)s days ago", days) % {"n": days}
