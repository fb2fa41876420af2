"""A pupil's time lines in words: the table under each chart, and the sentences of the sheet for the talk at home."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from pupils.school_years import year_group_name

from .cells import MOVEMENT_WORDS, WORDS
from .classification import Movement
from .limits import limits_in_words
from .models import SeriesBreak
from .scales import format_value
from .timeline import Point, Series


class TableRow(NamedTuple):
    """A point in words. break_before: why the series breaks before it; empty if it does not."""

    round_name: str
    day: str
    value: str
    classes: str
    word: str
    movement: str
    limits: str
    year_group: str
    break_before: str


def rows_of(series: Series, country: str) -> list[TableRow]:
    """The table of a series, the newest value first."""
    return [_row(series, point, country) for point in reversed(series.points)]


def _row(series: Series, point: Point, country: str) -> TableRow:
    year_group = point.year_group
    return TableRow(
        round_name=point.round_name,
        day=date_format(point.measured_on, "SHORT_DATE_FORMAT"),
        value=written(series, point, with_unit=True),
        classes=point.cell.look[0],
        word=str(WORDS[point.cell.state]),
        movement=str(MOVEMENT_WORDS[point.cell.movement]),
        limits=limits_in_words(series.indicator, point.limits),
        year_group="" if year_group is None else year_group_name(year_group, country, point.measured_on),
        break_before=break_in_words(point.break_before) if point.break_before else "",
    )


def break_in_words(series_break: SeriesBreak) -> str:
    """For example "new version of the test, from HT 2026: the old one is no longer sold"."""
    words = _("%(kind)s, from %(round)s") % {
        "kind": series_break.get_kind_display(),
        "round": series_break.round.name,
    }
    return f"{words}: {series_break.reason}" if series_break.reason else words


def breaks_of(series: Series) -> list[str]:
    """The breaks of a series, the earliest first, each as a sentence part."""
    return [break_in_words(point.break_before) for point in series.points if point.break_before]


def written(series: Series, point: Point, *, with_unit: bool = False) -> str:
    return format_value(point.value, series.indicator.scale, with_unit=with_unit)


def last_in_words(series: Series) -> str:
    """The latest value, for a parent: "HT 2026: 82 words/min, good result. Better than the time before."."""
    last = series.last
    words = _("%(round)s: %(value)s, %(word)s.") % {
        "round": last.round_name,
        "value": written(series, last, with_unit=True),
        "word": WORDS[last.cell.state],
    }
    compared = compared_in_words(series)
    return f"{capfirst(words)} {compared}".strip()


def compared_in_words(series: Series) -> str:
    """Whether it has gone up or down since the pupil's own value before; why not, where that cannot be said."""
    last = series.last
    if last.break_before:
        return _("Cannot be compared with the time before: %(reason)s.") % {
            "reason": last.break_before.get_kind_display()
        }
    return {
        Movement.BETTER: _("Better than the time before."),
        Movement.STILL: _("About the same as the time before."),
        Movement.WORSE: _("Worse than the time before."),
        Movement.NONE: "",
    }[last.cell.movement]
