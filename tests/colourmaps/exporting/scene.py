"""What the tests of files share: a class with a map, hostile names, and how a workbook is looked into."""

from __future__ import annotations

import io
from dataclasses import dataclass

import openpyxl
from django.http import HttpResponse
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import Unit
from colourmaps.models import Indicator, MeasurementRound
from pupils.models import Pupil
from tests.fixtures import Place

HOSTILE_NAMES = [
    "=1+1",
    "@SUM(A1)",
    "+46",
    "-2+3",
    '=HYPERLINK("http://x.example","x")',
    "=cmd|'/c calc'!A1",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "#N/A",
    "{=1+1}",
]
SECRET = "Hemligsson"


@dataclass(frozen=True)
class ClassWithMap:
    """ada has a value of every kind; bo is marked, missing and outdated; secret is protected."""

    place: Place
    round: MeasurementRound
    reading: Indicator
    attendance: Indicator
    grade: Indicator
    swimming: Indicator
    ada: Pupil
    bo: Pupil
    secret: Pupil

    @property
    def school_class(self) -> Unit:
        return self.place.class_4a


def opened(response: HttpResponse) -> Workbook:
    assert response.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(response.content))


def texts_of(workbook: Workbook) -> list[str]:
    """Whatever stands in a cell of any sheet, as text."""
    return [str(cell.value) for sheet in workbook for row in sheet for cell in row if cell.value is not None]


def formulas_in(workbook: Workbook) -> list[Cell]:
    return [cell for sheet in workbook for row in sheet for cell in row if cell.data_type in ("f", "e")]


def cell_of(sheet: Worksheet, name: str, head: str) -> Cell:
    """The cell in the row of a given name, below a head."""
    header = next(row for row in sheet.iter_rows() if any(cell.value == head for cell in row))
    column = next(cell.column for cell in header if cell.value == head)
    row = next(row for row in sheet.iter_rows() if row[1].value == name)
    return row[column - 1]
