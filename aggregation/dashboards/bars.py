"""Counts as one wide bar, in per cent of its width, as static/css/pages/aggregation-dashboards.css describes it.

The words that go with a bar stand beside it: it is not read aloud. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from ..disclosure import Colours, Moves

# The per cent of the bar that a label needs to fit in its segment, for each of its letters and for its edges.
ROOM_PER_LETTER, ROOM_AT_EDGES = 2.5, 1.0
ARROWS = {"up": "↗", "still": "–", "down": "↘"}


class Segment(NamedTuple):
    """kind: the class by which it is drawn; x, width, middle: in per cent of the bar; label: empty without room."""

    kind: str
    x: float
    width: float
    label: str

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


def draw_bar(bar: Sequence[Segment], covered: int | None = None) -> SafeString:
    """covered: per cent of those due that were measured, drawn as a line under the bar; None for no line."""
    marks = []
    for segment in bar:
        marks.append(f'<rect class="{segment.kind}" x="{segment.x}%" width="{segment.width}%"/>')
        if segment.label:
            marks.append(f'<text class="{segment.kind}" x="{segment.middle}%" y="13">{segment.label}</text>')
    if covered is not None:
        marks.append(f'<rect class="coverage" width="{covered}%"/>')
    inside = "".join(marks)
    return mark_safe(f'<svg class="wide-bar" aria-hidden="true">{inside}</svg>')  # noqa: S308 – numbers and signs


def colour_bar(colours: Colours, sign: str = "") -> list[Segment]:
    """Red, yellow, green, left to right; who has no colour is in none. sign: what follows the numbers."""
    counts = {"red": colours.red, "yellow": colours.yellow, "green": colours.green}
    return _segments({kind: (count, f"{count}{sign}") for kind, count in counts.items()})


def movement_bar(moves: Moves, sign: str = "") -> list[Segment]:
    """Worse, unchanged, better, left to right, each with its arrow."""
    counts = {"down": moves.down, "still": moves.still, "up": moves.up}
    return _segments({kind: (count, f"{count}{sign} {ARROWS[kind]}") for kind, count in counts.items()})


def _segments(counts: Mapping[str, tuple[int, str]]) -> list[Segment]:
    """A segment for each kind that there are any of. counts: number and label by kind."""
    total = sum(count for count, _label in counts.values())
    segments: list[Segment] = []
    x = 0.0
    for kind, (count, label) in counts.items():
        if not count:
            continue
        width = 100 * count / total
        fits = width >= ROOM_PER_LETTER * len(label) + ROOM_AT_EDGES
        segments.append(Segment(kind, round(x, 1), round(width, 1), label if fits else ""))
        x += width
    return segments
