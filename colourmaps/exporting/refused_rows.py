"""The rows of a file that an import refused, as a workbook to be mended and sent in alone.

Same sheets, titles, headers and columns as the file, only the refused rows, and why in a last column that the import
does not read. A sheet of one row is read without the help of its neighbours, so numbers of percent columns are
written as percent cells: alone, nobody could tell 0.5 per cent from a share of 0.5.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Mapping as ReadOnlyMapping
from pathlib import PurePath
from typing import cast

from django.utils.translation import gettext as _
from openpyxl import Workbook as NewWorkbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.cell.cell import Cell as NewCell
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from ..importing.mapping import Mapping
from ..importing.rows import Extraction, extract
from ..importing.tables import OWN_REMARK, SEARCHED_ROWS, Table
from ..importing.workbook import Cell, Sheet, Workbook, column_letters
from ..scales import HUNDREDTHS, Mark, Scale, ValueType

# Sheet -> row -> what is wrong with it, in sentences.
Reasons = ReadOnlyMapping[str, ReadOnlyMapping[int, list[str]]]

PERCENT_FORMAT = "0.00%"
# What spreadsheet programs allow as the name of a sheet.
FORBIDDEN_IN_TITLES = re.compile(r"[\\*?:/\[\]]")
LONGEST_TITLE = 31
REASON_WIDTH = 80
# openpyxl makes an object of every cell that an area covers.
MOST_MERGED_AREAS = 500
MOST_MERGED_CELLS = 10_000
BOLD = Font(bold=True)


def refused_rows(
    workbook: Workbook, mapping: Mapping, scales: ReadOnlyMapping[str, Scale], reasons: Reasons
) -> bytes:
    """An .xlsx with the refused rows. Raises MappingError as `extract` does, ValueError if no row is in the file."""
    extraction = extract(workbook, mapping, scales)
    shares = _percent_cells(extraction, mapping, scales, reasons)
    new = NewWorkbook()
    new.remove(new.worksheets[0])
    for name, table in extraction.tables.items():
        rows = [row for row in table.data_rows if row in reasons.get(name, {})]
        if rows:
            title = FORBIDDEN_IN_TITLES.sub("", name)[:LONGEST_TITLE] or _("Table")
            _write_sheet(new.create_sheet(title), table, rows, reasons[name], shares)
    if not new.worksheets:
        raise ValueError("none of the refused rows is in the file")
    content = io.BytesIO()
    new.save(content)
    return content.getvalue()


def refused_rows_name(file_name: str) -> str:
    """What the workbook is called: after the file, without characters that no file name should have."""
    stem = "".join(
        letter for letter in PurePath(file_name).stem if letter.isprintable() and letter not in '/\\:"'
    )
    return f"refused-{stem[:150] or 'rows'}.xlsx"


def _percent_cells(
    extraction: Extraction, mapping: Mapping, scales: ReadOnlyMapping[str, Scale], reasons: Reasons
) -> dict[tuple[str, int, int], float]:
    """The numbers of percent columns in the refused rows by (sheet, row, column), as shares: 24 % is 0.24."""
    known = {new.code: new.scale for new in mapping.new_indicators} | dict(scales)
    refused = [
        (at, pupil) for at, pupil in enumerate(extraction.pupils) if pupil.row in reasons.get(pupil.sheet, {})
    ]
    shares = {}
    for column in extraction.columns:
        if known[column.indicator].value_type is not ValueType.PERCENT:
            continue
        for at, pupil in refused:
            number = column.column_by_sheet.get(pupil.sheet)
            if number is not None and column.marks[at] == Mark.MEASURED:
                shares[pupil.sheet, pupil.row, number] = int(column.hundredths[at]) / HUNDREDTHS / 100
    return shares


def _write_sheet(
    new: Worksheet,
    table: Table,
    rows: list[int],
    reasons: ReadOnlyMapping[int, list[str]],
    shares: ReadOnlyMapping[tuple[str, int, int], float],
) -> None:
    """Lines down to the header stay in their places, so that a template's frozen panes and formulas still fit.

    Of many lines above a header only the last ones: more are not searched for a header either.
    """
    sheet, header_row = table.sheet, table.header_rows[-1]
    reason_column = sheet.column_numbers[-1] + 1
    lines = range(max(sheet.first_row, header_row - SEARCHED_ROWS), header_row + 1)
    for row in lines:
        _write_row(new, row, sheet, row, {})
    _merge(new, sheet, lines)
    head = _cell(new, header_row, reason_column)
    reason = _("Why the row was left out")
    _write(head, f"{OWN_REMARK} {reason}")
    for to_row, row in enumerate(rows, start=header_row + 1):
        _write_row(new, to_row, sheet, row, shares)
        _write(_cell(new, to_row, reason_column), " ".join(reasons[row]))
    for column in range(sheet.first_column, reason_column + 1):
        new.cell(header_row, column).font = BOLD
    new.column_dimensions[column_letters(reason_column)].width = REASON_WIDTH
    new.freeze_panes = f"A{header_row + 1}"


def _merge(new: Worksheet, sheet: Sheet, lines: range) -> None:
    """Merges what is merged within the lines, as long as the file does not ask for more than a table needs."""
    n_areas = n_cells = 0
    for area in sheet.merged:
        part = area.within(lines, sheet.column_numbers)
        if part is None or area.last_row > lines[-1]:
            continue
        n_areas, n_cells = n_areas + 1, n_cells + part.n_cells
        if n_areas > MOST_MERGED_AREAS or n_cells > MOST_MERGED_CELLS:
            return
        new.merge_cells(
            start_row=part.first_row,
            start_column=part.first_column,
            end_row=part.last_row,
            end_column=part.last_column,
        )


def _write_row(
    new: Worksheet, to_row: int, sheet: Sheet, row: int, shares: ReadOnlyMapping[tuple[str, int, int], float]
) -> None:
    for column in sheet.column_numbers:
        value = sheet.cell(row, column)
        share = shares.get((sheet.name, row, column))
        if value is None:
            continue
        cell = _cell(new, to_row, column)
        _write(cell, value if share is None else share)
        if share is not None or _is_shown_as_percent(sheet, row, column):
            cell.number_format = PERCENT_FORMAT


def _is_shown_as_percent(sheet: Sheet, row: int, column: int) -> bool:
    return column in sheet.percent_runs and bool(sheet.is_percent(column, row, row)[0])


def _cell(new: Worksheet, row: int, column: int) -> NewCell:
    """A cell to write into; areas are merged only when their cells are written."""
    return cast(NewCell, new.cell(row, column))


def _write(cell: NewCell, value: Cell) -> None:
    """Whatever is no number, date or truth value becomes a text, and a text never becomes a formula."""
    if isinstance(value, bool | int | float | datetime.date | datetime.time | datetime.timedelta):
        cell.value = value
        return
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    cell.value = text
    cell.data_type = "s"
    # Kept a text also when somebody goes into the cell and presses Enter.
    cell.quotePrefix = text[:1] in ("=", "+", "-", "@")
