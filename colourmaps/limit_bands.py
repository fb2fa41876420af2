"""The limits behind a pupil's points: fields of colour and lines, each as far as its limits held."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from .axes import BOTTOM, LEFT, RIGHT, TOP, Span
from .limits import Limits
from .models import Indicator
from .scales import format_value
from .timeline import Series

# Two limits closer than this get one label.
LABEL_HEIGHT = 10


class Band(NamedTuple):
    colour: str
    x: float
    y: float
    width: float
    height: float


class Line(NamedTuple):
    x1: float
    x2: float
    y: float


class Label(NamedTuple):
    """is_left: on the left of the plot, where the first limits stand; else on its right."""

    y: float
    text: str
    is_left: bool


class Stretch(NamedTuple):
    """From where to where some limits are drawn: around the points that they judged."""

    limits: Limits | None
    x1: float
    x2: float


def stretches_of(series: Series, xs: Sequence[float]) -> list[Stretch]:
    """The limits of the time, point by point; they change half-way between two points.

    xs: where the points lie. What judged several points in a row is one stretch.
    """
    edges = [LEFT, *(round((before + after) / 2, 1) for before, after in pairwise(xs)), RIGHT]
    stretches: list[Stretch] = []
    for point, x1, x2 in zip(series.points, edges, edges[1:], strict=False):
        if stretches and stretches[-1].limits == point.limits and not point.break_before:
            x1 = stretches.pop().x1
        stretches.append(Stretch(point.limits, x1, x2))
    return stretches


def bands_of(indicator: Indicator, stretches: Sequence[Stretch], values: Span) -> list[Band]:
    """The fields of colour of all stretches, from the top of the plot to its bottom."""
    return [band for stretch in stretches for band in _bands(indicator, stretch, values)]


def _bands(indicator: Indicator, stretch: Stretch, values: Span) -> list[Band]:
    if stretch.limits is None:
        return []
    yellow, green = values.place(stretch.limits.yellow), values.place(stretch.limits.green)
    if indicator.is_high_good:
        edges = [("green", TOP, green), ("yellow", green, yellow), ("red", yellow, BOTTOM)]
    else:
        edges = [("red", TOP, yellow), ("yellow", yellow, green), ("green", green, BOTTOM)]
    width = round(stretch.x2 - stretch.x1, 1)
    return [
        Band(colour, stretch.x1, top, width, round(bottom - top, 1))
        for colour, top, bottom in edges
        if bottom > top
    ]


def lines_of(stretches: Sequence[Stretch], values: Span) -> list[Line]:
    return [
        Line(stretch.x1, stretch.x2, values.place(limit))
        for stretch in stretches
        for limit in sorted(set(stretch.limits or ()))
    ]


def labels_of(indicator: Indicator, stretches: Sequence[Stretch], values: Span) -> list[Label]:
    """The first limits on the left; on the right the last, where they are others. The table has them all."""
    found = [stretch.limits for stretch in stretches if stretch.limits is not None]
    if not found:
        return []
    labels = _labels(indicator, found[0], values, is_left=True)
    return labels if found[-1] == found[0] else labels + _labels(indicator, found[-1], values, is_left=False)


def _labels(indicator: Indicator, limits: Limits, values: Span, *, is_left: bool) -> list[Label]:
    scale = indicator.scale
    labels = [
        Label(values.place(limit), format_value(limit, scale), is_left) for limit in sorted(set(limits))
    ]
    if len(labels) == 2 and abs(labels[0].y - labels[1].y) < LABEL_HEIGHT:
        low, high = labels
        return [Label(high.y, f"{low.text}–{high.text}", is_left)]
    return labels
