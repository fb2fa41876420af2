"""The workbook for a list of people: the heads, one row per role that is held, and the words for roles and units."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from openpyxl.worksheet.worksheet import Worksheet

from accounts.people.plan import Known, UnitNamed
from accounts.roles import RoleCode

from ..importing.people_list import HEADS
from .safe_cells import write
from .workbook_file import Pen, Style, new_workbook, workbook_bytes

WIDTHS = (34, 28, 26, 34, 13, 13, 10)
HEAD = Style(is_bold=True)
DAY = Style(number_format="yyyy-mm-dd", horizontal="left")
PLAIN = Style()


def people_workbook(people: Iterable[Known], units: Sequence[UnitNamed]) -> bytes:
    """Everybody who has an account, as the list would be sent in again: unchanged, it changes nothing."""
    workbook = new_workbook(_("People"))
    pen = Pen()
    sheet = workbook.create_sheet(_("People"))
    _heads(pen, sheet, [_(head) for head in HEADS.values()])
    names = {unit.pk: name_of(unit, units) for unit in units}
    row = 2
    for person in people:
        for line in _lines(person, names):
            for column, value in enumerate(line, start=1):
                pen.write(sheet, row, column, value, DAY if isinstance(value, datetime.date) else PLAIN)
            row += 1
    for letter, width in zip("ABCDEFG", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    words = workbook.create_sheet(_("Words"))
    _heads(pen, words, [_("Role"), _("Unit")])
    for at, role in enumerate(RoleCode, start=2):
        write(words.cell(at, 1), role.label)
    for at, unit in enumerate(units, start=2):
        write(words.cell(at, 2), names[unit.pk])
    words.column_dimensions["A"].width, words.column_dimensions["B"].width = WIDTHS[2], WIDTHS[3]
    return workbook_bytes(workbook)


def _heads(pen: Pen, sheet: Worksheet, heads: Sequence[str]) -> None:
    for column, head in enumerate(heads, start=1):
        pen.write(sheet, 1, column, head, HEAD)


def _lines(person: Known, names: dict[int, str]) -> Iterable[tuple[object, ...]]:
    """A line for each role; one without a role for who has none."""
    held = [one for one in person.held if one.unit_id in names]
    if not held:
        return [(person.login, person.name, "", "", None, None, "")]
    return [
        (
            person.login,
            person.name,
            str(RoleCode(one.role).label),
            names[one.unit_id],
            one.valid_from,
            one.valid_to - datetime.timedelta(days=1) if one.valid_to else None,
            "",
        )
        for one in held
    ]


def name_of(unit: UnitNamed, units: Sequence[UnitNamed]) -> str:
    """The name; with that of the unit above it where there are several of the name."""
    is_alone = sum(other.name == unit.name for other in units) == 1
    return unit.name if is_alone else f"{unit.below}/{unit.name}"
