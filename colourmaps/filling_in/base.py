"""What a workbook to fill in remembers of the day it was made: signed, so that nobody can claim another past."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.core import signing

from ..scales import Mark
from .merge import Content

SALT = "colourmaps.filling_in"
FORMAT = "colourmap-to-fill-in"
VERSION = 1
# Spreadsheet programs allow 32,767 characters in a cell.
LONGEST_CHUNK = 30_000


class ForeignBase(Exception):
    """The signature is not this installation's, or what it stood under has been changed."""


@dataclass(frozen=True)
class BaseRow:
    """A pupil's row. label: the name as it is written there; was: by indicator code, every cell that was offered."""

    key: str
    label: str
    was: dict[str, Content | None]


@dataclass(frozen=True)
class Base:
    """municipality, by: ids; round: its key; heads: by indicator code, a line with the name and one with the scale.

    classes: by the key of the class. is_empty: the cells were left empty whatever was known, so `was` says nothing.
    """

    municipality: int
    round: str
    by: int
    made_at: datetime.datetime
    is_empty: bool
    heads: dict[str, str]
    classes: dict[str, list[BaseRow]]

    def name_of(self, code: str) -> str:
        """The indicator's name, as its column is headed."""
        return self.heads[code].partition("\n")[0]

    @property
    def n_cells(self) -> int:
        return sum(len(row.was) for rows in self.classes.values() for row in rows)


def seal(base: Base) -> list[str]:
    """The signed base, in pieces that a cell can hold."""
    sealed = signing.dumps(_to_json(base), salt=SALT, compress=True)
    return [sealed[at : at + LONGEST_CHUNK] for at in range(0, len(sealed), LONGEST_CHUNK)]


def unseal(chunks: list[str]) -> Base:
    """Raises ForeignBase. How old it is, is for the caller to judge."""
    try:
        return _from_json(signing.loads("".join(chunks), salt=SALT))
    except signing.BadSignature as error:
        raise ForeignBase from error


def _to_json(base: Base) -> dict[str, Any]:
    return {
        "municipality": base.municipality,
        "round": base.round,
        "by": base.by,
        "made_at": base.made_at.isoformat(),
        "is_empty": base.is_empty,
        "heads": base.heads,
        "classes": {
            key: [[row.key, row.label, {code: _packed(was) for code, was in row.was.items()}] for row in rows]
            for key, rows in base.classes.items()
        },
    }


def _from_json(stored: dict[str, Any]) -> Base:
    return Base(
        municipality=stored["municipality"],
        round=stored["round"],
        by=stored["by"],
        made_at=datetime.datetime.fromisoformat(stored["made_at"]),
        is_empty=stored["is_empty"],
        heads=stored["heads"],
        classes={
            school_class: [
                BaseRow(key, label, {code: _unpacked(was) for code, was in cells.items()})
                for key, label, cells in rows
            ]
            for school_class, rows in stored["classes"].items()
        },
    )


def _packed(content: Content | None) -> int | list[int] | None:
    """A number for a value and a list for a mark: most cells are values, and a school has many."""
    if content is None:
        return None
    return content.value if content.mark == Mark.MEASURED else [int(content.mark)]


def _unpacked(packed: int | list[int] | None) -> Content | None:
    if packed is None:
        return None
    return Content(None, packed[0]) if isinstance(packed, list) else Content(packed)
