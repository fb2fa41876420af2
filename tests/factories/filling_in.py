"""Workbooks to fill in, opened and edited as a teacher does, and handed back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import Unit, User
from colourmaps.filling_in import layout
from colourmaps.filling_in.handed_back import HandedBack, read_handed_back
from colourmaps.filling_in.offer import offer_of
from colourmaps.filling_in.workbook import workbook_to_fill_in
from colourmaps.importing.lifecycle import upload_file
from colourmaps.importing.workbook import Sheet, Workbook
from colourmaps.models import ImportBatch, ImportKind, Indicator, MeasurementRound, Result
from colourmaps.scales import Mark
from pupils.models import Pupil
from tests.factories.imports import fresh, work
from tests.fixtures import TODAY, Place


class OpenedWorkbook:
    """A workbook to fill in, open in a spreadsheet program."""

    def __init__(self, content: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(content))

    @property
    def sheet(self) -> Worksheet:
        """Of the first class."""
        return self.book.worksheets[0]

    @property
    def own_sheet(self) -> Worksheet:
        return self.book[layout.OWN_SHEET]

    def row_of(self, pupil: Pupil, sheet: Worksheet | None = None) -> int:
        keys = [cell.value for cell in (sheet or self.sheet)["A"]]
        return keys.index(pupil.key) + 1

    def column_of(self, code: str, sheet: Worksheet | None = None) -> int:
        codes = [cell.value for cell in (sheet or self.sheet)[layout.CODES_ROW]]
        return codes.index(code) + 1

    def cell(self, pupil: Pupil, code: str, sheet: Worksheet | None = None) -> Cell:
        sheet = sheet or self.sheet
        return sheet.cell(self.row_of(pupil, sheet), self.column_of(code, sheet))

    def fill_in(self, pupil: Pupil, **values: Any) -> OpenedWorkbook:
        """By indicator code; on the first sheet that has the pupil."""
        sheet = next(each for each in self.book.worksheets if pupil.key in [cell.value for cell in each["A"]])
        for code, value in values.items():
            self.cell(pupil, code, sheet).value = value
        return self

    def place(self, pupil: Pupil, code: str) -> str:
        return self.cell(pupil, code).coordinate

    def saved(self) -> bytes:
        content = io.BytesIO()
        self.book.save(content)
        return content.getvalue()

    def upload(self, name: str = "4A.xlsx") -> SimpleUploadedFile:
        return SimpleUploadedFile(name, self.saved())

    def as_read(self) -> Workbook:
        """As importing/workbook.py reads it, but without a child process: for tests of many workbooks."""
        return Workbook([_sheet(sheet) for sheet in self.book.worksheets], digest="0" * 64)

    def handed_back(self) -> HandedBack:
        return read_handed_back(self.as_read())


def _sheet(sheet: Worksheet) -> Sheet:
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return Sheet(sheet.title, rows, hidden=sheet.sheet_state != "visible")


@dataclass(frozen=True)
class FillingIn:
    """A round that is going on in 4A of Solviken, with indicators of several kinds, all due."""

    place: Place
    round: MeasurementRound
    indicators: dict[str, Indicator]
    pupils: list[Pupil]

    def workbook(
        self, *, by: User | None = None, is_empty: bool = False, classes: Sequence[Unit] = ()
    ) -> OpenedWorkbook:
        return OpenedWorkbook(self.content(by=by, is_empty=is_empty, classes=classes))

    def content(
        self, *, by: User | None = None, is_empty: bool = False, classes: Sequence[Unit] = ()
    ) -> bytes:
        units = list(classes) or [self.place.class_4a]
        unit = self.place.school if len(units) > 1 else units[0]
        content, _base = workbook_to_fill_in(
            unit,
            [offer_of(each, self.round, TODAY) for each in units],
            self.round,
            by=by or self.place.teacher,
            is_empty=is_empty,
        )
        return content

    def hand_back(self, workbook: OpenedWorkbook, *, by: User | None = None) -> ImportBatch:
        """Uploads it and lets the worker read it."""
        batch = upload_file(upload=workbook.upload(), by=by or self.place.teacher, kind=ImportKind.FILLED_IN)
        work()
        return fresh(batch)

    def values(self, code: str = "LAS") -> dict[str, int | None]:
        """Hundredths by given name, of the results of one indicator."""
        results = Result.objects.filter(round=self.round, indicator=self.indicators[code])
        return dict(results.order_by("pupil_id").values_list("pupil__given_name", "value"))

    def marks(self, code: str = "LAS") -> dict[str, Mark]:
        results = Result.objects.filter(round=self.round, indicator=self.indicators[code]).exclude(mark=0)
        return {name: Mark(mark) for name, mark in results.values_list("pupil__given_name", "mark")}
