"""What the class map page says around the grid: heads, summary rows, legend and limits, prepared for its template."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pupils.school_years import year_group_name

from .cells import MOVEMENT_CLASSES, MOVEMENT_WORDS, WORDS, State
from .classification import Colour, Movement
from .drawing import first_of_area
from .grid import Column, Grid
from .limits import limits_in_words, own_in_words
from .models import Indicator, IndicatorArea


class Head(NamedTuple):
    indicator: Indicator
    is_first: bool


class Count(NamedTuple):
    """A number of a summary row; of: the number that it is out of, where it has one."""

    text: str
    of: str = ""

    @property
    def is_zero(self) -> bool:
        return self.text == "0"


class Summary(NamedTuple):
    classes: str
    word: Any
    counts: list[Count]


def areas_of(indicators: Sequence[Indicator]) -> list[tuple[str, int]]:
    """(name, number of columns) of each area, in the order of the map."""
    groups = groupby(indicators, key=lambda indicator: indicator.area)
    return [(str(IndicatorArea(area).label).capitalize(), len(list(columns))) for area, columns in groups]


def heads_of(indicators: Sequence[Indicator]) -> list[Head]:
    return [Head(*pair) for pair in zip(indicators, first_of_area(indicators), strict=True)]


def summaries_of(grid: Grid) -> list[Summary]:
    """The rows under the map: each colour, the movements, and how many were measured of those due."""
    tallies = grid.tallies
    colours = [(Colour.RED, State.RED), (Colour.YELLOW, State.YELLOW), (Colour.GREEN, State.GREEN)]
    rows = [
        Summary(state.value, WORDS[state], [Count(str(tally.colours[colour])) for tally in tallies])
        for colour, state in colours
    ]
    rows += [
        Summary(
            MOVEMENT_CLASSES[way],
            MOVEMENT_WORDS[way],
            [Count(str(tally.movements[way])) for tally in tallies],
        )
        for way in (Movement.BETTER, Movement.STILL, Movement.WORSE)
    ]
    measured = [Count(str(tally.measured), str(tally.due)) for tally in tallies]
    return [*rows, Summary("", _("Measured, of those due"), measured)]


def legend_of(grid: Grid) -> list[tuple[str, Any]]:
    """(classes, word) of the states and movements that occur in the map."""
    looks = {cell.look for row in grid.rows for cell in row.cells}
    states = {level.split()[0] for level, _movement in looks}
    legend: list[tuple[str, Any]] = [
        (state.value, word) for state, word in WORDS.items() if state.value in states
    ]
    if any(" stale" in level for level, _movement in looks):
        legend.append(("stale green", _("outdated, with its age")))
    movements = {movement for _level, movement in looks}
    return legend + [
        (classes, MOVEMENT_WORDS[way])
        for way, classes in MOVEMENT_CLASSES.items()
        if classes and classes in movements
    ]


def limits_of(grid: Grid, country: str) -> list[tuple[Indicator, list[str]]]:
    """Each indicator with its limits in words; per year group where they differ within the class."""
    return [(column.indicator, _sentences(column, grid, country)) for column in grid.columns]


def _sentences(column: Column, grid: Grid, country: str) -> list[str]:
    by_words: dict[str, list[str]] = {}
    for year_group, limits in sorted(column.limits.items()):
        words = limits_in_words(column.indicator, limits)
        if year_group in column.own:
            words = f"{words} – {own_in_words(column.indicator, column.own[year_group])}"
        by_words.setdefault(words, []).append(year_group_name(year_group, country, grid.round.counted_on))
    if not by_words:
        return [limits_in_words(column.indicator, None)]
    if len(by_words) == 1:
        return list(by_words)
    return [f"{', '.join(year_groups)}: {words}" for words, year_groups in by_words.items()]


def own_limits_in_words(grid: Grid) -> str:
    """On which indicators the class is judged by the school's own limits; empty if on none."""
    names = [column.indicator.name for column in grid.columns if column.own]
    if not names:
        return ""
    return _("Judged by the school's own limits, not the municipality's: %(indicators)s.") % {
        "indicators": ", ".join(names)
    }


def uncounted_in_words(grid: Grid) -> str:
    """Why the rows under the map may hold fewer pupils than the map; empty when they do not."""
    if not grid.n_uncounted:
        return ""
    return ngettext(
        "%(n)s pupil was not in the class when the round was counted, and is not part of the counts.",
        "%(n)s pupils were not in the class when the round was counted, and are not part of the counts.",
        grid.n_uncounted,
    ) % {"n": grid.n_uncounted}


def facts_of(grid: Grid) -> list[str]:
    """The header's facts: pupils, coverage, days of measurement. Every number says of how many."""
    n_pupils = len(grid.rows)
    facts = [
        grid.round.name,
        ngettext("%(n)s pupil", "%(n)s pupils", n_pupils) % {"n": n_pupils},
        _("%(measured)s of %(due)s values measured") % {"measured": grid.n_measured, "due": grid.n_due},
    ]
    if grid.measured_days:
        first, last = (date_format(day, "SHORT_DATE_FORMAT") for day in grid.measured_days)
        facts.append(_("measured %(first)s – %(last)s") % {"first": first, "last": last})
    return facts
