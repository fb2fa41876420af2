"""A map of pupils as a workbook that looks like the page and can be imported again; that of a class also as plain CSV.

Values are numbers (grades and steps are texts), their colour and movement are how they are shown. What is no result of
the round is a text that the import knows: "missing", "not due", or a value of an earlier round with its age in
brackets, pale only when it is outdated. The rows of counts begin with a word by which the import leaves them out.
Nobody with protected identity is in a grid for a file.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pupils.models import Pupil

from ..cells import EARLIER, MOVEMENT_WORDS, NEAR, WORDS, Cell, State
from ..classification import COMPARED, Movement
from ..grid import Grid, Row
from ..importing.tables import OWN_REMARK
from ..models import Indicator
from ..ordering import BY_CLASS, BY_NAME, in_order
from ..presentation import facts_of, limits_of, summaries_of, uncounted_in_words
from ..scales import HUNDREDTHS, Scale, ValueType, format_value
from .csv_file import Field, csv_bytes
from .heads import COLUMN_HEAD, HEAD_HEIGHT, NAME_HEAD, head_width, write_areas
from .legend import Key, Section, key_line, write_legend
from .looks import FRAME, LOOKS, MOVEMENT_SIGNS, SOFT, Look, look_of, number_format, stale, text_format
from .safe_cells import file_name, sheet_title
from .workbook_file import TITLE_SIZE, Pen, Style, new_workbook, set_up_printing, workbook_bytes

NAME_WIDTH, ID_WIDTH, CLASS_WIDTH, REMARK_WIDTH = 18, 12, 10, 16
HEADING, PLAIN, QUIET = Style(is_bold=True, size=TITLE_SIZE), Style(), Style(SOFT)
NAME = Style(Look())


@dataclass(frozen=True)
class Origin:
    """Where a map comes from: names of its school and of who takes it out, the country of its school years, when.

    heading: what a map of several classes is called, each of whose rows says its class; empty for the map of one.
    """

    school: str
    by: str
    country: str
    at: datetime.datetime
    heading: str = ""

    def name_of(self, grid: Grid) -> str:
        return self.heading or grid.unit.name


def class_map_workbook(grid: Grid, origin: Origin) -> bytes:
    """An .xlsx with the map, and behind it the key and the limits. grid: one for a file (class_grid, group_grid)."""
    return _ClassMapSheet(grid, origin).file()


def class_map_csv(grid: Grid, origin: Origin) -> bytes:
    """A row per pupil below one row of heads; who is in no file, is said in the last line."""
    columns = _person_columns(grid)
    heads = [_("School"), _("Class"), *(head for head, _width in columns)]
    rows: list[list[Field]] = [[*heads, *(_head(each, " ") for each in grid.indicators)]]
    for row in rows_of(grid, origin):
        names = _names_of(row.pupil, len(columns))
        rows.append([origin.school, _class_of(row, grid), *names, *_csv_values(grid, row)])
    return csv_bytes([*rows, [], [protection_sentence()]])


def class_map_file_name(grid: Grid, suffix: str, heading: str = "") -> str:
    return file_name(_("Colour map"), heading or grid.unit.name, grid.round.name, suffix=suffix)


def protection_sentence() -> str:
    """Said in every file, so that it tells nothing of the class."""
    return _(
        "Pupils with protected identity are never in files; the map on the page may show more pupils than this file, "
        "and the counts here are of the pupils in the file."
    )


def task_sentence() -> str:
    return _(
        "The map judges how we succeed with our task, never the child. Yellow is a pass. Red asks the adults for "
        "something else than what has been done."
    )


def rows_of(grid: Grid, origin: Origin) -> list[Row]:
    """By name; of several classes by class first."""
    return in_order(grid, BY_CLASS if origin.heading else BY_NAME, get_language() or "sv")


def _class_of(row: Row, grid: Grid) -> str:
    return row.school_class.name if row.school_class else grid.unit.name


def _person_columns(grid: Grid) -> list[tuple[str, float]]:
    """(head, width) of the columns that say who it is; the municipality's own id where there is one."""
    columns: list[tuple[str, float]] = [(_("Family name"), NAME_WIDTH), (_("Given name"), NAME_WIDTH)]
    if any(pupil.own_id for pupil in grid.pupils):
        columns.append((_("Pupil id"), ID_WIDTH))
    return columns


