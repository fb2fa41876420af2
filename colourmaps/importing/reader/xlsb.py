"""Workbooks of the kind .xlsb: the parts of an .xlsx with records instead of XML ([MS-XLSB])."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from struct import Struct, unpack_from
from struct import error as StructError
from typing import TextIO

from . import ooxml
from .cells import CellTable
from .number_formats import BUILT_IN, Shown, shown
from .output import UNCALCULATED, ErrorValue
from .refusal import Exit, Limits, Refused
from .xls_sheet import error_value, unpacked
from .zip_guard import Package

ROW, RK, ERROR, TRUTH, REAL, TEXT, SHARED_TEXT = 0, 2, 3, 4, 5, 6, 7
FORMULA_TEXT, FORMULA_NUMBER, FORMULA_TRUTH, FORMULA_ERROR = 8, 9, 10, 11
SHARED_ITEM, FORMAT, STYLE, COLUMNS, RICH_TEXT = 19, 44, 47, 60, 62
WORKBOOK_PROPERTIES, SHEET, RECKONING, MERGED = 153, 156, 157, 176
CELL_STYLES_BEGIN, CELL_STYLES_END = 617, 618

IS_1904, HIDDEN_ROW, HIDDEN_COLUMN, RECKONED_ON_LOAD = 1, 0x10, 1, 1

CELL = Struct("<II")  # column; style in 24 bits, flags in 8
NUMBER = Struct("<IId")
PACKED = Struct("<III")
AREA = Struct("<IIII")


@dataclass
class Workbook:
    """sheets: name, relationship and whether it is hidden. reckoned_on_load: formulas may have no results."""

    is_1904: bool
    reckoned_on_load: bool
    sheets: list[tuple[str, str, bool]]


def write_workbook(package: Package, limits: Limits, out: TextIO) -> None:
    try:
        workbook = read_properties(package)
        parts = ooxml.related_parts(package, ooxml.XLSB_WORKBOOK)
        styles = read_styles(package)
        texts = read_texts(package)
        sheets = [
            (name, parts[key][1], hidden)
            for name, key, hidden in workbook.sheets
            if parts.get(key, ("",))[0] == "worksheet"
        ]
        limits.check_sheets(len(sheets))
        for name, part, hidden in sheets:
            table = CellTable(name, limits, hidden=hidden, is_1904=workbook.is_1904)
            SheetReader(table, styles, texts, workbook.reckoned_on_load).read(package.read(part))
            table.write(out)
    except (StructError, IndexError, OverflowError) as error:
        raise Refused(Exit.DAMAGED) from error


def records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each record. Raises IndexError where the part is broken off."""
    at, end = 0, len(content)
    while at < end:
        number = content[at]
        at += 1
        if number & 0x80:
            number = number & 0x7F | content[at] << 7
            at += 1
        length = shift = 0
        while True:
            byte = content[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 or shift > 21:
                break
        if at + length > end:
            raise IndexError
        yield number, content[at : at + length]
        at += length


def string(content: bytes, at: int) -> str:
    """A text with its length in letters before it; a length of all ones means none."""
    length = unpack_from("<I", content, at)[0]
    if length == 0xFFFFFFFF:
        return ""
    if at + 4 + 2 * length > len(content):
        raise IndexError
    return content[at + 4 : at + 4 + 2 * length].decode("utf-16-le", errors="replace")


def read_properties(package: Package) -> Workbook:
    workbook = Workbook(False, False, [])
    for number, content in records(package.read(ooxml.XLSB_WORKBOOK)):
        if number == WORKBOOK_PROPERTIES:
            workbook.is_1904 = bool(content[0] & IS_1904)
        elif number == RECKONING and len(content) > 24:
            workbook.reckoned_on_load = bool(content[24] & RECKONED_ON_LOAD)
        elif number == SHEET:
            key = string(content, 8)
            name = string(content, 12 + len(key.encode("utf-16-le")))
            workbook.sheets.append((name, key, content[0] != 0))
    return workbook


def read_styles(package: Package) -> list[Shown]:
    """For each cell style how it shows a number."""
    part = ooxml.part_of_kind(package, ooxml.XLSB_WORKBOOK, "styles")
    formats = dict(BUILT_IN)
    styles = []
    in_cell_styles = False
    for number, content in records(package.read(part)) if part else ():
        if number == FORMAT:
            formats[unpack_from("<H", content)[0]] = shown(string(content, 2))
        elif number in (CELL_STYLES_BEGIN, CELL_STYLES_END):
            in_cell_styles = number == CELL_STYLES_BEGIN
        elif number == STYLE and in_cell_styles:
            styles.append(formats.get(unpack_from("<H", content, 2)[0], Shown.NUMBER))
    return styles


def read_texts(package: Package) -> list[str]:
    part = ooxml.part_of_kind(package, ooxml.XLSB_WORKBOOK, "sharedStrings")
    content = package.read(part) if part else b""
    return [string(item, 1) for number, item in records(content) if number == SHARED_ITEM]


class SheetReader:
    def __init__(
        self, table: CellTable, styles: list[Shown], texts: list[str], reckoned_on_load: bool
    ) -> None:
        self._table = table
        self._styles = styles
        self._texts = texts
        self._reckoned_on_load = reckoned_on_load
        self._row = 0
        self._readers: dict[int, Callable[[bytes], None]] = {
            ROW: self._start_row,
            RK: self._packed,
            REAL: self._number,
            FORMULA_NUMBER: self._result,
            SHARED_TEXT: lambda content: self._put(content, self._texts[PACKED.unpack_from(content)[2]]),
            TEXT: lambda content: self._put(content, string(content, 8)),
            RICH_TEXT: lambda content: self._put(content, string(content, 9)),
            FORMULA_TEXT: self._text_result,
            TRUTH: self._truth,
            FORMULA_TRUTH: self._truth,
            ERROR: self._error,
            FORMULA_ERROR: self._error,
            COLUMNS: self._columns,
            MERGED: self._merged,
        }

    def read(self, content: bytes) -> None:
        for number, record in records(content):
            reader = self._readers.get(number)
            if reader:
                reader(record)

    def _put(self, content: bytes, value: object) -> None:
        self._table.put(self._row, CELL.unpack_from(content)[0] + 1, value)

    def _put_number(self, column: int, style: int, value: float) -> None:
        style &= 0xFFFFFF
        how = self._styles[style] if style < len(self._styles) else Shown.NUMBER
        self._table.put_number(self._row, column + 1, value, how)

    def _start_row(self, content: bytes) -> None:
        self._row = unpack_from("<I", content)[0] + 1
        if content[11] & HIDDEN_ROW:
            self._table.hide_row(self._row)

    def _packed(self, content: bytes) -> None:
        column, style, packed = PACKED.unpack_from(content)
        self._put_number(column, style, unpacked(packed))

    def _number(self, content: bytes) -> None:
        self._put_number(*NUMBER.unpack_from(content))

    def _result(self, content: bytes) -> None:
        column, style, value = NUMBER.unpack_from(content)
        if value == 0 and self._reckoned_on_load:
            self._put(content, ErrorValue(UNCALCULATED))
        else:
            self._put_number(column, style, value)

    def _text_result(self, content: bytes) -> None:
        text = string(content, 8)
        self._put(content, text or (ErrorValue(UNCALCULATED) if self._reckoned_on_load else ""))

    def _truth(self, content: bytes) -> None:
        self._put(content, bool(content[8]))

    def _error(self, content: bytes) -> None:
        self._put(content, error_value(content[8]))

    def _columns(self, content: bytes) -> None:
        first, last = CELL.unpack_from(content)
        if unpack_from("<H", content, 16)[0] & HIDDEN_COLUMN:
            self._table.traits.hidden_columns.append([first + 1, last + 1])

    def _merged(self, content: bytes) -> None:
        top, bottom, left, right = AREA.unpack_from(content)
        self._table.traits.merged.append((top + 1, left + 1, bottom + 1, right + 1))
