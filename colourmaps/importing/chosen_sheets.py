"""Which sheets and rows of a workbook are read. Every filled sheet and row that is not read has a message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext_lazy

from colourmaps.importing.mapping import KEY_MEANINGS, HiddenRows, Mapping
from colourmaps.importing.messages import Level, Message, define
from colourmaps.importing.tables import Table, find_table
from colourmaps.importing.workbook import Sheet, Workbook

NO_TABLE = define(
    "rows.no_table",
    Level.ERROR,
    gettext_lazy(
        "No sheet has the columns of this mapping. Check the header texts, or choose another mapping."
    ),
)
NO_PUPIL_COLUMN = define(
    "rows.no_pupil_column",
    Level.ERROR,
    gettext_lazy(
        "It is not known which column says which pupil a row is about. Say it below: an identity number, an id or a "
        "name."
    ),
)
SHEET_LEFT_OUT = define(
    "rows.sheet_left_out",
    Level.WARNING,
    gettext_lazy("The sheet “%(sheet)s” does not have the columns of this mapping and is left out."),
)
NO_TABLE_IN_SHEET = define(
    "rows.no_table_in_sheet",
    Level.NOTE,
    gettext_lazy("The sheet “%(sheet)s” has no table and is left out."),
)
NO_ROWS = define(
    "rows.no_rows",
    Level.WARNING,
    gettext_lazy("The sheet “%(sheet)s” has the columns of this mapping, but no rows below them."),
)
HIDDEN_SHEET = define(
    "rows.hidden_sheet",
    Level.NOTE,
    gettext_lazy("The sheet “%(sheet)s” is hidden in the file and is left out."),
)
HIDDEN_PUPILS = define(
    "rows.hidden_pupils",
    Level.WARNING,
    gettext_lazy(
        "The sheet “%(sheet)s” is hidden in the file and is left out with its %(count)d rows. Tick the sheet if they "
        "are to be read."
    ),
)
NOT_CHOSEN = define(
    "rows.not_chosen",
    Level.NOTE,
    gettext_lazy(
        "The sheet “%(sheet)s” has %(count)d rows, but it is not among the sheets to be read and is left out."
    ),
)
MISSING_SHEET = define(
    "rows.missing_sheet",
    Level.ERROR,
    gettext_lazy("The mapping names the sheet “%(sheet)s”, but the file has no such sheet."),
)
HIDDEN_ROW = define(
    "rows.hidden_row",
    Level.ERROR,
    gettext_lazy("Row %(row)d is hidden in the file. Say below whether hidden rows are to be read."),
)
HIDDEN_ROWS_READ = define(
    "rows.hidden_rows_read",
    Level.NOTE,
    gettext_lazy("%(count)d rows of the sheet “%(sheet)s” are hidden in the file; they are read."),
)
HIDDEN_ROWS_LEFT_OUT = define(
    "rows.hidden_rows_left_out",
    Level.NOTE,
    gettext_lazy("%(count)d rows of the sheet “%(sheet)s” are hidden in the file; they are left out."),
)

LEFT_OUT_SHEETS = (SHEET_LEFT_OUT, NO_TABLE_IN_SHEET, HIDDEN_SHEET, HIDDEN_PUPILS, NOT_CHOSEN)
"""Kinds of message about a sheet of which nothing is read."""


def tables_to_read(workbook: Workbook, mapping: Mapping, messages: list[Message]) -> Iterator[Table]:
    """The tables of the chosen sheets, without the rows that are to be left out."""
    names = {sheet.name for sheet in workbook.sheets}
    messages.extend(Message(MISSING_SHEET, name) for name in mapping.sheets if name not in names)
    for sheet in workbook.sheets:
        table = _table(sheet, mapping)
        if not _is_chosen(sheet, mapping):
            messages.extend(_about_unread(sheet, table, mapping))
        elif table:
            if not table.data_rows:
                messages.append(Message(NO_ROWS, sheet.name))
            yield _without_hidden_rows(table, mapping, messages)
        elif sheet.rows or mapping.sheets:
            is_text = not mapping.sheets and not _has_table(sheet)
            messages.append(Message(NO_TABLE_IN_SHEET if is_text else SHEET_LEFT_OUT, sheet.name))


def _table(sheet: Sheet, mapping: Mapping) -> Table | None:
    """The table of a sheet, if it has a column that says which pupil a row is about."""
    expected = frozenset(column.key[0] for column in mapping.columns)
    table = find_table(sheet, header_rows=mapping.header_rows, expected=expected)
    meanings = {
        mapped.meaning
        for column in (table.columns if table else ())
        if (mapped := mapping.column_for(column.header, column.group))
    }
    return table if meanings & KEY_MEANINGS else None


def _has_table(sheet: Sheet) -> bool:
    """False for lines of one cell: the title above a chart, a text about the file."""
    return any(sheet.width - row.count(None) > 1 for row in sheet.rows)


def _is_chosen(sheet: Sheet, mapping: Mapping) -> bool:
    return sheet.name in mapping.sheets if mapping.sheets else not sheet.hidden


def _about_unread(sheet: Sheet, table: Table | None, mapping: Mapping) -> Iterator[Message]:
    if table and table.data_rows:
        kind = NOT_CHOSEN if mapping.sheets else HIDDEN_PUPILS
        yield Message(kind, sheet.name, parameters={"count": len(table.data_rows)})
    elif sheet.hidden:
        yield Message(HIDDEN_SHEET, sheet.name)


def _without_hidden_rows(table: Table, mapping: Mapping, messages: list[Message]) -> Table:
    """The table as the mapping wants it; until somebody has said what to do with hidden rows each is an error."""
    name, hidden_rows = table.sheet.name, table.sheet.hidden_rows
    hidden = [row for row in table.data_rows if row in hidden_rows]
    if not hidden:
        return table
    if mapping.hidden_rows is HiddenRows.ASK:
        messages.extend(Message(HIDDEN_ROW, name, row) for row in hidden)
        return table
    is_read = mapping.hidden_rows is HiddenRows.READ
    kind = HIDDEN_ROWS_READ if is_read else HIDDEN_ROWS_LEFT_OUT
    messages.append(Message(kind, name, parameters={"count": len(hidden)}))
    if is_read:
        return table
    return replace(table, data_rows=tuple(row for row in table.data_rows if row not in hidden_rows))