def _names_of(pupil: Pupil, n_columns: int) -> list[str]:
    """The cells that say who it is; somebody without a name and an id of their own gets a name for lists."""
    is_nameless = not (pupil.family_name or pupil.given_name or pupil.own_id)
    family_name = pupil.shown_name if is_nameless else pupil.family_name
    return [family_name, pupil.given_name, pupil.own_id][:n_columns]


def _head(indicator: Indicator, between: str) -> str:
    """The name, by which the import knows the column, with the unit where that leaves no doubt about the name."""
    name, scale = indicator.name, indicator.scale
    if not scale.unit or scale.value_type is ValueType.PERCENT or "(" in name:
        return name
    return f"{name}{between}({scale.unit})"


def _csv_values(grid: Grid, row: Row) -> Iterator[Field]:
    for indicator, cell in zip(grid.indicators, row.cells, strict=True):
        scale = indicator.scale
        if not cell.is_measured or scale.steps:
            yield str(value_of(cell, scale))
        elif scale.value_type is ValueType.PERCENT:
            # With its sign: alone, nobody could tell 0.5 per cent from a share.
            yield f"{format_value(cell.value or 0, scale)}%".replace("−", "-")
        else:
            yield Decimal(cell.value or 0) / HUNDREDTHS


def value_of(cell: Cell, scale: Scale) -> float | str:
    """What stands in the cell: a number, percent as a share; the label of a step; else a word."""
    if cell.value is None:
        return str(WORDS[cell.state])
    is_percent = scale.value_type is ValueType.PERCENT
    if cell.is_earlier:
        return f"[{format_value(cell.value, scale, with_unit=is_percent)}, {cell.age}]"
    if scale.steps:
        return format_value(cell.value, scale)
    return cell.value / HUNDREDTHS / 100 if is_percent else cell.value / HUNDREDTHS


def style_of(cell: Cell, scale: Scale) -> Style:
    look = look_of(cell)
    if not cell.is_measured:
        return Style(look, text_format(look, is_word=True), horizontal="center", shrinks=True)
    if scale.steps:
        return Style(look, text_format(look, cell.movement), horizontal="right")
    decimals = max(scale.decimals, _n_decimals(cell.value or 0))
    is_percent = scale.value_type is ValueType.PERCENT
    shown = number_format(look, cell.movement, decimals=decimals, is_percent=is_percent)
    return Style(look, shown, horizontal="right")


def _n_decimals(hundredths: int) -> int:
    """How many decimals it takes to show a value unrounded."""
    if hundredths % HUNDREDTHS == 0:
        return 0
    return 1 if hundredths % 10 == 0 else 2


def keys_of(grid: Grid) -> list[Key]:
    """The signs that occur in the map: levels, what is no result, movements."""
    cells = [cell for row in grid.rows for cell in row.cells]
    states = {cell.state for cell in cells if not cell.is_stale}
    keys = [Key(LOOKS[state], str(word)) for state, word in WORDS.items() if state in states]
    if any(cell.is_near for cell in cells):
        keys.append(Key(Look("5", is_underlined=True), str(NEAR)))
    if any(cell.is_earlier and not cell.is_stale for cell in cells):
        keys.append(Key(Look("[5]"), _("%(what)s, in brackets with its age") % {"what": EARLIER}))
    if any(cell.is_stale for cell in cells):
        keys.append(Key(stale(State.GREEN), _("outdated, in brackets with its age")))
    movements = {cell.movement for cell in cells}
    return keys + [
        Key(Look(MOVEMENT_SIGNS[way]), str(MOVEMENT_WORDS[way]))
        for way in (*COMPARED, Movement.BREAK)
        if way in movements
    ]


