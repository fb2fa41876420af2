"""Makes the workbook to fill in: a row per pupil, a column per indicator, lists and limits where values are typed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import cast

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl import Workbook as NewWorkbook
from openpyxl.cell.cell import Cell as NewCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import Unit, User
from accounts.tenancy import current_municipality

from ..exporting.safe_cells import LONGEST_TITLE, sheet_title, write
from ..models import Indicator, MeasurementRound
from ..scales import HUNDREDTHS, MARK_LABELS, Mark, Scale
from .base import FORMAT, VERSION, Base, BaseRow, seal
from .layout import (
    BASE_COLUMN,
    BASE_ROW,
    CODES,
    CODES_ROW,
    FIRST_COLUMN,
    FIRST_ROW,
    FORMAT_ROW,
    HEAD_ROW,
    HELP_ROW,
    KEY_COLUMN,
    LISTS_COLUMN,
    MARKS_ROW,
    NAME,
    NAME_COLUMN,
    OWN_SHEET,
    ROWS,
    TITLE_ROW,
    VERSION_ROW,
)
from .merge import Content
from .offer import CellKey, Offer, labels_of, results_in_force
from .typing_rules import rule_for, words_of_marks

NAME_WIDTH, VALUE_WIDTH = 30, 14
POINTS_PER_LINE = 15

BOLD, SOFT = Font(bold=True), Font(color="00595959", size=9)
NOT_AWAITED = PatternFill("solid", fgColor="00E4E4E4")
HEAD = PatternFill("solid", fgColor="00F2F2F2")
BELOW_HEADS = Border(bottom=Side(style="thin", color="00808080"))
WRAPPED = Alignment(wrap_text=True, vertical="bottom", horizontal="center")


def workbook_to_fill_in(
    unit: Unit, offers: Sequence[Offer], round_: MeasurementRound, *, by: User, is_empty: bool
) -> tuple[bytes, Base]:
    """An .xlsx with a sheet per class, and the base that is signed into it. unit: the class, or the school of them all.

    is_empty: the cells are left empty whatever is known, so that whatever is known and then filled in is asked about.
    """
    offers = without_repetition(offers)
    base, contents = _base_of(offers, round_, by=by, is_empty=is_empty)
    new = NewWorkbook()
    new.remove(new.worksheets[0])
    lists = _Lists(new.create_sheet(OWN_SHEET))
    lists.write_base(base)
    titles: set[str] = set()
    for offer in offers:
        title = own_title(offer.school_class.name, titles)
        sheet = new.create_sheet(title, index=len(new.worksheets) - 1)
        _SheetWriter(sheet, offer, base, contents, lists).write(unit, round_)
    lists.sheet.sheet_state = "veryHidden"
    new.active = 0
    new.properties.creator = new.properties.title = ""
    content = io.BytesIO()
    new.save(content)
    return content.getvalue(), base


def head_of(indicator: Indicator) -> str:
    """In parentheses what is allowed: an import of ordinary files takes that for no part of the name."""
    return f"{indicator.name}\n({indicator.scale.in_words()})"


def without_repetition(offers: Sequence[Offer]) -> list[Offer]:
    """Who has changed class stands in the maps of both; a workbook has each pupil once, in the later class."""
    last = {pupil.pk: at for at, offer in enumerate(offers) for pupil in offer.pupils}
    return [
        Offer(
            offer.school_class,
            [pupil for pupil in offer.pupils if last[pupil.pk] == at],
            offer.indicators,
            frozenset(cell for cell in offer.cells if last[cell[0]] == at),
        )
        for at, offer in enumerate(offers)
    ]


def _base_of(
    offers: Sequence[Offer], round_: MeasurementRound, *, by: User, is_empty: bool
) -> tuple[Base, dict[CellKey, Content]]:
    pupils = [pupil for offer in offers for pupil in offer.pupils]
    in_force = {} if is_empty else results_in_force(round_, [pupil.pk for pupil in pupils])
    contents = {key: result.content for key, result in in_force.items()}
    labels = labels_of(pupils)
    indicators = {indicator.pk: indicator for offer in offers for indicator in offer.indicators}
    base = Base(
        municipality=current_municipality().pk,
        round=round_.key,
        by=by.pk,
        made_at=timezone.now(),
        is_empty=is_empty,
        heads={indicator.code: head_of(indicator) for indicator in indicators.values()},
        classes={
            offer.school_class.key: [
                BaseRow(
                    pupil.key,
                    labels[pupil.pk],
                    {
                        indicator.code: contents.get((pupil.pk, indicator.pk))
                        for indicator in offer.indicators
                        if (pupil.pk, indicator.pk) in offer.cells
                    },
                )
                for pupil in offer.pupils
            ]
            for offer in offers
        },
    )
    return base, contents


class _Lists:
    """The hidden sheet: the signed base, and below each other in columns the lists that cells are chosen from."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self._places: dict[tuple[str, ...], str] = {}

    def write_base(self, base: Base) -> None:
        lines = {FORMAT_ROW: FORMAT, VERSION_ROW: str(VERSION)}
        lines |= dict(enumerate(seal(base), start=BASE_ROW))
        for row, text in lines.items():
            write(_cell(self.sheet, row, BASE_COLUMN), text)

    def place_of(self, choices: tuple[str, ...]) -> str:
        """Where a list stands, as a validation names it. Named by place, so that a choice may hold a comma."""
        if choices not in self._places:
            column = LISTS_COLUMN + len(self._places)
            for row, choice in enumerate(choices, start=1):
                write(_cell(self.sheet, row, column), choice)
            letters = get_column_letter(column)
            self._places[choices] = f"{OWN_SHEET}!${letters}$1:${letters}${len(choices)}"
        return self._places[choices]


