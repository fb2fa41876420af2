"""The result of looking at a foreign workbook, as data. understanding.py makes it; nothing here decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from colourmaps.importing.kinds import ColumnKind
from colourmaps.importing.mapping import KEY_MEANINGS, Meaning, header_key
from colourmaps.importing.messages import Message


@dataclass(frozen=True, slots=True)
class UnderstoodColumn:
    """A column and what it seems to be.

    meaning: the proposal; indicator and round: code and name, with the meaning INDICATOR only.
    confidence: 0–1; reason: one sentence; examples: up to three different cells as written; n_filled:
    filled cells. words: with the meaning INDICATOR_NAME, each different text and the code of its indicator ("" if none
    is known). unit: from a row of units below the header.
    """

    number: int
    letters: str
    header: str
    group: str
    kind: ColumnKind
    meaning: Meaning
    confidence: float
    reason: str
    indicator: str = ""
    round: str = ""
    examples: tuple[str, ...] = ()
    n_filled: int = 0
    words: tuple[tuple[str, str], ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class UnderstoodSheet:
    """A sheet and what it seems to be; a sheet without a table has no columns.

    header_rows, first_row, last_row: numbers in the spreadsheet, last_row 0 without data. No header_rows with columns:
    the table has no header and cannot be read. n_rows: data rows.
    school, round, school_class: found in the lines above the table or in the sheet's name, "" if not.
    is_proposed: visible, and with a header and a column that says which pupil a row is about.
    """

    name: str
    hidden: bool
    header_rows: tuple[int, ...] = ()
    first_row: int = 0
    last_row: int = 0
    n_rows: int = 0
    n_hidden_rows: int = 0
    columns: tuple[UnderstoodColumn, ...] = ()
    titles: tuple[str, ...] = ()
    school: str = ""
    round: str = ""
    school_class: str = ""
    notes: tuple[Message, ...] = field(default=())

    @property
    def is_proposed(self) -> bool:
        has_pupils = any(column.meaning in KEY_MEANINGS for column in self.columns)
        return not self.hidden and bool(self.header_rows) and has_pupils

    @property
    def is_long(self) -> bool:
        """A row per result and not per pupil."""
        return any(column.meaning is Meaning.VALUE for column in self.columns)


@dataclass(frozen=True, slots=True)
class Understanding:
    """A whole file; school and round only if all its proposed sheets agree on one."""

    sheets: tuple[UnderstoodSheet, ...]

    @property
    def proposed_sheets(self) -> list[UnderstoodSheet]:
        return [sheet for sheet in self.sheets if sheet.is_proposed]

    @property
    def school(self) -> str:
        return _only(sheet.school for sheet in self.proposed_sheets)

    @property
    def round(self) -> str:
        return _only(sheet.round for sheet in self.proposed_sheets)


def _only(names: Iterable[str]) -> str:
    """The name if all that is said is one, else ""."""
    different = {header_key(name): name for name in names if name}
    return next(iter(different.values())) if len(different) == 1 else ""
