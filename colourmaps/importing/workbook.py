"""A file from outside as sheets of cells that know their place; whatever cannot be read is one clear
sentence.

The file is read by sandbox.py in a child process, with limits on memory, processor time, wall time and
output, so that no file can harm the process that asked. The child gets no environment and no path: the
open file is its input.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from colourmaps.importing import sandbox

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

MEBIBYTE = 1024 * 1024

LONGEST_SHEET_NAME = 100
"""Characters, as messages keep them; spreadsheet programs allow 31."""

TALLEST_HEADER_CELL = 10
"""Rows of a merged area that can be part of a header."""

READER = Path(sandbox.__file__)

KEPT_ENVIRONMENT = ("LD_LIBRARY_PATH", "SYSTEMROOT")
"""What an interpreter may need to start; nothing else is handed on, so the child knows no password."""


class UnreadableFile(Exception):
    """The file as a whole cannot be read; str() is one sentence for the person who sent it, in the active
    language.
    """

    def __init__(self, sentence: StrPromise | str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much a file may ask for. A results file of 20,000 pupils x 25 indicators needs a third of each
    or less.
    """

    file_bytes: int = 10 * MEBIBYTE
    unpacked_bytes: int = 100 * MEBIBYTE
    ratio: int = 200
    """Unpacked to packed size, once more than ratio_free_bytes come out."""
    ratio_free_bytes: int = 10 * MEBIBYTE
    zip_entries: int = 2000
    sheets: int = 50
    rows: int = 60_000
    columns: int = 1_000
    cells: int = 3_000_000
    """Of all sheets together, empty ones between filled ones included."""
    memory_bytes: int = 320 * MEBIBYTE
    """Address space of the child; about 100 MiB of it are libraries."""
    output_bytes: int = 64 * MEBIBYTE
    cpu_seconds: float = 1.5
    """Processor time for a small file; each MiB of the file adds cpu_seconds_per_mebibyte."""
    cpu_seconds_per_mebibyte: float = 1.0
    wall_seconds: float = 60.0

    def for_child(self, size: int) -> str:
        """The limits as the child wants them, for a file of `size` bytes."""
        names = (
            "unpacked_bytes",
            "ratio",
            "ratio_free_bytes",
            "zip_entries",
            "sheets",
            "rows",
            "columns",
            "cells",
        )
        limits: dict[str, float] = {name: getattr(self, name) for name in names}
        limits["memory_bytes"] = self.memory_bytes
        limits["output_bytes"] = self.output_bytes
        limits["cpu_seconds"] = self.cpu_seconds + self.cpu_seconds_per_mebibyte * size / MEBIBYTE
        return json.dumps(limits)


DEFAULT_LIMITS = ReadLimits()


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
    hidden_rows: numbers of rows that the spreadsheet hides; their cells are in `rows` like all others.
    Error values, percent formats and hidden rows are known for .xlsx and .xlsm.
    """

    name: str
    rows: list[list[Cell]]
    hidden: bool = False
    first_row: int = 1
    first_column: int = 1
    merged: tuple[Area, ...] = ()
    percent_runs: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()

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


SENTENCES: Mapping[int, StrPromise] = {
    sandbox.EXIT_NOT_A_WORKBOOK: gettext_lazy(
        "The file is neither a spreadsheet nor a table in text form. Save it as .xlsx and send it again."
    ),
    sandbox.EXIT_PASSWORD: gettext_lazy(
        "The file is protected by a password. Remove the password and send it again."
    ),
    sandbox.EXIT_UNPACKS_TOO_BIG: gettext_lazy(
        "The file unpacks to more than we accept. Copy the table into a new workbook and send that."
    ),
    sandbox.EXIT_TOO_MANY_SHEETS: gettext_lazy(
        "The workbook has too many sheets. Split it into several files."
    ),
    sandbox.EXIT_TOO_MANY_CELLS: gettext_lazy(
        "A sheet has more rows or columns than we accept. Split it into several files."
    ),
    sandbox.EXIT_DAMAGED: gettext_lazy(
        "The file is damaged. Open it in the spreadsheet program, save it again and send the new file."
    ),
    sandbox.EXIT_OUT_OF_MEMORY: gettext_lazy(
        "The file unpacks to more than we accept. Copy the table into a new workbook and send that."
    ),
}
CRASHED = gettext_lazy(
    "The file could not be read: it is damaged or asks for too much memory. "
    "Copy the table into a new workbook and send that."
)
TOOK_TOO_LONG = gettext_lazy(
    "The file took too long to read. Copy the table into a new workbook and send that."
)
EMPTY_FILE = gettext_lazy("The file is empty.")

TIME_SIGNALS = frozenset(
    -number
    for number in (getattr(sandbox.signal, "SIGPROF", None), getattr(sandbox.signal, "SIGXCPU", None))
    if number
)


def read_workbook(path: Path, *, limits: ReadLimits = DEFAULT_LIMITS) -> Workbook:
    """Read a spreadsheet or a table in text form; the kind is told by its content, not by its name.

    Raises UnreadableFile with one sentence, whatever the file is; OSError if it cannot be opened.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size == 0:
            raise UnreadableFile(EMPTY_FILE)
        if size > limits.file_bytes:
            most = limits.file_bytes // MEBIBYTE
            raise UnreadableFile(
                _("The file is larger than %(most)d MiB. Split it into several.") % {"most": most}
            )
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        sheets = _read_in_child(file, limits.for_child(size), limits.wall_seconds)
    if not any(sheet.rows for sheet in sheets):
        raise UnreadableFile(EMPTY_FILE)
    return Workbook(sheets, digest)


