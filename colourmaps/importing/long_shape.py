"""Tables with a row per result instead of a row per pupil: which column names the indicator, which holds the value.

Headers tell it, and the cells confirm: few different texts many times, and several rows for each pupil. A table is
never called long because of a single sign. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from colourmaps.importing.headers import SURE_NAME, Vocabulary, bare_name, indicator_of
from colourmaps.importing.kinds import ColumnKind
from colourmaps.importing.mapping import KEY_MEANINGS, Meaning, header_key
from colourmaps.importing.tables import Table
from colourmaps.importing.understood import UnderstoodColumn
from colourmaps.importing.values import cell_text
from colourmaps.importing.words import INDICATOR_NAME_WORDS, ROUND_NAME_WORDS, VALUE_WORDS

MOST_WORDS = 100
"""Different texts in a column of indicator names; with more it is something else."""

ROWS_PER_PUPIL = 1.5
"""At least so many rows for each pupil, on average."""

ALL_BUT_FEW = 0.95
"""Share of the rows that are the only one of their pupil, indicator and round."""

MEASURED = (ColumnKind.NUMBER, ColumnKind.PERCENT, ColumnKind.GRADE, ColumnKind.YES_NO, ColumnKind.MIXED)
NAMING = (ColumnKind.TEXT, ColumnKind.CODE, ColumnKind.MIXED, ColumnKind.YES_NO, ColumnKind.GRADE)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The columns of a long table; round_name is None if no column says it."""

    name: UnderstoodColumn
    value: UnderstoodColumn
    round_name: UnderstoodColumn | None
    is_told_by_headers: bool


def as_long(
    columns: Sequence[UnderstoodColumn], table: Table, vocabulary: Vocabulary
) -> list[UnderstoodColumn]:
    """The columns with the meanings that they have in a long table; unchanged if the table is wide."""
    parts = _parts(columns, table)
    if parts is None:
        return list(columns)
    confidence = 0.9 if parts.is_told_by_headers else 0.6
    words = _different(table, parts.name)
    name = _meant(
        parts.name,
        Meaning.INDICATOR_NAME,
        confidence,
        _("%(count)d different texts say which test each row is about.") % {"count": len(words)},
    )
    name = replace(name, words=tuple((word, indicator_of(word, vocabulary)) for word in words))
    value = _meant(
        parts.value, Meaning.VALUE, confidence, _("The table has a row per result, and this is the result.")
    )
    meant = {name.number: name, value.number: value}
    if parts.round_name:
        meant[parts.round_name.number] = _meant(
            parts.round_name,
            Meaning.ROUND_NAME,
            confidence,
            _("The table has a row per result, and this says when it was measured."),
        )
    return [meant.get(column.number) or _not_beside_a_value(column) for column in columns]


def _meant(column: UnderstoodColumn, meaning: Meaning, confidence: float, reason: str) -> UnderstoodColumn:
    return replace(column, meaning=meaning, indicator="", round="", confidence=confidence, reason=reason)


def _not_beside_a_value(column: UnderstoodColumn) -> UnderstoodColumn:
    if column.meaning is not Meaning.INDICATOR:
        return column
    reason = _("The table has a row per result, and another column is the result.")
    return _meant(column, Meaning.IGNORE, 0.4, reason)


def _parts(columns: Sequence[UnderstoodColumn], table: Table) -> _Parts | None:
    if any(column.meaning is Meaning.INDICATOR and column.confidence >= SURE_NAME for column in columns):
        return None  # a column that is an indicator's own makes the table wide
    keys = [column for column in columns if column.meaning in KEY_MEANINGS]
    if keys and not _repeats_pupils(table, keys):
        return None
    named = [
        column for column in columns if _is_called(column, INDICATOR_NAME_WORDS) and _names(column, table)
    ]
    valued = [column for column in columns if _is_called(column, VALUE_WORDS) and _holds_results(column)]
    rounds = [column for column in columns if _is_called(column, ROUND_NAME_WORDS) and _is_free(column)]
    round_name = rounds[0] if rounds else None
    if named and valued and named[0] is not valued[0]:
        return _Parts(named[0], valued[0], round_name, is_told_by_headers=True)
    if not keys:
        return None
    taken = {column.number for column in (*keys, *rounds)}
    name = _only(named or [column for column in columns if _could_name(column, table, taken)])
    value = _only(valued or [column for column in columns if _could_be_value(column, taken, name)])
    if name is None or value is None or not _are_single(table, [*keys, name, *rounds]):
        return None
    return _Parts(name, value, round_name, is_told_by_headers=False)


def _only(found: Sequence[UnderstoodColumn]) -> UnderstoodColumn | None:
    return found[0] if len(found) == 1 else None


def _is_called(column: UnderstoodColumn, words: frozenset[str]) -> bool:
    header = header_key(column.header.replace("_", " "))
    return header in words or bare_name(header) in words


def _is_free(column: UnderstoodColumn) -> bool:
    return column.meaning is Meaning.IGNORE


def _holds_results(column: UnderstoodColumn) -> bool:
    """True unless the header says something else of the pupil: "grade" over numbers is the year group."""
    is_other = column.meaning not in (Meaning.IGNORE, Meaning.INDICATOR)
    return column.kind is ColumnKind.GRADE or (column.kind in MEASURED and not is_other)


def _names(column: UnderstoodColumn, table: Table) -> bool:
    """True if few different texts stand in many rows."""
    if column.kind not in NAMING:
        return False
    words = _different(table, column)
    return 1 < len(words) <= MOST_WORDS and column.n_filled >= 2 * len(words)


def _could_name(column: UnderstoodColumn, table: Table, taken: set[int]) -> bool:
    is_text = column.kind in (ColumnKind.TEXT, ColumnKind.MIXED)
    return _is_free(column) and column.number not in taken and is_text and _names(column, table)


def _could_be_value(column: UnderstoodColumn, taken: set[int], name: UnderstoodColumn | None) -> bool:
    return _is_free(column) and column.number not in taken and column is not name and column.kind in MEASURED


def _repeats_pupils(table: Table, keys: Sequence[UnderstoodColumn]) -> bool:
    return len(table.data_rows) >= ROWS_PER_PUPIL * max(1, len(set(_rows_of(table, keys))))


def _are_single(table: Table, columns: Sequence[UnderstoodColumn]) -> bool:
    return len(set(_rows_of(table, columns))) >= ALL_BUT_FEW * len(table.data_rows)


def _rows_of(table: Table, columns: Sequence[UnderstoodColumn]) -> list[tuple[object, ...]]:
    return list(zip(*(table.cells(column.number) for column in columns), strict=True))


def _different(table: Table, column: UnderstoodColumn) -> list[str]:
    """Different texts of a column as they are first written."""
    written: dict[str, str] = {}
    for cell in dict.fromkeys(table.cells(column.number)):
        text = cell_text(cell)
        if text:
            written.setdefault(header_key(text), text)
    return list(written.values())
