"""The cells that say which pupil a row is about, as they are written; matching them with the register
comes later.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as ReadOnlyMapping
from dataclasses import dataclass
from typing import Literal, TypeVar, cast

from django.utils.translation import gettext_lazy

from colourmaps.importing.mapping import KEY_MEANINGS, MappedColumn, Mapping, Meaning
from colourmaps.importing.messages import Kind, Level, Message, define
from colourmaps.importing.tables import HeaderCell, Table
from colourmaps.importing.values import AN_ERROR, UNCALCULATED, cell_text
from colourmaps.importing.words import (
    BOY_WORDS,
    GIRL_WORDS,
    PRESCHOOL_CLASS_WORDS,
    PROTECTED_WORDS,
    UNPROTECTED_WORDS,
)
from colourmaps.importing.workbook import Cell, CellError, column_letters
from pupils.models import Protection

UNKNOWN_SEX = define(
    "pupil.unknown_sex",
    Level.WARNING,
    gettext_lazy("“%(value)s” is not understood as girl or boy and is left out."),
)
UNKNOWN_YEAR_GROUP = define(
    "pupil.unknown_year_group",
    Level.WARNING,
    gettext_lazy("“%(value)s” is not understood as a year group and is left out."),
)

Sex = Literal["girl", "boy", ""]
Value = TypeVar("Value")

_YEAR_GROUP = re.compile(
    r"(?:åk|årskurs|år|årstrinn|trinn|klassetrin|year|grade)?\.?\s*(1[0-3]|[0-9])\s*(?:\.|:an)?\s*(?:trinn|klasse)?"
)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class PupilRow:
    """Who a row is about, in the file's own words; "" (year_group: None) where the file says nothing.

    identity: identity number as written. own_id: the municipality's own id. full_name: only if one column
    holds it. school: name or code. year_group: 0 is the preschool class. protection: as in pupils.models.Protection.
    """

    sheet: str
    row: int
    identity: str = ""
    own_id: str = ""
    family_name: str = ""
    given_name: str = ""
    full_name: str = ""
    school_class: str = ""
    school: str = ""
    sex: Sex = ""
    year_group: int | None = None
    protection: str = ""


def name_of(row: PupilRow) -> str:
    """What the row calls the pupil, given name first; "" if it names nobody."""
    return row.full_name or f"{row.given_name} {row.family_name}".strip()


_FIELD_BY_MEANING = {
    Meaning.IDENTITY: "identity",
    Meaning.PUPIL_ID: "own_id",
    Meaning.FAMILY_NAME: "family_name",
    Meaning.GIVEN_NAME: "given_name",
    Meaning.FULL_NAME: "full_name",
    Meaning.SCHOOL_CLASS: "school_class",
    Meaning.SCHOOL: "school",
}

PupilColumns = ReadOnlyMapping[Meaning, tuple[HeaderCell, MappedColumn]]


def read_pupils(
    table: Table, columns: PupilColumns, mapping: Mapping, messages: list[Message]
) -> tuple[list[PupilRow], dict[int, bool]]:
    """The pupil of each data row that names one, and for every data row whether it does."""
    texts = {
        _FIELD_BY_MEANING[meaning]: _texts(table, column, mapped.prefix, messages)
        for meaning, (column, mapped) in columns.items()
        if meaning in _FIELD_BY_MEANING
    }
    keys = [name for meaning, name in _FIELD_BY_MEANING.items() if meaning in KEY_MEANINGS and name in texts]
    sexes = _sexes(table, columns, messages)
    year_groups = _year_groups(table, columns, messages)
    protections = _protections(table, columns)
    constants = _constants(table, mapping)
    pupils = []
    is_named = {}
    for at, row in enumerate(table.data_rows):
        is_named[row] = any(texts[key][at] for key in keys)
        if is_named[row]:
            fields = {name: column[at] for name, column in texts.items()}
            for name, constant in constants.items():
                fields[name] = fields.get(name) or constant
            if fields.get("full_name"):
                _split_name(fields)
            year_group = _or(year_groups[at], mapping.year_group)
            protection = protections[at]
            pupils.append(
                PupilRow(
                    table.sheet.name,
                    row,
                    sex=sexes[at],
                    year_group=year_group,
                    protection=protection,
                    **fields,
                )
            )
    return pupils, is_named


def _or(said: int | None, constant: int | None) -> int | None:
    """What the row says itself, else what holds for the whole file; 0 is the preschool class."""
    return constant if said is None else said


def _constants(table: Table, mapping: Mapping) -> dict[str, str]:
    school_class = mapping.school_class or (table.sheet.name if mapping.class_from_sheet_name else "")
    return {"school": mapping.school, "school_class": school_class}


def _texts(table: Table, column: HeaderCell, prefix: str, messages: list[Message]) -> list[str]:
    """The cells of a column as text; an error value is reported and counts as empty."""
    texts = []
    for row, cell in zip(table.data_rows, table.cells(column.number), strict=True):
        if isinstance(cell, CellError):
            kind = UNCALCULATED if cell.is_uncalculated else AN_ERROR
            messages.append(Message(kind, table.sheet.name, row, column_letters(column.number), cell.text))
            cell = None
        text = cell if isinstance(cell, str) else cell_text(cell)
        text = _SPACES.sub(" ", text).strip()
        texts.append(prefix + text if text else "")
    return texts


def _split_name(fields: dict[str, str]) -> None:
    """Family and given name of "Svensson, Liam" or "Liam Svensson", unless columns of their own say them."""
    family, comma, given = fields["full_name"].partition(",")
    if not comma:
        given, _, family = fields["full_name"].rpartition(" ")
    fields["family_name"] = fields.get("family_name") or family.strip()
    fields["given_name"] = fields.get("given_name") or given.strip()


def _sexes(table: Table, columns: PupilColumns, messages: list[Message]) -> list[Sex]:
    found = columns.get(Meaning.SEX)
    words = {cell_text(cell).casefold() for cell in table.cells(found[0].number)} if found else set()
    # A single p is pojke in Swedish and pige in Danish; dreng or d in the same column tells which.
    girls, boys = (
        (GIRL_WORDS | {"p"}, BOY_WORDS) if words & {"d", "dreng"} else (GIRL_WORDS, BOY_WORDS | {"p"})
    )

    def sex_of(cell: Cell) -> Sex | None:
        word = cell_text(cell).casefold()
        if word in girls:
            return "girl"
        return "boy" if word in boys else None

    # A type variable widens the literals to str.
    understood = cast("list[Sex | None]", _understood(table, found, sex_of, UNKNOWN_SEX, messages))
    nothing: Sex = ""
    return [value or nothing for value in understood]


def _protections(table: Table, columns: PupilColumns) -> list[str]:
    """A mark that is not understood is a mark all the same: whoever is wrongly protected can be found again."""
    found = columns.get(Meaning.PROTECTION)
    if found is None:
        return [""] * len(table.data_rows)
    words = (cell_text(cell).strip().casefold() for cell in table.cells(found[0].number))
    return [
        ""
        if not word or word in UNPROTECTED_WORDS
        else Protection.PROTECTED.value
        if word in PROTECTED_WORDS
        else Protection.CONFIDENTIAL.value
        for word in words
    ]


def _year_groups(table: Table, columns: PupilColumns, messages: list[Message]) -> list[int | None]:
    def year_group_of(cell: Cell) -> int | None:
        word = cell_text(cell).casefold()
        if word in PRESCHOOL_CLASS_WORDS:
            return 0
        match = _YEAR_GROUP.fullmatch(word)
        return int(match[1]) if match else None

    return _understood(table, columns.get(Meaning.YEAR_GROUP), year_group_of, UNKNOWN_YEAR_GROUP, messages)


def _understood(
    table: Table,
    found: tuple[HeaderCell, MappedColumn] | None,
    read: Callable[[Cell], Value | None],
    unknown: Kind,
    messages: list[Message],
) -> list[Value | None]:
    """What a reader makes of each cell of a column; a message for every filled cell of which it makes
    nothing.
    """
    if found is None:
        return [None] * len(table.data_rows)
    column, _ = found
    values = []
    for row, cell in zip(table.data_rows, table.cells(column.number), strict=True):
        value = read(cell)
        if value is None and cell is not None:
            messages.append(
                Message(unknown, table.sheet.name, row, column_letters(column.number), cell_text(cell))
            )
        values.append(value)
    return values
