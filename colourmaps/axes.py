"""The two axes of a pupil's time lines: days, the same in all of a pupil's charts, and values. Pure geometry."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from .timeline import Series

# The box of a chart, and the plot in it.
WIDTH = 320
LEFT, RIGHT, TOP, BOTTOM = 34, 290, 20, 116
# How far the first and the last point stand from the edges of the plot.
INSET = 12
# So that a single point does not look like a development.
SHORTEST_AXIS = datetime.timedelta(days=182)


class Span(NamedTuple):
    """What lies between two ends of an axis, and where it is drawn."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def place_day(self, day: datetime.date) -> float:
        """As `place`, for an axis of days; a day outside the axis is drawn at its end."""
        return self.place(min(max(day.toordinal(), self.low), self.high))


def days_of(series: Sequence[Series], today: datetime.date) -> Span | None:
    """One axis of days for all the pupil's charts, so that they can be read down the page: to the day of viewing."""
    days = [point.measured_on for each in series for point in each.points]
    if not days:
        return None
    first, last = min(days), max(*days, today)
    last = max(last, first + SHORTEST_AXIS)
    return Span(first.toordinal(), last.toordinal(), LEFT + INSET, RIGHT - INSET)


def values_of(series: Series) -> Span:
    """The axis of values: the indicator's scale where it has two ends, else what is there and the limits."""
    scale = series.indicator.scale
    values = [point.value for point in series.points]
    values += [limit for point in series.points for limit in point.limits or ()]
    if scale.steps:
        values += [step.number for step in scale.steps]
    low = scale.minimum if scale.minimum is not None else min(values)
    high = scale.maximum if scale.maximum is not None and scale.maximum <= 4 * max(values) else max(values)
    margin = max(1.0, (high - low) * 0.12)
    return Span(low - margin, high + margin, BOTTOM, TOP)
