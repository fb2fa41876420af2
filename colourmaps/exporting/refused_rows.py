"""The rows of a file that an import refused, as a workbook to be mended and sent in alone.

Same sheets, titles, headers and columns as the file, only the refused rows, and why in a last column that the import
does not read. A sheet of one row is read without the help of its neighbours, so cells of percent columns are written
as percent cells, those that wait for a number too: alone, nobody could tell 0.5 per cent from a share of 0.5. What a
person said of the school and the round of the file is written above the table, so that nobody has to say it again.
"""

from __future__ import annotations

from collections.abc import Mapping as ReadOnlyMapping
from pathlib import PurePath
from typing import cast

from django.utils.translation import gettext as _
from openpyxl.cell.cell import Cell as NewCell
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from ..importing.columns import SHARE_OR_PERCENT
from ..importing.mapping import Mapping, header_key
from ..importing.rows import Extraction, extract
from ..importing.shown import shown_text
from ..importing.tables import OWN_REMARK, SEARCHED_ROWS, Table
from ..importing.workbook import Sheet, Workbook, column_letters
from ..scales import HUNDREDTHS, Mark, Scale, ValueType
from .safe_cells import file_name as safe_file_name
from .safe_cells import sheet_title, write
from .workbook_file import new_workbook, workbook_bytes

# Cells of percent columns by (sheet, row, column): their share, 0.24 for 24 %, None where there is no number yet, or a
# text in place of a number that can mean two things: left as it is, it must not be read as one of them.
PercentCells = ReadOnlyMapping[tuple[str, int, int], float | str | None]

# Sheet -> row -> what is wrong with it, in sentences.
Reasons = ReadOnlyMapping[str, ReadOnlyMapping[int, list[str]]]

PERCENT_FORMAT = "0.00%"
REASON_WIDTH = 80
# openpyxl makes an object of every cell that an area covers.
MOST_MERGED_AREAS = 500
MOST_MERGED_CELLS = 10_000
BOLD = Font(bold=True)


def refused_rows(
    workbook: Workbook,
    mapping: Mapping,
    scales: ReadOnlyMapping[str, Scale],
    reasons: Reasons,
    words: ReadOnlyMapping[str, str] | None = None,
) -> bytes:
    """An .xlsx with the refused rows; words as in `extract`.

    Raises MappingError as `extract` does, ValueError if no row is in the file.
    """
    extraction = extract(workbook, mapping, scales, words)
    shares = _percent_cells(extraction, mapping, scales, reasons)
    new = new_workbook(_("Rows that were left out"))
    for name, table in extraction.tables.items():
        rows = [row for row in table.data_rows if row in reasons.get(name, {})]
        if rows:
            new_sheet = new.create_sheet(sheet_title(name, _("Table")))
            _write_sheet(new_sheet, table, rows, reasons[name], shares, _said_above(mapping, table))
    if not new.worksheets:
        raise ValueError("none of the refused rows is in the file")
    return workbook_bytes(new)


def refused_rows_name(file_name: str) -> str:
    """What the workbook is called: after the file, without characters that no file name should have."""
    return safe_file_name(_("Rows that were left out"), PurePath(file_name).stem, suffix=".xlsx")


