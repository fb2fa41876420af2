"""The form in which sheets leave the reader."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TextIO

from .refusal import Limits

ROWS_PER_LINE = 1000

MOST_MERGED_AREAS = 5000
"""Of a sheet, from the top: they matter only around the header."""

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""Characters that PostgreSQL or UTF-8 cannot hold. An .xlsx smuggles NUL past its XML as "_x0000_"."""
SIGNS_OF_UNSTORABLE = ("\\u0000", "\\ud")
"""How they begin in JSON, as many other characters do; a second look is for the few lines that have one."""

Run = list[int]
"""First and last, both included."""


class ErrorValue:
    """A cell that has no value: an error such as #DIV/0!, or a formula without a stored result."""

    def __init__(self, text: str) -> None:
        self.text = text


UNCALCULATED = "=…"
"""Text of a formula without a result, where the file keeps the formula in a form that is not read."""


@dataclass
class Traits:
    """What a sheet tells beside its values; rows and columns are counted from 1.

    percent: column -> runs of rows. hidden_rows, hidden_columns: runs.
    merged: first row, first column, last row, last column of each area.
    """

    percent: dict[int, list[Run]] = field(default_factory=dict)
    hidden_rows: list[Run] = field(default_factory=list)
    hidden_columns: list[Run] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def add_percent(self, row: int, column: int) -> None:
        add_to_runs(self.percent.setdefault(column, []), row)


def add_to_runs(runs: list[Run], number: int) -> None:
    if runs and runs[-1][1] == number - 1:
        runs[-1][1] = number
    else:
        runs.append([number, number])


@dataclass(frozen=True)
class Box:
    """The rectangle of a sheet's filled cells, counted from 1, ends included."""

    top: int
    left: int
    bottom: int
    right: int


def write_sheet(
    out: TextIO,
    limits: Limits,
    name: str,
    rows: list[list[Any]],
    *,
    hidden: bool = False,
    top: int = 1,
    left: int = 1,
    traits: Traits | None = None,
) -> None:
    """rows: all equally long, rows[0][0] at row `top` and column `left`; "" and None are empty cells."""
    traits = traits or Traits()
    box = Box(top, left, top + len(rows) - 1, left + (len(rows[0]) if rows else 0) - 1)
    write(
        out,
        {
            "sheet": name,
            "hidden": hidden,
            "first_row": top,
            "first_column": left,
            "merged": areas_within(traits.merged, box, limits),
            "percent": traits.percent,
            "hidden_rows": numbers_within(traits.hidden_rows, box.top, box.bottom),
            "hidden_columns": numbers_within(traits.hidden_columns, box.left, box.right),
        },
    )
    for start in range(0, len(rows), ROWS_PER_LINE):
        part = rows[start : start + ROWS_PER_LINE]
        write(out, [[None if cell == "" else cell for cell in row] for row in part])


def areas_within(areas: Iterable[tuple[int, int, int, int]], box: Box, limits: Limits) -> list[list[int]]:
    """The areas, cut to the sheet's cells, however far one claims to reach; its cells count as cells."""
    found: list[list[int]] = []
    for top, left, bottom, right in sorted(areas):
        top, left = max(top, box.top), max(left, box.left)
        bottom, right = min(bottom, box.bottom), min(right, box.right)
        if top > bottom or left > right:
            continue
        limits.spend_cells((bottom - top + 1) * (right - left + 1))
        found.append([top, left, bottom, right])
        if len(found) == MOST_MERGED_AREAS:
            break
    return found


def numbers_within(runs: Iterable[Run], first: int, last: int) -> list[int]:
    """The numbers of all runs from first to last; beyond the sheet's cells nobody asks."""
    return sorted({number for start, end in runs for number in range(max(start, first), min(end, last) + 1)})


def write(out: TextIO, value: object) -> None:
    line = as_json(value)
    if any(sign in line for sign in SIGNS_OF_UNSTORABLE):
        line = as_json(without_unstorable(json.loads(line)))
    out.write(line + "\n")


def as_json(value: object) -> str:
    return json.dumps(value, default=encode_cell, separators=(",", ":"))


def without_unstorable(value: Any) -> Any:
    """A JSON value without those characters; a cell that held nothing else is empty."""
    if isinstance(value, str):
        return UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [None if part == "" else part for part in map(without_unstorable, value)]
    if isinstance(value, dict):
        return {name: without_unstorable(part) for name, part in value.items()}
    return value


def encode_cell(cell: object) -> dict[str, Any]:
    if isinstance(cell, ErrorValue):
        return {"e": cell.text}
    if isinstance(cell, datetime):
        return {"m": cell.isoformat()}
    if isinstance(cell, date):
        return {"d": cell.isoformat()}
    if isinstance(cell, time):
        return {"t": cell.isoformat()}
    if isinstance(cell, timedelta):
        return {"s": cell.total_seconds()}
    raise TypeError(type(cell).__name__)
