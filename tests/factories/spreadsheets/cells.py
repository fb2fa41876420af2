"""What the writers of workbooks are given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

ERROR_CODES = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}


@dataclass(frozen=True)
class Percent:
    """A share that is shown as percent."""

    share: float


@dataclass(frozen=True)
class Error:
    text: str


@dataclass(frozen=True)
class Formula:
    """A formula without "="; result None: the file holds none."""

    text: str
    result: float | None = None


@dataclass(frozen=True)
class Table:
    """A sheet. Rows and columns are counted from 1, a merged area is first row and column, last row and column."""

    name: str
    rows: Sequence[Sequence[Any]]
    is_hidden: bool = False
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    merged: Sequence[tuple[int, int, int, int]] = ()

    @property
    def width(self) -> int:
        return max(map(len, self.rows), default=0)


def serial(day: date, *, is_1904: bool) -> int:
    """The day as a spreadsheet counts it, from 1900 (right from March of that year) or from 1904."""
    return (day - (date(1904, 1, 1) if is_1904 else date(1899, 12, 30))).days
