"""All that a file says under a mapping, as rows of pupils and columns of values that know their places. Pure."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnlyMapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from colourmaps.importing.days import Days
from colourmaps.importing.mapping import Meaning
from colourmaps.importing.messages import Kind, Message
from colourmaps.importing.pupil_cells import PupilRow
from colourmaps.importing.shown import shown_at
from colourmaps.importing.tables import Table
from colourmaps.importing.workbook import column_letters

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class ValueColumn:
    """The values of one indicator in one round, for all rows of all sheets.

    hundredths: int32, one per row of Extraction.pupils; a number only where marks is Mark.MEASURED, else 0.
    marks: int8, a scales.Mark (0 and above) where the row has a result, else BLANK, WITHHELD or REFUSED
    (below 0).
    column_by_sheet: number of the column in each sheet that has it; in a table with a row per result all
    indicators have the same.
    """

    indicator: str
    round: str
    hundredths: NDArray[np.int32]
    marks: NDArray[np.int8]
    column_by_sheet: ReadOnlyMapping[str, int]

    @property
    def has_result(self) -> NDArray[np.bool_]:
        """Which rows have a result, be it a number or a mark."""
        return self.marks >= 0

    @property
    def n_results(self) -> int:
        return int(np.count_nonzero(self.has_result))


@dataclass(frozen=True)
class Extraction:
    """What the rows of a file say; nothing is matched or checked against the municipality yet.

    pupils: one per data row, in order of sheets and rows. columns: one per indicator and round.
    messages: in order of sheets; refused cells, left-out rows and columns, and what was assumed.
    days: datetime64[D], the day of measurement that each row names, NaT where it names none; None if no column
    does. described: by sheet, the number of the column of each meaning that describes the row.
    """

    pupils: list[PupilRow]
    columns: list[ValueColumn]
    messages: list[Message] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    tables: ReadOnlyMapping[str, Table] = field(default_factory=dict)
    days: Days | None = None
    described: ReadOnlyMapping[str, ReadOnlyMapping[Meaning, int]] = field(default_factory=dict)

    @property
    def n_results(self) -> int:
        return sum(column.n_results for column in self.columns)

    @cached_property
    def rounds(self) -> list[str]:
        """Names of the rounds that the file has results of, as it writes them, each once."""
        return list(dict.fromkeys(column.round for column in self.columns))

    @cached_property
    def sheet_numbers(self) -> NDArray[np.int32]:
        """Of each row, the place of its sheet in `sheets`."""
        number_of = {name: number for number, name in enumerate(self.sheets)}
        return np.array([number_of[pupil.sheet] for pupil in self.pupils], dtype=np.int32)

    def has_result(self, round_name: str) -> NDArray[np.bool_]:
        """Which rows have a result in a round."""
        found = np.zeros(len(self.pupils), dtype=bool)
        for column in self.columns:
            if column.round == round_name:
                found |= column.has_result
        return found

    def written(self, at: int, column: ValueColumn | Meaning) -> str:
        """The cell of pupils[at] in a column as the file shows it."""
        number, pupil = self._number(at, column), self.pupils[at]
        return "" if number is None else shown_at(self.tables[pupil.sheet].sheet, pupil.row, number)

    def message(
        self, kind: Kind, at: int, column: ValueColumn | Meaning | None = None, **parameters: Any
    ) -> Message:
        """A message about the row of pupils[at], or about its cell in a column."""
        pupil = self.pupils[at]
        number = self._number(at, column) if column else None
        letters = column_letters(number) if number else ""
        value = self.written(at, column) if column else ""
        return Message(kind, pupil.sheet, pupil.row, letters, value, parameters)

    def _number(self, at: int, column: ValueColumn | Meaning) -> int | None:
        sheet = self.pupils[at].sheet
        if isinstance(column, Meaning):
            return self.described.get(sheet, {}).get(column)
        return column.column_by_sheet.get(sheet)
