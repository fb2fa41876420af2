"""Which schools keep the routine: meetings planned and held, follow-ups and decisions that are late. Counts only.

A teacher's own analysis is not counted: it is nobody's routine to watch.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Max, Q
from django.utils import timezone

from accounts.models import Level, Unit
from accounts.queries import subtree_ids
from pupils.school_years import SchoolYear

from ..meetings.decided import NOT_DONE
from ..meetings.states import MeetingState, held_together, in_state
from ..models import AnalysisMeeting, MeetingCase, MeetingKind, Rung
from ..oversight import counts_below
from ..unit_lines import line_above, parent_ids

STATES = {"held": MeetingState.HELD, "cancelled": MeetingState.CANCELLED, "missed": MeetingState.MISSED}


@dataclass
class Kept:
    """Meetings of a school year until today. planned: also those that go on, or are planned for today."""

    planned: int = 0
    held: int = 0
    cancelled: int = 0
    missed: int = 0

    @property
    def share(self) -> float | None:
        """0–1, held of those that were to be; None where none was."""
        to_be = self.planned - self.cancelled
        return self.held / to_be if to_be else None


@dataclass
class SchoolRoutine:
    """days_since: since the last meeting that was held, None where none was. n_late: interventions whose follow-up is.

    n_undone: decisions of closed meetings that are not done though their day has passed.
    """

    school: Unit
    now: Kept = field(default_factory=Kept)
    before: Kept = field(default_factory=Kept)
    last_on: datetime.date | None = None
    days_since: int | None = None
    n_late: int = 0
    n_undone: int = 0

    @property
    def worst_first(self) -> tuple[float, int, float, str]:
        """Nothing planned comes first, then the smallest share held."""
        share = -1.0 if self.now.share is None else self.now.share
        waited = float("inf") if self.days_since is None else self.days_since
        return share, -self.now.missed, -waited, self.school.name


def kinds_to_watch() -> list[MeetingKind]:
    """Of meetings of schools; those that can no longer be chosen as well, since they have been held."""
    return list(MeetingKind.objects.filter(rung__gt=Rung.TEACHER, rung__lte=Rung.SCHOOL, is_talk=False))


def school_routines(unit: Unit, today: datetime.date, kind: MeetingKind | None = None) -> list[SchoolRoutine]:
    """Of the schools at the unit and below it today, the worst first. kind: only its meetings are counted.

    In a fixed number of statements, however many schools and meetings there are.
    """
    below = subtree_ids([unit.pk], unit.nearest_day(today), down_to=Level.SCHOOL)
    schools = Unit.objects.on(today).filter(pk__in=below, level=Level.SCHOOL)
    found = {school.pk: SchoolRoutine(school) for school in schools}
    parents = parent_ids(today)
    _count_meetings(found, parents, today, kind)
    _count_undone(found, parents, today)
    for counts in counts_below([unit], today):
        if counts.school.pk in found:
            found[counts.school.pk].n_late = counts.n_late
    return sorted(found.values(), key=lambda routine: routine.worst_first)


def _count_meetings(
    found: Mapping[int, SchoolRoutine],
    parents: Mapping[int, int],
    today: datetime.date,
    kind: MeetingKind | None,
) -> None:
    now = SchoolYear.of(today)
    meetings = AnalysisMeeting.objects.filter(held_together(), **({"kind": kind} if kind else {}))
    counts = _counts("now", now, today) | _counts("before", now.previous, today)
    by_unit = meetings.order_by().values("unit_id").annotate(**counts, last=Max("started_at", filter=_HELD))
    for row in by_unit:
        routine = _at(found, parents, row["unit_id"])
        if routine is None:
            continue
        for name in counts:
            year, what = name.split("_")
            kept = getattr(routine, year)
            setattr(kept, what, getattr(kept, what) + row[name])
        _note_last(routine, row["last"], today)


_HELD = Q(closed_at__isnull=False)


def _counts(called: str, year: SchoolYear, today: datetime.date) -> dict[str, Count]:
    of_year = Q(planned_on__gte=year.first_day, planned_on__lt=year.valid_to)
    until_today = of_year & (Q(planned_on__lte=today) | Q(started_at__isnull=False))
    return {f"{called}_planned": Count("pk", filter=until_today)} | {
        f"{called}_{what}": Count("pk", filter=until_today & in_state(state, today))
        for what, state in STATES.items()
    }


def _note_last(routine: SchoolRoutine, last: datetime.datetime | None, today: datetime.date) -> None:
    if last is None:
        return
    day = timezone.localdate(last)
    if routine.last_on is None or day > routine.last_on:
        routine.last_on, routine.days_since = day, (today - day).days


def _count_undone(
    found: Mapping[int, SchoolRoutine], parents: Mapping[int, int], today: datetime.date
) -> None:
    """What became an intervention is followed up as one."""
    undone = MeetingCase.objects.filter(
        held_together("meeting__"),
        NOT_DONE,
        due_on__lt=today,
        meeting__closed_at__isnull=False,
    )
    for unit_id, n in undone.order_by().values_list("meeting__unit_id").annotate(n=Count("pk")):
        routine = _at(found, parents, unit_id)
        if routine is not None:
            routine.n_undone += n


def _at(found: Mapping[int, SchoolRoutine], parents: Mapping[int, int], unit_id: int) -> SchoolRoutine | None:
    """The school that a unit stands in."""
    return next((found[each] for each in line_above(unit_id, parents) if each in found), None)
