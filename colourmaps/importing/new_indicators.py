"""Columns and words that no indicator is known for: what a new indicator of them would be, and what it is called.

What is offered is worked out while the file is read and kept with what was understood of it, since the file's cells are
at hand only then.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from ..models import IndicatorArea
from .mapping import LONGEST_CODE, Mapping, Meaning, NewIndicator, header_key
from .mapping_file import scale_from_json, scale_to_json
from .scale_guess import explained_scale
from .understanding import SAMPLED_ROWS, Understanding, UnderstoodColumn, UnderstoodSheet
from .values import cell_text
from .workbook import Cell, Sheet, Workbook

LONGEST_NAME = 100
# A column with more different words than this is not one that names indicators.
MOST_WORDS = 100

_REMARK = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|,?\s*%)\s*$")
_NO_CODE = re.compile(r"[^A-Z0-9]+")
# Letters that do not fall apart into a plain one and a mark.
_PLAIN = str.maketrans({"æ": "ae", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss"})


def name_of(header: str, group: str = "") -> str:
    """The header as the name of an indicator: without its unit or maximum, "Läsning (max 40)" gives "Läsning".

    group: the text above, where the header alone could be another column's as well.
    """
    text = " ".join(f"{group} {header}".split())
    return (_REMARK.sub("", text) or text)[:LONGEST_NAME]


def code_of(name: str, taken: Collection[str]) -> str:
    """A code for a name, of A–Z, digits and _, that none of the taken ones is."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_PLAIN)).encode("ascii", "ignore")
    code = _NO_CODE.sub("_", plain.decode().upper()).strip("_")[:LONGEST_CODE].strip("_") or "NEW"
    candidates = (code, *(f"{code[: LONGEST_CODE - 4]}_{n}" for n in range(2, 1000)))
    return next(candidate for candidate in candidates if candidate not in taken)


def new_indicator(name: str, scale: dict[str, Any], *, taken: Collection[str], language: str) -> NewIndicator:
    """scale: as JSON, see mapping_file. Without limits and for all year groups, until somebody says more."""
    return NewIndicator(
        code=code_of(name, taken),
        names={language: name},
        scale=scale_from_json(scale),
        area=IndicatorArea.OTHER_SUBJECTS.value,
    )


def with_offers(
    stored: list[dict[str, Any]], workbook: Workbook, understood: Understanding, mapping: Mapping
) -> list[dict[str, Any]]:
    """What was understood (kept.described), and in addition what a person may want to know to correct it.

    Each sheet: n_hidden_rows. Each column: the scale that it would have as a new indicator, as JSON, and the reason in
    words; and if it says which indicator a row is about, each different word, its number of rows, and the scale of its
    values.
    """
    sheets = {sheet.name: sheet for sheet in workbook.sheets}
    scales = _scales(sheets, understood)
    return [
        stored_sheet
        | {
            "n_hidden_rows": sheet.n_hidden_rows,
            "columns": [
                stored_column
                | scales[_key(column)]
                | {"words": _words(sheets[sheet.name], sheet, column, mapping)}
                for stored_column, column in zip(stored_sheet["columns"], sheet.columns, strict=True)
            ],
        }
        for stored_sheet, sheet in zip(stored, understood.sheets, strict=True)
    ]


def _key(column: UnderstoodColumn) -> tuple[str, str]:
    return header_key(column.header), header_key(column.group)


def _scales(sheets: dict[str, Sheet], understood: Understanding) -> dict[tuple[str, str], dict[str, Any]]:
    """The offer for each header, guessed from the cells under it in all sheets."""
    cells: dict[tuple[str, str], list[Cell]] = {}
    headers: dict[tuple[str, str], str] = {}
    as_percent: set[tuple[str, str]] = set()
    for table in understood.sheets:
        sheet = sheets[table.name]
        for column in table.columns:
            under = (cell for _row, cell in _cells(sheet, table, column.number))
            cells.setdefault(_key(column), []).extend(islice(under, SAMPLED_ROWS))
            headers.setdefault(_key(column), f"{column.group} {column.header}".strip())
            if column.number in sheet.percent_runs:
                as_percent.add(_key(column))
    return {key: _guessed(cells[key], headers[key], is_percent=key in as_percent) for key in cells}


def _guessed(cells: list[Cell], header: str, *, is_percent: bool = False) -> dict[str, Any]:
    guessed = explained_scale(cells, header, is_percent=is_percent)
    return {"scale": scale_to_json(guessed.scale), "scale_reason": guessed.reason}


def _cells(sheet: Sheet, table: UnderstoodSheet, number: int) -> Iterator[tuple[int, Cell]]:
    """(row, cell) of the filled cells of a column in the rows of data."""
    for row in range(table.first_row, table.last_row + 1) if table.last_row else ():
        cell = sheet.cell(row, number)
        if cell is not None:
            yield row, cell


def _words(
    sheet: Sheet, table: UnderstoodSheet, column: UnderstoodColumn, mapping: Mapping
) -> list[dict[str, Any]]:
    if _meaning(column, mapping) is not Meaning.INDICATOR_NAME:
        return []
    rows: dict[str, list[int]] = {}
    written: dict[str, str] = {}
    for row, cell in _cells(sheet, table, column.number):
        text = " ".join(cell_text(cell).split())
        rows.setdefault(header_key(text), []).append(row)
        written.setdefault(header_key(text), text)
    value = next((each for each in table.columns if _meaning(each, mapping) is Meaning.VALUE), None)
    often = Counter({word: len(found) for word, found in rows.items()})
    return [
        {"word": written[word], "n": n} | _guessed(_values(sheet, value, rows[word]), written[word])
        for word, n in often.most_common(MOST_WORDS)
    ]


def _values(sheet: Sheet, value: UnderstoodColumn | None, rows: Iterable[int]) -> list[Cell]:
    if value is None:
        return []
    cells = (sheet.cell(row, value.number) for row in rows)
    return list(islice((cell for cell in cells if cell is not None), SAMPLED_ROWS))


def _meaning(column: UnderstoodColumn, mapping: Mapping) -> Meaning | None:
    mapped = mapping.column_for(column.header, column.group)
    return mapped.meaning if mapped else None
