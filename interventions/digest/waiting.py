"""Duties as they are told in a mail: counted by kind, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Sight
from accounts.models import Level, Unit
from accounts.roles import Permission

from ..duties.duty import Duty, Kind

PLACES_SHOWN = 4

# Words for so many duties of a kind.
WORDS: dict[Kind, Callable[[int], str]] = {
    Kind.FOLLOW_UP: lambda n: ngettext("%(n)s follow-up", "%(n)s follow-ups", n),
    Kind.SESSIONS: lambda n: ngettext("%(n)s session to mark", "%(n)s sessions to mark", n),
    Kind.STEP: lambda n: ngettext("%(n)s step", "%(n)s steps", n),
    Kind.EVALUATION: lambda n: ngettext("%(n)s evaluation", "%(n)s evaluations", n),
    Kind.QUESTION: lambda n: ngettext("%(n)s question to answer", "%(n)s questions to answer", n),
    Kind.ANSWER: lambda n: ngettext("%(n)s answer to read", "%(n)s answers to read", n),
    Kind.ENTRY: lambda n: ngettext("%(n)s catalogue entry to check", "%(n)s catalogue entries to check", n),
    Kind.DECISION: lambda n: ngettext("%(n)s decision of a meeting", "%(n)s decisions of meetings", n),
    Kind.MEETING: lambda n: ngettext("%(n)s meeting", "%(n)s meetings", n),
    Kind.ANALYSIS: lambda n: ngettext(
        "%(n)s analysis of a class of yours", "%(n)s analyses of classes of yours", n
    ),
    Kind.SCHOOL: lambda n: ngettext(
        "%(n)s intervention or meeting to look after",
        "%(n)s interventions and meetings to look after",
        n,
    ),
    Kind.IMPORT: lambda n: ngettext("%(n)s file to look through", "%(n)s files to look through", n),
    Kind.JOB: lambda n: ngettext("%(n)s job that failed", "%(n)s jobs that failed", n),
    Kind.ROUND: lambda n: ngettext(
        "%(n)s measurement round that begins or ends", "%(n)s measurement rounds that begin or end", n
    ),
    Kind.SIGHT: lambda n: ngettext(
        "%(n)s note on who has seen pupils", "%(n)s notes on who has seen pupils", n
    ),
}


def counted_in_words(duties: Sequence[Duty], sight: Sight) -> list[str]:
    """For example "2 follow-ups: 4A, 5B"; one line a kind, in the order of the kinds."""
    return [
        _line(kind, of_kind, sight)
        for kind in Kind
        if (of_kind := [duty for duty in duties if duty.kind is kind])
    ]


def late_with_others(waiting: Sequence[Duty], sight: Sight) -> list[str]:
    """Of what waits for others only what is late; a school's line counts what is to look at there."""
    late = [
        duty
        for duty in waiting
        if duty.kind is Kind.SCHOOL
        or (duty.kind is not Kind.QUESTION and duty.due_on is not None and duty.due_on < sight.today)
    ]
    return counted_in_words(late, sight)


def answers_in_words(due: Iterable[Duty]) -> list[str]:
    n = sum(duty.kind is Kind.ANSWER for duty in due)
    if not n:
        return []
    words = ngettext("%(n)s of your questions has an answer", "%(n)s of your questions have an answer", n)
    return [words % {"n": n}]


def _line(kind: Kind, duties: Sequence[Duty], sight: Sight) -> str:
    n = sum(duty.n for duty in duties)
    words = WORDS[kind](n) % {"n": n}
    places = sorted({name for duty in duties if (name := place_in_words(duty.unit, sight))})
    if not places:
        return words
    shown = ", ".join(places[:PLACES_SHOWN])
    if len(places) > PLACES_SHOWN:
        n_more = len(places) - PLACES_SHOWN
        shown = ngettext("%(shown)s and %(n)s more", "%(shown)s and %(n)s more", n_more) % {
            "shown": shown,
            "n": n_more,
        }
    return _("%(what)s: %(where)s") % {"what": words, "where": shown}


def place_in_words(unit: Unit | None, sight: Sight) -> str:
    """A class is named to those who see pupils."""
    if unit is None or (unit.level > Level.SCHOOL and not sight.has(Permission.SEE_PUPILS)):
        return ""
    return unit.name
