"""What the map showed of a case when the meeting began: its cells, or how many have which colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from accounts.models import Unit
from accounts.tenancy import current_municipality
from aggregation.dashboards.bars import colour_bar, draw_bar
from aggregation.disclosure import Colours, Moves
from aggregation.figure_lines import SEGMENTS, segments_of, state_of_share
from aggregation.shares import Share, UnitMap, share_alone
from aggregation.wording import words_of
from colourmaps.as_of import AsOf, at_moment
from colourmaps.cells import WORDS, Cell, State
from colourmaps.classification import Colour, Movement
from colourmaps.drawing import ColumnPen
from colourmaps.grid import Grid, Tally, cells_of, class_grid
from colourmaps.limits import limits_in_words, own_in_words
from colourmaps.models import Indicator, MeasurementRound
from colourmaps.presentation import limits_of
from colourmaps.queries import choose_round
from colourmaps.scales import format_value
from pupils.models import Pupil

from ..models import AnalysisMeeting, MeetingCase
from .kept_map import kept_map_of
from .seen_units import is_about_units, units_seen_now


@dataclass(frozen=True)
class CaseCell:
    """What a meeting saw of one indicator of a case.

    limits: in words, "green from 26, yellow from 16"; empty above the school.
    Of a pupil: cell, as in the class map (state, value, colour, movement, measured_on).
    Of a class or another unit: share, and unit_id of which; above the school it may be hidden, or of several schools
    together, which the words say. A unit that the map of the meeting did not have is not due.
    """

    indicator: Indicator
    limits: str = ""
    cell: Cell | None = None
    share: Share | None = None
    unit_id: int = 0

    @property
    def state(self) -> str:
        """The class by which it is drawn ("red", "missing", "hidden" …); empty for counts, which are a bar."""
        if self.cell is not None:
            return self.cell.look[0]
        state = state_of_share(self.share) if self.share is not None else State.NOT_DUE
        return state.value if state else ""

    @property
    def movement(self) -> str:
        """The class by which a pupil's movement is drawn ("up", "still", "down", "break"), or empty."""
        return self.cell.look[1] if self.cell is not None else ""

    @property
    def value(self) -> str:
        """Of a pupil, with its unit: "12 points"; empty where there is no number, and for counts."""
        if self.cell is None or self.cell.value is None:
            return ""
        return format_value(self.cell.value, self.indicator.scale, with_unit=True)

    @cached_property
    def words(self) -> str:
        """The level and the movement of a pupil; all counts of a unit, or why they are not shown."""
        if self.cell is not None:
            return self.cell.words
        return words_of(self.share or Share(), self.unit_id)

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """(state, word, number) of red, yellow and green; for the board per cent in steps of five. Empty for a pupil,
        and where there are none to show."""
        if self.share is None or state_of_share(self.share) is not None:
            return []
        numbers = zip(SEGMENTS, segments_of(self.share), strict=True)
        return [(state.value, str(WORDS[state]), number) for state, number in numbers]

    @property
    def is_percent(self) -> bool:
        return self.share is not None and self.share.percents is not None

    @property
    def measured(self) -> int | None:
        """Of counts, how many were measured; None for a pupil, and for the board."""
        return None if self.share is None or self.is_percent else self.share.measured

    @property
    def due(self) -> int | None:
        """Of how many; None where that is not shown."""
        return None if self.share is None else self.share.due

    @property
    def drawing(self) -> SafeString:
        """A <td> of the class map for a pupil (a table of the class "grid"); else the bar of the dashboards
        (static/css/pages/aggregation-dashboards.css), empty where there are no counts."""
        if self.cell is not None:
            pen = ColumnPen(self.indicator.scale, get_language() or "sv", {})
            return mark_safe(pen.draw(self.cell))  # noqa: S308 – parts are escaped
        if self.share is None or not self.counts:
            return SafeString("")
        percents = self.share.percents
        colours = percents.colours if percents else self.share.colours
        return draw_bar(colour_bar(colours, "%" if percents else "")) if colours else SafeString("")


