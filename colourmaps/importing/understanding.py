"""What a foreign workbook seems to be: its tables, and for each column a meaning, a confidence and a
reason in words.

Nothing here decides: the coordinator sees the proposal and corrects it, and the correction becomes a
mapping. Pure; what the municipality knows (indicators, rounds, schools, classes) comes in as a Vocabulary.
Texts are in the active language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from colourmaps.importing.headers import Vocabulary, guess_meaning
from colourmaps.importing.kinds import ColumnKind, column_kind
from colourmaps.importing.long_shape import as_long
from colourmaps.importing.mapping import Meaning
from colourmaps.importing.shown import shown_text
from colourmaps.importing.tables import HeaderCell, Table, find_headerless_table, find_table
from colourmaps.importing.titles import class_in, round_in, school_in
from colourmaps.importing.understood import Understanding, UnderstoodColumn, UnderstoodSheet
from colourmaps.importing.workbook import Cell, Sheet, Workbook, column_letters

__all__ = ["Understanding", "UnderstoodColumn", "UnderstoodSheet", "understand"]

SAMPLED_ROWS = 500
"""So many rows are looked at to tell what a column holds …"""

SAMPLED_CELLS, LEAST_SAMPLED_ROWS = 100_000, 20
"""… and fewer in a file of many columns, since looking costs per cell."""

MOST_EXAMPLES = 3


def understand(workbook: Workbook, vocabulary: Vocabulary) -> Understanding:
    """What each sheet and column of a workbook seems to be."""
    n_columns = max(1, sum(sheet.width for sheet in workbook.sheets))
    n_sampled = max(LEAST_SAMPLED_ROWS, min(SAMPLED_ROWS, SAMPLED_CELLS // n_columns))
    return Understanding(tuple(_understand_sheet(sheet, vocabulary, n_sampled) for sheet in workbook.sheets))


def _understand_sheet(sheet: Sheet, vocabulary: Vocabulary, n_sampled: int) -> UnderstoodSheet:
    table = (find_table(sheet) or find_headerless_table(sheet)) if sheet.rows else None
    if table is None:
        return UnderstoodSheet(sheet.name, sheet.hidden)
    columns = _each_once(
        [_understand_column(table, column, vocabulary, n_sampled) for column in table.columns]
    )
    titles = tuple(text for _row, text in table.titles)
    return UnderstoodSheet(
        name=sheet.name,
        hidden=sheet.hidden,
        header_rows=table.header_rows,
        first_row=table.data_rows[0] if table.data_rows else 0,
        last_row=table.data_rows[-1] if table.data_rows else 0,
        n_rows=len(table.data_rows),
        n_hidden_rows=len(sheet.hidden_rows.intersection(table.data_rows)),
        columns=tuple(as_long(columns, table, vocabulary)),
        titles=titles,
        school=school_in(titles, vocabulary),
        round=round_in(titles, vocabulary),
        school_class=class_in(titles, sheet.name, vocabulary),
        notes=table.notes,
    )


def _understand_column(
    table: Table, column: HeaderCell, vocabulary: Vocabulary, n_sampled: int
) -> UnderstoodColumn:
    all_cells = table.cells(column.number)
    cells = [cell for cell in all_cells[:n_sampled] if cell is not None]
    is_percent = column.number in table.sheet.percent_runs
    kind = column_kind(cells, is_percent=is_percent)
    guess = guess_meaning(column, cells, vocabulary, kind=kind)
    return UnderstoodColumn(
        number=column.number,
        letters=column_letters(column.number),
        header=column.header,
        group=column.group,
        unit=column.unit,
        kind=kind,
        meaning=guess.meaning,
        confidence=round(guess.confidence, 2),
        reason=guess.reason,
        indicator=guess.indicator,
        round=guess.round,
        examples=_examples(cells, kind),
        n_filled=len(all_cells) - all_cells.count(None),
    )


def _examples(cells: Sequence[Cell], kind: ColumnKind) -> tuple[str, ...]:
    """Up to three different cells as the spreadsheet shows them."""
    different: dict[str, None] = {}
    for cell in cells:
        text = shown_text(cell, as_percent=kind is ColumnKind.PERCENT)
        if text:
            different[text] = None
        if len(different) == MOST_EXAMPLES:
            break
    return tuple(different)


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
