"""The calendar of a unit for a school year: what was held, cancelled, missed, and what is to come, by series.

Within the school everybody who sees all its pupils sees the teams' meetings, too; who sees none is told of the school's
own meetings only, and how many its teams held. A teacher's own analysis is for the teacher and the school: above it, it
is not even counted.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from accounts.access import Sight
from accounts.models import Level, Unit
from accounts.queries import subtree_ids
from accounts.roles import Permission
from pupils.school_years.terms import SchoolYear

from ...models import AnalysisMeeting, MeetingKind, MeetingSeries, MeetingUnit, Rung
from ..entering import meetings_in_full, open_to, seen_by, units_of
from ..states import MeetingState, state_of
from .counting import Counts
from .words import SIGNS, how_often


@dataclass(frozen=True)
class Mark:
    """One meeting of a row. may_open: its page is the reader's, too."""

    meeting: AnalysisMeeting
    state: MeetingState
    may_open: bool

    @property
    def sign(self) -> str:
        return SIGNS[self.state]


@dataclass
class Row:
    """A series, or the single meetings of a kind about the same. key: of the series, if the reader may change it."""

    kind: MeetingKind
    about: str
    series: MeetingSeries | None
    may_change: bool = False
    marks: list[Mark] = field(default_factory=list)

    @property
    def counts(self) -> Counts:
        return Counts.of(mark.state for mark in self.marks)

    @property
    def how_often(self) -> str:
        return how_often(self.series) if self.series else ""


@dataclass(frozen=True)
class UnitCalendar:
    """own: meetings of the unit itself. teams: of classes of a school, for who sees its pupils. below: their counts
    to who does not."""

    own: list[Row]
    teams: list[Row]
    below: Counts | None


def calendar_of_unit(unit: Unit, year: SchoolYear, sight: Sight, *, sees_pupils: bool) -> UnitCalendar:
    """A fixed number of queries, however many meetings there are."""
    meetings = list(_meetings_at(unit, year, sight.today))
    of_classes = [one for one in meetings if one.kind.rung < Rung.SCHOOL]
    of_unit = meetings if unit.is_school_class else [one for one in meetings if one.kind.rung >= Rung.SCHOOL]
    if unit.is_school_class:
        of_classes = []
    told = of_unit + (of_classes if sees_pupils else [])
    opened = _ids_that_open(told, sight)
    plans = sight.visible_units(Permission.PLAN_MEETINGS, sight.today)
    return UnitCalendar(
        own=_rows(of_unit, opened, plans, sight.today),
        teams=_rows(of_classes, opened, plans, sight.today) if sees_pupils else [],
        below=None if sees_pupils or not of_classes else _counts_of_teams(of_classes, sight.today),
    )


def _meetings_at(unit: Unit, year: SchoolYear, today: datetime.date) -> Iterable[AnalysisMeeting]:
    """Of a class, those in which it is; of a school, also those of its classes; above, those of the unit itself."""
    found = meetings_in_full().filter(planned_on__gte=year.first_day, planned_on__lt=year.valid_to)
    if unit.is_school_class:
        parts = MeetingUnit.objects.filter(unit=unit).values("meeting_id")
        found = found.filter(Q(unit=unit) | Q(pk__in=parts))
    elif unit.level == Level.SCHOOL:
        found = found.filter(unit__in=classes_and_school(unit, year, today))
    else:
        found = found.filter(unit=unit)
    return found.filter(kind__is_talk=False)


def classes_and_school(school: Unit, year: SchoolYear, today: datetime.date) -> set[int]:
    """Ids as the tree stood in the year and stands today: meetings of next year are of today's classes at first."""
    return subtree_ids([school.pk], day_in(year, today)) | subtree_ids([school.pk], today)


def day_in(year: SchoolYear, today: datetime.date) -> datetime.date:
    """Today, or the nearest day of another school year."""
    return min(max(today, year.first_day), year.last_day)


def _ids_that_open(meetings: Sequence[AnalysisMeeting], sight: Sight) -> set[int]:
    """Whoever sees a part of what a meeting was about reads of it afterwards."""
    opens = open_to(sight)
    if sight.has(Permission.SEE_PUPILS):
        opens |= seen_by(sight) & Q(closed_at__isnull=False)
    found = AnalysisMeeting.objects.filter(opens, pk__in=[one.pk for one in meetings])
    return set(found.values_list("pk", flat=True))


def _rows(
    meetings: Iterable[AnalysisMeeting], opened: set[int], plans: set[int], today: datetime.date
) -> list[Row]:
    """By kind, then by what they are about; a series before single meetings."""
    rows: dict[tuple, Row] = {}
    for meeting in meetings:
        about = ", ".join(sorted(unit.name for unit in units_of(meeting)))
        at = (meeting.kind.position, meeting.kind_id, meeting.series is None, meeting.series_id or about)
        row = rows.setdefault(at, Row(meeting.kind, about, meeting.series))
        row.about = about
        row.may_change = bool(meeting.series) and _may_plan(meeting, plans)
        row.marks.append(Mark(meeting, state_of(meeting, today), meeting.pk in opened))
    return sorted(rows.values(), key=lambda row: (row.kind.position, row.series is None, row.about))


def _may_plan(meeting: AnalysisMeeting, plans: set[int]) -> bool:
    return meeting.unit_id in plans or all(unit.pk in plans for unit in units_of(meeting))


def _counts_of_teams(meetings: Iterable[AnalysisMeeting], today: datetime.date) -> Counts:
    return Counts.of(state_of(one, today) for one in meetings if one.kind.rung == Rung.TEAM)