@dataclass(frozen=True)
class _SheetWriter:
    """Writes the sheet of one class."""

    sheet: Worksheet
    offer: Offer
    base: Base
    contents: dict[CellKey, Content]
    lists: _Lists

    @property
    def last_row(self) -> int:
        return max(FIRST_ROW, FIRST_ROW + len(self.offer.pupils) - 1)

    @property
    def last_column(self) -> int:
        return FIRST_COLUMN + len(self.offer.indicators) - 1

    def write(self, unit: Unit, round_: MeasurementRound) -> None:
        self._write_top(unit, round_)
        for column, indicator in enumerate(self.offer.indicators, start=FIRST_COLUMN):
            self._write_column(column, indicator)
        for row, line in enumerate(self.base.classes[self.offer.school_class.key], start=FIRST_ROW):
            write(_cell(self.sheet, row, KEY_COLUMN), line.key)
            write(_cell(self.sheet, row, NAME_COLUMN), line.label)
        self._set_up_page()

    def _write_top(self, unit: Unit, round_: MeasurementRound) -> None:
        place = "" if unit == self.offer.school_class else f"{unit.name}, "
        made_on = date_format(timezone.localtime(self.base.made_at), "DATE_FORMAT")
        title = _("Class %(name)s, %(round)s – to fill in") % {
            "name": f"{place}{self.offer.school_class.name}",
            "round": round_.name,
        }
        marks = ", ".join(words_of_marks())
        texts = {
            TITLE_ROW: title,
            HELP_ROW: _(
                "Made on %(day)s. Fill in the cells, save, and hand the workbook back on the page of the class. Cells "
                "that you leave alone stay as they are, and an emptied cell removes nothing."
            )
            % {"day": made_on},
            MARKS_ROW: _("Where there is no value, write one of these words: %(marks)s.") % {"marks": marks},
            HEAD_ROW: _("Pupil"),
        }
        for row, text in texts.items():
            write(_cell(self.sheet, row, NAME_COLUMN), text)
            _cell(self.sheet, row, NAME_COLUMN).font = SOFT if row in (HELP_ROW, MARKS_ROW) else BOLD
        _cell(self.sheet, HEAD_ROW, NAME_COLUMN).border = BELOW_HEADS
        _cell(self.sheet, HEAD_ROW, NAME_COLUMN).fill = HEAD
        write(_cell(self.sheet, CODES_ROW, KEY_COLUMN), CODES)
        write(_cell(self.sheet, CODES_ROW, NAME_COLUMN), NAME)
        write(_cell(self.sheet, HEAD_ROW, KEY_COLUMN), ROWS)

    def _write_column(self, column: int, indicator: Indicator) -> None:
        write(_cell(self.sheet, CODES_ROW, column), indicator.code)
        head = _cell(self.sheet, HEAD_ROW, column)
        write(head, self.base.heads[indicator.code])
        head.font, head.alignment, head.border, head.fill = BOLD, WRAPPED, BELOW_HEADS, HEAD
        self.sheet.column_dimensions[get_column_letter(column)].width = VALUE_WIDTH
        for row, pupil in enumerate(self.offer.pupils, start=FIRST_ROW):
            cell = _cell(self.sheet, row, column)
            if (pupil.pk, indicator.pk) not in self.offer.cells:
                cell.fill = NOT_AWAITED
            elif content := self.contents.get((pupil.pk, indicator.pk)):
                write(cell, written(content, indicator.scale))
            cell.alignment = Alignment(horizontal="right")
        letters = get_column_letter(column)
        validation = rule_for(indicator, choices=self._choices(indicator))
        validation.add(f"{letters}{FIRST_ROW}:{letters}{self.last_row}")
        self.sheet.add_data_validation(validation)

    def _choices(self, indicator: Indicator) -> str:
        """Where the list stands that cells of the column are chosen from; "" for numbers, which have none."""
        steps = reversed(indicator.scale.steps)
        labels = [step.label for step in steps]
        return self.lists.place_of((*labels, *words_of_marks())) if labels else ""

    def _set_up_page(self) -> None:
        sheet, last = self.sheet, get_column_letter(max(self.last_column, NAME_COLUMN))
        sheet.row_dimensions[CODES_ROW].hidden = True
        sheet.column_dimensions[get_column_letter(KEY_COLUMN)].hidden = True
        sheet.column_dimensions[get_column_letter(NAME_COLUMN)].width = NAME_WIDTH
        sheet.row_dimensions[HEAD_ROW].height = POINTS_PER_LINE * self._n_lines_of_heads()
        sheet.freeze_panes = f"{get_column_letter(FIRST_COLUMN)}{FIRST_ROW}"
        # From the column of keys on, so that whoever sorts by it sorts the keys along.
        sheet.auto_filter.ref = f"{get_column_letter(KEY_COLUMN)}{HEAD_ROW}:{last}{self.last_row}"
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToHeight = 0
        sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"

    def _n_lines_of_heads(self) -> int:
        """Not every program finds out by itself how high a row of wrapped texts is."""
        heads = (self.base.heads[indicator.code] for indicator in self.offer.indicators)
        return max(
            (sum(len(wrap(line, VALUE_WIDTH)) for line in head.splitlines()) for head in heads), default=1
        )


def written(content: Content, scale: Scale) -> str | int | float:
    """A content as a cell: marks and steps in words, all else as a number; what is read back is the same content."""
    if content.value is None:
        return str(MARK_LABELS[Mark(content.mark)])
    label = scale.label_by_number.get(content.value)
    if label is not None:
        return int(label) if label.isascii() and label.isdigit() and str(int(label)) == label else label
    whole, rest = divmod(content.value, HUNDREDTHS)
    return content.value / HUNDREDTHS if rest else whole


def own_title(name: str, taken: set[str]) -> str:
    """The name as a sheet can be called, unlike those that are taken; it is taken from then on."""
    title = sheet_title(name, _("Table"))
    number = 1
    while title.casefold() in taken | {OWN_SHEET}:
        number += 1
        end = f" {number}"
        title = title[: LONGEST_TITLE - len(end)] + end
    taken.add(title.casefold())
    return title


def _cell(sheet: Worksheet, row: int, column: int) -> NewCell:
    return cast(NewCell, sheet.cell(row, column))
