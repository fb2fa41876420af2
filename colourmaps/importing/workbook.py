"""A file from outside as sheets of cells that know their place; whatever cannot be read is one clear
sentence.

The file is read by the package `reader` in a child process, with limits on memory, processor time, wall time and
output, so that no file can harm the process that asked. The child gets no environment and no path: the
open file is its input.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from colourmaps.importing.reader import refusal
from colourmaps.importing.reader.refusal import Exit
from colourmaps.importing.sheets import Area, Cell, CellError, Sheet, Workbook, column_letters

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

__all__ = [
    "DEFAULT_LIMITS",
    "Area",
    "Cell",
    "CellError",
    "ReadLimits",
    "Sheet",
    "UnreadableFile",
    "Workbook",
    "column_letters",
    "read_workbook",
]

logger = logging.getLogger(__name__)

MEBIBYTE = 1024 * 1024

LONGEST_SHEET_NAME = 100
"""Characters, as messages keep them; spreadsheet programs allow 31."""

READER = Path(refusal.__file__).parent

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
    errors: int = 200_000
    """Cells of an .xlsx that show an error or hold a formula without a result; each takes the time of many."""
    repeated: int = 50_000
    """Filled cells that a file may say it repeats, however small it is; each byte adds repeated_per_byte."""
    repeated_per_byte: int = 3
    memory_bytes: int = 300 * MEBIBYTE
    """Address space of the child; about 100 MiB of it are libraries."""
    output_bytes: int = 64 * MEBIBYTE
    cpu_seconds: float = 0.9
    """Processor time for a small file; each MiB of the file adds cpu_seconds_per_mebibyte."""
    cpu_seconds_per_mebibyte: float = 0.4
    wall_seconds: float = 60.0

    def for_child(self, size: int) -> str:
        """The limits as the child wants them, for a file of `size` bytes."""
        limits = asdict(self)
        for ours in ("file_bytes", "wall_seconds"):
            del limits[ours]
        limits["cpu_seconds"] += limits.pop("cpu_seconds_per_mebibyte") * size / MEBIBYTE
        limits["repeated"] += limits.pop("repeated_per_byte") * size
        return json.dumps(limits)


DEFAULT_LIMITS = ReadLimits()


SENTENCES: Mapping[int, StrPromise] = {
    Exit.NOT_A_WORKBOOK: gettext_lazy(
        "The file is neither a spreadsheet nor a table in text form. Save it as .xlsx and send it again."
    ),
    Exit.PASSWORD: gettext_lazy(
        "The file is protected by a password. Remove the password and send it again."
    ),
    Exit.UNPACKS_TOO_BIG: gettext_lazy(
        "The file unpacks to more than we accept. Copy the table into a new workbook and send that."
    ),
    Exit.TOO_MANY_SHEETS: gettext_lazy("The workbook has too many sheets. Split it into several files."),
    Exit.TOO_MANY_CELLS: gettext_lazy(
        "A sheet has more rows or columns than we accept. Split it into several files."
    ),
    Exit.DAMAGED: gettext_lazy(
        "The file is damaged. Open it in the spreadsheet program, save it again and send the new file."
    ),
    Exit.OUT_OF_MEMORY: gettext_lazy(
        "The file unpacks to more than we accept. Copy the table into a new workbook and send that."
    ),
    Exit.WEB_PAGE: gettext_lazy(
        "The file is a web page (HTML), whatever its name says. "
        "Open it in a spreadsheet program, save it as .xlsx and send that."
    ),
    Exit.EXCEL_2003_XML: gettext_lazy(
        "The file is an XML spreadsheet of Excel 2003. Open it in Excel, save it as .xlsx and send that."
    ),
    Exit.DOCUMENT: gettext_lazy(
        "The file is a text document or presentation. Copy its table into a spreadsheet and send that."
    ),
    Exit.PDF: gettext_lazy("The file is a PDF. Ask for the table as a spreadsheet (.xlsx) and send that."),
    Exit.PICTURE: gettext_lazy(
        "The file is a picture. Ask for the table as a spreadsheet (.xlsx) and send that."
    ),
    Exit.ARCHIVE: gettext_lazy(
        "The file is a compressed archive. Unpack it and send the spreadsheets in it one by one."
    ),
    Exit.TOO_OLD: gettext_lazy(
        "The file has a format from before 1995. "
        "Open it in a spreadsheet program, save it as .xlsx and send that."
    ),
    Exit.LONE_QUOTE: gettext_lazy(
        "The text file has a quotation mark without its counterpart, so that its columns cannot be told apart. "
        "Remove it, or save the table as .xlsx, and send it again."
    ),
    Exit.TOO_MANY_ERRORS: gettext_lazy(
        "The file has too many errors and formulas without a result. Open it in the spreadsheet program, correct the "
        "formulas, save it again and send the new file."
    ),
    Exit.NUMBERS: gettext_lazy("The file is made by Apple Numbers. Export it as .xlsx and send that."),
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
    -number for number in (getattr(signal, "SIGPROF", None), getattr(signal, "SIGXCPU", None)) if number
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
    """The sheets from the child's output; its form is described in reader/__init__.py."""
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
            int(column): tuple(map(tuple, runs)) for column, runs in head.get("percent", {}).items()
        },
        hidden_rows=frozenset(head.get("hidden_rows", ())),
        hidden_columns=frozenset(head.get("hidden_columns", ())),
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
    "e": lru_cache(1000)(CellError),
}


def _decode_cell(value: dict[str, Any]) -> object:
    if len(value) == 1:
        name, content = next(iter(value.items()))
        if name in _DECODERS:
            return _DECODERS[name](content)
    return value
