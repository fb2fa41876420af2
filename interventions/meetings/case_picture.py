"""What the map shows of a case: a pupil's cells, or columns of a unit, as they stood when the meeting began."""

from __future__ import annotations

import copy
import datetime
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit
from colourmaps.cells import WORDS, Cell, State
from colourmaps.classification import Colour, Movement
from colourmaps.grid import Grid, cells_of, class_grid
from colourmaps.models import Indicator, MeasurementRound
from colourmaps.scales import format_value
from pupils.models import Pupil
from pupils.queries import class_of

from ..models import AnalysisMeeting, MeetingCase
from .case_cells import CaseCell, as_of_start, cells_of_case

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
    """round: the name of what is looked at. shares: of a unit that is no class, protected as its map is.

    pupil_ids: whose results are on the page, for the log.
    """

    round: str
    of_whom: str
    cells: tuple[ShownCell, ...] = ()
    columns: tuple[ShownColumn, ...] = ()
    shares: tuple[CaseCell, ...] = ()
    pupil_ids: tuple[int, ...] = ()


def picture_of(case: MeetingCase, meeting: AnalysisMeeting, today: datetime.date) -> CasePicture | None:
    """None where a case is about no indicator, or about nobody. Above the school, what the meeting's map kept."""
    about = case if case.pupil or not case.earlier else case.earlier
    if meeting.round is None:
        return None
    indicators = [each.indicator for each in about.about.all()]
    if case.intervention is not None and not indicators:
        indicators = [case.intervention.indicator]
    if not meeting.kind.is_inside:
        return _of_unit(about, meeting)
    if about.pupil is not None:
        return _of_pupil(about.pupil, indicators, meeting, today)
    school_class = _class_of(about)
    if school_class is None:
        return _of_unit(about, meeting)
    grid = grid_at_start(meeting, school_class, meeting.round, today)
    return _of_columns(grid, school_class, indicators) if indicators else None


def _of_unit(case: MeetingCase, meeting: AnalysisMeeting) -> CasePicture | None:
    """Sums, protected as on the map of the meeting: no pupil is in them."""
    if case.unit is None or meeting.round is None:
        return None
    # Of a decision of last time, as this meeting sees it; the case itself stays that of its own meeting.
    about = copy.copy(case)
    about.meeting = meeting
    shares = tuple(cells_of_case(about)) if not case.pupil_id else ()
    return CasePicture(meeting.round.name, case.unit.name, shares=shares) if shares else None


def grid_at_start(
    meeting: AnalysisMeeting, school_class: Unit, round_: MeasurementRound, today: datetime.date
) -> Grid:
    """The map of a class as it stood when the meeting began: the only place that reads one for a meeting."""
    as_of = as_of_start(meeting)
    return class_grid(school_class, round_, as_of.day if as_of else today, as_of=as_of)


def _class_of(case: MeetingCase) -> Unit | None:
    unit = case.unit or (case.intervention.unit if case.intervention else None)
    return unit if unit is not None and unit.is_school_class else None


def _of_pupil(
    pupil: Pupil, indicators: list[Indicator], meeting: AnalysisMeeting, today: datetime.date
) -> CasePicture | None:
    """The cells of the indicators; without any, all that there are."""
    if meeting.round is None:
        return None
    if indicators:
        judged = cells_of(pupil, indicators, meeting.round, as_of_start(meeting))
        cells = [(each, cell) for each, (cell, _limits, _own) in zip(indicators, judged, strict=True)]
    else:
        cells = _row_of(pupil, meeting, meeting.round, today)
    page = reverse("colourmaps:pupil", args=[pupil.key])
    shown = tuple(_shown(indicator, cell, f"{page}#{indicator.code}") for indicator, cell in cells)
    return CasePicture(meeting.round.name, pupil.shown_name, shown, pupil_ids=(pupil.pk,))


def _row_of(
    pupil: Pupil, meeting: AnalysisMeeting, round_: MeasurementRound, today: datetime.date
) -> list[tuple[Indicator, Cell]]:
    school_class = class_of(pupil, today)
    if school_class is None:
        return []
    grid = grid_at_start(meeting, school_class, round_, today)
    row = next((row for row in grid.rows if row.pupil.pk == pupil.pk), None)
    return list(zip(grid.indicators, row.cells, strict=True)) if row else []


def _shown(indicator: Indicator, cell: Cell, url: str) -> ShownCell:
    value = "" if cell.value is None else format_value(cell.value, indicator.scale, with_unit=True)
    value = f"{value} ({cell.age})" if cell.age else value
    return ShownCell(indicator.name, *cell.look, value, cell.words, url)


def _is_red(cell: Cell) -> bool:
    """In the round itself: an earlier red value that stands in for a missing one is counted as missing."""
    return cell.is_measured and cell.colour is Colour.RED


def _of_columns(grid: Grid, school_class: Unit, indicators: list[Indicator]) -> CasePicture:
    wanted = {indicator.pk for indicator in indicators}
    found, pupils = [], set()
    for place, column in enumerate(grid.columns):
        if column.indicator.pk not in wanted:
            continue
        tally = grid.tallies[place]
        red = [row.pupil for row in grid.rows if row.is_counted and _is_red(row.cells[place])]
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
