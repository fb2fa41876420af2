"""Workbooks of the kind .xlsb."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from struct import pack
from typing import Any

from .cells import ERROR_CODES, Error, Formula, Percent, Table, serial

GENERAL, PERCENT, DATE = range(3)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
BINARY = "application/vnd.ms-excel"


def xlsb_bytes(tables: Sequence[Table], *, is_1904: bool = False) -> bytes:
    content = io.BytesIO()
    numbers = range(1, len(tables) + 1)
    reckons = any(
        isinstance(cell, Formula) and cell.result is None
        for table in tables
        for row in table.rows
        for cell in row
    )
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _types(numbers))
        archive.writestr("_rels/.rels", _relations([("rId1", "officeDocument", "xl/workbook.bin")]))
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            _relations(
                [
                    *((f"rId{n}", "worksheet", f"worksheets/sheet{n}.bin") for n in numbers),
                    ("rIdS", "styles", "styles.bin"),
                ]
            ),
        )
        archive.writestr("xl/workbook.bin", _workbook(tables, is_1904, reckons))
        archive.writestr("xl/styles.bin", _styles())
        for number, table in enumerate(tables, 1):
            archive.writestr(f"xl/worksheets/sheet{number}.bin", _sheet(table, is_1904))
    return content.getvalue()


def _types(numbers: Sequence[int]) -> str:
    parts = [("/xl/workbook.bin", "sheet.binary.macroEnabled.main"), ("/xl/styles.bin", "styles")]
    parts += [(f"/xl/worksheets/sheet{n}.bin", "worksheet") for n in numbers]
    overrides = "".join(
        f'<Override PartName="{part}" ContentType="{BINARY}.{kind}"/>' for part, kind in parts
    )
    rels = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    )
    return f'<Types xmlns="{PACKAGE}/content-types">{rels}{overrides}</Types>'


def _relations(relations: Sequence[tuple[str, str, str]]) -> str:
    items = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for key, kind, target in relations
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'


def record(number: int, content: bytes = b"") -> bytes:
    head = bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80, number >> 7])
    length = len(content)
    while True:
        head += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + content


def text(value: str) -> bytes:
    return pack("<I", len(value)) + value.encode("utf-16-le")


def _workbook(tables: Sequence[Table], is_1904: bool, reckons: bool) -> bytes:
    sheets = b"".join(
        record(156, pack("<II", table.is_hidden, number) + text(f"rId{number}") + text(table.name))
        for number, table in enumerate(tables, 1)
    )
    properties = record(153, pack("<III", is_1904, 0, 0))
    reckoning = record(157, pack("<IIIdIH", 0, 1, 100, 0.001, 1, reckons))
    return record(131) + properties + record(143) + sheets + record(144) + reckoning + record(132)


def _styles() -> bytes:
    font = record(
        43,
        pack("<HHHHBBBBBBBB", 220, 0, 400, 0, 0, 2, 0, 0, 7, 1, 0, 0)
        + pack("<I", 0xFF000000)[:3]
        + text("Calibri"),
    )
    formats = record(615, pack("<I", 1)) + record(44, pack("<H", 164) + text("yyyy-mm-dd")) + record(616)
    fill = record(45, bytes(68))
    border = record(46, bytes(51))
    style = pack("<HHHHBBI", 0, 0, 0, 0, 0, 0, 0)
    cell_styles = b"".join(
        record(47, pack("<HHHHHBBI", 0, number_format, 0, 0, 0, 0, 0, 0)) for number_format in (0, 10, 164)
    )
    return (
        record(278)
        + formats
        + record(611, pack("<I", 1)) + font + record(612)
        + record(603, pack("<I", 1)) + fill + record(604)
        + record(613, pack("<I", 1)) + border + record(614)
        + record(626, pack("<I", 1)) + record(47, pack("<H", 0xFFFF) + style) + record(627)
        + record(617, pack("<I", 3)) + cell_styles + record(618)
        + record(279)
    )  # fmt: skip


def _sheet(table: Table, is_1904: bool) -> bytes:
    content = record(129) + record(148, pack("<IIII", 0, len(table.rows), 0, table.width))
    if table.hidden_columns:
        columns = b"".join(record(60, pack("<IIIIH", c - 1, c - 1, 2560, 0, 1)) for c in table.hidden_columns)
        content += record(390) + columns + record(391)
    content += record(145)
    for row, cells in enumerate(table.rows):
        is_hidden = row + 1 in table.hidden_rows
        content += record(0, pack("<IIHBBBI", row, 0, 300, 0, 0x10 if is_hidden else 0, 0, 0))
        for column, value in enumerate(cells):
            content += _cell(column, value, is_1904)
    content += record(146)
    if table.merged:
        areas = b"".join(
            record(176, pack("<IIII", top - 1, bottom - 1, left - 1, right - 1))
            for top, left, bottom, right in table.merged
        )
        content += record(177, pack("<I", len(table.merged))) + areas + record(178)
    return content + record(130)


def _cell(column: int, value: Any, is_1904: bool) -> bytes:
    def place(style: int = GENERAL) -> bytes:
        return pack("<II", column, style)

    match value:
        case None:
            return b""
        case bool():
            return record(4, place() + bytes([value]))
        case Error(shown):
            return record(3, place() + bytes([ERROR_CODES[shown]]))
        case Percent(share):
            return record(5, place(PERCENT) + pack("<d", share))
        case date():
            return record(5, place(DATE) + pack("<d", serial(value, is_1904=is_1904)))
        case Formula(_text, result):
            tokens = pack("<I", 3) + pack("<BH", 0x1E, 1) + pack("<I", 0)
            return record(9, place() + pack("<dH", result or 0, 0) + tokens)
        case str():
            return record(6, place() + text(value))
        case int() if abs(value) < 1 << 29:
            return record(2, place() + pack("<I", (value << 2 | 2) & 0xFFFFFFFF))
        case _:
            return record(5, place() + pack("<d", value))
