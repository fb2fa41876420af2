"""The sheets of a file to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..importing.mapping import KEY_MEANINGS, Mapping

# A form has room for so many; sheets beyond stay as they are read now.
MOST_SHEETS = 200


@dataclass(frozen=True)
class FileSheet:
    """A sheet that has a table. field: the name of its checkbox, "" where there is nothing to choose."""

    field: str
    stored: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.stored["name"])

    @property
    def is_read(self) -> bool:
        return bool(self.stored["is_read"])

    @property
    def n_hidden_rows(self) -> int:
        return int(self.stored.get("n_hidden_rows", 0))


def as_read(understood: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was understood; where no sheet is read at all, as if all visible tables were, so that one can say how."""
    if any(stored["is_read"] for stored in understood):
        return understood
    return [stored | {"is_read": bool(stored["columns"]) and not stored["hidden"]} for stored in understood]


def ticked(sheets: Iterable[FileSheet], answers: dict[str, Any]) -> set[str]:
    """Names of the sheets to read: those that are ticked, and of those without a checkbox what is read now."""
    return {sheet.name for sheet in sheets if (answers[sheet.field] if sheet.field else sheet.is_read)}


def sheets_of(understood: list[dict[str, Any]]) -> list[FileSheet]:
    """The sheets with a table; a file with one sheet leaves nothing to choose."""
    is_choice = len(understood) > 1
    return [
        FileSheet(f"sheet_{at}" if is_choice and at < MOST_SHEETS else "", stored)
        for at, stored in enumerate(understood)
        if stored["columns"]
    ]


def read_anyway(sheets: list[FileSheet], mapping: Mapping) -> set[str]:
    """Names of the sheets that are read when a mapping names none: visible, with a column that tells the pupil."""
    return {sheet.name for sheet in sheets if not sheet.stored["hidden"] and _tells_pupil(sheet, mapping)}


def _tells_pupil(sheet: FileSheet, mapping: Mapping) -> bool:
    found = (mapping.column_for(stored["header"], stored["group"]) for stored in sheet.stored["columns"])
    return any(column and column.meaning in KEY_MEANINGS for column in found)
