"""Where the table is in a sheet: title rows above, one to three header rows, data rows, totals and notes.
Pure.

header_rows.py finds the header, left_out.py parts the rows below it. Nothing is left out unsaid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise

from django.utils.translation import gettext_lazy

from colourmaps.importing.header_rows import BLANK, TEXT, find_header, sort_of, units_below
from colourmaps.importing.left_out import split_rows
from colourmaps.importing.mapping import header_key
from colourmaps.importing.messages import Level, Message, define
from colourmaps.importing.values import cell_text
from colourmaps.importing.workbook import Cell, Sheet, column_letters

NO_HEADER = define(
    "table.no_header",
    Level.WARNING,
    gettext_lazy(
        "No row looks like a header, so the columns are named by their letters. "
        "Write a row of headers above the table and send the file again."
    ),
)
UNITS_ROW = define(
    "table.units_row",
    Level.NOTE,
    gettext_lazy("Row %(row)d holds the units of the columns and is left out."),
)

SEARCHED_ROWS = 40
"""A header is looked for in so many rows from the top of the sheet."""

OWN_REMARK = "✎"
"""A column whose header begins with this sign is our own remark in a workbook that we gave out: never read."""

KEPT_OF_A_HEADER = 500
"""Characters; headers that differ only beyond are one header."""

LONGEST_TITLE, MOST_TITLES = 200, 200
"""Titles are searched for names, so their length (in characters) and number are what the search costs."""


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """A column of a table: its number in the spreadsheet, its header, and the group in the rows above (""
    for none).

    A column with cells but without a header is called by its letters in brackets, "[C]". unit: of the row below.
    """

    number: int
    header: str
    group: str = ""
    unit: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return header_key(self.header), header_key(self.group)

    @property
    def is_unnamed(self) -> bool:
        return self.header == unnamed(self.number)


def unnamed(column: int) -> str:
    """What a column without a header is called. The brackets keep it apart from headers such as "A" to "F"."""
    return f"[{column_letters(column)}]"


@dataclass(frozen=True)
class Table:
    """The table of a sheet. Rows are numbers in the spreadsheet, counted from 1.

    header_rows: empty if the table has none. columns: those with a header or with cells. data_rows: rising.
    titles: row and text of the lines above the header. notes: one message for each row below the header that is
    left out.
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
    """The table of a sheet, None if no row looks like its header.

    header_rows: where the header is known to be. expected: keys of headers that it should have
    (mapping.header_key); without either the header is the row that looks most like one.
    """
    rows = tuple(header_rows) or find_header(sheet, expected, searched_rows=SEARCHED_ROWS)
    if not rows or rows[-1] not in sheet.row_numbers:
        return None
    units = units_below(sheet, rows[-1] + 1)
    columns = list(_named_columns(sheet, rows, units))
    if not columns:
        return None
    first_row = rows[-1] + (2 if units else 1)
    header = [cell_text(sheet.cell(rows[-1], column.number)) for column in columns]
    split = split_rows(sheet, first_row, header)
    notes = ([Message(UNITS_ROW, sheet.name, first_row - 1)] if units else []) + split.notes
    titles = tuple(islice(_titles(sheet, rows[0]), MOST_TITLES))
    columns += _unnamed_columns(sheet, rows[-1], split.data_rows, columns)
    columns.sort(key=lambda column: column.number)
    return Table(sheet, rows, tuple(columns), tuple(split.data_rows), titles, tuple(notes))


def find_headerless_table(sheet: Sheet) -> Table | None:
    """The table of a sheet that has no header: the rows from the first with two cells. None if there are not two.

    To be shown, not to be read: nothing says what its columns are.
    """
    widths = [sheet.width - row.count(None) for row in sheet.rows]
    start = next((at for at, filled in enumerate(widths) if filled > 1), None)
    if start is None or sum(filled > 1 for filled in widths) < 2:
        return None
    first_row = sheet.first_row + start
    split = split_rows(sheet, first_row, ())
    columns = tuple(_unnamed_columns(sheet, first_row, split.data_rows, ()))
    if not _holds_values(sheet, split.data_rows):
        return None
    titles = tuple(islice(_titles(sheet, first_row), MOST_TITLES))
    notes = (Message(NO_HEADER, sheet.name), *split.notes)
    return Table(sheet, (), columns, tuple(split.data_rows), titles, notes)


def _holds_values(sheet: Sheet, rows: Sequence[int]) -> bool:
    """False for running text, which has cells but is no table."""
    sorts = [sort_of(cell) for row in rows[:SEARCHED_ROWS] for cell in sheet.rows[row - sheet.first_row]]
    n_filled = len(sorts) - sorts.count(BLANK)
    return n_filled - sorts.count(TEXT) >= 0.2 * n_filled


def _named_columns(
    sheet: Sheet, header_rows: tuple[int, ...], units: Mapping[int, str]
) -> Iterator[HeaderCell]:
    groups = [_groups(sheet, row) for row in header_rows[:-1]]
    for column in sheet.column_numbers:
        header = _header_text(sheet, header_rows[-1], column)
        parts = [level[column] for level in groups]
        if not header:  # the header of a column can stand in the upper row alone
            own = [_header_text(sheet, row, column) for row in header_rows[:-1]]
            header = next((text for text in reversed(own) if text), "")
            parts = own[:-1]
        # one cell over several rows is one text
        different = dict.fromkeys(text for text in parts if text and header_key(text) != header_key(header))
        if header and not header.startswith(OWN_REMARK):
            yield HeaderCell(column, header, " – ".join(different), units.get(column, ""))


def _unnamed_columns(
    sheet: Sheet, header_row: int, data_rows: Sequence[int], named: Sequence[HeaderCell]
) -> list[HeaderCell]:
    """The columns that hold something in the data rows and have no header."""
    numbers = {column.number for column in named}
    rows = [sheet.rows[row - sheet.first_row] for row in data_rows]
    return [
        HeaderCell(number, unnamed(number))
        for at, number in enumerate(sheet.column_numbers)
        if number not in numbers
        and not (named and _header_text(sheet, header_row, number))
        and any(row[at] is not None for row in rows)
    ]


def _header_text(sheet: Sheet, row: int, column: int) -> str:
    return cell_text(sheet.merged_cell(row, column))[:KEPT_OF_A_HEADER].strip()


def _groups(sheet: Sheet, row: int) -> dict[int, str]:
    """The group above each column. A text holds until the next one, unless the row merges or repeats its texts."""
    texts = [_header_text(sheet, row, column) for column in sheet.column_numbers]
    is_merged = any(area.first_row <= row <= area.last_row for area in sheet.merged)
    is_repeated = any(one and one == other for one, other in pairwise(texts))
    groups: dict[int, str] = {}
    current = ""
    for column, text in zip(sheet.column_numbers, texts, strict=True):
        current = text if text or is_merged or is_repeated else current
        groups[column] = current
    return groups


def _titles(sheet: Sheet, header_row: int) -> Iterator[tuple[int, str]]:
    for row in range(sheet.first_row, header_row):
        for cell in sheet.rows[row - sheet.first_row]:
            if isinstance(cell, str) and cell.strip():
                yield row, cell.strip()[:LONGEST_TITLE]
