"""What a workbook is once it has been read: sheets of cells that know their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TALLEST_HEADER_CELL = 10
"""Rows of a merged area that can be part of a header."""


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell without a value: an error such as #N/A, or ("=A1+A2") a formula whose result the file does
    not hold.
    """

    text: str

    @property
    def is_uncalculated(self) -> bool:
        return self.text.startswith("=")

    def __str__(self) -> str:
        return self.text


Cell = str | float | int | bool | date | datetime | time | timedelta | CellError | None


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells; rows and columns counted from 1, ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def within(self, rows: range, columns: range) -> Area | None:
        """The part of the area that lies in the rows and columns; None if there is none."""
        part_rows = rows[max(self.first_row - rows.start, 0) : max(self.last_row + 1 - rows.start, 0)]
        part_columns = columns[
            max(self.first_column - columns.start, 0) : max(self.last_column + 1 - columns.start, 0)
        ]
        if not part_rows or not part_columns:
            return None
        return Area(part_rows[0], part_columns[0], part_rows[-1], part_columns[-1])

    @property
    def n_cells(self) -> int:
        return (self.last_row - self.first_row + 1) * (self.last_column - self.first_column + 1)


@dataclass(frozen=True)
class Sheet:
    """One sheet: the rectangle of cells from the first filled to the last filled row and column.

    name: "" for a text file. rows: cells by row; all rows are equally long, an empty cell is None.
    first_row, first_column: place of rows[0][0] in the spreadsheet, counted from 1.
    percent_runs: column number -> runs (first row, last row) of numbers that are shown as percent: 0.24 is
    24 %.
    hidden_rows, hidden_columns: numbers of rows and columns that the spreadsheet hides; their cells are in
    `rows` like all others.
    """

    name: str
    rows: list[list[Cell]]
    hidden: bool = False
    first_row: int = 1
    first_column: int = 1
    merged: tuple[Area, ...] = ()
    percent_runs: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    @property
    def row_numbers(self) -> range:
        """Numbers of the rows in the spreadsheet."""
        return range(self.first_row, self.first_row + len(self.rows))

    @property
    def column_numbers(self) -> range:
        """Numbers of the columns in the spreadsheet, 1 is A."""
        return range(self.first_column, self.first_column + self.width)

    @cached_property
    def _merged_by_row(self) -> dict[int, list[Area | None]]:
        return {}

    def _merged_in(self, row: int) -> list[Area | None]:
        """For each column the area that covers its cell in a row. Made when asked for: only header lines are."""
        covered = self._merged_by_row.get(row)
        if covered is None:
            covered = self._merged_by_row[row] = [None] * self.width
            for area in self.merged:
                part = area.within(range(row, row + 1), self.column_numbers)
                if part and area.last_row - area.first_row < TALLEST_HEADER_CELL:
                    n_columns = part.last_column - part.first_column + 1
                    start = part.first_column - self.first_column
                    covered[start : start + n_columns] = [area] * n_columns
        return covered

    def cell(self, row: int, column: int) -> Cell:
        """The cell at a place of the spreadsheet; None outside."""
        if row in self.row_numbers and column in self.column_numbers:
            return self.rows[row - self.first_row][column - self.first_column]
        return None

    def merged_cell(self, row: int, column: int) -> Cell:
        """As cell(), but a cell that is covered by a merged area has the area's value."""
        if column not in self.column_numbers:
            return None
        area = self._merged_in(row)[column - self.first_column]
        return self.cell(area.first_row, area.first_column) if area else self.cell(row, column)

    def is_percent(self, column: int, first_row: int, last_row: int) -> NDArray[np.bool_]:
        """Which of the cells of a column, first to last row, are numbers shown as percent."""
        import numpy as np  # here, since a look at a file needs none and loading it takes as long as the look

        shown = np.zeros(last_row - first_row + 1, dtype=bool)
        for first, last in self.percent_runs.get(column, ()):
            shown[max(first - first_row, 0) : max(last - first_row + 1, 0)] = True
        return shown


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of a file in its order, hidden ones included; digest: SHA-256 of the file, hexadecimal."""

    sheets: list[Sheet]
    digest: str

    def sheet(self, name: str) -> Sheet:
        """The sheet of this name. Raises KeyError."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)

    @property
    def visible_sheets(self) -> list[Sheet]:
        return [sheet for sheet in self.sheets if not sheet.hidden]


def column_letters(number: int) -> str:
    """The letters of a column as spreadsheets name it: 1 is A, 28 is AB."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
