"""Geometry of the time lines: where the points, bands and marks of a series lie. Drawn by templates as SVG."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pupils.school_years import SchoolYear, year_group_name

from .axes import BOTTOM, LEFT, RIGHT, TOP, WIDTH, Span, days_of, values_of
from .deed_marks import NumberedDeed, height_of, marks_of
from .limit_bands import bands_of, labels_of, lines_of, stretches_of
from .timeline import Series
from .timeline_words import breaks_of, last_in_words, rows_of, written

# Two values closer than this are not both written: the later one is.
VALUE_WIDTH = 22
# A school year that is drawn narrower than this has no name below it.
YEAR_WIDTH = 26


def charts_of(
    series: Sequence[Series], deeds: Sequence[NumberedDeed], today: datetime.date, country: str
) -> list[dict[str, Any]]:
    """A chart per indicator on one axis of days, each with the deeds that are about it."""
    days = days_of(series, today)
    if days is None:
        return []
    years = school_years_of(series, days, country)
    return [
        chart_of(
            each, days, years, [one for one in deeds if one.deed.indicator_id == each.indicator.pk], country
        )
        for each in series
    ]


def chart_of(
    series: Series,
    days: Span,
    years: Sequence[tuple[float, float | None, str]],
    deeds: Sequence[NumberedDeed],
    country: str,
) -> dict[str, Any]:
    """The inputs of templates/components/timeline_chart.html for one series."""
    values = values_of(series)
    xs = [days.place_day(point.measured_on) for point in series.points]
    ys = [values.place(point.value) for point in series.points]
    place = {id(point): (x, y) for point, x, y in zip(series.points, xs, ys, strict=True)}
    stretches = stretches_of(series, xs)
    marks = marks_of(deeds, days)
    return {
        "code": series.indicator.code,
        "title": series.indicator.name,
        "unit": series.indicator.unit,
        "last": f"{written(series, series.last, with_unit=True)}, {series.last.round_name}",
        "last_classes": series.last.cell.look[0],
        "last_in_words": last_in_words(series),
        "rows": rows_of(series, country),
        "break_reasons": breaks_of(series),
        "deeds": deeds,
        "width": WIDTH,
        "height": height_of(marks),
        "left": LEFT,
        "right": RIGHT,
        "top": TOP,
        "bottom": BOTTOM,
        "plot_height": BOTTOM - TOP,
        "bands": bands_of(series.indicator, stretches, values),
        "limits": lines_of(stretches, values),
        "labels": labels_of(series.indicator, stretches, values),
        "lines": [" ".join("{},{}".format(*place[id(point)]) for point in run) for run in series.runs],
        "breaks": [
            round((xs[n - 1] + xs[n]) / 2, 1) for n, point in enumerate(series.points) if point.break_before
        ],
        "points": [
            (point.cell.look[0], x, y, written(series, point) if is_written else "")
            for point, x, y, is_written in zip(series.points, xs, ys, _is_written(xs), strict=True)
        ],
        "years": years,
        "marks": marks,
    }


def _is_written(xs: Sequence[float]) -> list[bool]:
    """Which points have room for their value above them; the last always has."""
    written_at = float("inf")
    found = []
    for x in reversed(xs):
        is_written = written_at - x >= VALUE_WIDTH
        written_at = x if is_written else written_at
        found.append(is_written)
    return found[::-1]


def school_years_of(
    series: Sequence[Series], days: Span, country: str
) -> list[tuple[float, float | None, str]]:
    """(middle, border to the year before or None, name) of each school year on the axis.

    The name is the pupil's year group in it where a value tells it, else the year itself; narrow years have none.
    """
    group_of: dict[SchoolYear, str] = {}
    for point in (point for each in series for point in each.points if point.year_group is not None):
        name = year_group_name(point.year_group or 0, country, point.measured_on)
        group_of[SchoolYear.of(point.measured_on)] = _("year %(year_group)s") % {"year_group": name}
    first, last = (datetime.date.fromordinal(int(end)) for end in (days.low, days.high))
    years = []
    year = SchoolYear.of(first)
    while year <= SchoolYear.of(last):
        begins = days.place_day(year.first_day) if year.first_day > first else None
        left, right = begins or LEFT, days.place_day(year.valid_to) if year.valid_to <= last else RIGHT
        name = group_of.get(year, year.name) if right - left >= YEAR_WIDTH else ""
        years.append((round((left + right) / 2, 1), begins, name))
        year = year.next
    return years


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
        (days.place(ordinal), values.place(point.value), point.cell.look[0], written(series, point))
        for ordinal, point in zip(ordinals, series.points, strict=True)
    ]
    lines: list[list[str]] = [[]]
    for point, (x, y, _colour, _label) in zip(series.points, marks, strict=True):
        if point.break_before:
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
