"""What a page says around a map of pupils: heads, summary rows, legend and limits, prepared for its template."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pupils.school_years import year_group_name

from .breaks_in_words import series_break_in_words
from .cells import EARLIER, MOVEMENT_CLASSES, MOVEMENT_WORDS, NEAR, WORDS, State
from .classification import Colour, Movement
from .drawing import draw_counts, first_of_area
from .grid import Cells, Column, Grid, Tally
from .limits import limits_in_words, own_in_words
from .models import Indicator, IndicatorArea

# A day in the foot of a column, where there is room for six letters.
SHORT_DAY = "j/n"
RESULTS = frozenset({State.GREEN, State.YELLOW, State.RED, State.PLAIN})


class Head(NamedTuple):
    indicator: Indicator
    is_first: bool


class ColumnHead(NamedTuple):
    """The head of a column. small: below the name, with a sign of the class mark. address: empty, leads nowhere.

    key: its name in the addresses of cells' panels; empty where cells have none.
    """

    key: str
    name: str
    small: str
    address: str
    is_first: bool = False
    is_sorted: bool = False
    mark: str = ""


class Count(NamedTuple):
    """A number of a summary row; of: the number that it is out of, where it has one."""

    text: str
    of: str = ""


class Summary(NamedTuple):
    """A row of counts. is_detail: left out on paper, so that a class stays on one sheet."""

    classes: str
    word: Any
    counts: list[Count]
    is_detail: bool = False

    @property
    def cells(self) -> SafeString:
        return draw_counts(self.counts)


def areas_of(indicators: Sequence[Indicator]) -> list[tuple[str, int]]:
    """(name, number of columns) of each area, in the order of the map."""
    groups = groupby(indicators, key=lambda indicator: indicator.area)
    return [(str(IndicatorArea(area).label).capitalize(), len(list(columns))) for area, columns in groups]


def heads_of(indicators: Sequence[Indicator]) -> list[Head]:
    return [Head(*pair) for pair in zip(indicators, first_of_area(indicators), strict=True)]


def summaries_of(grid: Cells) -> list[Summary]:
    """The rows under the map: each colour, the movements, and how many were measured of those due.

    Values near a limit, and those that nothing is to be compared with, have a row where there are any.
    """
    tallies = grid.tallies
    colours = [(Colour.RED, State.RED), (Colour.YELLOW, State.YELLOW), (Colour.GREEN, State.GREEN)]
    rows = [
        Summary(state.value, WORDS[state], [Count(str(tally.colours[colour])) for tally in tallies])
        for colour, state in colours
    ]
    if any(tally.n_near for tally in tallies):
        rows.append(Summary("near", NEAR, [Count(str(tally.n_near)) for tally in tallies], is_detail=True))
    ways = [Movement.BETTER, Movement.STILL, Movement.WORSE]
    if any(tally.movements[Movement.BREAK] for tally in tallies):
        ways.append(Movement.BREAK)
    rows += [
        Summary(
            MOVEMENT_CLASSES[way],
            MOVEMENT_WORDS[way],
            [Count(str(tally.movements[way])) for tally in tallies],
            is_detail=way is Movement.BREAK,
        )
        for way in ways
    ]
    measured = [Count(str(tally.measured), str(tally.due)) for tally in tallies]
    return [*rows, Summary("", _("Measured, of those due"), measured)]


def days_measured(grid: Cells) -> list[str]:
    """The oldest and the newest day of measurement of each column, for the row under the map; empty without any."""
    return [_days_in_short(tally) for tally in grid.tallies]


def _days_in_short(tally: Tally) -> str:
    if tally.oldest is None or tally.newest is None:
        return ""
    days = dict.fromkeys(date_format(day, SHORT_DAY) for day in (tally.oldest, tally.newest))
    return "–".join(days)


def legend_of(grid: Cells) -> list[tuple[str, Any]]:
    """(classes, word) of the states and movements that occur in the map: results, what is none, movements."""
    looks: dict[tuple[object, ...], Any] = {}
    for row in grid.rows:
        for cell in row.cells:
            looks.setdefault((cell.state, cell.movement, cell.is_earlier, cell.is_stale, cell.is_near), cell)
    cells = looks.values()
    states = {cell.state for cell in cells}
    legend: list[tuple[str, Any]] = [(state.value, word) for state, word in WORDS.items() if state in states]
    if any(cell.is_near for cell in cells):
        legend.insert(sum(state in RESULTS for state in states), ("near", NEAR))
    if any(cell.is_earlier and not cell.is_stale for cell in cells):
        legend.append(("earlier", _("%(what)s, with its age") % {"what": EARLIER}))
    if any(cell.is_stale for cell in cells):
        legend.append(("stale green", _("outdated, with its age")))
    movements = {cell.movement for cell in cells}
    return legend + [
        (classes, MOVEMENT_WORDS[way])
        for way, classes in MOVEMENT_CLASSES.items()
        if classes and way in movements
    ]


def limits_of(grid: Grid, country: str) -> list[tuple[Indicator, list[str]]]:
    """Each indicator with its limits in words, per year group where they differ; and where its series breaks, if a cell
    of the map has no arrow for it.
    """
    found = []
    for column in grid.columns:
        sentences = _sentences(column, grid, country)
        if column.indicator.pk in grid.breaks:
            sentences.append(series_break_in_words(grid.breaks[column.indicator.pk]))
        found.append((column.indicator, sentences))
    return found


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


def uncounted_in_words(grid: Cells) -> str:
    """Why the rows under the map may hold fewer pupils than the map; empty when they do not."""
    if not grid.n_uncounted:
        return ""
    return ngettext(
        "%(n)s pupil was not in the class when the round was counted, and is not part of the counts.",
        "%(n)s pupils were not in the class when the round was counted, and are not part of the counts.",
        grid.n_uncounted,
    ) % {"n": grid.n_uncounted}


def facts_of(grid: Grid) -> list[str]:
    """The header's facts: round, pupils, coverage, days of measurement. Every number says of how many."""
    return [grid.round.name, *facts_of_cells(grid)]


def facts_of_cells(grid: Cells) -> list[str]:
    """How many pupils, how many values of those due, and between which days they were measured; never none of none."""
    n_pupils = len(grid.rows)
    facts = []
    if n_pupils:
        facts.append(ngettext("%(n)s pupil", "%(n)s pupils", n_pupils) % {"n": n_pupils})
    if grid.n_due:
        words = _("%(measured)s of %(due)s values measured")
        facts.append(words % {"measured": grid.n_measured, "due": grid.n_due})
    if grid.measured_days:
        first, last = (date_format(day, "SHORT_DATE_FORMAT") for day in grid.measured_days)
        facts.append(_("measured %(first)s – %(last)s") % {"first": first, "last": last})
    return facts
