"""What one cell of a map shows: the level, and beside it the movement, as two things. Pure data, no HTML."""

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

    # Quicker than that of the name: a map looks states up by the thousand.
    __hash__ = object.__hash__

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
# By the numbers that stand in the database, of which a map reads hundreds.
COLOUR_OF_CODE = {colour.value: colour for colour in Colour}
MOVEMENT_OF_CODE = {movement.value: movement for movement in Movement}
STATE_OF_MARK = {Mark.ABSENT: State.ABSENT, Mark.NO_BASIS: State.NO_BASIS, Mark.EXEMPT: State.EXEMPT}
MOVEMENT_CLASSES = {
    Movement.NONE: "",
    Movement.WORSE: "down",
    Movement.STILL: "still",
    Movement.BETTER: "up",
    Movement.BREAK: "break",
}
MOVEMENT_WORDS = {
    Movement.NONE: "",
    Movement.WORSE: _("worse"),
    Movement.STILL: _("unchanged"),
    Movement.BETTER: _("better"),
    Movement.BREAK: _("not comparable with before"),
}
# Beside the word of the level.
OUTDATED, EARLIER, NEAR = _("outdated"), _("from an earlier round"), _("near the limit")
DAYS_OF_A_MONTH = 30.4


class Cell(NamedTuple):
    """A cell of the map.

    value: hundredths, None where there is no number. earlier_months: age of an older value that stands in for a missing
    one; such a cell is not measured, and it is_stale once it is older than the indicator's shelf life.
    is_near: within the measurement error of a limit, so that the value might as well have the other colour.
    """

    state: State
    value: int | None = None
    colour: Colour = Colour.NONE
    movement: Movement = Movement.NONE
    measured_on: datetime.date | None = None
    earlier_months: int | None = None
    is_stale: bool = False
    is_near: bool = False

    @property
    def is_earlier(self) -> bool:
        """The value is of an earlier round, and stands in for one that is due and missing."""
        return self.earlier_months is not None

    @property
    def is_measured(self) -> bool:
        """There is a value of this round; 0 is a value like any other."""
        return self.value is not None and not self.is_earlier

    @property
    def look(self) -> tuple[str, str]:
        """(level classes, movement class): cells of the same look are drawn alike but for value and age."""
        added = (" stale", self.is_stale), (" near", self.is_near)
        level = self.state.value + "".join(name for name, is_so in added if is_so)
        return level, MOVEMENT_CLASSES[self.movement]

    @property
    def words(self) -> str:
        """The cell in words, but for its number: what its colours and signs say to those who do not see them."""
        added = (
            (OUTDATED, self.is_stale),
            (EARLIER, self.is_earlier and not self.is_stale),
            (NEAR, self.is_near),
        )
        words = [WORDS[self.state], *(word for word, is_so in added if is_so), MOVEMENT_WORDS[self.movement]]
        return ", ".join(filter(None, map(str, words)))

    @property
    def age(self) -> str:
        """The age of an earlier value in words, for example "8 months"; of any other, nothing."""
        months = self.earlier_months
        return "" if months is None else ngettext("%(n)s mo.", "%(n)s mo.", months) % {"n": months}


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
    result: ResultInForce | None,
    earlier: ResultInForce | None,
    *,
    is_due: bool,
    on: datetime.date,
    shelf_life_months: int | None = None,
    is_near: bool = False,
) -> Cell:
    """The cell of a pupil and an indicator in a round that is counted on a day.

    earlier: the pupil's latest value from a round before; it stands in where a new one is due and missing, and is
    outdated once it is older than the shelf life (None: at once). is_near: of the result, if it has a value.
    """
    if result is not None and result.mark == Mark.MEASURED:
        colour = COLOUR_OF_CODE[result.colour]
        return Cell(
            STATE_OF_COLOUR[colour],
            result.value,
            colour,
            MOVEMENT_OF_CODE[result.movement],
            measured_on=result.measured_on,
            is_near=is_near,
        )
    if result is not None:
        return Cell(STATE_OF_MARK[Mark(result.mark)], measured_on=result.measured_on)
    if not is_due:
        return Cell(State.NOT_DUE)
    if earlier is None:
        return Cell(State.MISSING)
    colour = Colour(earlier.colour)
    months = max(1, round((on - earlier.measured_on).days / DAYS_OF_A_MONTH))
    return Cell(
        STATE_OF_COLOUR[colour],
        earlier.value,
        colour,
        measured_on=earlier.measured_on,
        earlier_months=months,
        is_stale=shelf_life_months is None or months > shelf_life_months,
    )
