"""A unit map as a workbook and as CSV: the same figures as on the page, hidden where the page hides them.

The first sheet is the map: per indicator the numbers red, yellow and green, as the segments of the page's bars. The
second has a row per unit and indicator with every count as a number; the CSV file is that sheet.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from colourmaps.cells import WORDS, State
from colourmaps.exporting.csv_file import Field, csv_bytes
from colourmaps.exporting.heads import COLUMN_HEAD, HEAD_HEIGHT, NAME_HEAD, write_areas, write_merged
from colourmaps.exporting.legend import Key, Section, key_line, write_legend
from colourmaps.exporting.looks import LOOKS, SOFT, Look, text_format
from colourmaps.exporting.safe_cells import file_name, sheet_title
from colourmaps.exporting.workbook_file import (
    TITLE_SIZE,
    Pen,
    Style,
    new_workbook,
    set_up_printing,
    workbook_bytes,
)

from .dashboards.filters import pupils_name
from .dashboards.red_row import red_row
from .disclosure import Part
from .figure_lines import (
    FIRST_COUNT,
    SEGMENTS,
    heads_of_figures,
    lines_of_figures,
    segments_of,
    state_of_share,
)
from .shares import Share, UnitMap
from .wording import notes_of

UNIT_WIDTH, KIND_WIDTH, INDICATOR_WIDTH, COUNT_WIDTH, REMARK_WIDTH = 28, 16, 28, 11, 60
# Of a column of the map: three of them stand below the name of an indicator.
SEGMENT_WIDTH = 5.5
HEADING, PLAIN, QUIET = Style(is_bold=True, size=TITLE_SIZE), Style(), Style(SOFT)
NAME, OWN_NAME = Style(Look()), Style(Look(fill="surface"), is_bold=True)
NONE_OF_IT = Look(ink="ink-soft")
COUNT = Style(Look(), horizontal="right")
HIDDEN_COUNT = Style(
    LOOKS[State.HIDDEN], text_format(LOOKS[State.HIDDEN], is_word=True), horizontal="center", shrinks=True
)


@dataclass(frozen=True)
class Origin:
    """Who takes a map out, and when."""

    by: str
    at: datetime.datetime


def unit_map_workbook(figures: UnitMap, origin: Origin) -> bytes:
    """An .xlsx with the map, its figures, and the key. figures: what the reader may see (queries.unit_map)."""
    title = f"{_('Colour map')} {figures.unit.name}"
    workbook, pen = new_workbook(f"{title}, {figures.round.name}"), Pen()
    _write_map(
        workbook.create_sheet(sheet_title(figures.unit.name, _("Colour map"))), pen, figures, origin, title
    )
    _write_figures(workbook.create_sheet(_("Figures")), pen, figures, title)
    sentences = [("", sentence) for sentence in sentences_of(figures)]
    write_legend(workbook, pen, keys_of_figures(), [Section(_("What holds for the figures"), sentences)])
    return workbook_bytes(workbook)


def unit_map_csv(figures: UnitMap) -> bytes:
    return csv_bytes([heads_of_figures(figures.tier), *lines_of_figures(figures)])


def unit_map_file_name(figures: UnitMap, suffix: str) -> str:
    pupils = [pupils_name(figures.slice, figures.round)] if figures.slice else []
    return file_name(_("Colour map"), figures.unit.name, figures.round.name, *pupils, suffix=suffix)


def sentences_of(figures: UnitMap) -> list[str]:
    """What a reader of the figures has to know."""
    sentences = [
        _(
            "Figures from which single pupils could be made out are hidden, in the same places as on the page."
        ),
        _("Movement is counted among pupils who were measured both times, each against the own last value."),
        *notes_of(figures),
    ]
    if figures.slice:
        pupils = pupils_name(figures.slice, figures.round)
        sentences.insert(0, _("Only these pupils: %(pupils)s.") % {"pupils": pupils})
    if figures.is_waiting:
        sentences.append(_("Newer results were being counted when the file was made."))
    return sentences


def keys_of_figures() -> list[Key]:
    states = [*SEGMENTS, State.HIDDEN, State.MISSING, State.NOT_DUE]
    return [Key(LOOKS[state], str(WORDS[state])) for state in states]


def _write_map(sheet: Worksheet, pen: Pen, figures: UnitMap, origin: Origin, title: str) -> None:
    header_row = _titles(sheet, pen, figures, origin, title) + 3
    _write_heads(sheet, pen, figures, header_row)
    first_row = header_row + 2
    for at, row in enumerate(figures.rows, start=first_row):
        style = OWN_NAME if row is figures.own else NAME
        pen.write(sheet, at, 1, row.unit.name, style)
        pen.write(sheet, at, 2, row.unit.kind.name, style)
        for column, share in zip(_columns(figures), row.shares, strict=True):
            _write_share(sheet, pen, at, column, share)
    _write_red_row(sheet, pen, figures, first_row + len(figures.rows))
    for at, sentence in enumerate(sentences_of(figures), start=sheet.max_row + 2):
        pen.write(sheet, at, 1, sentence, QUIET)
    sheet.freeze_panes = f"C{first_row}"
    set_up_printing(sheet, (header_row - 1, header_row + 1), title, figures.round.name)


def _write_heads(sheet: Worksheet, pen: Pen, figures: UnitMap, header_row: int) -> None:
    """Areas, indicators, and below each of these the signs of its three columns."""
    write_areas(sheet, pen, header_row - 1, 3, figures.indicators, len(SEGMENTS))
    pen.write(sheet, header_row, 1, _("Unit"), NAME_HEAD)
    pen.write(sheet, header_row, 2, _("Kind"), NAME_HEAD)
    for column, indicator in zip(_columns(figures), figures.indicators, strict=True):
        write_merged(sheet, pen, header_row, column, len(SEGMENTS), indicator.name, COLUMN_HEAD)
        for at, state in enumerate(SEGMENTS, start=column):
            pen.write(sheet, header_row + 1, at, LOOKS[state].sign, Style(LOOKS[state], horizontal="center"))
            sheet.column_dimensions[get_column_letter(at)].width = SEGMENT_WIDTH
    sheet.row_dimensions[header_row].height = HEAD_HEIGHT
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = UNIT_WIDTH, KIND_WIDTH


def _columns(figures: UnitMap) -> range:
    """The first column of each indicator."""
    return range(3, 3 + len(SEGMENTS) * len(figures.indicators), len(SEGMENTS))


def _titles(sheet: Worksheet, pen: Pen, figures: UnitMap, origin: Origin, title: str) -> int:
    """The lines above the map; returns the row of the last one."""
    when = date_format(origin.at, "SHORT_DATETIME_FORMAT")
    counted = figures.computed_at and date_format(localtime(figures.computed_at), "SHORT_DATETIME_FORMAT")
    lines = [
        (title, HEADING),
        (f"{_('Measurement round')}: {figures.round.name}", PLAIN),
        (_("counted %(when)s") % {"when": counted} if counted else "", QUIET),
        (_("As it stood %(when)s, taken out by %(who)s") % {"when": when, "who": origin.by}, QUIET),
        (key_line(keys_of_figures()), QUIET),
    ]
    for row, (text, style) in enumerate(lines, start=1):
        pen.write(sheet, row, 1, text, style)
    return len(lines)


def _write_share(sheet: Worksheet, pen: Pen, row: int, column: int, share: Share) -> None:
    """Three numbers, or a word over the three columns."""
    state = state_of_share(share)
    if state is not None:
        style = Style(
            LOOKS[state], text_format(LOOKS[state], is_word=True), horizontal="center", shrinks=True
        )
        write_merged(sheet, pen, row, column, len(SEGMENTS), str(WORDS[state]), style)
        return
    number_format = '0"%"' if share.percents is not None else "0"
    for at, (colour, count) in enumerate(zip(SEGMENTS, segments_of(share), strict=True), start=column):
        look = LOOKS[colour] if count else NONE_OF_IT
        if Part.COLOURS in share.pools:
            look = replace(look, edge="dotted")
        pen.write(sheet, row, at, count, Style(look, number_format, horizontal="center"))


def _write_red_row(sheet: Worksheet, pen: Pen, figures: UnitMap, at: int) -> None:
    """In how few units half of the red is, as below the map on the page."""
    feet = red_row(figures, [False] * len(figures.indicators))
    if not feet:
        return
    pen.write(sheet, at, 1, _("Half of the red"), PLAIN)
    for column, foot in zip(_columns(figures), feet, strict=True):
        style = Style(Look() if foot.is_in_few else NONE_OF_IT, horizontal="center")
        write_merged(sheet, pen, at, column, len(SEGMENTS), foot.short or "–", style)


def _write_figures(sheet: Worksheet, pen: Pen, figures: UnitMap, title: str) -> None:
    heads = heads_of_figures(figures.tier)
    n_counts = len(heads) - FIRST_COUNT
    widths = [UNIT_WIDTH, KIND_WIDTH, INDICATOR_WIDTH, *[COUNT_WIDTH] * n_counts, REMARK_WIDTH]
    for column, (head, width) in enumerate(zip(heads, widths, strict=True), start=1):
        pen.write(sheet, 1, column, head, NAME_HEAD if column < FIRST_COUNT else COLUMN_HEAD)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, line in enumerate(lines_of_figures(figures), start=2):
        for column, value in enumerate(line, start=1):
            pen.write(sheet, row, column, value, style_of_field(column, value, len(heads)))
    sheet.row_dimensions[1].height = HEAD_HEIGHT
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = sheet.dimensions
    # The rules are for the screen: on paper their sentences would make the figures tiny.
    sheet.print_area = f"A1:{get_column_letter(len(widths) - 1)}{sheet.max_row}"
    set_up_printing(sheet, (1, 1), title, figures.round.name)


def style_of_field(column: int, value: Field, n_columns: int) -> Style:
    if isinstance(value, int):
        return COUNT
    return HIDDEN_COUNT if value and FIRST_COUNT <= column < n_columns else PLAIN
