"""How the schools below a head do with what they have decided: counts of interventions and meetings, no title.

A title can tell of pupils whom a head does not see; how many interventions are late tells of none.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q

from accounts.access import Sight
from accounts.models import Level, Unit
from accounts.roles import Permission

from .meetings.states import MeetingState, held_together, in_state
from .models import AnalysisMeeting, Intervention
from .queries import ownerless_among
from .states import NOT_EVALUATED, State, state_of
from .unit_lines import line_above, parent_ids, schools_above

# What was missed longer ago is in the statistics of the routine.
REMEMBERED = datetime.timedelta(days=365)


@dataclass(frozen=True)
class SchoolCounts:
    """Of a school's interventions, whomever they are for. n_ownerless: of those that have not ended.

    n_unevaluated: of those that have. n_missed: meetings of the last year that were neither held nor cancelled.
    """

    school: Unit
    n_running: int
    n_late: int
    n_ownerless: int
    n_unevaluated: int
    n_missed: int = 0

    @property
    def n_waiting(self) -> int:
        return self.n_late + self.n_ownerless + self.n_unevaluated + self.n_missed


def counts_by_school(sight: Sight) -> list[SchoolCounts]:
    """Of the schools below the person's own units, the most late first; for those who decide above the schools.

    A fixed number of queries, however many schools and interventions there are.
    """
    own = [unit for unit in sight.own_units(Permission.DECIDE_INTERVENTIONS) if unit.level < Level.SCHOOL]
    return counts_below(own, sight.today) if own else []


def counts_below(own: Sequence[Unit], today: datetime.date) -> list[SchoolCounts]:
    """Of the schools at or below some units, the most late first; also for those who decide nothing there."""
    found = list(Intervention.objects.filter(NOT_EVALUATED).select_related("evaluation"))
    missed = _missed_meetings(today)
    school_of = _school_of({one.unit_id for one in found} | set(missed), own, today)
    schools = {school.pk: school for school in school_of.values()}
    by_school: dict[int, list[Intervention]] = {school: [] for school in schools}
    for one in found:
        if one.unit_id in school_of:
            by_school[school_of[one.unit_id].pk].append(one)
    n_missed = Counter(school_of[unit].pk for unit in missed if unit in school_of)
    ownerless = ownerless_among([one for of_school in by_school.values() for one in of_school], today)
    counts = [
        replace(_counted(schools[school_id], of_school, ownerless, today), n_missed=n_missed[school_id])
        for school_id, of_school in by_school.items()
    ]
    return sorted(counts, key=lambda one: (-one.n_late, -one.n_missed, -one.n_ownerless, one.school.name))


def _missed_meetings(today: datetime.date) -> list[int]:
    """The ids of the units at which they were to be held, one for each."""
    missed = in_state(MeetingState.MISSED, today) & Q(planned_on__gte=today - REMEMBERED)
    found = AnalysisMeeting.objects.filter(held_together(), missed)
    return list(found.order_by().values_list("unit_id", flat=True))


def _school_of(unit_ids: Collection[int], own: Sequence[Unit], today: datetime.date) -> dict[int, Unit]:
    """The school of each of the units that is or was in a school below one's own units, while there is the school."""
    if not unit_ids:
        return {}
    parents, own_ids = parent_ids(today), {unit.pk for unit in own}
    return {
        unit_id: school
        for unit_id, school in schools_above(unit_ids, parents).items()
        if school.is_in_force(today) and not own_ids.isdisjoint(line_above(school.pk, parents))
    }


def _counted(
    school: Unit, interventions: Sequence[Intervention], ownerless: set[int], today: datetime.date
) -> SchoolCounts:
    states = [state_of(one, today) for one in interventions]
    return SchoolCounts(
        school=school,
        n_running=sum(state in (State.RUNNING, State.LATE) for state in states),
        n_late=states.count(State.LATE),
        n_ownerless=sum(one.pk in ownerless for one in interventions),
        n_unevaluated=states.count(State.ENDED),
    )
