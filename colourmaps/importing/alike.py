"""Of many messages that say the same, the first ones and how many more: nobody reads the five-hundredth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as ReadOnlyMapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext_lazy

from colourmaps.importing.extraction import Extraction, ValueColumn
from colourmaps.importing.mapping import Meaning
from colourmaps.importing.messages import Kind, Level, Message, define

if TYPE_CHECKING:
    from numpy.typing import NDArray

MORE_WARNINGS = define(
    "alike.more_warnings",
    Level.WARNING,
    gettext_lazy("%(count)d more rows, down to row %(last_row)d, have the same warning as the rows above."),
)
MORE_NOTES = define(
    "alike.more_notes",
    Level.NOTE,
    gettext_lazy("%(count)d more rows, down to row %(last_row)d, have the same note as the rows above."),
)

MOST_ALIKE = 50
"""So many warnings or notes of a kind are told of a column of a sheet; errors are told all, since they refuse a row."""

MORE = {Level.WARNING: MORE_WARNINGS, Level.NOTE: MORE_NOTES}


def tell(
    extraction: Extraction,
    kind: Kind,
    rows: NDArray[np.intp],
    column: ValueColumn | Meaning | None = None,
    said: ReadOnlyMapping[str, Any] = MappingProxyType({}),
    of_row: Callable[[int], dict[str, Any]] = lambda at: {},
) -> Iterator[Message]:
    """A message about each of the rows, or about their cells in a column; of too many alike the first and a count.

    rows: rising indexes of Extraction.pupils. said: parameters of every message. of_row: those that differ, by the
    index of the row.
    """
    most = len(rows) if kind.level is Level.ERROR else MOST_ALIKE
    for number in np.unique(extraction.sheet_numbers[rows]):
        of_sheet = rows[extraction.sheet_numbers[rows] == number].tolist()
        for at in of_sheet[:most]:
            yield extraction.message(kind, at, column, **said, **of_row(at))
        if beyond := of_sheet[most:]:
            last_row = extraction.pupils[beyond[-1]].row
            yield extraction.message(
                MORE[kind.level], beyond[0], column, count=len(beyond), last_row=last_row
            )


def few_alike(messages: Iterable[Message]) -> list[Message]:
    """The messages; in place of warnings and notes beyond the first ones of a kind, sheet and column, their number."""
    messages = list(messages)
    in_all = Counter(map(_place_of_kind, messages))
    last_rows = {_place_of_kind(message): message.row for message in messages}
    told: Counter[tuple[str, str, str]] = Counter()
    few = []
    for message in messages:
        key = _place_of_kind(message)
        told[key] += 1
        if message.level is Level.ERROR or not message.row or told[key] <= MOST_ALIKE:
            few.append(message)
        elif told[key] == MOST_ALIKE + 1:
            rest = {"count": in_all[key] - MOST_ALIKE, "last_row": last_rows[key]}
            few.append(replace(message, kind=MORE[message.level], parameters=rest))
    return few


def _place_of_kind(message: Message) -> tuple[str, str, str]:
    return message.code, message.sheet, message.column
