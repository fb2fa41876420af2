"""What a map of pupils is made of: columns, rows of cells, and the columns counted."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from accounts.models import Unit
from pupils.models import Pupil

from ..cells import Cell, State
from ..classification import Colour, Movement
from ..limits import Limits
from ..models import Indicator, MeasurementRound, SeriesBreak
from .decisions import Decision


@dataclass(frozen=True)
class Column:
    """An indicator of the map, with the limits that hold for its pupils, and the year groups in which it is due.

    limits: on the day of counting, by year group; a mixed class has several. decisions: all that there have been,
    oldest first: a value is near the limits of its own day.
    """

    indicator: Indicator
    limits: dict[int, Limits]
    due_in: set[int]
    decisions: Sequence[Decision] = ()

    @property
    def key(self) -> str:
        """What the column is called in addresses."""
        return self.indicator.code


@dataclass(frozen=True)
class Row:
    """A pupil and the pupil's cells, one per column.

    is_counted: in the class on the day of counting; has_joined_later: came after it. school_class: where the map is of
    several.
    """

    pupil: Pupil
    cells: Sequence[Cell]
    is_counted: bool = True
    has_joined_later: bool = False
    school_class: Unit | None = None


@dataclass
class Tally:
    """A column counted: the same counts as the class's UnitSum, of the pupils in the class on the round's last day.

    n_near: measured values near a limit. oldest, newest: days of measurement.
    """

    due: int = 0
    measured: int = 0
    colours: dict[Colour, int] = field(default_factory=lambda: dict.fromkeys(Colour, 0))
    movements: dict[Movement, int] = field(default_factory=lambda: dict.fromkeys(Movement, 0))
    n_near: int = 0
    oldest: datetime.date | None = None
    newest: datetime.date | None = None

    def add(self, cell: Cell) -> None:
        self.due += cell.state not in (State.NOT_DUE, State.EXEMPT)
        if cell.is_measured:
            self.measured += 1
            self.colours[cell.colour] += 1
            self.movements[cell.movement] += 1
            self.n_near += cell.is_near
        if cell.is_measured and cell.measured_on:
            self.oldest = min(self.oldest or cell.measured_on, cell.measured_on)
            self.newest = max(self.newest or cell.measured_on, cell.measured_on)


class Cells:
    """What every map of pupils knows of its cells; a dataclass below says what its rows and columns are."""

    rows: Sequence[Row]

    @property
    def n_columns(self) -> int:
        raise NotImplementedError

    @cached_property
    def tallies(self) -> list[Tally]:
        """One per column, over the pupils who were there when the round was counted."""
        tallies = [Tally() for _column in range(self.n_columns)]
        for row in self.rows:
            if row.is_counted:
                for tally, cell in zip(tallies, row.cells, strict=True):
                    tally.add(cell)
        return tallies

    @property
    def n_uncounted(self) -> int:
        """Pupils who are shown but were not there when the round was counted."""
        return sum(not row.is_counted for row in self.rows)

    @property
    def n_measured(self) -> int:
        return sum(tally.measured for tally in self.tallies)

    @property
    def n_due(self) -> int:
        return sum(tally.due for tally in self.tallies)

    @property
    def pupils(self) -> list[Pupil]:
        return [row.pupil for row in self.rows]

    @cached_property
    def measured_days(self) -> tuple[datetime.date, datetime.date] | None:
        """The oldest and the newest day of measurement among the round's values."""
        days = [
            cell.measured_on
            for row in self.rows
            for cell in row.cells
            if cell.is_measured and cell.measured_on
        ]
        return (min(days), max(days)) if days else None


@dataclass(frozen=True)
class Grid(Cells):
    """Pupils x indicators for a round.

    unit: the class; of a map of several classes, what they have in common. breaks: by indicator id, where its series
    breaks, if a cell of the map has no arrow for it.
    """

    unit: Unit
    round: MeasurementRound
    columns: Sequence[Column]
    rows: Sequence[Row]
    breaks: Mapping[int, SeriesBreak] = field(default_factory=dict)

    @property
    def n_columns(self) -> int:
        return len(self.columns)

    @property
    def indicators(self) -> list[Indicator]:
        return [column.indicator for column in self.columns]
