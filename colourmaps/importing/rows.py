"""Sheets and a mapping to typed rows: pupils as they are written, values column by column. Pure, fast,
complete.

Columns of numbers are handled as arrays and texts once per distinct text, so half a million cells take
about a second. What cannot be taken over becomes a message with its place; no value is made up, none is
lost unsaid.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as ReadOnlyMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy

from colourmaps.importing.columns import BLANK, ParsedColumn, parse_column
from colourmaps.importing.mapping import KEY_MEANINGS, MappedColumn, Mapping, MappingError, Meaning
from colourmaps.importing.messages import Kind, Level, Message, define
from colourmaps.importing.pupil_cells import PupilRow, read_pupils
from colourmaps.importing.tables import HeaderCell, Table, find_table
from colourmaps.importing.values import cell_text
from colourmaps.importing.workbook import Sheet, Workbook, column_letters
from colourmaps.scales import Scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_TABLE = define(
    "rows.no_table",
    Level.ERROR,
    gettext_lazy(
        "No sheet has the columns of this mapping. Check the header texts, or choose another mapping."
    ),
)
SHEET_LEFT_OUT = define(
    "rows.sheet_left_out",
    Level.WARNING,
    gettext_lazy("The sheet “%(sheet)s” does not have the columns of this mapping and is left out."),
)
HIDDEN_SHEET = define(
    "rows.hidden_sheet",
    Level.NOTE,
    gettext_lazy("The sheet “%(sheet)s” is hidden in the file and is left out."),
)
HIDDEN_ROW = define(
    "rows.hidden_row",
    Level.WARNING,
    gettext_lazy("Row %(row)d is hidden in the file, but it is read like all others."),
)
MISSING_SHEET = define(
    "rows.missing_sheet",
    Level.ERROR,
    gettext_lazy("The mapping names the sheet “%(sheet)s”, but the file has no such sheet."),
)
MISSING_COLUMN = define(
    "rows.missing_column",
    Level.WARNING,
    gettext_lazy("The sheet “%(sheet)s” has no column “%(value)s”."),
)
UNMAPPED_COLUMN = define(
    "rows.unmapped_column",
    Level.WARNING,
    gettext_lazy("The column “%(value)s” is not in the mapping and is left out."),
)
REPEATED_COLUMN = define(
    "rows.repeated_column",
    Level.WARNING,
    gettext_lazy(
        "The column “%(value)s” occurs more than once; only the first is read. Give it another header."
    ),
)
NO_PUPIL = define(
    "rows.no_pupil",
    Level.ERROR,
    gettext_lazy("Row %(row)d does not say which pupil it is about. Fill in the pupil or empty the row."),
)


@dataclass(frozen=True)
class ValueColumn:
    """The values of one indicator in one round, for all rows of all sheets.

    hundredths: int32, one per row of Extraction.pupils; a number only where marks is Mark.MEASURED, else 0.
    marks: int8, a scales.Mark (0 and above) where the row has a result, else BLANK, WITHHELD or REFUSED
    (below 0).
    column_by_sheet: number of the column in each sheet that has it.
    """

    indicator: str
    round: str
    hundredths: NDArray[np.int32]
    marks: NDArray[np.int8]
    column_by_sheet: ReadOnlyMapping[str, int]

    @property
    def n_results(self) -> int:
        """How many rows have a result, be it a number or a mark."""
        return int(np.count_nonzero(self.marks >= 0))


@dataclass(frozen=True)
class Extraction:
    """All that a file says under a mapping; nothing is matched or checked against the municipality yet.

    pupils: one per data row, in order of sheets and rows. columns: one per indicator and round.
    messages: in order of sheets; refused cells, left-out rows and columns, and what was assumed.
    """

    pupils: list[PupilRow]
    columns: list[ValueColumn]
    messages: list[Message] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    tables: ReadOnlyMapping[str, Table] = field(default_factory=dict)

    @property
    def n_results(self) -> int:
        return sum(column.n_results for column in self.columns)

    def written(self, at: int, column: ValueColumn) -> str:
        """The cell of pupils[at] in a column as it is written in the file."""
        pupil = self.pupils[at]
        number = column.column_by_sheet.get(pupil.sheet)
        return "" if number is None else cell_text(self.tables[pupil.sheet].sheet.cell(pupil.row, number))

    def message(self, kind: Kind, at: int, column: ValueColumn | None = None, **parameters: Any) -> Message:
        """A message about the row of pupils[at], or about its cell in a column."""
        pupil = self.pupils[at]
        number = column.column_by_sheet.get(pupil.sheet) if column else None
        letters = column_letters(number) if number else ""
        value = self.written(at, column) if column else ""
        return Message(kind, pupil.sheet, pupil.row, letters, value, parameters)


def extract(workbook: Workbook, mapping: Mapping, scales: ReadOnlyMapping[str, Scale]) -> Extraction:
    """Read the mapped columns of a workbook.

    scales: by indicator code, as the municipality has them; the mapping's own definitions fill the gaps.
    Raises MappingError if an indicator has no scale in either.
    """
    known = {new.code: new.scale for new in mapping.new_indicators} | dict(scales)
    for code in mapping.indicator_codes():
        if code not in known:
            raise MappingError(gettext_lazy("the indicator “%(code)s” is not known"), code=code)
    messages: list[Message] = []
    parts = [_read_sheet(table, mapping, known, messages) for table in _tables(workbook, mapping, messages)]
    if not parts:
        messages.append(Message(NO_TABLE))
    return _joined(parts, messages)


@dataclass(frozen=True)
class _SheetPart:
    table: Table
    pupils: list[PupilRow]
    columns: dict[tuple[str, str], tuple[int, ParsedColumn]]


def _tables(workbook: Workbook, mapping: Mapping, messages: list[Message]) -> Iterator[Table]:
    """The tables to read; a message for every filled sheet that is not read."""
    for sheet in _sheets(workbook, mapping, messages):
        expected = frozenset(column.key[0] for column in mapping.columns)
        table = find_table(sheet, header_rows=mapping.header_rows, expected=expected)
        meanings = {
            mapped.meaning
            for column in (table.columns if table else ())
            if (mapped := mapping.column_for(column.header, column.group))
        }
        if table and meanings & KEY_MEANINGS:
            yield table
        else:
            messages.append(Message(SHEET_LEFT_OUT, sheet.name))


def _sheets(workbook: Workbook, mapping: Mapping, messages: list[Message]) -> list[Sheet]:
    names = {sheet.name for sheet in workbook.sheets}
    messages.extend(Message(MISSING_SHEET, name) for name in mapping.sheets if name not in names)
    if mapping.sheets:
        return [sheet for sheet in workbook.sheets if sheet.name in mapping.sheets]
    messages.extend(Message(HIDDEN_SHEET, sheet.name) for sheet in workbook.sheets if sheet.hidden)
    return [sheet for sheet in workbook.visible_sheets if sheet.rows]


def _read_sheet(
    table: Table, mapping: Mapping, scales: ReadOnlyMapping[str, Scale], messages: list[Message]
) -> _SheetPart:
    sheet = table.sheet
    messages.extend(table.notes)
    used = _matched_columns(table, mapping, messages)
    messages.extend(
        Message(HIDDEN_ROW, sheet.name, row) for row in table.data_rows if row in sheet.hidden_rows
    )
    pupil_columns: dict[Meaning, tuple[HeaderCell, MappedColumn]] = {
        mapped.meaning: (column, mapped) for column, mapped in used if mapped.meaning != Meaning.INDICATOR
    }
    pupils, is_named = read_pupils(table, pupil_columns, mapping, messages)
    columns = {}
    for column, mapped in used:
        if mapped.meaning is Meaning.INDICATOR:
            parsed = parse_column(table, column, scales[mapped.indicator], mapped.percent_as)
            columns[mapped.indicator, mapped.round or mapping.round] = (column.number, parsed)
    _refuse_nameless(table, is_named, columns, messages)
    for _, parsed in columns.values():
        messages.extend(
            message for message in parsed.messages if not message.row or is_named.get(message.row, True)
        )
    kept = np.fromiter(is_named.values(), dtype=bool, count=len(is_named))
    return _SheetPart(
        table, pupils, {key: (number, parsed.only(kept)) for key, (number, parsed) in columns.items()}
    )


def _matched_columns(
    table: Table, mapping: Mapping, messages: list[Message]
) -> list[tuple[HeaderCell, MappedColumn]]:
    """Columns of the table with what the mapping says of them, ignored ones left out."""
    name = table.sheet.name
    matched: dict[MappedColumn, HeaderCell] = {}
    for column in table.columns:
        mapped = mapping.column_for(column.header, column.group)
        if mapped is None:
            messages.append(_about(UNMAPPED_COLUMN, table, column))
        elif mapped not in matched:
            matched[mapped] = column
        elif mapped.meaning is not Meaning.IGNORE:
            messages.append(_about(REPEATED_COLUMN, table, column))
    for mapped in mapping.columns:
        if mapped not in matched and mapped.meaning is not Meaning.IGNORE:
            messages.append(Message(MISSING_COLUMN, name, value=mapped.header))
    return [(column, mapped) for mapped, column in matched.items() if mapped.meaning is not Meaning.IGNORE]


def _about(kind: Kind, table: Table, column: HeaderCell) -> Message:
    return Message(
        kind,
        table.sheet.name,
        table.header_rows[-1],
        column_letters(column.number),
        " ".join(column.header.split()),
    )


def _refuse_nameless(
    table: Table,
    is_named: ReadOnlyMapping[int, bool],
    columns: ReadOnlyMapping[tuple[str, str], tuple[int, ParsedColumn]],
    messages: list[Message],
) -> None:
    """A message for each row that has values but no pupil."""
    has_value = np.zeros(len(table.data_rows), dtype=bool)
    for _, parsed in columns.values():
        has_value |= parsed.marks != BLANK
    for row, filled in zip(table.data_rows, has_value, strict=True):
        if filled and not is_named[row]:
            messages.append(Message(NO_PUPIL, table.sheet.name, row))


def _joined(parts: list[_SheetPart], messages: list[Message]) -> Extraction:
    """The sheets one after the other; where a sheet lacks a column its rows are blank there."""
    keys = dict.fromkeys(key for part in parts for key in part.columns)
    columns = []
    for indicator, round_name in keys:
        found = [part.columns.get((indicator, round_name)) for part in parts]
        joined = ParsedColumn.joined(
            [
                parsed[1] if parsed else ParsedColumn.blank(len(part.pupils))
                for part, parsed in zip(parts, found, strict=True)
            ]
        )
        places = {
            part.table.sheet.name: parsed[0] for part, parsed in zip(parts, found, strict=True) if parsed
        }
        columns.append(ValueColumn(indicator, round_name, joined.hundredths, joined.marks, places))
    return Extraction(
        pupils=[pupil for part in parts for pupil in part.pupils],
        columns=columns,
        messages=messages,
        sheets=[part.table.sheet.name for part in parts],
        tables={part.table.sheet.name: part.table for part in parts},
    )
