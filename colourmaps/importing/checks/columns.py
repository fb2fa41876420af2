"""Columns as wholes."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy

from ..columns import REFUSED
from ..draft import Draft
from ..messages import Level, Message, define
from ..workbook import column_letters

EMPTY_COLUMN = define(
    "check.empty_column",
    Level.NOTE,
    gettext_lazy("The column for %(indicator)s has no results and changes nothing."),
)


class FilledColumns:
    """A column without a single result is probably the wrong one. Cells that are refused speak for themselves."""

    def run(self, draft: Draft) -> Iterator[Message]:
        for column in draft.extraction.columns:
            is_empty = not column.n_results and not (column.marks == REFUSED).any()
            if draft.extraction.pupils and is_empty:
                sheet, number = next(iter(column.column_by_sheet.items()))
                told = {"indicator": draft.name_of(column.indicator)}
                yield Message(EMPTY_COLUMN, sheet, 0, column_letters(number), parameters=told)
