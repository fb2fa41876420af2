"""How a state looks in a workbook: the page's colours, and a sign beside the colour, so that no one needs the colour.

The colours are those of static/css/tokens.css in light; a test compares them. A workbook has no shapes, so the signs
are letters that look like them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ..cells import Cell, State
from ..classification import Movement

# By the name of the token.
TOKENS: Mapping[str, str] = {
    "page": "#FDFDFB",
    "surface": "#F3F4F1",
    "rule": "#D8DCD7",
    "rule-strong": "#77817D",
    "ink": "#1B2321",
    "ink-soft": "#56615D",
    "green": "#8FCB9B",
    "on-green": "#0B2E17",
    "yellow": "#FFE38A",
    "on-yellow": "#3D2E00",
    "red": "#C63D2F",
    "on-red": "#FFFFFF",
    "stale-green": "#D7ECD9",
    "stale-yellow": "#FEF4D3",
    "stale-red": "#EABAB4",
    "on-stale": "#1B2321",
    "exempt": "#E6E8E5",
    "on-exempt": "#4A5450",
    "hidden": "#ECEEEB",
    "on-hidden": "#4A5450",
}


@dataclass(frozen=True)
class Look:
    """How a cell is dressed; colours are names of tokens, fill may be empty.

    sign: stands at the left of the cell; edge: "thin", "dashed" or "dotted"; is_hatched: with slanting lines;
    is_underlined: near a limit.
    """

    sign: str = ""
    fill: str = ""
    ink: str = "ink"
    edge: Literal["thin", "dashed", "dotted", ""] = "thin"
    is_hatched: bool = False
    is_underlined: bool = False


LOOKS: Mapping[State, Look] = {
    State.GREEN: Look("●", "green", "on-green"),
    State.YELLOW: Look("◐", "yellow", "on-yellow"),
    State.RED: Look("■!", "red", "on-red"),
    State.PLAIN: Look(),
    State.MISSING: Look("—", ink="ink-soft", edge="dashed"),
    State.ABSENT: Look("(–)", ink="ink-soft", edge="dashed"),
    State.NO_BASIS: Look("?", ink="ink-soft", edge="dashed"),
    State.EXEMPT: Look("⊘", "exempt", "on-exempt"),
    State.NOT_DUE: Look("·", ink="ink-soft", edge=""),
    State.HIDDEN: Look("⊠", "hidden", "on-hidden", edge="dotted"),
}
MOVEMENT_SIGNS: Mapping[Movement, str] = {
    Movement.NONE: "",
    Movement.WORSE: "↘",
    Movement.STILL: "–",
    Movement.BETTER: "↗",
    Movement.BREAK: "//",
}
# As wide as a movement, so that numbers stand below each other.
NO_MOVEMENT = '"    "'
FRAME = Look(edge="")
HEAD = Look(fill="surface")
SOFT = Look(ink="ink-soft", edge="")


def stale(state: State) -> Look:
    """An old value that stands in for one that is due: the colour made pale, and hatched."""
    look = LOOKS[state]
    if state is State.PLAIN:
        return replace(look, is_hatched=True)
    return replace(look, fill=f"stale-{state.value}", ink="on-stale", is_hatched=True)


def look_of(cell: Cell) -> Look:
    if cell.is_stale:
        return stale(cell.state)
    return replace(LOOKS[cell.state], is_underlined=True) if cell.is_near else LOOKS[cell.state]


def number_format(
    look: Look, movement: Movement = Movement.NONE, *, decimals: int = 0, is_percent: bool = False
) -> str:
    """Sign at the left, number, movement at the right: the cell stays a number and can be counted with."""
    digits = f"0.{'0' * decimals}" if decimals else "0"
    before, after = _quoted(look.sign, at_left=True), _after(movement)
    digits += "%" if is_percent else ""
    return f"{before}{digits}{after};{before}-{digits}{after};{before}{digits}{after};{before}@{after}"


def text_format(look: Look, movement: Movement = Movement.NONE, *, is_word: bool = False) -> str:
    """As `number_format` for a cell that holds a text; a number that is written over it is shown as usual.

    is_word: the sign stands right before the word, not at the left edge.
    """
    after = "" if is_word else _after(movement)
    return f"General;-General;General;{_quoted(look.sign, at_left=not is_word)}@{after}"


def _quoted(sign: str, *, at_left: bool) -> str:
    """The sign as part of a format; an asterisk fills the cell with the letter that follows it."""
    if not sign:
        return ""
    return f'"{sign}"* ' if at_left else f'"{sign} "'


def _after(movement: Movement) -> str:
    return f'" {MOVEMENT_SIGNS[movement]}"' if movement is not Movement.NONE else NO_MOVEMENT
