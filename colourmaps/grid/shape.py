"""What a map of pupils is made of: columns, rows of cells, and the columns counted."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from accounts.models import Unit
from pupils.models import Pupil

from ..cells import Cell, State
from ..classification import Colour, Movement
from ..limits import Limits, OwnLimits
from ..models import Indicator, MeasurementRound, SeriesBreak
from .decisions import Decision, limits_on, of_school


@dataclass(frozen=True)
class Column:
    """An indicator of the map, with the limits that hold for its pupils, and the year groups in which it is due.

    limits: on the day of counting, by year group; a mixed class has several. decisions: all that there have been,
    oldest first: a value is near the limits of its own day. own: of the limits that are the school's own, why.
    """

    indicator: Indicator
    limits: dict[int, Limits]
    due_in: set[int]
    decisions: Sequence[Decision] = ()
    own: Mapping[int, OwnLimits] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What the column is called in addresses."""
        return self.indicator.code

    @cached_property
    def _judged_by(self) -> dict[tuple[int | None, datetime.date, int | None], Limits | None]:
        return {}

    def judged_by(self, year_group: int | None, on: datetime.date, school_id: int | None) -> Limits | None:
        """The limits by which a value of the day was judged, looked up once for all values of it.

        school_id: where the map is of several schools with limits of their own.
        """
        case = (year_group, on, school_id)
        if case not in self._judged_by:
            decisions = self.decisions if school_id is None else of_school(self.decisions, school_id)
            self._judged_by[case] = limits_on(decisions, year_group, on)
        return self._judged_by[case]


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


@dataclass(frozen=True)
class Tally:
    """A column counted: the same counts as the class's UnitSum, of the pupils in the class on the round's last day.

    n_near: measured values near a limit. oldest, newest: days of measurement.
    """

    due: int
    measured: int
    colours: Mapping[Colour, int]
    movements: Mapping[Movement, int]
    n_near: int
    oldest: datetime.date | None
    newest: datetime.date | None


def tally_of(cells: Sequence[Cell]) -> Tally:
    """A column counted."""
    measured = [cell for cell in cells if cell.is_measured]
    days = [cell.measured_on for cell in measured if cell.measured_on]
    return Tally(
        due=sum(cell.state not in (State.NOT_DUE, State.EXEMPT) for cell in cells),
        measured=len(measured),
        colours=dict.fromkeys(Colour, 0) | Counter(cell.colour for cell in measured),
        movements=dict.fromkeys(Movement, 0) | Counter(cell.movement for cell in measured),
        n_near=sum(cell.is_near for cell in measured),
        oldest=min(days, default=None),
        newest=max(days, default=None),
    )


class Cells:
    """What every map of pupils knows of its cells; a dataclass below says what its rows and columns are."""

    rows: Sequence[Row]

    @property
    def n_columns(self) -> int:
        raise NotImplementedError

    @cached_property
    def tallies(self) -> list[Tally]:
        """One per column, over the pupils who were there when the round was counted."""
        counted = [row.cells for row in self.rows if row.is_counted]
        columns = zip(*counted, strict=True) if counted else [()] * self.n_columns
        return [tally_of(cells) for cells in columns]

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
    """Pupils x indicators for a round. unit: the class; of a map of several classes, what they have in common.

    breaks: by indicator id, why cells of the map have no arrow; asked for only where one has none for it.
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
