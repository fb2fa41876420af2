"""Workbooks built in code, with invented people."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

WorkbookMaker = Callable[..., Path]

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


@pytest.fixture
def examples() -> Path:
    """The folder with the example workbooks and their mapping files."""
    return EXAMPLES


@pytest.fixture
def make_workbook(tmp_path: Path) -> WorkbookMaker:
    """Writes an .xlsx: make_workbook({"4A": [[…], …]}, hidden=["4B"], merged={"4A": ["A1:B1"]},
    formats={…}).
    """

    def make(
        sheets: Mapping[str, Sequence[Sequence[Any]]],
        *,
        hidden: Sequence[str] = (),
        merged: Mapping[str, Sequence[str]] | None = None,
        formats: Mapping[str, Mapping[str, str]] | None = None,
        hidden_rows: Mapping[str, Sequence[int]] | None = None,
    ) -> Path:
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.worksheets[0])
        for name, rows in sheets.items():
            sheet = workbook.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
            for area in (merged or {}).get(name, ()):
                sheet.merge_cells(area)
            for cell, number_format in (formats or {}).get(name, {}).items():
                sheet[cell].number_format = number_format
            for number in (hidden_rows or {}).get(name, ()):
                sheet.row_dimensions[number].hidden = True
            sheet.sheet_state = "hidden" if name in hidden else "visible"
        path = tmp_path / "workbook.xlsx"
        workbook.save(path)
        return path

    return make
