"""Which rows below a header are data, and why the others are none: totals, notes, a second table. Pure.

Nothing is left out unsaid: every filled row that is no data has a message.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping as ReadOnlyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy

from colourmaps.importing.header_rows import BLANK, NUMBER, NUMBERLIKE, TEXT, YEAR, sort_of
from colourmaps.importing.kinds import cell_kind
from colourmaps.importing.mapping import header_key
from colourmaps.importing.messages import Kind, Level, Message, define
from colourmaps.importing.values import cell_text
from colourmaps.importing.words import NAMES_TOO, TOTAL_BEGINNINGS, TOTAL_WORDS
from colourmaps.importing.workbook import Cell, Sheet

TOTALS_ROW = define(
    "table.totals_row",
    Level.NOTE,
    gettext_lazy("Row %(row)d (“%(value)s”) is a total and is left out."),
)
NOTE_ROW = define(
    "table.note_row",
    Level.NOTE,
    gettext_lazy("Row %(row)d (“%(value)s”) is a note and is left out."),
)
REPEATED_HEADER = define(
    "table.repeated_header",
    Level.NOTE,
    gettext_lazy("Row %(row)d repeats the header and is left out."),
)
OTHER_TABLE = define(
    "table.other_table",
    Level.WARNING,
    gettext_lazy(
        "In row %(row)d (“%(value)s”) another table begins. It is not read: put it in a sheet of its own."
    ),
)

LONG_TEXT = 40
"""Characters; a longer text alone in its row is a note."""

CATEGORY_SHARE = 0.25
"""A word that begins more of the rows than this is a category and no total (“I alt” in every row)."""

COMPARED_ROWS = 10
"""Rows before and after a possible second header that tell whether it is one."""

MOST_IN_A_NOTE = 3
"""Filled cells. Rows with more are no notes, and are not looked through for cells of spaces."""

_NOTE_START = re.compile(
    r"(?:obs|not|anm|anmärkning|källa|kommentar|merknad|kilde|note|source)\b|\*|[¹²³]", re.IGNORECASE
)


@dataclass
class SplitRows:
    """data_rows: rising numbers in the spreadsheet; notes: a message for every other filled row."""

    data_rows: list[int] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)


def split_rows(sheet: Sheet, first_row: int, header: Sequence[str]) -> SplitRows:
    """Part the rows from first_row on into data and others.

    header: texts of the lowest header row in the columns that have one, by which a repeated header is known.
    """
    found = SplitRows()
    totals: dict[int, str] = {}
    before: Kind | None = None
    after_gap = False
    for number, row in enumerate(sheet.rows[first_row - sheet.first_row :], first_row):
        filled = _n_filled(row)
        if not filled:
            after_gap = True
            continue
        kind = _left_out(row, filled, header, after_gap=after_gap, after_note=before is NOTE_ROW)
        if kind is None and after_gap and _begins_table(sheet, number, found.data_rows):
            found.notes.append(_message(OTHER_TABLE, sheet, number, row))
            break
        if kind is None:
            found.data_rows.append(number)
        elif kind is TOTALS_ROW:
            totals[number] = header_key(_first(row))
        else:
            found.notes.append(_message(kind, sheet, number, row))
        before, after_gap = kind, False
    _add_totals(sheet, totals, found)
    return found


def _n_filled(row: list[Cell]) -> int:
    """Cells that hold anything; those of spaces alone are looked for only where they decide."""
    filled = len(row) - row.count(None)
    return filled if filled > MOST_IN_A_NOTE else sum(sort_of(cell) != BLANK for cell in row)


def _add_totals(sheet: Sheet, totals: dict[int, str], found: SplitRows) -> None:
    """Rows that begin with a word for totals are left out, unless so many do that the word is a category."""
    n_rows = len(found.data_rows) + len(totals)
    often = {
        word for word, count in Counter(totals.values()).items() if count > max(1, CATEGORY_SHARE * n_rows)
    }
    data = {
        number
        for number, word in totals.items()
        if word in often or (word in NAMES_TOO and _is_of_a_pupil(sheet, number, totals))
    }
    found.data_rows = sorted({*found.data_rows, *data})
    for number in totals.keys() - data:
        found.notes.append(_message(TOTALS_ROW, sheet, number, sheet.rows[number - sheet.first_row]))
    found.notes.sort(key=lambda note: note.row)


def _is_of_a_pupil(sheet: Sheet, number: int, totals: ReadOnlyMapping[int, str]) -> bool:
    """Whether a child is called so: unless least and most stand below each other, with numbers alone beside them."""
    n_texts = sum(sort_of(cell) == TEXT for cell in sheet.rows[number - sheet.first_row])
    beside = {totals.get(number + step, "").rstrip(":.") for step in (-1, 0, 1)}
    return n_texts > 1 or not beside >= NAMES_TOO


def _left_out(
    row: list[Cell], filled: int, header: Sequence[str], *, after_gap: bool, after_note: bool
) -> Kind | None:
    """Why a row is no data, None if it is."""
    first = next(cell for cell in row if sort_of(cell) != BLANK)
    if not isinstance(first, str):
        return None
    if _is_total(first) and not after_note:
        return TOTALS_ROW
    if (
        header
        and first.strip() == header[0]
        and [cell_text(cell) for cell in row if cell is not None] == header
    ):
        return REPEATED_HEADER
    if after_note and filled <= MOST_IN_A_NOTE and 2 * filled < len(header) and _are_texts(row):
        return NOTE_ROW  # explanations below the table, in one column or two
    if filled == 1 and len(row) > 1 and not NUMBERLIKE.fullmatch(first.strip()):
        stands_apart = len(row) > 2 and (after_gap or after_note)
        if stands_apart or (_is_note(first) and (len(row) > 2 or bool(_NOTE_START.match(first)))):
            return NOTE_ROW
    return None


def _are_texts(row: list[Cell]) -> bool:
    return all(sort_of(cell) in (BLANK, TEXT) for cell in row)


def _is_total(text: str) -> bool:
    if len(text) > LONG_TEXT:
        return False
    key = header_key(text).rstrip(":.")
    return key in TOTAL_WORDS or key.startswith(TOTAL_BEGINNINGS)


def _is_note(text: str) -> bool:
    """True for a text that stands alone in its row and is no name or code."""
    return bool(_NOTE_START.match(text)) or len(text) > LONG_TEXT or text.rstrip().endswith(".")


def _begins_table(sheet: Sheet, number: int, data_rows: Sequence[int]) -> bool:
    """True for a row of texts below a gap that stand where the table had numbers, and over numbers again."""
    row = sheet.rows[number - sheet.first_row]
    columns = [at for at, cell in enumerate(row) if cell is not None]
    if len(columns) < 2 or any(sort_of(row[at]) not in (TEXT, YEAR) for at in columns):
        return False
    if any(cell_kind(row[at]) is None for at in columns):
        return False  # a mark of absence is a value
    above = [sheet.rows[data_row - sheet.first_row] for data_row in data_rows[-COMPARED_ROWS:]]
    start = number + 1 - sheet.first_row
    below = sheet.rows[start : start + COMPARED_ROWS]
    n_between = sum(_are_numbers(above, at) and _are_numbers(below, at) for at in columns)
    return n_between >= len(columns) / 2


def _are_numbers(rows: Sequence[list[Cell]], at: int) -> bool:
    sorts = [sort_of(row[at]) for row in rows]
    n_filled = len(sorts) - sorts.count(BLANK)
    return n_filled > 0 and sorts.count(NUMBER) > 0.6 * n_filled


def _first(row: list[Cell]) -> str:
    return next(text for text in map(cell_text, row) if text)


def _message(kind: Kind, sheet: Sheet, number: int, row: list[Cell]) -> Message:
    return Message(kind, sheet.name, number, value=_first(row))
