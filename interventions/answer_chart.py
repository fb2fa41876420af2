"""Geometry of the picture of an answer: changes and their difference on one line of numbers. Drawn by a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .effect import Estimate

WIDTH, LEFT, RIGHT = 320, 8, 312
FIRST, HEIGHT_OF_ROW, LABEL_ABOVE = 24, 34, 10
AXIS = 18
ROOM = 30


class Line(NamedTuple):
    """A row of the picture: what it is of, its figure, and the words for it. kind: class of css."""

    label: str
    estimate: Estimate
    words: str
    kind: str


@dataclass(frozen=True)
class Axis:
    """Places numbers between LEFT and RIGHT; 0 is always among them."""

    low: float
    high: float

    @classmethod
    def of(cls, numbers: Sequence[float]) -> Axis:
        low, high = min(0.0, *numbers), max(0.0, *numbers)
        room = (high - low or 1.0) * 0.05
        return cls(low - room, high + room)

    def place(self, number: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * (number - self.low) / (self.high - self.low), 1)


def chart_of(lines: Sequence[Line], expected: float | None = None) -> dict[str, Any]:
    """The inputs of templates/interventions/answer_chart.html. expected: marked on the first line."""
    numbers = [number for line in lines for number in (line.estimate.low, line.estimate.high)]
    axis = Axis.of(numbers if expected is None else [*numbers, expected])
    rows = [
        {
            "label": line.label,
            "words": line.words,
            "kind": line.kind,
            "label_y": FIRST + n * HEIGHT_OF_ROW - LABEL_ABOVE,
            "y": FIRST + n * HEIGHT_OF_ROW,
            "low": axis.place(line.estimate.low),
            "high": axis.place(line.estimate.high),
            "value": axis.place(line.estimate.value),
        }
        for n, line in enumerate(lines)
    ]
    bottom = FIRST + len(rows) * HEIGHT_OF_ROW - HEIGHT_OF_ROW + LABEL_ABOVE
    return {
        "rows": rows,
        "width": WIDTH,
        "height": bottom + AXIS,
        "bottom": bottom,
        "label_y": bottom + AXIS - 4,
        "left": LEFT,
        "right": RIGHT,
        "zero": axis.place(0),
        "anchor": _anchor(axis.place(0)),
        "expected": None if expected is None else axis.place(expected),
        "first": FIRST,
    }


def _anchor(place: float) -> str:
    """How the words below a place are set, so that they stay in the picture."""
    if place < LEFT + ROOM:
        return "start"
    return "end" if place > RIGHT - ROOM else "middle"
