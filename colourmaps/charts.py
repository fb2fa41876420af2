"""Geometry of the time lines: where the points, bands and limits of a series lie. Drawn by templates as SVG."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .cells import MOVEMENT_WORDS, WORDS
from .classification import Movement
from .scales import format_value
from .timeline import Point, Series

WIDTH, HEIGHT = 320, 150
LEFT, RIGHT, TOP, BOTTOM = 34, 306, 20, 116
# Two limits closer than this get one label.
LABEL_HEIGHT = 10


class Span(NamedTuple):
    """What lies between two ends of an axis, and where it is drawn."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def days_of(series: Sequence[Series]) -> Span | None:
    """One axis of days for all the pupil's charts, so that they can be read down the page."""
    days = [point.measured_on.toordinal() for each in series for point in each.points]
    if not days:
        return None
    # At least half a year, so that a single point does not look like a development.
    return Span(min(days), max(max(days), min(days) + 182), LEFT + 12, RIGHT - 12)


def values_of(series: Series) -> Span:
    """The axis of values: the indicator's scale where it has two ends, else what is there and the limits."""
    scale = series.indicator.scale
    values = [point.value for point in series.points] + list(series.limits or ())
    if scale.steps:
        values += [step.number for step in scale.steps]
    low = scale.minimum if scale.minimum is not None else min(values)
    high = scale.maximum if scale.maximum is not None and scale.maximum <= 4 * max(values) else max(values)
    margin = max(1.0, (high - low) * 0.12)
    return Span(low - margin, high + margin, BOTTOM, TOP)


def chart_of(series: Series, days: Span) -> dict[str, Any]:
    """The inputs of templates/components/timeline_chart.html for one series."""
    values = values_of(series)
    places = [
        (days.place(point.measured_on.toordinal()), values.place(point.value)) for point in series.points
    ]
    return {
        "code": series.indicator.code,
        "title": series.indicator.name,
        "unit": series.indicator.unit,
        "last": f"{_written(series, series.last, with_unit=True)}, {series.last.round_name}",
        "last_classes": series.last.cell.look[0],
        "words": words_of(series),
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": RIGHT,
        "top": TOP,
        "bottom": BOTTOM,
        "plot_width": RIGHT - LEFT,
        "bands": _bands(series, values),
        "limits": _limits(series, values),
        "lines": [" ".join(f"{x},{y}" for x, y in places)],
        "breaks": [],
        "points": [
            (point.cell.look[0], x, y, _written(series, point))
            for point, (x, y) in zip(series.points, places, strict=True)
        ],
        "ticks": [
            (x, date_format(point.measured_on, "y-m"))
            for point, (x, _y) in zip(series.points, places, strict=True)
        ],
        "interventions": [],
    }


def _written(series: Series, point: Point, *, with_unit: bool = False) -> str:
    return format_value(point.value, series.indicator.scale, with_unit=with_unit)


def _bands(series: Series, values: Span) -> list[tuple[str, float, float]]:
    """(colour, top, height) of each colour's band across the plot."""
    if series.limits is None:
        return []
    yellow, green = values.place(series.limits.yellow), values.place(series.limits.green)
    if series.indicator.is_high_good:
        edges = [("green", TOP, green), ("yellow", green, yellow), ("red", yellow, BOTTOM)]
    else:
        edges = [("red", TOP, yellow), ("yellow", yellow, green), ("green", green, BOTTOM)]
    return [(colour, top, round(bottom - top, 1)) for colour, top, bottom in edges if bottom > top]


def _limits(series: Series, values: Span) -> list[tuple[float, str]]:
    if series.limits is None:
        return []
    scale = series.indicator.scale
    lines = [(values.place(limit), format_value(limit, scale)) for limit in sorted(set(series.limits))]
    is_crowded = len(lines) == 2 and abs(lines[0][0] - lines[1][0]) < LABEL_HEIGHT
    if is_crowded:
        (low, low_label), (high, high_label) = lines
        lines = [(low, ""), (high, f"{low_label}–{high_label}")]
    return lines


def words_of(series: Series) -> str:
    """The whole series in a sentence, for those who do not see the chart."""
    parts = []
    for point in series.points:
        words = [str(WORDS[point.cell.state])]
        if point.cell.movement is not Movement.NONE:
            words.append(str(MOVEMENT_WORDS[point.cell.movement]))
        value = _written(series, point, with_unit=True)
        parts.append(f"{point.round_name}: {value} ({', '.join(words)})")
    return f"{series.indicator.name}. {'; '.join(parts)}"


def sparkline_of(series: Series) -> dict[str, Any] | None:
    """The tiny line of a cell's panel, in a box of 240 x 32: lines, one per unbroken series, and marks.

    None for a single value.
    """
    if len(series.points) < 2:
        return None
    ordinals = [point.measured_on.toordinal() for point in series.points]
    low, high = min(point.value for point in series.points), max(point.value for point in series.points)
    days = Span(min(ordinals), max(max(ordinals), min(ordinals) + 1), 0, 240)
    values = Span(low, max(high, low + 1), 28, 2)
    marks = [
        (days.place(ordinal), values.place(point.value), point.cell.look[0], _written(series, point))
        for ordinal, point in zip(ordinals, series.points, strict=True)
    ]
    lines: list[list[str]] = [[]]
    for point, (x, y, _colour, _label) in zip(series.points, marks, strict=True):
        if point.cell.movement is Movement.BREAK:
            lines.append([])
        lines[-1].append(f"{x},{y}")
    return {"lines": [" ".join(line) for line in lines], "marks": marks}


def age_in_words(day: datetime.date, today: datetime.date) -> str:
    """When something was measured, with its age: "measured 2026-09-14, 10 weeks ago"."""
    when = date_format(day, "SHORT_DATE_FORMAT")
    weeks, months = (today - day).days // 7, round((today - day).days / 30.4)
    if weeks < 1:
        return _("measured %(day)s, less than a week ago") % {"day": when}
    if weeks < 9:
        words = ngettext("measured %(day)s, %(n)s week ago", "measured %(day)s, %(n)s weeks ago", weeks)
        return words % {"day": when, "n": weeks}
    words = ngettext("measured %(day)s, %(n)s month ago", "measured %(day)s, %(n)s months ago", months)
    return words % {"day": when, "n": months}
