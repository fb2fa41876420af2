"""The cells of a sheet in an old Excel file."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import TYPE_CHECKING

from .cells import CellTable
from .number_formats import Shown
from .output import UNCALCULATED, ErrorValue
from .refusal import Exit, Limits, Refused
from .xls_records import (
    BIFF8,
    BOF,
    BOOLERR,
    COLINFO,
    EOF,
    FILEPASS,
    FORMULA,
    LABEL,
    LABELSST,
    MERGEDCELLS,
    MULRK,
    NUMBER,
    OLD_FORMULAS,
    RK,
    ROW,
    RSTRING,
    STRING,
    Record,
    records,
    short,
)
from .xls_strings import Strings, long_string

if TYPE_CHECKING:
    from .xls import Globals

ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
TEXT_RESULT, TRUTH_RESULT, ERROR_RESULT, BLANK_RESULT = range(4)
RECKONED_ON_LOAD = 2
"""Flag of a formula: the program that wrote it has left the reckoning to the one that reads it."""
HIDDEN_ROW, HIDDEN_COLUMN = 0x20, 0x01

CELL = Struct("<HHH")
CELL_NUMBER = Struct("<HHHd")
CELL_RK = Struct("<HHHI")
STYLE_AND_RK = Struct("<HI")
DOUBLE = Struct("<d")
LONG = Struct("<q")
AREA = Struct("<HHHH")


def read_sheets(stream: bytes, workbook: Globals, limits: Limits) -> list[CellTable]:
    """The cells of all worksheets.

    Programs that can not reckon put the empty text or 0 for every result, and these are results as well. If
    no formula of the workbook has any other, none was reckoned.
    """
    readers = []
    for name, start, is_hidden in workbook.sheets:
        table = CellTable(name, limits, hidden=is_hidden, is_1904=workbook.is_1904)
        readers.append(_SheetReader(workbook, table))
        readers[-1].read(stream, start)
    has_results = any(reader.has_results for reader in readers)
    for reader in readers:
        for row, column, shown in reader.zeros:
            if not has_results:
                reader.table.put(row, column, ErrorValue(UNCALCULATED))
            elif shown:
                reader.table.put_number(row, column, 0.0, shown)
    return [reader.table for reader in readers]


class _SheetReader:
    def __init__(self, workbook: Globals, table: CellTable) -> None:
        self._workbook = workbook
        self.table = table
        self._styles = workbook.styles
        self._waiting: tuple[int, int] | None = None  # the cell whose text result comes in the next record
        self.zeros: list[tuple[int, int, Shown | None]] = []  # None: the result is the empty text
        self.has_results = False
        self._readers: dict[int, Callable[[Record], None]] = {
            NUMBER: self._number,
            RK: self._rk,
            MULRK: self._rks,
            LABELSST: self._shared_text,
            LABEL: self._text,
            RSTRING: self._text,
            BOOLERR: self._truth_or_error,
            FORMULA: self._formula,
            **dict.fromkeys(OLD_FORMULAS, self._formula),
            STRING: self._text_result,
            ROW: self._row,
            COLINFO: self._columns,
            MERGEDCELLS: self._merged,
        }

    def read(self, stream: bytes, start: int) -> None:
        depth = 0  # charts lie in a sheet like sheets
        readers = self._readers
        for record in records(stream, start):
            reader = readers.get(record.number)
            if reader:
                if depth == 1:
                    reader(record)
            elif record.number == BOF:
                depth += 1
            elif record.number == EOF:
                depth -= 1
                if depth <= 0:
                    break
            elif record.number == FILEPASS:
                raise Refused(Exit.PASSWORD)
            elif not depth:
                raise Refused(Exit.DAMAGED)  # no sheet begins here
        else:
            raise Refused(Exit.DAMAGED)  # broken off

    def _shown(self, style: int) -> Shown:
        return self._styles[style] if style < len(self._styles) else Shown.NUMBER

    def _number(self, record: Record) -> None:
        row, column, style, value = CELL_NUMBER.unpack_from(record.content)
        self.table.put_number(row + 1, column + 1, value, self._shown(style))

    def _rk(self, record: Record) -> None:
        row, column, style, packed = CELL_RK.unpack_from(record.content)
        self.table.put_number(row + 1, column + 1, unpacked(packed), self._shown(style))

    def _rks(self, record: Record) -> None:
        content = record.content
        row, column = short(content, 0) + 1, short(content, 2) + 1
        for at in range(4, len(content) - STYLE_AND_RK.size, STYLE_AND_RK.size):
            style, packed = STYLE_AND_RK.unpack_from(content, at)
            self.table.put_number(row, column, unpacked(packed), self._shown(style))
            column += 1

    def _shared_text(self, record: Record) -> None:
        row, column, _style, at = CELL_RK.unpack_from(record.content)
        self.table.put(row + 1, column + 1, self._workbook.texts[at])

    def _text(self, record: Record) -> None:
        row, column, _style = CELL.unpack_from(record.content)
        self.table.put(row + 1, column + 1, self._string(record, CELL.size))

    def _string(self, record: Record, at: int) -> str:
        if self._workbook.version != BIFF8:
            return long_string(record.content, at, self._workbook)
        return Strings([record.content, *record.continued], at + 2).string(short(record.content, at))

    def _truth_or_error(self, record: Record) -> None:
        row, column, _style = CELL.unpack_from(record.content)
        value, is_error = record.content[6], record.content[7]
        self.table.put(row + 1, column + 1, error_value(value) if is_error else bool(value))

    def _formula(self, record: Record) -> None:
        content = record.content
        row, column, style = CELL.unpack_from(content)
        place = row + 1, column + 1
        self._waiting = None
        if short(content, 12) != 0xFFFF:
            self._number_result(place, DOUBLE.unpack_from(content, 6)[0], style, short(content, 14))
            return
        kind = content[6]
        if kind == BLANK_RESULT and self._workbook.is_by_program:
            self.zeros.append((*place, None))
            return
        self.has_results = True
        if kind == TEXT_RESULT:
            self._waiting = place
        elif kind in (TRUTH_RESULT, ERROR_RESULT):
            self.table.put(*place, error_value(content[8]) if kind == ERROR_RESULT else bool(content[8]))

    def _number_result(self, place: tuple[int, int], value: float, style: int, flags: int) -> None:
        if value == 0 and flags & RECKONED_ON_LOAD:
            self.zeros.append((*place, self._shown(style)))
        else:
            self.has_results = True
            self.table.put_number(*place, value, self._shown(style))

    def _text_result(self, record: Record) -> None:
        if self._waiting:
            self.table.put(*self._waiting, self._string(record, 0))
        self._waiting = None

    def _row(self, record: Record) -> None:
        if short(record.content, 12) & HIDDEN_ROW:
            self.table.hide_row(short(record.content, 0) + 1)

    def _columns(self, record: Record) -> None:
        if short(record.content, 8) & HIDDEN_COLUMN:
            first, last = short(record.content, 0), short(record.content, 2)
            self.table.traits.hidden_columns.append([first + 1, last + 1])

    def _merged(self, record: Record) -> None:
        for at in range(2, len(record.content) - AREA.size + 1, AREA.size):
            top, bottom, left, right = AREA.unpack_from(record.content, at)
            self.table.traits.merged.append((top + 1, left + 1, bottom + 1, right + 1))


def unpacked(packed: int) -> float:
    """A number in 32 bits: the upper 30 of a float or of a whole number, perhaps to be divided by 100."""
    if packed & 2:
        value = float((packed >> 2) - (1 << 30 if packed & 0x8000_0000 else 0))
    else:
        value = DOUBLE.unpack(LONG.pack(((packed & 0xFFFF_FFFC) << 32) - (packed >> 31 << 64)))[0]
    return value / 100 if packed & 1 else value


def error_value(code: int) -> ErrorValue:
    return ErrorValue(ERRORS.get(code, "#N/A"))