def _read_in_child(file: IO[bytes], limits: str, wall_seconds: float) -> list[Sheet]:
    # The output goes to an unnamed file and not through a pipe: nobody has to read while the clock runs,
    # and the operating system itself limits how much is written (RLIMIT_FSIZE).
    with tempfile.TemporaryFile() as output:
        try:
            child = subprocess.run(
                [sys.executable, "-I", "-X", "utf8", str(READER), limits],
                stdin=file,
                stdout=output,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ},
                timeout=wall_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise UnreadableFile(TOOK_TOO_LONG) from error
        if child.returncode:
            logger.info("The reader of an uploaded file ended with status %d", child.returncode)
            raise UnreadableFile(_sentence(child.returncode))
        output.seek(0)
        return _sheets(output)


def _sentence(status: int) -> StrPromise:
    return TOOK_TOO_LONG if status in TIME_SIGNALS else SENTENCES.get(status, CRASHED)


def _sheets(lines: Iterable[bytes]) -> list[Sheet]:
    """The sheets from the child's output; its form is described in sandbox.py."""
    sheets: list[Sheet] = []
    is_whole = False
    for line in lines:
        value = json.loads(line, object_hook=_decode_cell)
        if isinstance(value, list):
            sheets[-1].rows.extend(value)
        elif "sheet" in value:
            sheets.append(_empty_sheet(value, len(sheets) + 1))
        else:
            is_whole = True
    if not is_whole:
        raise UnreadableFile(CRASHED)
    return sheets


def _empty_sheet(head: Mapping[str, Any], number: int) -> Sheet:
    return Sheet(
        name=_sheet_name(head["sheet"], number),
        rows=[],
        hidden=head["hidden"],
        first_row=head["first_row"],
        first_column=head["first_column"],
        merged=tuple(Area(*area) for area in head.get("merged", ())),
        percent_runs={
            int(column): tuple((first, last) for first, last in runs)
            for column, runs in head.get("percent", {}).items()
        },
        hidden_rows=frozenset(head.get("hidden_rows", ())),
    )


def _sheet_name(name: str, number: int) -> str:
    """The name, or of one that is too long the beginning and the sheet's number, so that no two become one."""
    if len(name) <= LONGEST_SHEET_NAME:
        return name
    end = f"… {number}"
    return name[: LONGEST_SHEET_NAME - len(end)] + end


_DECODERS: Mapping[str, Callable[[Any], object]] = {
    "d": date.fromisoformat,
    "m": datetime.fromisoformat,
    "t": time.fromisoformat,
    "s": lambda seconds: timedelta(seconds=seconds),
    "e": CellError,
}


def _decode_cell(value: dict[str, Any]) -> object:
    if len(value) == 1:
        name, content = next(iter(value.items()))
        if name in _DECODERS:
            return _DECODERS[name](content)
    return value


def column_letters(number: int) -> str:
    """The letters of a column as spreadsheets name it: 1 is A, 28 is AB."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
