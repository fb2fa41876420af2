"""Which cells of a class a workbook offers to be filled in, and what is in force in them."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import get_language

from accounts.models import Unit
from pupils.models import Pupil

from ..cells import State
from ..drawing import sort_key
from ..grid import class_grid
from ..models import Indicator, MeasurementRound, Result
from .merge import Content

# (pupil id, indicator id) of a cell; the round is that of the workbook.
CellKey = tuple[int, int]


@dataclass(frozen=True)
class Offer:
    """The pupils of a class, in the order of the reader's language, and the cells in which a result is awaited.

    Pupils with protected identity are not among them where it is for a file: workbooks leave the house.
    """

    school_class: Unit
    pupils: Sequence[Pupil]
    indicators: Sequence[Indicator]
    cells: frozenset[CellKey]


def offer_of(
    school_class: Unit, round_: MeasurementRound, today: datetime.date, *, is_for_file: bool = True
) -> Offer:
    """A cell is offered where the map expects or has a result of the round, but not if it is worked out of
    others.
    """
    grid = class_grid(school_class, round_, today, is_for_file=is_for_file)
    rows = sorted(grid.rows, key=lambda row: sort_key(row.pupil, get_language() or "sv"))
    cells = frozenset(
        (row.pupil.pk, indicator.pk)
        for row in rows
        for indicator, cell in zip(grid.indicators, row.cells, strict=True)
        if cell.state is not State.NOT_DUE and not indicator.rule
    )
    awaited = {indicator_id for _pupil_id, indicator_id in cells}
    indicators = [indicator for indicator in grid.indicators if indicator.pk in awaited]
    return Offer(school_class, [row.pupil for row in rows], indicators, cells)


class InForce(NamedTuple):
    """A result that is in force: what it says, its colour, who recorded it (id) and when."""

    content: Content
    colour: int
    by: int | None
    at: datetime.datetime


def results_in_force(round_: MeasurementRound, pupil_ids: Collection[int]) -> dict[CellKey, InForce]:
    rows = Result.objects.filter(round=round_, pupil__in=pupil_ids).values_list(
        "pupil_id", "indicator_id", "value", "mark", "colour", "by_id", "recorded_at"
    )
    return {
        (pupil_id, indicator_id): InForce(Content(value, mark), colour, by, at)
        for pupil_id, indicator_id, value, mark, colour, by, at in rows
    }


def labels_of(pupils: Sequence[Pupil]) -> dict[int, str]:
    """By pupil id, a name that no other pupil of the workbook has: the same name gets a piece of the key."""
    n_by_name = Counter(pupil.shown_name for pupil in pupils)
    return {
        pupil.pk: pupil.shown_name
        if n_by_name[pupil.shown_name] == 1
        else f"{pupil.shown_name} ({pupil.key[:4].upper()})"
        for pupil in pupils
    }
