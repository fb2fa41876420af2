"""In which order the rows of a map stand: by name, by class, or by one indicator. Never by how many of a colour.

No map counts the colours of a pupil, and none can be put in the order of such a count: a map judges the organisation,
and a list of pupils from worst to best would judge the children.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from .cells import Cell
from .drawing import sort_key
from .grid import Grid, Row

BY_NAME, BY_CLASS = "name", "class"


class Choice(NamedTuple):
    """An order that a map can have: what it is called in the address, and on the page."""

    key: str
    label: str


def by_name(rows: Iterable[Row], language: str) -> list[Row]:
    """As the language sorts names."""
    return sorted(rows, key=lambda row: sort_key(row.pupil, language))


def chosen_order(asked_for: str | None, grid: Grid, *, with_class: bool) -> str:
    """The order that is asked for, if the map has it; else by class in a map of several, and by name in one of one."""
    usual = BY_CLASS if with_class else BY_NAME
    known = {usual, BY_NAME, *(column.key for column in grid.columns)}
    return asked_for if asked_for in known else usual


def choices_of(grid: Grid, *, with_class: bool) -> list[Choice]:
    orders = [Choice(BY_CLASS, _("class and name"))] if with_class else []
    orders.append(Choice(BY_NAME, _("name")))
    return orders + [Choice(column.key, column.indicator.name) for column in grid.columns]


def in_order(grid: Grid, order: str, language: str) -> list[Row]:
    """The rows of the map. By an indicator those come first who need something else than what has been done."""
    rows = by_name(grid.rows, language)
    if order == BY_NAME:
        return rows
    if order == BY_CLASS:
        return sorted(rows, key=_class_of)
    keys = [column.key for column in grid.columns]
    at = keys.index(order)
    is_high_good = grid.columns[at].indicator.is_high_good
    return sorted(rows, key=lambda row: _level_of(row.cells[at], is_high_good))


def _class_of(row: Row) -> tuple[Any, ...]:
    unit = row.school_class
    return () if unit is None else (unit.year_group is None, unit.year_group or 0, unit.name, unit.pk)


def _level_of(cell: Cell, is_high_good: bool) -> tuple[int, int]:
    """What was measured in this round, then what stands in for it, then what is missing."""
    if cell.value is None:
        return 2, 0
    return int(cell.is_earlier), cell.value if is_high_good else -cell.value
