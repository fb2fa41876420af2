"""Cells as a spreadsheet shows them, for messages and examples: people look for what they see there."""

from __future__ import annotations

from django.utils.formats import get_format

from colourmaps.importing.values import cell_text
from colourmaps.importing.workbook import Cell, Sheet


def shown_text(cell: Cell, *, as_percent: bool = False) -> str:
    """A cell as a spreadsheet shows it, with the decimal sign of the language: 0.125 as percent is "12,5 %"."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return cell_text(cell)
    text = cell_text(float(f"{cell * 100:.12g}") if as_percent else cell)
    text = text.replace(".", str(get_format("DECIMAL_SEPARATOR")))
    return f"{text} %" if as_percent else text


def shown_at(sheet: Sheet, row: int, column: int) -> str:
    """The cell at a place of the spreadsheet as it is shown there."""
    is_percent = column in sheet.percent_runs and bool(sheet.is_percent(column, row, row)[0])
    return shown_text(sheet.cell(row, column), as_percent=is_percent)
