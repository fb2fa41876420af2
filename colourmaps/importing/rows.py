"""Sheets and a mapping to typed rows: pupils as they are written, values column by column. Pure, fast,
complete.

Columns of numbers are handled as arrays and texts once per distinct text, so half a million cells take
about a second. What cannot be taken over becomes a message with its place; no value is made up, none is
lost unsaid.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as ReadOnlyMapping
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext_lazy

from colourmaps.importing.alike import few_alike
from colourmaps.importing.chosen_sheets import NO_PUPIL_COLUMN, NO_TABLE, tables_to_read
from colourmaps.importing.columns import BLANK, ParsedColumn, parse_column
from colourmaps.importing.days import NO_DAY, Days, read_days
from colourmaps.importing.extraction import Extraction, ValueColumn
from colourmaps.importing.long_tables import LongTable
from colourmaps.importing.mapping import MappedColumn, Mapping, MappingError, Meaning, header_key
from colourmaps.importing.messages import Kind, Level, Message, define
from colourmaps.importing.pupil_cells import PupilRow, read_pupils
from colourmaps.importing.row_rounds import RoundOfRow, by_round, read_rounds
from colourmaps.importing.tables import HeaderCell, Table
from colourmaps.importing.workbook import Workbook, column_letters
from colourmaps.scales import Scale

__all__ = ["Extraction", "ValueColumn", "extract"]

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

Parsed = ReadOnlyMapping[tuple[str, str], tuple[int, ParsedColumn]]
"""By indicator and round: the number of the column and its values."""

Described = ReadOnlyMapping[Meaning, tuple[HeaderCell, MappedColumn]]


def extract(
    workbook: Workbook,
    mapping: Mapping,
    scales: ReadOnlyMapping[str, Scale],
    words: ReadOnlyMapping[str, str] | None = None,
) -> Extraction:
    """Read the mapped columns of a workbook.

    scales: by indicator code, as the municipality has them; the mapping's own definitions fill the gaps.
    words: what the municipality calls its indicators, as header_key writes it, to their codes; of use where a table
    has a row per result. A code is a word for itself.
    Raises MappingError if an indicator has no scale in either.
    """
    if not mapping.columns:
        return _joined([], [Message(NO_PUPIL_COLUMN)])
    known = {new.code: new.scale for new in mapping.new_indicators} | dict(scales)
    for code in mapping.indicator_codes():
        if code not in known:
            raise MappingError(gettext_lazy("the indicator “%(code)s” is not known"), code=code)
    reader = _Reader(mapping, known, {header_key(code): code for code in known} | dict(words or {}))
    parts = [reader.read(table) for table in tables_to_read(workbook, mapping, reader.messages)]
    if not parts:
        reader.messages.append(Message(NO_TABLE))
    return _joined(parts, few_alike(reader.messages))


@dataclass(frozen=True)
class _SheetPart:
    """What was read of a sheet; arrays and lists have an item per pupil. days: None without such a column."""

    table: Table
    pupils: list[PupilRow]
    columns: Parsed
    days: Days | None
    described: ReadOnlyMapping[Meaning, int]


class _Reader:
    """Reads one table after the other; what there is to say is collected in `messages`."""

    def __init__(
        self, mapping: Mapping, scales: ReadOnlyMapping[str, Scale], words: ReadOnlyMapping[str, str]
    ) -> None:
        self.mapping, self.scales, self.words = mapping, scales, words
        self.messages: list[Message] = []
        self.spellings = {header_key(name): name for name in mapping.round_names()}

    def read(self, table: Table) -> _SheetPart:
        self.messages.extend(table.notes)
        used = _matched_columns(table, self.mapping, self.messages)
        described: Described = {
            mapped.meaning: (column, mapped) for column, mapped in used if mapped.meaning != Meaning.INDICATOR
        }
        pupils, is_named = read_pupils(table, described, self.mapping, self.messages)
        days = self._days(table, described)
        columns = self._columns(table, used, described)
        _refuse_nameless(table, is_named, columns, self.messages)
        for _, parsed in columns.values():
            self.messages.extend(
                message for message in parsed.messages if not message.row or is_named.get(message.row, True)
            )
        kept = np.fromiter(is_named.values(), dtype=bool, count=len(is_named))
        return _SheetPart(
            table,
            pupils,
            {key: (number, parsed.only(kept)) for key, (number, parsed) in columns.items()},
            None if days is None else days[kept],
            {meaning: column.number for meaning, (column, _) in described.items()},
        )

    def _days(self, table: Table, described: Described) -> Days | None:
        if Meaning.MEASURED_ON not in described:
            return None
        return read_days(table, described[Meaning.MEASURED_ON][0], self.messages)

    def _columns(
        self, table: Table, used: list[tuple[HeaderCell, MappedColumn]], described: Described
    ) -> Parsed:
        columns: dict[tuple[str, str], tuple[int, ParsedColumn]] = {}
        rounds = self._rounds(table, described)
        for number, mapped, code, parsed in self._read_values(table, used, described):
            by_name = [(mapped.round, parsed)] if mapped.round else by_round(parsed, rounds)
            for name, of_round in by_name:
                if (code, name) in columns:
                    raise MappingError(
                        gettext_lazy("the indicator “%(code)s” has a column of its own and rows too"),
                        code=code,
                    )
                columns[code, name] = (number, of_round)
        return columns

    def _read_values(
        self, table: Table, used: list[tuple[HeaderCell, MappedColumn]], described: Described
    ) -> Iterator[tuple[int, MappedColumn, str, ParsedColumn]]:
        """Number and mapping of each column of values, the indicator, and its values for all rows."""
        for column, mapped in used:
            if mapped.meaning is Meaning.INDICATOR:
                parsed = parse_column(table, column, self.scales[mapped.indicator], mapped.percent_as)
                yield column.number, mapped, mapped.indicator, parsed
        if Meaning.VALUE in described and Meaning.INDICATOR_NAME in described:
            column, mapped = described[Meaning.VALUE]
            for code, parsed in LongTable(table, described, self.mapping, self.words, self.messages).read(
                self.scales
            ):
                yield column.number, mapped, code, parsed

    def _rounds(self, table: Table, described: Described) -> RoundOfRow:
        """The round of each row, for columns that name none."""
        if Meaning.ROUND_NAME in described:
            column, _ = described[Meaning.ROUND_NAME]
            return read_rounds(table, column, self.mapping.round, self._spelling, self.messages)
        return np.full(len(table.data_rows), self.mapping.round, dtype=object)

    def _spelling(self, round_name: str) -> str:
        """The name of a round as it was written first, so that one round stays one."""
        return self.spellings.setdefault(header_key(round_name), round_name)


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
    return Extraction(
        pupils=[pupil for part in parts for pupil in part.pupils],
        columns=[_joined_column(parts, key) for key in keys],
        messages=messages,
        sheets=[part.table.sheet.name for part in parts],
        tables={part.table.sheet.name: part.table for part in parts},
        days=_joined_days(parts),
        described={part.table.sheet.name: part.described for part in parts},
    )


def _joined_column(parts: list[_SheetPart], key: tuple[str, str]) -> ValueColumn:
    found = [part.columns.get(key) for part in parts]
    joined = ParsedColumn.joined(
        [
            parsed[1] if parsed else ParsedColumn.blank(len(part.pupils))
            for part, parsed in zip(parts, found, strict=True)
        ]
    )
    places = {part.table.sheet.name: parsed[0] for part, parsed in zip(parts, found, strict=True) if parsed}
    return ValueColumn(*key, joined.hundredths, joined.marks, places)


def _joined_days(parts: list[_SheetPart]) -> Days | None:
    if all(part.days is None for part in parts):
        return None
    return np.concatenate(
        [np.full(len(part.pupils), NO_DAY) if part.days is None else part.days for part in parts]
    )
