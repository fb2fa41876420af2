"""A list of interventions as a workbook: the rows that the page shows. No pupil is named in it, only counted."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from accounts.models import Unit
from colourmaps.exporting.heads import COLUMN_HEAD, HEAD_HEIGHT
from colourmaps.exporting.looks import SOFT, Look
from colourmaps.exporting.safe_cells import sheet_title
from colourmaps.exporting.workbook_file import (
    TITLE_SIZE,
    Pen,
    Style,
    new_workbook,
    set_up_printing,
    workbook_bytes,
)

from .models import Intervention
from .states import state_in_words
from .tables import for_how_many_in_words
from .verdict_words import VerdictWord

HEADING, QUIET = Style(is_bold=True, size=TITLE_SIZE), Style(SOFT)
TEXT = Style(Look(), wraps=True, vertical="top")
DAY = Style(Look(), "yyyy-mm-dd", horizontal="left", vertical="top")
NUMBER = Style(Look(), horizontal="right", vertical="top")
HEADER_ROW = 4


def list_workbook(
    title: str,
    interventions: Sequence[Intervention],
    *,
    places: Mapping[int, Unit],
    ownerless: Collection[int],
    verdicts: Mapping[int, VerdictWord],
    by: str,
    at: datetime.datetime,
) -> bytes:
    """By id: places, the unit above each unit; verdicts, of the interventions. ownerless: ids of those without an owner."""
    workbook, pen = new_workbook(title), Pen()
    sheet = workbook.create_sheet(sheet_title(title, _("Interventions")))
    pen.write(sheet, 1, 1, title, HEADING)
    taken_out = _("Taken out %(day)s by %(name)s") % {"day": date_format(localtime(at)), "name": by}
    pen.write(sheet, 2, 1, taken_out, QUIET)
    on = localtime(at).date()
    columns = _columns()
    for column, (head, width) in enumerate(columns, start=1):
        pen.write(sheet, HEADER_ROW, column, head, COLUMN_HEAD)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.row_dimensions[HEADER_ROW].height = HEAD_HEIGHT
    for row, one in enumerate(interventions, start=HEADER_ROW + 1):
        verdict = str(verdicts[one.pk].label) if one.pk in verdicts else ""
        values = [*_values(one, places.get(one.unit_id), one.pk in ownerless, on), verdict]
        for column, value in enumerate(values, start=1):
            pen.write(sheet, row, column, value, _style_of(value))
    sheet.freeze_panes = f"B{HEADER_ROW + 1}"
    set_up_printing(sheet, (HEADER_ROW, HEADER_ROW), title, date_format(localtime(at)))
    return workbook_bytes(workbook)


def _columns() -> list[tuple[str, float]]:
    """Head and width of each."""
    return [
        (_("What we do"), 36),
        (_("Now"), 22),
        (_("For whom"), 20),
        (_("Unit"), 14),
        (_("Above it"), 22),
        (_("Kind"), 16),
        (_("Indicator"), 22),
        (_("Responsible"), 22),
        (_("Start"), 12),
        (_("Follow-up"), 12),
        (_("Planned until"), 12),
        (_("Ended"), 12),
        (_("Times per week"), 10),
        (_("Minutes each time"), 10),
        (_("Verdict"), 16),
    ]


def _values(one: Intervention, above: Unit | None, is_ownerless: bool, on: datetime.date) -> list[Any]:
    name = one.responsible.name
    return [
        one.title,
        state_in_words(one, on),
        for_how_many_in_words(one),
        one.unit.name,
        above.name if above else "",
        one.get_kind_display(),
        one.indicator.name,
        _("%(name)s (nobody answers)") % {"name": name} if is_ownerless else name,
        one.starts_on,
        one.follow_up_on,
        one.planned_until,
        one.ended_on,
        one.times_per_week,
        one.minutes_each_time,
    ]


def _style_of(value: object) -> Style:
    if isinstance(value, datetime.date):
        return DAY
    return NUMBER if isinstance(value, int) else TEXT