def _percent_cells(
    extraction: Extraction, mapping: Mapping, scales: ReadOnlyMapping[str, Scale], reasons: Reasons
) -> PercentCells:
    """The cells of percent columns in the refused rows, but for numbers that are none on the scale."""
    known = {new.code: new.scale for new in mapping.new_indicators} | dict(scales)
    refused = [
        (at, pupil) for at, pupil in enumerate(extraction.pupils) if pupil.row in reasons.get(pupil.sheet, {})
    ]
    ambiguous = {
        (said.sheet, said.row, said.column) for said in extraction.messages if said.kind is SHARE_OR_PERCENT
    }
    shares: dict[tuple[str, int, int], float | str | None] = {}
    for column in extraction.columns:
        if known[column.indicator].value_type is not ValueType.PERCENT:
            continue
        for at, pupil in refused:
            number = column.column_by_sheet.get(pupil.sheet)
            if number is None:
                continue
            place = pupil.sheet, pupil.row, number
            cell = extraction.tables[pupil.sheet].sheet.cell(pupil.row, number)
            if (pupil.sheet, pupil.row, column_letters(number)) in ambiguous:
                shares[place] = f"{shown_text(cell)} ?"
            elif column.marks[at] == Mark.MEASURED:
                shares[place] = int(column.hundredths[at]) / HUNDREDTHS / 100
            elif not isinstance(cell, int | float):
                shares[place] = None
    return shares


def _said_above(mapping: Mapping, table: Table) -> list[str]:
    """Lines on the round and the school that hold for the file where its own titles do not name them.

    None where the mapping says in which rows the header is: they would move it.
    """
    if mapping.header_rows:
        return []
    titles = " ".join(header_key(text) for _row, text in table.titles)
    said = [
        (mapping.round, _("Measurement round: %(name)s") % {"name": mapping.round}),
        (mapping.school, _("School: %(name)s") % {"name": mapping.school}),
    ]
    return [line for name, line in said if name and header_key(name) not in titles]


def _write_sheet(
    new: Worksheet,
    table: Table,
    rows: list[int],
    reasons: ReadOnlyMapping[int, list[str]],
    shares: PercentCells,
    said: list[str],
) -> None:
    """Lines down to the header stay in their places, or below the lines that are said above them and an empty one.

    Of many lines above a header only the last ones: more are not searched for a header either.
    """
    down = len(said) + 1 if said else 0
    sheet, header_row = table.sheet, table.header_rows[-1]
    reason_column = sheet.column_numbers[-1] + 1
    lines = range(max(sheet.first_row, header_row - SEARCHED_ROWS + down), header_row + 1)
    for to_row, line in enumerate(said, start=lines[0]):
        write(_cell(new, to_row, sheet.first_column), line)
    for row in lines:
        _write_row(new, row + down, sheet, row, {})
    _merge(new, sheet, lines, down)
    to_header_row = header_row + down
    head = _cell(new, to_header_row, reason_column)
    reason = _("Why the row was left out")
    write(head, f"{OWN_REMARK} {reason}")
    for to_row, row in enumerate(rows, start=to_header_row + 1):
        _write_row(new, to_row, sheet, row, shares)
        write(_cell(new, to_row, reason_column), " ".join(reasons[row]))
    for column in range(sheet.first_column, reason_column + 1):
        new.cell(to_header_row, column).font = BOLD
    new.column_dimensions[column_letters(reason_column)].width = REASON_WIDTH
    new.freeze_panes = f"A{to_header_row + 1}"


def _merge(new: Worksheet, sheet: Sheet, lines: range, down: int) -> None:
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
            start_row=part.first_row + down,
            start_column=part.first_column,
            end_row=part.last_row + down,
            end_column=part.last_column,
        )


def _write_row(new: Worksheet, to_row: int, sheet: Sheet, row: int, shares: PercentCells) -> None:
    for column in sheet.column_numbers:
        value, place = sheet.cell(row, column), (sheet.name, row, column)
        if value is None and place not in shares:
            continue
        cell, share = _cell(new, to_row, column), shares.get(place)
        if value is not None:
            write(cell, value if share is None else share)
        if place in shares or _is_shown_as_percent(sheet, row, column):
            cell.number_format = PERCENT_FORMAT


def _is_shown_as_percent(sheet: Sheet, row: int, column: int) -> bool:
    return column in sheet.percent_runs and bool(sheet.is_percent(column, row, row)[0])


def _cell(new: Worksheet, row: int, column: int) -> NewCell:
    """A cell to write into; areas are merged only when their cells are written."""
    return cast(NewCell, new.cell(row, column))
