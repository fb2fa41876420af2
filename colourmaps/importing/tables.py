"""Where the table is in a sheet: title rows above, one or two header rows, data rows, totals and notes.
Pure.

Nothing is left out unsaid: every row between the header and the end that is not data has a note that says
why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from django.utils.translation import gettext_lazy

from colourmaps.importing.mapping import header_key
from colourmaps.importing.messages import Kind, Level, Message, define
from colourmaps.importing.values import cell_text
from colourmaps.importing.words import PUPIL_WORDS, TOTAL_WORDS
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

SEARCHED_ROWS = 40
"""A header is looked for in so many rows from the top of the sheet."""

OWN_REMARK = "✎"
"""A column whose header begins with this sign is our own remark in a workbook that we gave out: never read."""

LONGEST_HEADER = 120
KEPT_OF_A_HEADER = 500
"""Characters; headers that differ only beyond are one header."""
LONG_TEXT = 40

LONGEST_TITLE, MOST_TITLES = 200, 200
"""Titles are searched for names, so their length (in characters) and number are what the search costs."""

_NUMBERLIKE = re.compile(r"[~<>]?[-+]?[0-9][0-9 .,]*%?|\.\.?|-|[0-9]{6,8}[-+]?(?:TF?)?\w{2,4}", re.IGNORECASE)
_NOTE_START = re.compile(
    r"(?:obs|not|anm|anmärkning|källa|kommentar|merknad|kilde|note|source)\b|\*|[¹²³]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """A column of a table: its number in the spreadsheet, its header, and the group in the row above (""
    for none).
    """

    number: int
    header: str
    group: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return header_key(self.header), header_key(self.group)


@dataclass(frozen=True)
class Table:
    """The table of a sheet. Rows are numbers in the spreadsheet, counted from 1.

    columns: those with a header. data_rows: rising. titles: row and text of the lines above the header.
    notes: one message for each row below the header that is left out.
    """

    sheet: Sheet
    header_rows: tuple[int, ...]
    columns: tuple[HeaderCell, ...]
    data_rows: tuple[int, ...]
    titles: tuple[tuple[int, str], ...] = ()
    notes: tuple[Message, ...] = field(default=())

    @cached_property
    def _cells_by_column(self) -> list[tuple[Cell, ...]]:
        first, rows = self.sheet.first_row, self.sheet.rows
        return list(zip(*(rows[row - first] for row in self.data_rows), strict=True))

    def cells(self, column: int) -> Sequence[Cell]:
        """The cells of a column in the data rows."""
        return self._cells_by_column[column - self.sheet.first_column] if self.data_rows else ()


def find_table(
    sheet: Sheet, *, header_rows: Sequence[int] = (), expected: frozenset[str] = frozenset()
) -> Table | None:
    """The table of a sheet, None if it has none.

    header_rows: where the header is known to be. expected: keys of headers that it should have
    (mapping.header_key); without either the header is the row that looks most like one.
    """
    rows = tuple(header_rows) or _find_header(sheet, expected)
    if not rows or rows[-1] not in sheet.row_numbers:
        return None
    columns = tuple(_columns(sheet, rows))
    if not columns:
        return None
    data_rows, notes = _split(sheet, rows, columns)
    titles = tuple(islice(_titles(sheet, rows[0]), MOST_TITLES))
    return Table(sheet, rows, columns, tuple(data_rows), titles, tuple(notes))


def _find_header(sheet: Sheet, expected: frozenset[str]) -> tuple[int, ...]:
    """One or two row numbers, or () if no row looks like a header."""
    searched = sheet.row_numbers[:SEARCHED_ROWS]
    scores = [_header_score(sheet, row, expected) for row in searched]
    best = max(range(len(scores)), key=scores.__getitem__, default=None)
    if best is None or scores[best] < 2:
        return ()
    row = searched[best]
    if any(area.first_row == row and area.last_row == row + 1 for area in sheet.merged):
        return row, row + 1  # a cell over both header rows
    return (row - 1, row) if _is_group_row(sheet, row - 1, row) else (row,)


def _header_score(sheet: Sheet, row: int, expected: frozenset[str]) -> float:
    """How much a row looks like a header: different texts over filled columns, known words, few numbers."""
    texts: set[str] = set()
    score = 0.0
    for column in sheet.column_numbers:
        cell = sheet.merged_cell(row, column)
        if cell is None:
            continue
        if not isinstance(cell, str) or _NUMBERLIKE.fullmatch(cell.strip()):
            score -= 0.75
            continue
        key = header_key(cell)
        if key in texts or len(key) > LONGEST_HEADER:
            continue
        texts.add(key)
        if _has_cells_below(sheet, row, column):
            score += 1
        score += 2 * (key in PUPIL_WORDS) + 4 * (key in expected)
    return score if len(texts) > 1 else 0.0


def _has_cells_below(sheet: Sheet, row: int, column: int) -> bool:
    return any(sheet.cell(below, column) is not None for below in range(row + 1, row + 11))


def _is_group_row(sheet: Sheet, row: int, header_row: int) -> bool:
    """True if the row above the header groups its columns: merged cells, or at least two texts, over
    headers.
    """
    texts = {
        column: text for column in sheet.column_numbers if isinstance(text := sheet.cell(row, column), str)
    }
    if not texts or list(texts) == [sheet.first_column]:
        return False  # a lone text at the left is a title, however wide
    if any(sheet.merged_cell(header_row, column) is None for column in texts):
        return False
    if any(area.first_row == row and area.first_column in texts for area in sheet.merged):
        return True
    return len(texts) > 1 and not any(":" in text for text in texts.values())


def _columns(sheet: Sheet, header_rows: tuple[int, ...]) -> Iterator[HeaderCell]:
    groups = _groups(sheet, header_rows[0]) if len(header_rows) > 1 else {}
    for column in sheet.column_numbers:
        header = cell_text(sheet.merged_cell(header_rows[-1], column))[:KEPT_OF_A_HEADER]
        group = groups.get(column, "")
        if header and header_key(header) == header_key(group):
            group = ""  # one cell over both rows
        if (header or group) and not header.startswith(OWN_REMARK):
            yield HeaderCell(column, header or group, group if header else "")


def _groups(sheet: Sheet, row: int) -> dict[int, str]:
    """The group above each column. Where nothing is merged in the row, a text holds until the next one."""
    is_merged = any(area.first_row <= row <= area.last_row for area in sheet.merged)
    groups: dict[int, str] = {}
    current = ""
    for column in sheet.column_numbers:
        text = cell_text(sheet.merged_cell(row, column))[:KEPT_OF_A_HEADER]
        current = text if text or is_merged else current
        groups[column] = current
    return groups


def _titles(sheet: Sheet, header_row: int) -> Iterator[tuple[int, str]]:
    for row in range(sheet.first_row, header_row):
        for cell in sheet.rows[row - sheet.first_row]:
            if isinstance(cell, str) and cell.strip():
                yield row, cell.strip()[:LONGEST_TITLE]


def _split(
    sheet: Sheet, header_rows: tuple[int, ...], columns: tuple[HeaderCell, ...]
) -> tuple[list[int], list[Message]]:
    """Numbers of the data rows, and a note for every other filled row below the header."""
    header = [cell_text(sheet.cell(header_rows[-1], column.number)) for column in columns]
    first_row = header_rows[-1] + 1
    data_rows: list[int] = []
    notes: list[Message] = []
    after_gap = False
    for number, row in enumerate(sheet.rows[first_row - sheet.first_row :], first_row):
        filled = sheet.width - row.count(None)
        if filled:
            kind = _left_out(row, filled, header, after_gap=after_gap)
            if kind is None:
                data_rows.append(number)
            else:
                value = cell_text(next(cell for cell in row if cell is not None))
                notes.append(Message(kind, sheet.name, number, value=value))
        after_gap = not filled
    return data_rows, notes


def _left_out(row: list[Cell], filled: int, header: list[str], *, after_gap: bool) -> Kind | None:
    """Why a row is no data, None if it is."""
    first = next(cell for cell in row if cell is not None)
    if not isinstance(first, str):
        return None
    if header_key(first).rstrip(":.") in TOTAL_WORDS:
        return TOTALS_ROW
    if first.strip() == header[0] and [cell_text(cell) for cell in row if cell is not None] == header:
        return REPEATED_HEADER
    if (
        filled == 1
        and len(row) > 2
        and not _NUMBERLIKE.fullmatch(first.strip())
        and (after_gap or _is_note(first))
    ):
        return NOTE_ROW
    return None


def _is_note(text: str) -> bool:
    """True for a text that stands alone in its row and is no name or code."""
    return bool(_NOTE_START.match(text)) or len(text) > LONG_TEXT or text.rstrip().endswith(".")
