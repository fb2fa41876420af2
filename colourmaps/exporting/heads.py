"""The two rows of heads of a map: areas, and below them the names of the indicators."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.worksheet.worksheet import Worksheet

from ..models import Indicator
from ..presentation import areas_of
from .looks import HEAD
from .workbook_file import Pen, Style

COLUMN_HEAD = Style(HEAD, wraps=True, vertical="bottom", horizontal="center", size=9)
NAME_HEAD = Style(HEAD, is_bold=True, vertical="bottom")
# In letters.
NARROWEST, WIDEST = 9, 18
# In points: room for two and for three lines, as on the page.
AREA_HEIGHT, HEAD_HEIGHT = 26, 40


def head_width(head: str) -> float:
    """The width of a column, so that no word of its head is broken."""
    longest = max((len(word) for word in head.split()), default=0)
    return min(max(NARROWEST, longest + 1), WIDEST)


def write_areas(
    sheet: Worksheet, pen: Pen, row: int, first_column: int, indicators: Sequence[Indicator], n_each: int = 1
) -> None:
    """The row of areas, each over its indicators. n_each: columns that an indicator has."""
    column = first_column
    for area, n_indicators in areas_of(indicators):
        span = n_indicators * n_each
        write_merged(sheet, pen, row, column, span, area, COLUMN_HEAD)
        column += span
    sheet.row_dimensions[row].height = AREA_HEIGHT


def write_merged(
    sheet: Worksheet, pen: Pen, row: int, column: int, span: int, value: object, style: Style
) -> None:
    """One cell over several columns of a row."""
    for covered in range(column, column + span):
        pen.write(sheet, row, covered, None, style)
    pen.write(sheet, row, column, value, style)
    if span > 1:
        sheet.merge_cells(start_row=row, start_column=column, end_row=row, end_column=column + span - 1)
