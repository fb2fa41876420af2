"""What an account has read, as a workbook: whose data on the first sheet, read by read on the second."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from pupils.access_log.reading import LogRow, PupilRead

from .heads import COLUMN_HEAD, HEAD_HEIGHT
from .looks import SOFT, Look
from .safe_cells import sheet_title
from .workbook_file import TITLE_SIZE, Pen, Style, new_workbook, set_up_printing, workbook_bytes

HEADING, QUIET = Style(is_bold=True, size=TITLE_SIZE), Style(SOFT)
TEXT, NUMBER = Style(Look(), vertical="top"), Style(Look(), horizontal="right", vertical="top")
MOMENT = Style(Look(), "yyyy-mm-dd hh:mm:ss", horizontal="left", vertical="top")
HEADER_ROW = 4


def log_workbook(
    title: str, pupils: Sequence[PupilRead], rows: Sequence[LogRow], *, by: str, at: datetime.datetime
) -> bytes:
    workbook, pen = new_workbook(title), Pen()
    taken_out = _("Taken out %(day)s by %(name)s") % {"day": date_format(localtime(at)), "name": by}
    _write(
        workbook,
        pen,
        (_("Whose data"), title, taken_out),
        [
            (_("Pupil"), 30),
            (_("Key"), 16),
            (_("Class today"), 14),
            (_("Reads"), 8),
            (_("First"), 20),
            (_("Last"), 20),
        ],
        (
            [each.pupil.shown_name, each.pupil.key, each.school_class, each.n, each.first_at, each.last_at]
            for each in pupils
        ),
    )
    _write(
        workbook,
        pen,
        (_("Read by read"), title, taken_out),
        [
            (_("When"), 20),
            (_("Page"), 30),
            (_("What"), 14),
            (_("Role"), 34),
            (_("Unit"), 24),
            (_("Pupils"), 8),
            (_("Keys of the pupils, if they are few"), 40),
            (_("Purpose"), 40),
        ],
        (
            [
                row.at,
                row.page,
                row.kind,
                row.role,
                row.unit,
                row.n_pupils,
                ", ".join(pupil.key for pupil in row.pupils),
                row.purpose,
            ]
            for row in rows
        ),
    )
    return workbook_bytes(workbook)


def _write(
    workbook: Workbook,
    pen: Pen,
    said: tuple[str, str, str],
    columns: Sequence[tuple[str, float]],
    rows: Iterable[Sequence[object]],
) -> None:
    """said: the sheet's name, its title, and who took it out."""
    name, title, taken_out = said
    sheet = workbook.create_sheet(sheet_title(name, name))
    pen.write(sheet, 1, 1, title, HEADING)
    pen.write(sheet, 2, 1, taken_out, QUIET)
    for column, (head, width) in enumerate(columns, start=1):
        pen.write(sheet, HEADER_ROW, column, head, COLUMN_HEAD)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.row_dimensions[HEADER_ROW].height = HEAD_HEIGHT
    for number, values in enumerate(rows, start=HEADER_ROW + 1):
        for column, value in enumerate(values, start=1):
            if isinstance(value, datetime.datetime):
                pen.write(sheet, number, column, localtime(value).replace(tzinfo=None), MOMENT)
            else:
                pen.write(sheet, number, column, value, NUMBER if isinstance(value, int) else TEXT)
    sheet.freeze_panes = f"B{HEADER_ROW + 1}"
    set_up_printing(sheet, (HEADER_ROW, HEADER_ROW), title, taken_out)
