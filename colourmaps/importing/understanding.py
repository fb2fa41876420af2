"""What a foreign workbook seems to be: its tables, and for each column a meaning, a confidence and a
reason in words.

Nothing here decides: the coordinator sees the proposal and corrects it, and the correction becomes a
mapping. Pure; what the municipality knows (indicators, rounds, schools, classes) comes in as a Vocabulary.
Texts are in the active language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.utils.translation import gettext as _

from colourmaps.importing.headers import Vocabulary, guess_meaning
from colourmaps.importing.mapping import KEY_MEANINGS, Meaning, header_key
from colourmaps.importing.messages import Message
from colourmaps.importing.tables import HeaderCell, Table, find_table
from colourmaps.importing.titles import class_in, round_in, school_in
from colourmaps.importing.values import Number, cell_text, parse_value
from colourmaps.importing.workbook import Cell, Sheet, Workbook, column_letters
from colourmaps.scales import Scale, ValueType

SAMPLED_ROWS = 500
"""So many rows are looked at to tell what a column holds."""

_ANY_NUMBER = Scale(ValueType.PERCENT)


class ColumnKind(StrEnum):
    """What the filled cells of a column are, nine in ten of them."""

    EMPTY = "empty"
    NUMBER = "number"
    PERCENT = "percent"
    TEXT = "text"
    IDENTITY = "identity"
    DATE = "date"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class UnderstoodColumn:
    """A column and what it seems to be.

    meaning: the proposal; indicator and round: code and name, with the meaning INDICATOR only.
    confidence: 0–1; reason: one sentence; examples: up to three different cells as written; n_filled:
    filled cells.
    """

    number: int
    letters: str
    header: str
    group: str
    kind: ColumnKind
    meaning: Meaning
    confidence: float
    reason: str
    indicator: str = ""
    round: str = ""
    examples: tuple[str, ...] = ()
    n_filled: int = 0


@dataclass(frozen=True, slots=True)
class UnderstoodSheet:
    """A sheet and what it seems to be; a sheet without a table has no columns.

    header_rows, first_row, last_row: numbers in the spreadsheet, last_row 0 without data. n_rows: data rows.
    school, round, school_class: found in the lines above the table or in the sheet's name, "" if not.
    is_proposed: visible, and with a column that says which pupil a row is about.
    """

    name: str
    hidden: bool
    header_rows: tuple[int, ...] = ()
    first_row: int = 0
    last_row: int = 0
    n_rows: int = 0
    n_hidden_rows: int = 0
    columns: tuple[UnderstoodColumn, ...] = ()
    titles: tuple[str, ...] = ()
    school: str = ""
    round: str = ""
    school_class: str = ""
    notes: tuple[Message, ...] = field(default=())

    @property
    def is_proposed(self) -> bool:
        return not self.hidden and any(column.meaning in KEY_MEANINGS for column in self.columns)


@dataclass(frozen=True, slots=True)
class Understanding:
    """A whole file; school and round only if all its proposed sheets agree on one."""

    sheets: tuple[UnderstoodSheet, ...]

    @property
    def proposed_sheets(self) -> list[UnderstoodSheet]:
        return [sheet for sheet in self.sheets if sheet.is_proposed]

    @property
    def school(self) -> str:
        return _only(sheet.school for sheet in self.proposed_sheets)

    @property
    def round(self) -> str:
        return _only(sheet.round for sheet in self.proposed_sheets)


def understand(workbook: Workbook, vocabulary: Vocabulary) -> Understanding:
    """What each sheet and column of a workbook seems to be."""
    return Understanding(tuple(_understand_sheet(sheet, vocabulary) for sheet in workbook.sheets))


def _understand_sheet(sheet: Sheet, vocabulary: Vocabulary) -> UnderstoodSheet:
    table = find_table(sheet) if sheet.rows else None
    if table is None:
        return UnderstoodSheet(sheet.name, sheet.hidden)
    columns = _each_once([_understand_column(table, column, vocabulary) for column in table.columns])
    titles = tuple(text for _row, text in table.titles)
    return UnderstoodSheet(
        name=sheet.name,
        hidden=sheet.hidden,
        header_rows=table.header_rows,
        first_row=table.data_rows[0] if table.data_rows else 0,
        last_row=table.data_rows[-1] if table.data_rows else 0,
        n_rows=len(table.data_rows),
        n_hidden_rows=len(sheet.hidden_rows.intersection(table.data_rows)),
        columns=tuple(columns),
        titles=titles,
        school=school_in(titles, vocabulary),
        round=round_in(titles, vocabulary),
        school_class=class_in(titles, sheet.name, vocabulary),
        notes=table.notes,
    )


def _understand_column(table: Table, column: HeaderCell, vocabulary: Vocabulary) -> UnderstoodColumn:
    all_cells = table.cells(column.number)
    cells = [cell for cell in all_cells[:SAMPLED_ROWS] if cell is not None]
    kind = column_kind(cells, is_percent=column.number in table.sheet.percent_runs)
    looks_like_identities = kind is ColumnKind.IDENTITY
    guess = guess_meaning(column, cells, vocabulary, looks_like_identities=looks_like_identities)
    return UnderstoodColumn(
        number=column.number,
        letters=column_letters(column.number),
        header=column.header,
        group=column.group,
        kind=kind,
        meaning=guess.meaning,
        confidence=round(guess.confidence, 2),
        reason=guess.reason,
        indicator=guess.indicator,
        round=guess.round,
        examples=tuple(dict.fromkeys(_example(cell, kind) for cell in cells))[:3],
        n_filled=len(all_cells) - all_cells.count(None),
    )


def _example(cell: Cell, kind: ColumnKind) -> str:
    """A cell as the spreadsheet shows it."""
    if kind is ColumnKind.PERCENT and isinstance(cell, float):
        return f"{cell * 100:g} %"
    return cell_text(cell)


_IDENTITY = re.compile(
    r"(?:(?:19|20)?[0-9]{6}[-+]?[0-9]{4,5}|(?:19|20)[0-9]{6}-?TF?[0-9A-Z]{2,3})", re.IGNORECASE
)


def column_kind(cells: Sequence[Cell], *, is_percent: bool = False) -> ColumnKind:
    """What nine in ten of the filled cells are. is_percent: the spreadsheet shows numbers of the column as
    percent.
    """
    if not cells:
        return ColumnKind.EMPTY
    kinds = [_cell_kind(cell) for cell in cells]
    for kind in ColumnKind:
        if kinds.count(kind) >= 0.9 * len(kinds):
            return ColumnKind.PERCENT if is_percent and kind is ColumnKind.NUMBER else kind
    return ColumnKind.MIXED


def _cell_kind(cell: Cell) -> ColumnKind:
    if _IDENTITY.fullmatch(cell_text(cell)):
        return ColumnKind.IDENTITY
    if isinstance(cell, int | float):
        return ColumnKind.NUMBER
    if isinstance(cell, str):
        if not isinstance(parse_value(cell, _ANY_NUMBER), Number):
            return ColumnKind.TEXT
        return ColumnKind.PERCENT if "%" in cell else ColumnKind.NUMBER
    return ColumnKind.DATE


def _each_once(columns: list[UnderstoodColumn]) -> list[UnderstoodColumn]:
    """Of several columns with the same meaning the surest keeps it; for the rest ignoring is proposed."""
    best: dict[tuple[str, ...], UnderstoodColumn] = {}
    for column in columns:
        key = (column.meaning, column.indicator, column.round)
        if key not in best or column.confidence > best[key].confidence:
            best[key] = column
    kept = []
    for column in columns:
        winner = best[column.meaning, column.indicator, column.round]
        if column.meaning is not Meaning.IGNORE and column is not winner:
            reason = _("The column %(letters)s fits better.") % {"letters": winner.letters}
            column = replace(
                column, meaning=Meaning.IGNORE, indicator="", round="", confidence=0.3, reason=reason
            )
        kept.append(column)
    return kept


def _only(names: Iterable[str]) -> str:
    """The name if all that is said is one, else ""."""
    different = {header_key(name): name for name in names if name}
    return next(iter(different.values())) if len(different) == 1 else ""
