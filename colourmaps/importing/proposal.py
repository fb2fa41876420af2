"""From what a file seems to be to a mapping that a person can correct, and to a signature by which it is
found again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

from colourmaps.importing.mapping import (
    KEY_MEANINGS,
    MappedColumn,
    Mapping,
    Meaning,
    header_key,
)
from colourmaps.importing.tables import unnamed
from colourmaps.importing.understood import Understanding, UnderstoodColumn, UnderstoodSheet


def propose_mapping(understanding: Understanding) -> Mapping | None:
    """The mapping that the understanding suggests; None if no column says which pupil a row is about.

    Sheets with the same headers share their columns. Where two sheets understand a header differently, the
    surer holds.
    """
    sheets = understanding.proposed_sheets
    chosen: dict[tuple[str, str], UnderstoodColumn] = {}
    for sheet in sheets:
        repeated = {
            key for key, n in Counter(header_key(column.header) for column in sheet.columns).items() if n > 1
        }
        for column in sheet.columns:
            header = header_key(column.header)
            key = (header, header_key(column.group) if header in repeated else "")
            if key not in chosen or column.confidence > chosen[key].confidence:
                chosen[key] = column
    columns = _without_conflicts(
        [_mapped(column, group=column.group if key[1] else "") for key, column in chosen.items()]
    )
    if not any(column.meaning in KEY_MEANINGS for column in columns):
        return None
    words = _words(sheets)
    has_class = any(column.meaning is Meaning.SCHOOL_CLASS for column in columns)
    return Mapping(
        columns=tuple(columns),
        school=understanding.school,
        round=understanding.round,
        class_from_sheet_name=not has_class and all(sheet.school_class == sheet.name for sheet in sheets),
        school_class=sheets[0].school_class if not has_class and len(sheets) == 1 else "",
        indicator_names=words if any(column.meaning is Meaning.VALUE for column in columns) else {},
    )


def signature(understanding: Understanding) -> str:
    """A text that is the same for files with the same headers, whatever their order, sheets and rows.

    Columns without a header do not count: stray cells beside a table make no other kind of file.
    """
    headers = {
        f"{header_key(column.group)}\t{header_key(column.header)}"
        for sheet in understanding.proposed_sheets or understanding.sheets
        for column in sheet.columns
        if column.header != unnamed(column.number)
    }
    return hashlib.sha256("\n".join(sorted(headers)).encode()).hexdigest()


def _words(sheets: Sequence[UnderstoodSheet]) -> dict[str, str]:
    """Of long tables, the code of the indicator by the file's word for it; "" for words that none is known by."""
    codes: dict[str, str] = {}
    for sheet in sheets:
        for column in sheet.columns:
            for word, code in column.words:
                codes[header_key(word)] = codes.get(header_key(word)) or code
    return codes


def _mapped(column: UnderstoodColumn, *, group: str) -> MappedColumn:
    return MappedColumn(
        header=" ".join(column.header.split()),
        meaning=column.meaning,
        group=" ".join(group.split()),
        indicator=column.indicator,
        round=column.round,
    )


def _without_conflicts(columns: list[MappedColumn]) -> list[MappedColumn]:
    """Sheets may use different headers for one meaning; a mapping holds each meaning once, so the first
    keeps it.
    """
    taken: set[tuple[str, ...]] = set()
    kept = []
    for column in columns:
        is_single = column.meaning is not Meaning.IGNORE
        key = (column.meaning, column.indicator, column.round)
        if is_single and key in taken:
            column = MappedColumn(column.header, Meaning.IGNORE, column.group)
        taken.add(key)
        kept.append(column)
    return kept