def as_of_start(meeting: AnalysisMeeting) -> AsOf | None:
    """For the reads of maps of pupils (class_grid and the like); None before it has begun: as it stands."""
    return at_moment(meeting.started_at) if meeting.started_at else None


def cells_of_case(case: MeetingCase) -> list[CaseCell]:
    """One for each of the case's indicators, in the order of the map, as of the meeting's start.

    Before it begins as it stands, in the latest round that has begun. Empty for a case without indicators, or of
    neither a pupil nor a unit, and where no round has begun. As many queries for any number of indicators and pupils;
    13 at most. The caller has asked the door, and records that the pupil has been seen.
    """
    meeting = case.meeting
    indicators = list(case.indicators.order_by("position", "code"))
    as_of = as_of_start(meeting)
    round_ = meeting.round if as_of else _latest_round(meeting)
    if not indicators or round_ is None:
        return []
    if case.pupil is not None:
        return _of_pupil(case.pupil, indicators, round_, as_of)
    if case.unit is None:
        return []
    if case.unit.is_school_class and meeting.kind.is_inside:
        return _of_class(case.unit, indicators, round_, as_of)
    return _of_unit(meeting, case.unit, indicators, round_)


def _latest_round(meeting: AnalysisMeeting) -> MeasurementRound | None:
    _rounds, latest = choose_round(None, timezone.localdate(), meeting.unit)
    return latest


def _of_pupil(
    pupil: Pupil, indicators: Sequence[Indicator], round_: MeasurementRound, as_of: AsOf | None
) -> list[CaseCell]:
    judged = cells_of(pupil, indicators, round_, as_of)
    found = []
    for indicator, (cell, limits, own) in zip(indicators, judged, strict=True):
        words = limits_in_words(indicator, limits)
        words += f" – {own_in_words(indicator, own)}" if own else ""
        found.append(CaseCell(indicator, words, cell=cell))
    return found


def _of_class(
    school_class: Unit, indicators: Sequence[Indicator], round_: MeasurementRound, as_of: AsOf | None
) -> list[CaseCell]:
    grid = class_grid(school_class, round_, timezone.localdate(), as_of=as_of)
    limits = _limits_by_indicator(grid)
    tallies = dict(zip((each.pk for each in grid.indicators), grid.tallies, strict=True))
    return [
        CaseCell(
            each,
            limits.get(each.pk, ""),
            share=_share_of(tallies[each.pk]) if each.pk in tallies else Share(),
            unit_id=school_class.pk,
        )
        for each in indicators
    ]


def _limits_by_indicator(grid: Grid) -> dict[int, str]:
    found = limits_of(grid, current_municipality().country)
    return {indicator.pk: "; ".join(sentences) for indicator, sentences in found}


def _share_of(tally: Tally) -> Share:
    """The class's counts, as its UnitSum has them."""
    if not tally.due:
        return Share()
    colours = Colours(
        *(tally.colours[each] for each in (Colour.GREEN, Colour.YELLOW, Colour.RED, Colour.NONE))
    )
    moves = Moves(*(tally.movements[each] for each in (Movement.BETTER, Movement.STILL, Movement.WORSE)))
    return share_alone(colours, moves, tally.due - tally.measured)


def _of_unit(
    meeting: AnalysisMeeting, unit: Unit, indicators: Sequence[Indicator], round_: MeasurementRound
) -> list[CaseCell]:
    figures = _map_of_units(meeting, round_)
    row = next((row for row in figures.rows if row.unit == unit), None) if figures else None
    if figures is None or row is None:
        return [CaseCell(each, share=Share(), unit_id=unit.pk) for each in indicators]
    shares = dict(zip((each.pk for each in figures.indicators), row.shares, strict=True))
    return [CaseCell(each, share=shares.get(each.pk, Share()), unit_id=unit.pk) for each in indicators]


def _map_of_units(meeting: AnalysisMeeting, round_: MeasurementRound) -> UnitMap | None:
    if meeting.started_at is not None:
        kept = kept_map_of(meeting)
        return kept.figures if kept else None
    return units_seen_now(meeting, round_) if is_about_units(meeting) else None
