"""Tables whose rows say themselves of which measurement round they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from colourmaps.importing.columns import BLANK, ParsedColumn
from colourmaps.importing.mapping import header_key
from colourmaps.importing.messages import Level, Message, define
from colourmaps.importing.tables import HeaderCell, Table
from colourmaps.importing.values import cell_text
from colourmaps.importing.workbook import column_letters

TOO_MANY_ROUNDS = define(
    "rows.too_many_rounds",
    Level.ERROR,
    gettext_lazy(
        "The column has more than %(most)d different measurement rounds, so “%(value)s” is not read. Check that the "
        "column is the right one."
    ),
)

MOST_ROUNDS = 30
"""More than a municipality has; a column with more is no column of rounds."""

RoundOfRow = NDArray[np.object_]
"""The name of the round of each data row; None where it cannot be read."""


def read_rounds(
    table: Table, column: HeaderCell, otherwise: str, spelling: Callable[[str], str], messages: list[Message]
) -> RoundOfRow:
    """otherwise: the round of rows that name none. spelling: the one way of writing a round's name."""
    names: dict[str, str | None] = {}
    rounds = np.full(len(table.data_rows), None, dtype=object)
    for at, (row, cell) in enumerate(zip(table.data_rows, table.cells(column.number), strict=True)):
        text = cell_text(cell)
        key = header_key(text)
        if key not in names:
            names[key] = spelling(text or otherwise) if len(names) < MOST_ROUNDS else None
        rounds[at] = names[key]
        if rounds[at] is None:
            place = table.sheet.name, row, column_letters(column.number)
            messages.append(Message(TOO_MANY_ROUNDS, *place, text, {"most": MOST_ROUNDS}))
    return rounds


def by_round(parsed: ParsedColumn, rounds: RoundOfRow) -> Iterator[tuple[str, ParsedColumn]]:
    """The column once for each round, blank in the rows of the others; its messages once.

    Where rows are of several rounds, only those in which a cell of the column is filled.
    """
    names = dict.fromkeys(rounds.tolist())
    left = parsed.messages
    for name in names:
        at = np.flatnonzero(rounds == name)
        is_filled = bool((parsed.marks[at] != BLANK).any())
        if name is not None and (is_filled or len(names) == 1):
            of_round = ParsedColumn(parsed.hundredths[at], parsed.marks[at], left)
            yield name, of_round.spread(at, len(rounds))
            left = []
