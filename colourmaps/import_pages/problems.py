"""What was found in the file, worst first; of many alike in one column the first ones, the others behind a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..importing.alike import MORE
from ..importing.kept import MOST_MESSAGES, message_of
from ..importing.messages import LEVEL_LABELS, Level, Message
from ..models import ImportBatch, ImportMessage
from .numbers import counted, what_there_is

# So many problems are on the page; all rows that were left out are in the workbook.
MOST_SHOWN = 200
# So many of a kind in one column of a sheet, the others behind a line.
SHOWN_ALIKE = 3
# So many stand open, the others behind a line, so that the preview below is not out of sight.
SHOWN_OPEN = 12


@dataclass(frozen=True)
class Problem:
    """A line of components/problems.html. The sentence says what to do as well, so there is no remedy of its own."""

    level: str
    level_word: str
    place: str
    value: str
    sentence: str
    remedy: str = ""
    more: Sequence[Problem] = ()
    """Others of the same kind in the same column."""
    more_words: str = ""


@dataclass(frozen=True)
class Problems:
    """Errors and warnings (the first ones open, the rest behind a line), notes, and how many there is no room for."""

    heading: str
    facts: list[str]
    first: list[Problem]
    rest: list[Problem]
    notes: list[Problem]
    n_beyond: int

    @property
    def n_rest(self) -> int:
        return _in_all(self.rest)

    @property
    def n_notes(self) -> int:
        return _in_all(self.notes)


def problems_of(batch: ImportBatch) -> Problems:
    kept = [message_of(stored) for stored in batch.messages.order_by("pk")[:MOST_MESSAGES]]
    shown = _shown(_alike(kept))
    by_level: dict[str, int] = batch.counts.get("messages", {})
    n_total = sum(by_level.values())
    serious = [problem for problem in shown if problem.level != Level.NOTE.name.lower()]
    n_errors, n_warnings, n_notes = (by_level.get(level.name.lower(), 0) for level in reversed(Level))
    by_words = [
        (n_errors, ngettext("%(n)s error", "%(n)s errors", n_errors)),
        (n_warnings, ngettext("%(n)s warning", "%(n)s warnings", n_warnings)),
        (n_notes, ngettext("%(n)s note", "%(n)s notes", n_notes)),
    ]
    return Problems(
        heading=_heading(n_errors + n_warnings),
        facts=what_there_is(by_words),
        first=serious[:SHOWN_OPEN],
        rest=serious[SHOWN_OPEN:],
        notes=[problem for problem in shown if problem.level == Level.NOTE.name.lower()],
        n_beyond=n_total - _in_all(shown),
    )


def _in_all(problems: Iterable[Problem]) -> int:
    return sum(1 + len(problem.more) for problem in problems)


def _alike(messages: Iterable[Message]) -> list[list[Message]]:
    """The messages of one kind in one column of a sheet together, in the order of the first of each.

    One that says how many more there are belongs to those before it.
    """
    groups: dict[tuple[str, ...], list[Message]] = {}
    group: list[Message] = []
    for message in messages:
        place = message.sheet, message.column
        if message.kind in MORE.values() and group and place == (group[0].sheet, group[0].column):
            group.append(message)
        else:
            group = groups.setdefault((message.code, *place), [])
            group.append(message)
    return list(groups.values())


def _shown(groups: Sequence[Sequence[Message]]) -> list[Problem]:
    """The lines of the page: of each group the first ones, and then the others as far as there is room for them."""
    room = MOST_SHOWN - sum(len(group[:SHOWN_ALIKE]) for group in groups)
    lines: list[Problem] = []
    for group in groups:
        first, others = group[:SHOWN_ALIKE], group[SHOWN_ALIKE:]
        more = [_problem(message) for message in others[: max(room, 0)]]
        room -= len(more)
        lines += map(_problem, first)
        if more:
            lines[-1] = replace(lines[-1], more=more, more_words=_more_in_words(others))
    return lines[:MOST_SHOWN]


def _more_in_words(others: Sequence[Message]) -> str:
    """How many others there are, those that are only counted included, and where."""
    n_more = sum(message.parameters["count"] if message.kind in MORE.values() else 1 for message in others)
    if not others[0].column:
        return counted(ngettext("%(n)s more like this", "%(n)s more like this", n_more), n_more)
    words = ngettext(
        "%(n)s more like this in column %(column)s", "%(n)s more like this in column %(column)s", n_more
    )
    return words % {"n": n_more, "column": others[0].column}


def _heading(n_serious: int) -> str:
    if not n_serious:
        return _("Nothing is wrong with the file")
    return counted(ngettext("%(n)s thing to look at", "%(n)s things to look at", n_serious), n_serious)


def problem_of(stored: ImportMessage) -> Problem:
    return _problem(message_of(stored))


def _problem(message: Message) -> Problem:
    return Problem(
        level=message.level.name.lower(),
        level_word=str(LEVEL_LABELS[message.level]).capitalize(),
        place=_place(message),
        value=message.value,
        sentence=message.text,
    )


def _place(message: Message) -> str:
    """Sheet and cell, row or column in words; a text file has no sheets."""
    if message.row and message.column:
        place = _("cell %(cell)s") % {"cell": f"{message.column}{message.row}"}
    elif message.row:
        place = _("row %(row)s") % {"row": message.row}
    elif message.column:
        place = _("column %(column)s") % {"column": message.column}
    else:
        return message.sheet or _("the whole file")
    return f"{message.sheet}, {place}" if message.sheet else place
