"""Workbooks of Excel 97 (BIFF8)."""

from collections.abc import Sequence
from datetime import date
from struct import pack
from typing import Any

from .cells import ERROR_CODES, Error, Formula, Percent, Table, serial
from .ole import ole_bytes

GENERAL, PERCENT, DATE, OWN_DATE = range(4)
STYLE_FORMATS = (0, 10, 14, 164)
MOST_IN_RECORD = 8224
BUILD_OF_LIBRARIES = 0x0DBB


def xls_bytes(tables: Sequence[Table], *, is_1904: bool = False, extra: bytes = b"") -> bytes:
    """extra: records among those of the whole workbook."""
    return ole_bytes({"Workbook": stream(tables, is_1904=is_1904, extra=extra)})


def stream(tables: Sequence[Table], *, is_1904: bool = False, extra: bytes = b"") -> bytes:
    sheets = [_sheet(table, is_1904) for table in tables]
    start = record(0x809, pack("<HHHHII", 0x600, 5, BUILD_OF_LIBRARIES, 0x07CC, 0, 6)) + extra
    start += record(0x42, pack("<H", 1200)) + record(0x22, pack("<H", is_1904))
    start += record(0x31, pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + short_text("Arial")) * 4
    start += record(0x41E, pack("<H", 164) + long_text("yyyy-mm-dd"))
    start += b"".join(
        record(0xE0, pack("<HHHBBHHIIH", 0, 0, 0xFFF5, 0x20, 0, 0, 0, 0, 0, 0x20C0)) for _ in range(16)
    )
    start += b"".join(
        record(0xE0, pack("<HHHBBHHIIH", 0, number_format, 1, 0x20, 0, 0, 0, 0, 0, 0x20C0))
        for number_format in STYLE_FORMATS
    )
    heads_length = sum(12 + len(short_text(table.name)) - 2 for table in tables)
    place = len(start) + heads_length + 4
    heads = b""
    for table, sheet in zip(tables, sheets, strict=True):
        heads += record(0x85, pack("<IBB", place, table.is_hidden, 0) + short_text(table.name))
        place += len(sheet)
    assert len(heads) == heads_length, (len(heads), heads_length)
    return start + heads + record(0x0A, b"") + b"".join(sheets)


def record(number: int, content: bytes) -> bytes:
    """A record, with the records that continue it if it is long."""
    pieces = [content[at : at + MOST_IN_RECORD] for at in range(0, len(content), MOST_IN_RECORD)] or [b""]
    first, *more = pieces
    return pack("<HH", number, len(first)) + first + b"".join(pack("<HH", 0x3C, len(p)) + p for p in more)


def short_text(text: str) -> bytes:
    return pack("<BB", len(text), 1) + text.encode("utf-16-le")


def long_text(text: str) -> bytes:
    return pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _sheet(table: Table, is_1904: bool) -> bytes:
    content = record(0x809, pack("<HHHHII", 0x600, 0x10, BUILD_OF_LIBRARIES, 0x07CC, 0, 6))
    for column in table.hidden_columns:
        content += record(0x7D, pack("<HHHHHH", column - 1, column - 1, 2560, 16, 1, 0))
    content += record(0x200, pack("<IIHHH", 0, len(table.rows), 0, table.width, 0))
    for number in table.hidden_rows:
        content += record(0x208, pack("<HHHHHHI", number - 1, 0, table.width, 255, 0, 0, 0x120))
    for row, cells in enumerate(table.rows):
        for column, value in enumerate(cells):
            content += _cell(row, column, value, is_1904)
    if table.merged:
        areas = b"".join(
            pack("<HHHH", top - 1, bottom - 1, left - 1, right - 1)
            for top, left, bottom, right in table.merged
        )
        content += record(0xE5, pack("<H", len(table.merged)) + areas)
    content += record(0x23E, pack("<HHHIHHI", 0x6B6, 0, 0, 64, 0, 0, 0))
    return content + record(0x0A, b"")


def _cell(row: int, column: int, value: Any, is_1904: bool) -> bytes:
    def place(style: int = GENERAL) -> bytes:
        return pack("<HHH", row, column, 16 + style)

    match value:
        case None:
            return b""
        case bool():
            return record(0x205, place() + pack("<BB", value, 0))
        case Error(text):
            return record(0x205, place() + pack("<BB", ERROR_CODES[text], 1))
        case Percent(share):
            return record(0x203, place(PERCENT) + pack("<d", share))
        case date():
            return record(0x203, place(OWN_DATE) + pack("<d", serial(value, is_1904=is_1904)))
        case Formula(_text, result):
            kept = pack("<Q", 0xFFFF000000000003) if result is None else pack("<d", result)
            return record(0x06, place() + kept + pack("<HI", 0, 0) + pack("<HBH", 3, 0x1E, 1))
        case str():
            return record(0x204, place() + long_text(value))
        case int() if abs(value) < 1 << 29:
            return record(0x27E, place() + pack("<I", (value << 2 | 2) & 0xFFFFFFFF))
        case _:
            return record(0x203, place() + pack("<d", value))
