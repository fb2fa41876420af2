"""Several rows about the same pupil. They are put together where they agree; where they do not, none is preferred."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from django.utils.translation import gettext_lazy

from ..alike import tell
from ..draft import Draft
from ..mapping import KEY_MEANINGS, Meaning
from ..messages import Level, Message, define
from ..same_pupil import to_register

SAME_NAME = define(
    "check.same_name",
    Level.ERROR,
    gettext_lazy(
        "This row and row %(other_row)d name the same pupil, and nothing but the name tells whether they are two. Give "
        "the identity number or the id, or put everything into one of the rows and delete the other."
    ),
)
NOT_AGREED = define(
    "check.not_agreed",
    Level.ERROR,
    gettext_lazy(
        "This row and row %(other_row)d of “%(other_sheet)s” are about the same pupil, but do not agree on the number, "
        "the name, the sex or the class that the register is to have. Correct one of them."
    ),
)
TWO_VALUES = define(
    "check.two_values",
    Level.ERROR,
    gettext_lazy(
        "The pupil has two values for %(indicator)s: %(value)s here and %(other_value)s in cell %(other_place)s. Keep "
        "the one that is right."
    ),
)
DUPLICATE_ROW = define(
    "check.duplicate_row",
    Level.WARNING,
    gettext_lazy(
        "The row says nothing of the pupil that row %(other_row)d of “%(other_sheet)s” does not say; that one counts."
    ),
)


MOST_CONFLICTS = 2000
"""Beyond so many different values only the first of each row is told."""


class RowsOfOnePupil:
    """Two rows of a sheet that only a name makes one pupil's: there may be two of that name.

    Rows that say the same of a known pupil do no harm; of a new one they may be two namesakes. Where a pupil has a row
    per result the name has to do, and where a person has decided whom a row is about nothing is left to ask.
    """

    def run(self, draft: Draft) -> Iterator[Message]:
        if draft.mapping.repeats_pupils:
            return
        duplicates = duplicate_rows(draft)
        for rows in draft.rows_by_pupil.values():
            by_sheet: dict[str, list[int]] = defaultdict(list)
            for at in rows:
                if at not in duplicates or draft.matches[at].new:
                    by_sheet[draft.extraction.pupils[at].sheet].append(at)
            for of_sheet in by_sheet.values():
                is_decided = any(draft.matches[at].doubt for at in of_sheet)
                if len(of_sheet) > 1 and not is_decided and any(_has_name_only(draft, at) for at in of_sheet):
                    yield from self._about(draft, of_sheet)

    def _about(self, draft: Draft, rows: list[int]) -> Iterator[Message]:
        for at in rows:
            other = rows[1] if at == rows[0] else rows[0]
            yield draft.extraction.message(SAME_NAME, at, other_row=draft.extraction.pupils[other].row)


class AgreeingRows:
    """Rows that would write different things about one pupil into the register."""

    def run(self, draft: Draft) -> Iterator[Message]:
        for rows in draft.rows_by_pupil.values():
            said = {at: written for at in rows if (written := to_register(draft.matches[at]))}
            for at, written in said.items():
                other = next((row for row, theirs in said.items() if _differ(written, theirs)), None)
                if other is not None:
                    pupil = draft.extraction.pupils[other]
                    yield draft.extraction.message(
                        NOT_AGREED, at, other_row=pupil.row, other_sheet=pupil.sheet
                    )


class SingleValues:
    """Different values for the same pupil, indicator and round: which is right is not for the import to guess."""

    def run(self, draft: Draft) -> Iterator[Message]:
        repeated, extraction = draft.repeated, draft.extraction
        conflicts = np.flatnonzero(repeated.other != np.arange(len(repeated.key)))
        if len(conflicts) > MOST_CONFLICTS:
            _, first = np.unique(repeated.row[conflicts], return_index=True)
            conflicts = conflicts[first]
        for here in conflicts.tolist():
            there = repeated.other[here]
            at, other = int(repeated.row[here]), int(repeated.row[there])
            column, other_column = (extraction.columns[repeated.column[place]] for place in (here, there))
            elsewhere = extraction.message(TWO_VALUES, other, other_column)
            yield extraction.message(
                TWO_VALUES,
                at,
                column,
                indicator=draft.name_of(column.indicator),
                other_value=elsewhere.value,
                other_place=_cell_in_words(elsewhere),
            )


class DuplicateRows:
    """Rows that repeat what earlier rows say: harmless, but somebody may have meant something else.

    Runs after all checks that refuse rows: where the earlier row is refused, this one counts.
    """

    def run(self, draft: Draft) -> Iterator[Message]:
        refused = draft.refused
        earlier = {at: first for at, first in duplicate_rows(draft).items() if not {at, first} & refused}
        rows = np.array(sorted(earlier), dtype=np.intp)
        yield from tell(draft.extraction, DUPLICATE_ROW, rows, of_row=lambda at: _place(draft, earlier[at]))


def duplicate_rows(draft: Draft) -> dict[int, int]:
    """Rows that add nothing to the earlier ones about their pupil, each with the earlier one.

    A row without results adds nothing either where a sheet has a row per pupil.
    """
    repeated = draft.repeated
    is_same = (repeated.first != np.arange(len(repeated.key))) & (
        repeated.value == repeated.value[repeated.first]
    )
    n_rows = len(draft.extraction.pupils)
    n_results = np.bincount(repeated.row, minlength=n_rows)
    n_same = np.bincount(repeated.row[is_same], minlength=n_rows)
    # Backwards, so that the first result of a row decides.
    first_row = dict(
        zip(repeated.row[::-1].tolist(), repeated.row[repeated.first][::-1].tolist(), strict=True)
    )
    found = {at: first_row[at] for at in np.flatnonzero((n_results > 0) & (n_results == n_same)).tolist()}
    if not draft.mapping.repeats_pupils:
        found |= _empty_duplicates(draft, n_results)
    return found


def _empty_duplicates(draft: Draft, n_results: np.ndarray) -> dict[int, int]:
    found = {}
    for rows in draft.rows_by_pupil.values():
        first_of: dict[str, int] = {}
        for at in rows:
            first = first_of.setdefault(draft.extraction.pupils[at].sheet, at)
            if first != at and not n_results[at]:
                found[at] = first
    return found


def _has_name_only(draft: Draft, at: int) -> bool:
    pupil, keys = draft.extraction.pupils[at], draft.mapping.pupil_key or KEY_MEANINGS
    has_number = pupil.identity and Meaning.IDENTITY in keys
    return not has_number and not (pupil.own_id and Meaning.PUPIL_ID in keys)


def _cell_in_words(message: Message) -> str:
    """E19 (6A); a text file has no sheets."""
    cell = f"{message.column}{message.row}"
    return f"{cell} ({message.sheet})" if message.sheet else cell


def _differ(written: dict[str, object], other: dict[str, object]) -> bool:
    return any(written[name] != other[name] for name in written.keys() & other.keys())


def _place(draft: Draft, at: int) -> dict[str, object]:
    pupil = draft.extraction.pupils[at]
    return {"other_row": pupil.row, "other_sheet": pupil.sheet}
