"""The cells of one sheet while it is read, in whatever order they come."""

import math
from typing import Any, TextIO

from .number_formats import Shown, moment
from .output import ErrorValue, Traits, add_to_runs, write_sheet
from .refusal import Limits


class CellTable:
    """Rows and columns are counted from 1. Only filled cells take room."""

    def __init__(self, name: str, limits: Limits, *, hidden: bool = False, is_1904: bool = False) -> None:
        self.name = name
        self.hidden = hidden
        self.traits = Traits()
        self._limits = limits
        self._is_1904 = is_1904
        self._rows: dict[int, dict[int, Any]] = {}

    def put(self, row: int, column: int, value: Any) -> None:
        """Raises Refused if the file has used up its cells. Empty text is no cell."""
        if value == "":
            return
        self._limits.spend_cells(1)
        cells = self._rows.get(row)
        if cells is None:
            self._limits.check_size(len(self._rows) + 1, 0)
            cells = self._rows[row] = {}
        cells[column] = value

    def put_number(self, row: int, column: int, value: float, shown: Shown) -> None:
        """A number as its format shows it: a share, a date, a duration or just a number."""
        if not math.isfinite(value):
            self.put(row, column, ErrorValue("#NUM!"))
            return
        if shown is Shown.PERCENT:
            self.traits.add_percent(row, column)
        self.put(row, column, moment(value, shown, is_1904=self._is_1904))

    def hide_row(self, row: int) -> None:
        add_to_runs(self.traits.hidden_rows, row)

    def write(self, out: TextIO) -> None:
        if not self._rows:
            write_sheet(out, self._limits, self.name, [], hidden=self.hidden)
            return
        top, bottom = min(self._rows), max(self._rows)
        left = min(map(min, self._rows.values()))
        right = max(map(max, self._rows.values()))
        self._limits.check_size(bottom - top + 1, right - left + 1)
        self._limits.spend_cells((bottom - top + 1) * (right - left + 1) - self._n_filled())
        columns = range(left, right + 1)
        nothing: dict[int, Any] = {}
        rows = [
            [cells.get(column) for column in columns]
            for cells in (self._rows.get(row, nothing) for row in range(top, bottom + 1))
        ]
        write_sheet(
            out, self._limits, self.name, rows, hidden=self.hidden, top=top, left=left, traits=self.traits
        )

    def _n_filled(self) -> int:
        return sum(map(len, self._rows.values()))
