"""What one cell of a map shows: the level, and beside it the movement. Pure data, no HTML."""

from __future__ import annotations

import datetime
from enum import Enum
from typing import NamedTuple, Protocol

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .classification import Colour, Movement
from .scales import Mark


class State(Enum):
    """What stands in a cell. The value is the class by which it is drawn (static/css/components/cell.css)."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    PLAIN = "plain"
    MISSING = "missing"
    ABSENT = "absent"
    NO_BASIS = "nobasis"
    EXEMPT = "exempt"
    NOT_DUE = "notdue"
    HIDDEN = "hidden"


WORDS = {
    State.GREEN: _("good result"),
    State.YELLOW: _("passed"),
    State.RED: _("intervention needed"),
    State.PLAIN: _("value without limits"),
    State.MISSING: _("missing"),
    State.ABSENT: _("absent"),
    State.NO_BASIS: _("no basis"),
    State.EXEMPT: _("exempt"),
    State.NOT_DUE: _("not due"),
    State.HIDDEN: _("hidden (few pupils)"),
}
STATE_OF_COLOUR = {
    Colour.NONE: State.PLAIN,
    Colour.RED: State.RED,
    Colour.YELLOW: State.YELLOW,
    Colour.GREEN: State.GREEN,
}
STATE_OF_MARK = {Mark.ABSENT: State.ABSENT, Mark.NO_BASIS: State.NO_BASIS, Mark.EXEMPT: State.EXEMPT}
MOVEMENT_CLASSES = {Movement.NONE: "", Movement.WORSE: "down", Movement.STILL: "still", Movement.BETTER: "up"}
MOVEMENT_WORDS = {
    Movement.NONE: "",
    Movement.WORSE: _("worse"),
    Movement.STILL: _("unchanged"),
    Movement.BETTER: _("better"),
}


class Cell(NamedTuple):
    """A cell of the map.

    value: hundredths, None where there is no number. stale_months: age of an older value that stands in for a missing
    one; such a cell is not measured.
    """

    state: State
    value: int | None = None
    colour: Colour = Colour.NONE
    movement: Movement = Movement.NONE
    measured_on: datetime.date | None = None
    stale_months: int | None = None

    @property
    def is_stale(self) -> bool:
        return self.stale_months is not None

    @property
    def is_measured(self) -> bool:
        return self.value is not None and not self.is_stale

    @property
    def look(self) -> tuple[str, str]:
        """(level classes, movement class): cells of the same look are drawn alike but for value and link."""
        return self.state.value + (" stale" if self.is_stale else ""), MOVEMENT_CLASSES[self.movement]

    @property
    def age(self) -> str:
        """The age of a stale value in words, for example "8 months"."""
        months = self.stale_months or 0
        return ngettext("%(n)s mo.", "%(n)s mo.", months) % {"n": months}


class ResultInForce(Protocol):
    """What a cell shows of a result, be it a Result or only these columns of one."""

    @property
    def value(self) -> int | None: ...
    @property
    def mark(self) -> int: ...
    @property
    def colour(self) -> int: ...
    @property
    def movement(self) -> int: ...
    @property
    def measured_on(self) -> datetime.date: ...


def state_of(
    result: ResultInForce | None, earlier: ResultInForce | None, *, is_due: bool, on: datetime.date
) -> Cell:
    """The cell of a pupil and an indicator in a round that is counted on a day.

    earlier: the pupil's latest value from a round before; it is shown, as outdated, where a new one is due and missing.
    """
    if result is not None and result.mark == Mark.MEASURED:
        colour = Colour(result.colour)
        return Cell(
            STATE_OF_COLOUR[colour],
            result.value,
            colour,
            Movement(result.movement),
            measured_on=result.measured_on,
        )
    if result is not None:
        return Cell(STATE_OF_MARK[Mark(result.mark)], measured_on=result.measured_on)
    if not is_due:
        return Cell(State.NOT_DUE)
    if earlier is None:
        return Cell(State.MISSING)
    colour = Colour(earlier.colour)
    return Cell(
        STATE_OF_COLOUR[colour],
        earlier.value,
        colour,
        measured_on=earlier.measured_on,
        stale_months=max(1, round((on - earlier.measured_on).days / 30.4)),
    )
