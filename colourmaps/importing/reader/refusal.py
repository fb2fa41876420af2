"""Why a file is not read, and how much it may ask for."""

import signal
from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """Exit status of the reader; workbook.py has a sentence for each."""

    NOT_A_WORKBOOK = 3
    PASSWORD = 4
    UNPACKS_TOO_BIG = 5
    TOO_MANY_SHEETS = 6
    TOO_MANY_CELLS = 7
    DAMAGED = 8
    OUT_OF_MEMORY = 9
    WEB_PAGE = 10
    EXCEL_2003_XML = 11
    DOCUMENT = 12
    PDF = 13
    PICTURE = 14
    ARCHIVE = 15
    TOO_OLD = 16
    LONE_QUOTE = 17
    NUMBERS = 18
    TOO_MANY_ERRORS = 19


CHARACTERS_PER_CELL = 32
"""So many characters of a repeated text count as one more cell."""


class Refused(Exception):
    """The file is not read; `status` says why."""

    def __init__(self, status: Exit) -> None:
        super().__init__(status)
        self.status = status


@dataclass
class Limits:
    """What one file may ask for; the fields are those of workbook.ReadLimits.

    cells, errors, repeated: what is left of them; spent while reading.
    """

    unpacked_bytes: int
    ratio: int
    ratio_free_bytes: int
    zip_entries: int
    sheets: int
    rows: int
    columns: int
    cells: int
    errors: int
    repeated: int
    memory_bytes: int
    output_bytes: int
    cpu_seconds: float

    def spend_cells(self, n_cells: int) -> None:
        """Raises Refused if the file has used up its cells."""
        self.cells -= n_cells
        if self.cells < 0:
            raise Refused(Exit.TOO_MANY_CELLS)

    def spend_error(self) -> None:
        """Raises Refused if the file has used up its cells without a value."""
        self.errors -= 1
        if self.errors < 0:
            raise Refused(Exit.TOO_MANY_ERRORS)

    def spend_repeated(self, n_cells: int, n_copies: int, n_characters: int) -> None:
        """Before room is taken for them: filled cells of which n_copies are no bytes of the file's own.

        n_characters: of all copies together. Raises Refused.
        """
        if n_cells > self.cells:
            raise Refused(Exit.TOO_MANY_CELLS)
        self.repeated -= n_copies + n_characters // CHARACTERS_PER_CELL
        if self.repeated < 0:
            raise Refused(Exit.UNPACKS_TOO_BIG)

    def check_size(self, n_rows: int, n_columns: int) -> None:
        if n_rows > self.rows or n_columns > self.columns:
            raise Refused(Exit.TOO_MANY_CELLS)

    def check_sheets(self, n_sheets: int) -> None:
        if n_sheets > self.sheets:
            raise Refused(Exit.TOO_MANY_SHEETS)


SECONDS_PER_MEBIBYTE_OF_XML = 1 / 20
"""What reading a large .ods takes beside what any file of its packed size may take."""
SECONDS_FOR_XML_PER_MEBIBYTE = 4
"""The most that each packed mebibyte adds: XML that packs better than eightyfold is hardly a table."""


def allow_time_for_xml(n_bytes: int, n_packed: int) -> None:
    """Put the end of this process off for XML that was unpacked and counted, where it has one."""
    if not hasattr(signal, "ITIMER_PROF"):  # Windows
        return
    left, _interval = signal.getitimer(signal.ITIMER_PROF)
    if left:
        more = min(n_bytes * SECONDS_PER_MEBIBYTE_OF_XML, n_packed * SECONDS_FOR_XML_PER_MEBIBYTE) / 2**20
        signal.setitimer(signal.ITIMER_PROF, left + more)
