"""What a meeting saw: pupils as they were known at its start, units as they were counted then.

Of pupils nothing is copied: every table that a map of pupils rests on has a history (colourmaps/as_of.py). Sums are
kept as they stand now alone, so a map of units is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Unit
from aggregation.own_limits import own_limits_of
from colourmaps.as_of import AsOf, classes_of, unit_as_known, units_as_known
from colourmaps.grid import Grid, class_grid, group_grid
from colourmaps.models import MeasurementRound

from ..models import AnalysisMeeting, MeetingPicture
from .case_cells import CaseCell, as_of_start, cells_of_case
from .entering import units_of
from .kept_map import KeptMap, as_json, kept_map_of
from .seen_units import is_about_units, units_seen_now

__all__ = ["CaseCell", "Picture", "as_of_start", "cells_of_case", "freeze_picture", "picture_of"]


@dataclass(frozen=True)
class Picture:
    """What a meeting saw, as_of its start.

    unit: of the meeting, as it was called then. classes: whose pupils it saw, as they were called then, by year group
    and name; none above the school. units: the map of units, where it is about more than classes.
    """

    round: MeasurementRound
    as_of: AsOf
    unit: Unit
    classes: Sequence[Unit]
    units: KeptMap | None

    def grid(self, school_class: Unit | None = None) -> Grid:
        """The map of one of its classes; without one, of all of them together, each row with its class."""
        if school_class is None and len(self.classes) == 1:
            school_class = self.classes[0]
        if school_class is not None:
            return class_grid(school_class, self.round, self.as_of.day, as_of=self.as_of)
        return group_grid(self.unit, self.classes, self.round, self.as_of.day, as_of=self.as_of)


def freeze_picture(meeting: AnalysisMeeting) -> None:
    """Keeps the map of units of a meeting that starts, which has its round already; of pupils nothing is copied.

    Called again it changes nothing. Without a round there is nothing to keep.
    """
    if meeting.round is None or not is_about_units(meeting):
        return
    if MeetingPicture.objects.filter(meeting=meeting).exists():
        return
    figures = units_seen_now(meeting, meeting.round)
    contents = as_json(figures, own_limits_of(meeting.unit, meeting.round))
    MeetingPicture.objects.create(municipality=meeting.municipality, meeting=meeting, contents=contents)


def picture_of(meeting: AnalysisMeeting) -> Picture | None:
    """None for a meeting that has not begun, or began before any round had. The caller has asked the door."""
    as_of = as_of_start(meeting)
    if as_of is None or meeting.round is None:
        return None
    unit = unit_as_known(meeting.unit, as_of)
    return Picture(
        meeting.round,
        as_of,
        unit,
        _classes(meeting, unit, meeting.round, as_of) if meeting.kind.is_inside else [],
        kept_map_of(meeting),
    )


def _classes(meeting: AnalysisMeeting, unit: Unit, round_: MeasurementRound, as_of: AsOf) -> list[Unit]:
    if is_about_units(meeting):
        return classes_of(unit, unit.nearest_day(round_.counted_on), as_of)
    return sorted(
        units_as_known(units_of(meeting), as_of),
        key=lambda each: (each.year_group is None, each.year_group or 0, each.name, each.pk),
    )
