"""How the schools below a head do with what they have decided: counts of interventions, and no title of any.

A title can tell of pupils whom a head does not see; how many interventions are late tells of none.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from accounts.access import Sight
from accounts.models import Level, Unit
from accounts.queries import schools_of, subtree_ids
from accounts.roles import Permission

from .models import Intervention
from .queries import days_with_interventions, ownerless_among
from .states import NOT_EVALUATED, State, state_of


@dataclass(frozen=True)
class SchoolCounts:
    """Of a school's interventions, whomever they are for. n_ownerless: of those that have not ended.

    n_unevaluated: of those that have.
    """

    school: Unit
    n_running: int
    n_late: int
    n_ownerless: int
    n_unevaluated: int


def counts_by_school(sight: Sight) -> list[SchoolCounts]:
    """Of the schools below the person's own units, the most late first; for those who decide above the schools.

    A fixed number of queries, however many schools and interventions there are.
    """
    own = [unit for unit in sight.own_units(Permission.DECIDE_INTERVENTIONS) if unit.level < Level.SCHOOL]
    if not own:
        return []
    today = sight.today
    found = list(Intervention.objects.filter(NOT_EVALUATED).select_related("evaluation"))
    schools = _schools_below(own, today)
    school_of = _school_of({one.unit_id for one in found}, schools, today)
    by_school: dict[int, list[Intervention]] = {}
    for one in found:
        if one.unit_id in school_of:
            by_school.setdefault(school_of[one.unit_id], []).append(one)
    ownerless = ownerless_among([one for of_school in by_school.values() for one in of_school], today)
    counts = [
        _counted(schools[school_id], of_school, ownerless, today)
        for school_id, of_school in by_school.items()
    ]
    return sorted(counts, key=lambda one: (-one.n_late, -one.n_ownerless, one.school.name))


def _schools_below(units: Sequence[Unit], today: datetime.date) -> dict[int, Unit]:
    below = subtree_ids([unit.pk for unit in units], today)
    return {school.pk: school for school in Unit.objects.filter(pk__in=below, level=Level.SCHOOL)}


def _school_of(
    unit_ids: Collection[int], schools: Mapping[int, Unit], today: datetime.date
) -> dict[int, int]:
    """The school of each of the units that is or was in one of the schools."""
    found = {unit_id: unit_id for unit_id in unit_ids if unit_id in schools}
    for day in days_with_interventions(today):
        found |= schools_of(unit_ids, day)
    return {unit_id: school_id for unit_id, school_id in found.items() if school_id in schools}


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
