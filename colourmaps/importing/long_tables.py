"""Tables with a row per result: one column says which indicator the row is about, another the value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping as ReadOnlyMapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import gettext_lazy

from colourmaps.importing.columns import ParsedColumn, parse_column
from colourmaps.importing.mapping import MappedColumn, Mapping, Meaning, header_key
from colourmaps.importing.messages import Kind, Level, Message, define
from colourmaps.importing.tables import HeaderCell, Table
from colourmaps.importing.values import cell_text
from colourmaps.importing.workbook import column_letters
from colourmaps.scales import Scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNKNOWN_WORD = define(
    "long.unknown_word",
    Level.ERROR,
    gettext_lazy(
        "“%(value)s” is no indicator that is known. Say below which indicator it is, or that it is not to be read."
    ),
)
NO_WORD = define(
    "long.no_word",
    Level.ERROR,
    gettext_lazy("Row %(row)d has a value but does not say of which indicator. Fill in the indicator."),
)
NOT_READ = define(
    "long.not_read",
    Level.WARNING,
    gettext_lazy("“%(value)s” is not to be read; %(count)d rows are left out."),
)

Described = ReadOnlyMapping[Meaning, tuple[HeaderCell, MappedColumn]]


class LongTable:
    """Reads the values of a table with a row per result, the rows of each indicator as a column of their own.

    words: what the municipality itself calls its indicators, by header_key, to their codes.
    """

    def __init__(
        self,
        table: Table,
        described: Described,
        mapping: Mapping,
        words: ReadOnlyMapping[str, str],
        messages: list[Message],
    ) -> None:
        self.table, self.messages = table, messages
        self.code_of_word = {**words, **mapping.indicator_names}
        self.value, self.mapped = described[Meaning.VALUE]
        self.word, _ = described[Meaning.INDICATOR_NAME]
        self.has_value = np.array([bool(cell_text(cell)) for cell in table.cells(self.value.number)], bool)

    def read(self, scales: ReadOnlyMapping[str, Scale]) -> Iterator[tuple[str, ParsedColumn]]:
        """Each indicator of the table with its values, blank in the rows of all others."""
        by_code: dict[str, list[NDArray[np.intp]]] = defaultdict(list)
        for word, rows in self._rows_by_word().items():
            if code := self._code(word, rows):
                by_code[code].append(rows)
        for code, parts in by_code.items():
            rows = np.sort(np.concatenate(parts))
            yield code, self._parse(rows, scales[code]).spread(rows, len(self.has_value))

    def _rows_by_word(self) -> dict[str, NDArray[np.intp]]:
        rows: dict[str, list[int]] = defaultdict(list)
        for at, cell in enumerate(self.table.cells(self.word.number)):
            rows[header_key(cell_text(cell))].append(at)
        return {word: np.array(of_word, dtype=np.intp) for word, of_word in rows.items()}

    def _code(self, word: str, rows: NDArray[np.intp]) -> str:
        """The indicator that a word means, "" if its rows are not read; what is not known is said of each row."""
        code = self.code_of_word.get(word)
        filled = rows[self.has_value[rows]].tolist()
        if code is None:
            kind = UNKNOWN_WORD if word else NO_WORD
            self.messages.extend(self._about_word(kind, at) for at in filled)
        elif not code and filled:
            self.messages.append(self._about_word(NOT_READ, filled[0], count=len(filled)))
        return code or ""

    def _parse(self, rows: NDArray[np.intp], scale: Scale) -> ParsedColumn:
        data_rows = np.asarray(self.table.data_rows)[rows]
        word = cell_text(self.table.cells(self.word.number)[rows[0]])
        return parse_column(
            replace(self.table, data_rows=tuple(data_rows.tolist())),
            replace(self.value, header=f"{self.value.header}: {word}"),
            scale,
            self.mapped.percent_as,
        )

    def _about_word(self, kind: Kind, at: int, **parameters: object) -> Message:
        cell = self.table.cells(self.word.number)[at]
        place = self.table.sheet.name, self.table.data_rows[at], column_letters(self.word.number)
        return Message(kind, *place, cell_text(cell), parameters)
