"""Marks of what is done, on the axis of days of a pupil's time lines: a numbered span each, in lanes below the plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .axes import BOTTOM, Span
from .deeds import Deed

# The first lane stands below the labels of the axis.
FIRST_LANE, LANE_HEIGHT = BOTTOM + 24, 14
# Room for the number at the start of a span.
NUMBER_WIDTH = 14


@dataclass(frozen=True)
class NumberedDeed:
    """A deed with its number in the list of support, which the drawing uses for it."""

    number: int
    deed: Deed


@dataclass(frozen=True)
class Mark:
    """x, width: from the start to the end, or to today while it runs. decided, follow_up: their days' places.

    follow_up is None where the day lies beyond the axis; decided where it falls together with the start.
    """

    number: int
    x: float
    y: int
    width: float
    decided: float | None
    follow_up: float | None
    is_open: bool


def numbered(deeds: Sequence[Deed]) -> list[NumberedDeed]:
    return [NumberedDeed(number, deed) for number, deed in enumerate(deeds, start=1)]


def marks_of(deeds: Sequence[NumberedDeed], days: Span) -> list[Mark]:
    """A mark for each deed that has begun; two that run at the same time stand in lanes of their own."""
    marks: list[Mark] = []
    ends: list[float] = []  # of the last span in each lane
    for each in deeds:
        deed = each.deed
        if deed.runs_until is None:
            continue
        x = days.place_day(deed.starts_on)
        end = max(days.place_day(deed.runs_until), x + NUMBER_WIDTH / 2)
        lane = next((n for n, taken in enumerate(ends) if taken + NUMBER_WIDTH < x), len(ends))
        ends[lane:] = [end, *ends[lane + 1 :]]
        decided = days.place_day(deed.decided_on)
        marks.append(
            Mark(
                number=each.number,
                x=x,
                y=FIRST_LANE + lane * LANE_HEIGHT,
                width=round(end - x, 1),
                decided=decided if decided < x - NUMBER_WIDTH / 2 else None,
                follow_up=days.place_day(deed.follow_up_on)
                if deed.follow_up_on.toordinal() <= days.high
                else None,
                is_open=not deed.has_ended,
            )
        )
    return marks


def height_of(marks: Sequence[Mark]) -> int:
    """How tall a chart with the marks is."""
    return max((mark.y for mark in marks), default=BOTTOM + 8) + 10
