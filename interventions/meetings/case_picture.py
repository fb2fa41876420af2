"""What the map shows of a case: a pupil's cells, or the columns of a class, as they stood when the meeting began."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit
from colourmaps.cells import WORDS, Cell, State
from colourmaps.classification import Colour, Movement
from colourmaps.grid import Grid, class_grid
from colourmaps.models import Indicator, MeasurementRound
from colourmaps.scales import format_value
from pupils.queries import class_of

from ..models import AnalysisMeeting, MeetingCase
from .case_cells import as_of_start

COLOURS = ((State.RED, Colour.RED), (State.YELLOW, Colour.YELLOW), (State.GREEN, Colour.GREEN))


@dataclass(frozen=True)
class ShownCell:
    """A cell of a pupil. look, movement: classes by which it is drawn; words: level and movement."""

    indicator: str
    look: str
    movement: str
    value: str
    words: str
    url: str = ""


class Segment(NamedTuple):
    """Of a bar: left and width in per cent, as they stand in an attribute in every language."""

    state: str
    left: str
    width: str


@dataclass(frozen=True)
class ShownColumn:
    """A column of a class, counted. counts: (class, word, number); red: names of the pupils who are red."""

    indicator: str
    counts: tuple[tuple[str, str, int], ...]
    missing: int
    due: int
    up: int
    still: int
    down: int
    red: tuple[str, ...]
    url: str = ""

    @property
    def segments(self) -> list[Segment]:
        """Of the bar, among those who were measured."""
        n_measured = sum(n for _state, _word, n in self.counts)
        found, left = [], 0.0
        for state, _word, n in self.counts:
            if n:
                width = 100 * n / n_measured
                found.append(Segment(state, f"{left:.2f}", f"{width:.2f}"))
                left += width
        return found


@dataclass(frozen=True)
class CasePicture:
    """round: the name of what is looked at. pupil_ids: whose results are on the page, for the log."""

    round: str
    of_whom: str
    cells: tuple[ShownCell, ...] = ()
    columns: tuple[ShownColumn, ...] = ()
    pupil_ids: tuple[int, ...] = ()


def picture_of(case: MeetingCase, meeting: AnalysisMeeting, today: datetime.date) -> CasePicture | None:
    """None above the school, and where a case has neither a pupil nor indicators of a class."""
    about = case if case.pupil or not case.earlier else case.earlier
    if not meeting.kind.is_inside or meeting.round is None:
        return None
    school_class = _class_of(about, today)
    indicators = [each.indicator for each in about.about.all()]
    if case.intervention is not None and not indicators:
        indicators = [case.intervention.indicator]
    if school_class is None or not (about.pupil or indicators):
        return None
    grid = grid_at_start(meeting, school_class, meeting.round, today)
    if about.pupil is not None:
        return _of_pupil(grid, about, indicators)
    return _of_columns(grid, school_class, indicators)


def grid_at_start(
    meeting: AnalysisMeeting, school_class: Unit, round_: MeasurementRound, today: datetime.date
) -> Grid:
    """The map of a class as it stood when the meeting began: the only place that reads one for a meeting."""
    as_of = as_of_start(meeting)
    return class_grid(school_class, round_, as_of.day if as_of else today, as_of=as_of)


def _class_of(case: MeetingCase, today: datetime.date) -> Unit | None:
    unit = case.unit or (class_of(case.pupil, today) if case.pupil else None)
    if unit is None and case.intervention is not None:
        unit = case.intervention.unit
    return unit if unit is not None and unit.is_school_class else None


def _of_pupil(grid: Grid, case: MeetingCase, indicators: list[Indicator]) -> CasePicture | None:
    row = next((row for row in grid.rows if row.pupil.pk == case.pupil_id), None)
    if row is None or case.pupil is None:
        return None
    page = reverse("colourmaps:pupil", args=[case.pupil.key])
    wanted = {indicator.pk for indicator in indicators}
    cells = tuple(
        _shown(column.indicator, cell, f"{page}#{column.indicator.code}")
        for column, cell in zip(grid.columns, row.cells, strict=True)
        if column.indicator.pk in wanted or not wanted
    )
    return CasePicture(grid.round.name, case.pupil.shown_name, cells, pupil_ids=(row.pupil.pk,))


def _shown(indicator: Indicator, cell: Cell, url: str) -> ShownCell:
    value = "" if cell.value is None else format_value(cell.value, indicator.scale, with_unit=True)
    value = f"{value} ({cell.age})" if cell.age else value
    return ShownCell(indicator.name, *cell.look, value, cell.words, url)


def _of_columns(grid: Grid, school_class: Unit, indicators: list[Indicator]) -> CasePicture:
    wanted = {indicator.pk for indicator in indicators}
    found, pupils = [], set()
    for place, column in enumerate(grid.columns):
        if column.indicator.pk not in wanted:
            continue
        tally = grid.tallies[place]
        red = [row.pupil for row in grid.rows if row.is_counted and row.cells[place].colour is Colour.RED]
        pupils |= {pupil.pk for pupil in red}
        address = reverse("colourmaps:class-indicator", args=[school_class.key, column.indicator.code])
        found.append(
            ShownColumn(
                column.indicator.name,
                tuple((state.value, str(WORDS[state]), tally.colours[colour]) for state, colour in COLOURS),
                tally.due - tally.measured,
                tally.due,
                tally.movements[Movement.BETTER],
                tally.movements[Movement.STILL],
                tally.movements[Movement.WORSE],
                tuple(sorted(pupil.shown_name for pupil in red)),
                f"{address}?{urlencode({'round': grid.round.key})}",
            )
        )
    whom = _("%(unit)s, the whole class") % {"unit": school_class.name}
    return CasePicture(grid.round.name, whom, columns=tuple(found), pupil_ids=tuple(sorted(pupils)))