class _ClassMapSheet:
    """The map while it is written, row by row."""

    def __init__(self, grid: Grid, origin: Origin) -> None:
        self.grid, self.origin = grid, origin
        self.title = f"{_('Colour map')} {origin.name_of(grid)}"
        self.keys = keys_of(grid)
        self.name_columns = _person_columns(grid)
        self.class_columns = [(_("Class"), CLASS_WIDTH)] if origin.heading else []
        self.first_column = len(self.name_columns) + len(self.class_columns) + 1
        self.pen = Pen()
        self.workbook = new_workbook(f"{self.title}, {grid.round.name}")
        self.sheet: Worksheet = self.workbook.create_sheet(sheet_title(origin.name_of(grid), _("Colour map")))

    def file(self) -> bytes:
        header_row = self._titles() + 3
        self._heads(header_row)
        row = self._pupils(header_row + 1)
        row = self._summaries(row)
        self._notes(row + 1)
        self.sheet.freeze_panes = f"{get_column_letter(self.first_column)}{header_row + 1}"
        set_up_printing(self.sheet, (header_row - 1, header_row), self.title, self.grid.round.name)
        write_legend(self.workbook, self.pen, self.keys, self._sections())
        return workbook_bytes(self.workbook)

    def _titles(self) -> int:
        """The lines above the map; returns the row of the last one."""
        when = date_format(self.origin.at, "SHORT_DATETIME_FORMAT")
        round_name, *facts = facts_of(self.grid)
        lines = [
            (self.title, HEADING),
            (f"{_('School')}: {self.origin.school}" if self.origin.school else "", PLAIN),
            (f"{_('Measurement round')}: {round_name}", PLAIN),
            (" · ".join(facts), QUIET),
            (_("As it stood %(when)s, taken out by %(who)s") % {"when": when, "who": self.origin.by}, QUIET),
            (key_line(self.keys), QUIET),
        ]
        for row, (text, style) in enumerate(lines, start=1):
            self.pen.write(self.sheet, row, 1, text, style)
        return len(lines)

    def _heads(self, header_row: int) -> None:
        write_areas(self.sheet, self.pen, header_row - 1, self.first_column, self.grid.indicators)
        heads = [(head, width, NAME_HEAD) for head, width in [*self.name_columns, *self.class_columns]]
        heads += [
            (_head(each, "\n"), head_width(_head(each, "\n")), COLUMN_HEAD) for each in self.grid.indicators
        ]
        if self._has_remarks:
            heads.append((f"{OWN_REMARK} {_('Remark')}", REMARK_WIDTH, NAME_HEAD))
        for column, (head, width, style) in enumerate(heads, start=1):
            self.pen.write(self.sheet, header_row, column, head, style)
            self.sheet.column_dimensions[get_column_letter(column)].width = width
        self.sheet.row_dimensions[header_row].height = HEAD_HEIGHT

    @property
    def _has_remarks(self) -> bool:
        return any(row.has_joined_later for row in self.grid.rows)

    def _pupils(self, first_row: int) -> int:
        """A row per pupil; returns the next free row."""
        scales = [indicator.scale for indicator in self.grid.indicators]
        rows = rows_of(self.grid, self.origin)
        for at, row in enumerate(rows, start=first_row):
            names = _names_of(row.pupil, len(self.name_columns))
            classes = [_class_of(row, self.grid) for _column in self.class_columns]
            for column, name in enumerate([*names, *classes], start=1):
                self.pen.write(self.sheet, at, column, name or None, NAME)
            for column, (cell, scale) in enumerate(zip(row.cells, scales, strict=True), self.first_column):
                self.pen.write(self.sheet, at, column, value_of(cell, scale), style_of(cell, scale))
            if row.has_joined_later:
                self.pen.write(self.sheet, at, self.first_column + len(scales), _("joined later"), QUIET)
        return first_row + len(rows)

    def _summaries(self, row: int) -> int:
        """The rows of counts, as numbers; each begins as no name does. Returns the next free row."""
        for words, numbers in self._counts():
            # By the first word, in every language, the import knows that the row is no pupil's.
            self.pen.write(self.sheet, row, 1, _("Total %(what)s") % {"what": words}, PLAIN)
            for column, number in enumerate(numbers, start=self.first_column):
                self.pen.write(self.sheet, row, column, number, Style(FRAME if number else SOFT))
            row += 1
        return row

    def _counts(self) -> Iterator[tuple[str, Sequence[int]]]:
        *counts, measured = summaries_of(self.grid)
        for summary in counts:
            yield str(summary.word), [int(count.text) for count in summary.counts]
        yield _("measured"), [int(count.text) for count in measured.counts]
        yield _("due to be measured"), [int(count.of) for count in measured.counts]

    def _notes(self, row: int) -> None:
        """Sentences below the map, each alone in its row."""
        for sentence in filter(None, [uncounted_in_words(self.grid), protection_sentence(), task_sentence()]):
            self.pen.write(self.sheet, row, 1, sentence, QUIET)
            row += 1

    def _sections(self) -> list[Section]:
        limits = limits_of(self.grid, self.origin.country)
        return [
            Section(_("Limits"), [(indicator.name, "; ".join(words)) for indicator, words in limits]),
            Section(_("What holds for the map"), [("", protection_sentence()), ("", task_sentence())]),
        ]
