"""The day on which a row was measured: dates as cells, as text, and as the numbers by which spreadsheets count days."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import numpy as np
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from colourmaps.importing.messages import Kind, Level, Message, define
from colourmaps.importing.tables import HeaderCell, Table
from colourmaps.importing.values import AN_ERROR, UNCALCULATED, cell_text
from colourmaps.importing.workbook import Cell, CellError, column_letters

NOT_A_DAY = define(
    "days.not_a_day",
    Level.ERROR,
    gettext_lazy("“%(value)s” is not a date. Write the day of measurement as 2026-09-03, or empty the cell."),
)
TWO_DAYS = define(
    "days.two_days",
    Level.ERROR,
    gettext_lazy("“%(value)s” can be two different dates. Write the day of measurement as 2026-09-03."),
)
DAY_NUMBERS = define(
    "days.day_numbers",
    Level.NOTE,
    gettext_lazy(
        "%(count)d numbers of the column are read as dates, in the way in which spreadsheets count days."
    ),
)

_TIME = r"(?:[T ]\d{1,2}[:.]\d{2}.*)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DOTTED = re.compile(rf"(\d{{1,2}})\.\s?(\d{{1,2}})\.\s?(\d{{4}}){_TIME}")
"""3.9.2026: with points the day comes first in all Nordic countries."""
_SLASHED = re.compile(rf"(\d{{1,2}})[-/](\d{{1,2}})[-/](\d{{4}}){_TIME}")
"""03/09/2026: the day comes first or the month, depending on who has written it."""

_DAY_ZERO = date(1899, 12, 30)
"""Day 0 of spreadsheets; counted so that their leap day of 1900, which there never was, does no harm."""
_FIRST_NUMBER, _LAST_NUMBER = 20_000, 60_000
"""Of days that can be meant: from 1954 to 2064."""
NO_DAY = np.datetime64("NaT", "D")

Days = NDArray[np.datetime64]
"""datetime64[D]; NaT where there is no day."""

Read = date | Kind | None


def between(days: Days, first: date, last: date) -> NDArray[np.bool_]:
    """Which days are from the first to the last, both included; no day is not."""
    return (days >= np.datetime64(first, "D")) & (days <= np.datetime64(last, "D"))


def read_days(table: Table, column: HeaderCell, messages: list[Message]) -> Days:
    """The day of each data row, NaT for an empty cell; a message for each cell that is no date."""
    cells = table.cells(column.number)
    order = _order(cells)
    read = [_day(cell, order) for cell in cells]
    numbered = _numbered(cells) if any(isinstance(day, date) for day in read) else {}
    place = table.sheet.name, column_letters(column.number)
    days = np.full(len(cells), NO_DAY, dtype="datetime64[D]")
    for at, (row, day) in enumerate(zip(table.data_rows, read, strict=True)):
        day = numbered.get(at, day)
        if isinstance(day, Kind):
            messages.append(Message(day, place[0], row, place[1], cell_text(cells[at])))
        elif day is not None:
            days[at] = day
    if numbered:
        header = " ".join(column.header.split())
        messages.append(Message(DAY_NUMBERS, place[0], 0, place[1], header, {"count": len(numbered)}))
    return days


def _day(cell: Cell, order: tuple[int, int] | None) -> Read:
    """The date of a cell, None for an empty one, or why it is none.

    order: which groups of a date with slashes are the month and the day; None if the column does not tell.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, CellError):
        return UNCALCULATED if cell.is_uncalculated else AN_ERROR
    text = cell_text(cell)
    if not text:
        return None
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return _made(match[1], match[2], match[3])
    if match := _DOTTED.fullmatch(text):
        return _made(match[3], match[2], match[1])
    if match := _SLASHED.fullmatch(text):
        return _slashed(match, order)
    return NOT_A_DAY


def _made(year: str, month: str, day: str) -> Read:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return NOT_A_DAY


def _slashed(match: re.Match[str], order: tuple[int, int] | None) -> Read:
    own = _order_of(match)
    if own is None and match[1] != match[2]:
        own = order
        if own is None:
            return TWO_DAYS
    month, day = own or (1, 2)
    return _made(match[3], match[month], match[day])


def _order_of(match: re.Match[str]) -> tuple[int, int] | None:
    """Groups of the month and the day, if one of the two numbers can only be a day."""
    if int(match[1]) > 12:
        return 2, 1
    return (1, 2) if int(match[2]) > 12 else None


def _order(cells: Iterable[Cell]) -> tuple[int, int] | None:
    """What the dates of a column that can be read in one way only say of the others; None if they disagree."""
    texts = {cell.strip() for cell in cells if isinstance(cell, str)}
    matches = filter(None, map(_SLASHED.fullmatch, texts))
    orders = {order for match in matches if (order := _order_of(match))}
    return orders.pop() if len(orders) == 1 else None


def _numbered(cells: Sequence[Cell]) -> dict[int, date]:
    """Days of the cells that hold a bare number of a day."""
    return {
        at: _DAY_ZERO + timedelta(days=int(cell))
        for at, cell in enumerate(cells)
        if isinstance(cell, int | float) and _FIRST_NUMBER <= cell <= _LAST_NUMBER
    }
