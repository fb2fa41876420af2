"""An indicator's page as a workbook: the units in the round that is shown, and the unit itself over the rounds.

Both sheets have the columns of the unit map's sheet of figures, with the round before them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from colourmaps.exporting.csv_file import Field
from colourmaps.exporting.heads import COLUMN_HEAD, HEAD_HEIGHT, NAME_HEAD
from colourmaps.exporting.legend import Section, write_legend
from colourmaps.exporting.safe_cells import file_name
from colourmaps.exporting.workbook_file import Pen, new_workbook, set_up_printing, workbook_bytes
from colourmaps.models import MeasurementRound

from ..exporting import (
    COUNT_WIDTH,
    INDICATOR_WIDTH,
    KIND_WIDTH,
    REMARK_WIDTH,
    UNIT_WIDTH,
    Origin,
    keys_of_figures,
    sentences_of,
    style_of_field,
)
from ..figure_lines import FIRST_COUNT, heads_of_figures, lines_of_figures
from ..shares import UnitMap, UnitRow
from .filters import pupils_name
from .indicator_figures import IndicatorFigures

ROUND_WIDTH = 16


def indicator_workbook(figures: IndicatorFigures, origin: Origin) -> bytes:
    """An .xlsx with what the page shows, hidden where the page hides it."""
    title = f"{figures.indicator.name}, {figures.unit.name}"
    workbook, pen = new_workbook(f"{title}, {figures.round.name}"), Pen()
    now, rounds = units_now(figures), list(unit_over_rounds(figures))
    _write_lines(workbook.create_sheet(_("Units")), pen, [now], title)
    _write_lines(workbook.create_sheet(_("Over time")), pen, rounds, title)
    when = date_format(origin.at, "SHORT_DATETIME_FORMAT")
    taken_out = _("As it stood %(when)s, taken out by %(who)s") % {"when": when, "who": origin.by}
    sentences = [("", sentence) for sentence in [taken_out, *sentences_of(now)]]
    write_legend(workbook, pen, keys_of_figures(), [Section(_("What holds for the figures"), sentences)])
    return workbook_bytes(workbook)


def indicator_file_name(figures: IndicatorFigures, suffix: str) -> str:
    chosen = figures.filters
    pupils = [pupils_name(chosen.slice, chosen.round)] if chosen.slice else []
    return file_name(figures.indicator.name, figures.unit.name, chosen.round.name, *pupils, suffix=suffix)


def units_now(figures: IndicatorFigures) -> UnitMap:
    """The unit and those below it in the round that is shown, as a map of one column."""
    rows = [UnitRow(unit, [figures.share(unit)]) for unit in (figures.unit, *figures.children)]
    return _map_of(figures, figures.round, rows[0], rows[1:])


def unit_over_rounds(figures: IndicatorFigures) -> Iterator[UnitMap]:
    """The unit alone, a map for each round, oldest first."""
    trend = figures.trends.get(figures.unit.pk)
    for point in trend.points if trend else ():
        yield _map_of(figures, point.round, UnitRow(figures.unit, [point.share]), ())


def _map_of(
    figures: IndicatorFigures, round_: MeasurementRound, own: UnitRow, children: Sequence[UnitRow]
) -> UnitMap:
    return UnitMap(
        figures.unit,
        round_,
        [figures.indicator],
        own=own,
        children=children,
        slice=figures.filters.slice,
        tier=figures.tier,
    )


def _write_lines(sheet: Worksheet, pen: Pen, maps: Sequence[UnitMap], title: str) -> None:
    heads = [_("Measurement round"), *heads_of_figures(maps[0].tier if maps else None)]
    first_count = FIRST_COUNT + 1
    widths = [ROUND_WIDTH, UNIT_WIDTH, KIND_WIDTH, INDICATOR_WIDTH]
    widths += [*[COUNT_WIDTH] * (len(heads) - len(widths) - 1), REMARK_WIDTH]
    for column, (head, width) in enumerate(zip(heads, widths, strict=True), start=1):
        pen.write(sheet, 1, column, head, NAME_HEAD if column < first_count else COLUMN_HEAD)
        sheet.column_dimensions[get_column_letter(column)].width = width
    lines: list[list[Field]] = [[each.round.name, *line] for each in maps for line in lines_of_figures(each)]
    for row, line in enumerate(lines, start=2):
        for column, value in enumerate(line, start=1):
            pen.write(sheet, row, column, value, style_of_field(column - 1, value, len(heads) - 1))
    sheet.row_dimensions[1].height = HEAD_HEIGHT
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions
    set_up_printing(sheet, (1, 1), title, maps[0].round.name if len(maps) == 1 else "")
