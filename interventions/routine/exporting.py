"""The page of the routine as a workbook, with what the page hides hidden as well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.worksheet.worksheet import Worksheet

from colourmaps.cells import State
from colourmaps.exporting.looks import LOOKS, SOFT, Look
from colourmaps.exporting.workbook_file import (
    TITLE_SIZE,
    Pen,
    Style,
    new_workbook,
    set_up_printing,
    workbook_bytes,
)

from .kept import Kept, SchoolRoutine
from .page import RoutinePage

HEADING, HEAD, PLAIN = (
    Style(is_bold=True, size=TITLE_SIZE),
    Style(Look(fill="surface"), is_bold=True, wraps=True),
    Style(Look()),
)
NOTE, HIDDEN = Style(SOFT), Style(LOOKS[State.HIDDEN])
HEADS_ROW = 3
WIDE, NARROW = 34, 12


def routine_workbook(page: RoutinePage) -> bytes:
    """An .xlsx with the schools; and, where they are told, with the statistics and the age at first referral."""
    title = _("Routine of meetings, %(unit)s") % {"unit": page.unit.name}
    workbook, pen = new_workbook(title), Pen()
    schools = workbook.create_sheet(_("Schools"))
    _fill(schools, pen, title, _heads(page), [_row(each) for each in page.schools])
    if page.statistics is not None:
        heading = _("What comes of the meetings, %(year)s") % {"year": page.year.name}
        _fill(
            workbook.create_sheet(_("Cases")), pen, heading, _statistics_heads(), _statistics(page.statistics)
        )
    if page.referrals is not None:
        sheet = workbook.create_sheet(_("Age at first referral"))
        heads = [_("School year"), _("Mean age"), _("Pupils")]
        _fill(sheet, pen, _("Age at first referral"), heads, [_referral(row) for row in page.referrals])
    return workbook_bytes(workbook)


def _fill(
    sheet: Worksheet, pen: Pen, title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    pen.write(sheet, 1, 1, title, HEADING)
    for column, head in enumerate(heads, start=1):
        pen.write(sheet, HEADS_ROW, column, head, HEAD)
        sheet.column_dimensions[chr(ord("A") + column - 1)].width = WIDE if column == 1 else NARROW
    for n, row in enumerate(rows, start=HEADS_ROW + 1):
        for column, value in enumerate(row, start=1):
            pen.write(sheet, n, column, value, HIDDEN if value == hidden() else PLAIN)
    sheet.freeze_panes = f"B{HEADS_ROW + 1}"
    set_up_printing(sheet, (HEADS_ROW, HEADS_ROW), title, "")


def hidden() -> str:
    return _("hidden (few pupils)")


def _heads(page: RoutinePage) -> list[str]:
    def of_year(year: str) -> list[str]:
        words = [_("planned"), _("held"), _("cancelled"), _("did not take place")]
        return [f"{year} {each}" for each in words]

    return [
        _("School"),
        *of_year(page.now.name),
        _("Days since the last one held"),
        *of_year(page.before.name),
        _("Late follow-ups"),
        _("Decisions not done in time"),
    ]


def _row(each: SchoolRoutine) -> list[object]:
    def counts(kept: Kept) -> list[int]:
        return [kept.planned, kept.held, kept.cancelled, kept.missed]

    return [
        each.school.name,
        *counts(each.now),
        _("never") if each.days_since is None else each.days_since,
        *counts(each.before),
        each.n_late,
        each.n_undone,
    ]


def _statistics_heads() -> list[str]:
    return [_("By"), _("Class"), _("Cases"), _("Until")]


def _statistics(tables: Sequence[Any]) -> Iterable[list[object]]:
    for table in tables:
        if table["is_hidden"]:
            yield [table["heading"], "", hidden(), table["until"]]
        for row in table["rows"]:
            yield [table["heading"], row["label"], row["n"], table["until"]]


def _referral(row: Any) -> list[object]:
    year = row["year"].name
    return [year, hidden(), hidden()] if row["is_few"] else [year, row["age"], row["n"]]
