"""Workbooks of the kinds .xlsx and .xlsm, also in the strict form that Excel can save."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from .cells import Error, Formula, Percent, Table

STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
    b"http://schemas.openxmlformats.org/drawingml/2006/main": b"http://purl.oclc.org/ooxml/drawingml/main",
}


def xlsx_bytes(tables: Sequence[Table], *, is_1904: bool = False) -> bytes:
    """Formulas have no results: openpyxl keeps none."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    if is_1904:
        workbook.epoch = CALENDAR_MAC_1904
    for table in tables:
        sheet = workbook.create_sheet(table.name)
        sheet.sheet_state = "hidden" if table.is_hidden else "visible"
        for row, cells in enumerate(table.rows, 1):
            for column, value in enumerate(cells, 1):
                cell = sheet.cell(row, column)
                cell.value = _plain(value)
                if isinstance(value, Percent):
                    cell.number_format = "0%"
                elif isinstance(value, date):
                    cell.number_format = "yyyy-mm-dd"
        for row in table.hidden_rows:
            sheet.row_dimensions[row].hidden = True
        for column in table.hidden_columns:
            sheet.column_dimensions[get_column_letter(column)].hidden = True
        for top, left, bottom, right in table.merged:
            sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def _plain(value: object) -> object:
    match value:
        case Percent(share):
            return share
        case Error(text):
            return text
        case Formula(text, _result):
            return f"={text}"
    return value


def changed_members(content: bytes, changes: dict[str, bytes]) -> bytes:
    """A copy of a zip file with members replaced or added."""
    copy = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            if name not in changes:
                target.writestr(name, source.read(name))
        for name, member in changes.items():
            target.writestr(name, member)
    return copy.getvalue()


def strict_xlsx_bytes(tables: Sequence[Table], *, is_1904: bool = False) -> bytes:
    content = xlsx_bytes(tables, is_1904=is_1904)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name, member in members.items():
        for usual, strict in STRICT.items():
            member = member.replace(usual, strict)
        members[name] = member.replace(b"<workbook ", b'<workbook conformance="strict" ')
    return changed_members(content, members)


def xlsm_bytes(tables: Sequence[Table], *, is_1904: bool = False) -> bytes:
    """With a part for macros, which is no code."""
    content = xlsx_bytes(tables, is_1904=is_1904)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        types = archive.read("[Content_Types].xml")
    types = types.replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    ).replace(
        b"<Default",
        b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Default',
        1,
    )
    return changed_members(content, {"[Content_Types].xml": types, "xl/vbaProject.bin": bytes(2000)})
