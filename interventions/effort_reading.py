"""Reads how early help came and what it cost, in a fixed number of statements. early_effort.py computes."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from django.db import connection
from django.db.models import F

from accounts.models import Level, Municipality, Unit
from pupils.identity import NotAnIdentity, parse_identity
from pupils.school_years import SchoolYear, stage

from .catalogue.results import with_costs
from .early_effort import (
    EARLY,
    Counts,
    First,
    Limits,
    Spent,
    age_from_birth,
    age_from_stage,
    is_told,
)
from .models import Intervention
from .unit_lines import line_above, parent_ids

# Whom the interventions name, as they stood on its first day.
NAMED_SQL = """
    select m.intervention_id, p.id, p.identity_number, e.year_group
    from interventions_interventionpupil m
    join interventions_intervention i on i.id = m.intervention_id
    join pupils_pupil p on p.id = m.pupil_id
    left join pupils_enrolment e on e.pupil_id = p.id and e.is_home
      and e.valid_from <= i.starts_on and (e.valid_to is null or e.valid_to > i.starts_on)
    where m.municipality_id = %(municipality)s
"""
# The pupils of the classes below the units of those that name nobody and have cost lines.
COVERED_SQL = """
    with recursive covered(intervention_id, starts_on, unit_id) as (
        select i.id, i.starts_on, coalesce(part.unit_id, i.unit_id)
        from interventions_intervention i
        left join interventions_interventionunit part on part.intervention_id = i.id
        where i.municipality_id = %(municipality)s
          and exists (select 1 from interventions_costline c where c.intervention_id = i.id)
          and not exists (select 1 from interventions_interventionpupil m where m.intervention_id = i.id)
        union
        select covered.intervention_id, covered.starts_on, p.unit_id
        from covered join accounts_unitplacement p on p.parent_id = covered.unit_id
        where p.valid_from <= covered.starts_on and (p.valid_to is null or p.valid_to > covered.starts_on)
    )
    select covered.intervention_id, p.id, p.identity_number, e.year_group
    from covered
    join pupils_enrolment e on e.school_class_id = covered.unit_id and e.is_home
      and e.valid_from <= covered.starts_on and (e.valid_to is null or e.valid_to > covered.starts_on)
    join pupils_pupil p on p.id = e.pupil_id
"""
Row = tuple[int, int, str, int | None]
Told = TypeVar("Told", First, Spent)


@dataclass
class Effort:
    """All of a municipality, to be looked at from any of its units. parents: of unit_lines.parent_ids."""

    firsts: list[First] = field(default_factory=list)
    spendings: list[Spent] = field(default_factory=list)
    # (school year, place) of each intervention without cost lines.
    uncosted: list[tuple[SchoolYear, int]] = field(default_factory=list)
    parents: dict[int, int] = field(default_factory=dict)

    def is_below(self, place: int, unit_id: int) -> bool:
        return unit_id in line_above(place, self.parents)

    def years(self, unit_id: int) -> list[SchoolYear]:
        """The school years in which something began at the unit or below it, the latest first."""
        told = [(first.year, first.place) for first in self.firsts]
        told += [(spent.year, spent.place) for spent in self.spendings] + self.uncosted
        return sorted({year for year, place in told if self.is_below(place, unit_id)}, reverse=True)


def read_effort(municipality: Municipality, today: datetime.date) -> Effort:
    """Of what has begun; what was called off on its first day is no effort."""
    begun = Intervention.objects.filter(starts_on__lte=today).exclude(ended_on=F("starts_on"))
    interventions = list(with_costs(begun).order_by("starts_on", "pk"))
    parents = parent_ids(today)
    place_of = places_of([each.unit_id for each in interventions], parents)
    starts = {each.pk: each.starts_on for each in interventions}
    named = _ages(_rows(NAMED_SQL, municipality), starts, municipality.country)
    ages = named | _ages(_rows(COVERED_SQL, municipality), starts, municipality.country)
    effort = Effort(parents=parents)
    seen: set[int] = set()
    for each in interventions:
        year, place = SchoolYear.of(each.starts_on), place_of[each.unit_id]
        for pupil_id, age in named.get(each.pk, {}).items():
            if pupil_id not in seen:
                effort.firsts.append(First(year, place, age))
        seen |= set(named.get(each.pk, {}))
        if each.money or each.hours:
            spent = Spent(year, place, float(each.money), float(each.hours), ages.get(each.pk, {}))
            effort.spendings.append(spent)
        else:
            effort.uncosted.append((year, place))
    return effort


def _rows(sql: str, municipality: Municipality) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"municipality": municipality.pk})
        return cursor.fetchall()


def _ages(
    rows: Iterable[Row], starts: Mapping[int, datetime.date], country: str
) -> dict[int, dict[int, float | None]]:
    """Age on the first day, by id of the intervention and of the pupil."""
    age_on = cache(age_of_pupil)
    ages: dict[int, dict[int, float | None]] = defaultdict(dict)
    for intervention_id, pupil_id, number, year_group in rows:
        on = starts.get(intervention_id)
        if on is not None:
            ages[intervention_id][pupil_id] = age_on(number, year_group, country, on)
    return ages


def age_of_pupil(number: str, year_group: int | None, country: str, on: datetime.date) -> float | None:
    """From the identity number, else from the year group of the day; None without either."""
    born = _birth_date(number, country, on)
    if born is not None:
        return age_from_birth(born, on)
    return None if year_group is None else age_from_stage(stage(year_group, country, on), on)


def _birth_date(number: str, country: str, on: datetime.date) -> datetime.date | None:
    try:
        identity = parse_identity(number, country, on=on)
    except NotAnIdentity:
        return None
    return identity.birth_date if identity else None


def places_of(unit_ids: Collection[int], parents: Mapping[int, int]) -> dict[int, int]:
    """The school of each unit, or the unit itself where it is under none."""
    schools = set(Unit.objects.filter(level=Level.SCHOOL).values_list("pk", flat=True))
    return {
        unit_id: next((each for each in line_above(unit_id, parents) if each in schools), unit_id)
        for unit_id in unit_ids
    }


# --- what may be told of it ---------------------------------------------------------------------


def is_told_of_year(
    effort: Effort,
    told: Sequence[Told],
    counted: Callable[[Sequence[Told]], Counts],
    line: Sequence[int],
    limits: Limits,
) -> bool:
    """Whether what is told of one year may be shown at the last unit of a line, which begins with the municipality."""
    by_place: dict[int, list[Told]] = defaultdict(list)
    for each in told:
        by_place[each.place].append(each)
    counts = {place: counted(here) for place, here in by_place.items()}
    below = {place: set(line_above(place, effort.parents)) for place in counts}

    def under(unit_id: int) -> dict[int, Counts]:
        return {place: count for place, count in counts.items() if unit_id in below[place]}

    levels = [[under(line[0])]]
    for above in line[:-1]:
        children: list[int] = [unit_id for unit_id, parent in effort.parents.items() if parent == above]
        own = {place: count for place, count in counts.items() if place == above}
        levels.append([own, *map(under, children)])
    return is_told(levels, limits)


def counts_of_firsts(firsts: Sequence[First]) -> Counts:
    return (sum(first.age is not None for first in firsts),)


def counts_of_spendings(spendings: Sequence[Spent]) -> Counts:
    """Pupils before ten, and others."""
    ages = {pupil_id: age for spent in spendings for pupil_id, age in spent.ages.items()}
    n_early = sum(age is not None and age < EARLY for age in ages.values())
    return n_early, len(ages) - n_early
