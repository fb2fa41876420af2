"""Recounts every sum from the results with SQL that shares nothing with the roll-up's own.

The roll-up counts classes and adds upwards, from what is stamped on the result (class, movement). Here every unit is
counted on its own, pupil by pupil, from enrolments and bare values.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from accounts.statements import long_statements
from accounts.tenancy import current_municipality
from colourmaps.classification import Colour
from colourmaps.models import MeasurementRound
from colourmaps.scales import Mark

from .models import ALL_PUPILS
from .rollup import COUNTS

RECOUNT = f"""
    with recursive below(unit_id, class_id) as (
        select distinct e.school_class_id, e.school_class_id from pupils_enrolment e
        where e.municipality_id = %(municipality)s and e.is_home
          and e.valid_from <= %(on)s and (e.valid_to is null or e.valid_to > %(on)s)
        union
        select p.parent_id, below.class_id
        from below join accounts_unitplacement p on p.unit_id = below.unit_id
        where p.municipality_id = %(municipality)s
          and p.valid_from <= %(on)s and (p.valid_to is null or p.valid_to > %(on)s)
    ),
    home as (
        select pupil_id, school_class_id, year_group from pupils_enrolment
        where municipality_id = %(municipality)s and is_home
          and valid_from <= %(on)s and (valid_to is null or valid_to > %(on)s)
    ),
    series as (
        select r.pupil_id, r.indicator_id, r.round_id, r.value,
               lag(r.value) over (partition by r.pupil_id, r.indicator_id order by m.starts_on) as previous
        from colourmaps_result r join colourmaps_measurementround m on m.id = r.round_id
        where r.municipality_id = %(municipality)s and r.mark = {Mark.MEASURED} and m.starts_on <= %(starts_on)s
    ),
    concerned as (
        select h.pupil_id, h.school_class_id, d.indicator_id
        from home h
        join colourmaps_dueindicator d on d.municipality_id = %(municipality)s and d.year_group = h.year_group
        where d.round_id = %(round)s
        union
        select h.pupil_id, h.school_class_id, r.indicator_id
        from home h join colourmaps_result r on r.municipality_id = %(municipality)s and r.pupil_id = h.pupil_id
        where r.round_id = %(round)s
    ),
    facts as (
        select c.school_class_id, c.indicator_id,
               r.value, coalesce(r.colour, 0) as colour, coalesce(r.mark, 0) as mark,
               (s.value - s.previous) * (case when i.direction = 'low' then -1 else 1 end) as gain,
               i.measurement_error as error
        from concerned c
        join colourmaps_indicator i on i.id = c.indicator_id
        left join colourmaps_result r
          on r.municipality_id = %(municipality)s and r.round_id = %(round)s
         and r.pupil_id = c.pupil_id and r.indicator_id = c.indicator_id
        left join series s
          on s.pupil_id = c.pupil_id and s.indicator_id = c.indicator_id and s.round_id = %(round)s
    )
    select b.unit_id, f.indicator_id,
           count(case when f.mark <> {Mark.EXEMPT} then 1 end),
           count(f.value),
           count(case when f.colour = {Colour.GREEN} then 1 end),
           count(case when f.colour = {Colour.YELLOW} then 1 end),
           count(case when f.colour = {Colour.RED} then 1 end),
           count(f.gain),
           count(case when f.gain > f.error then 1 end),
           count(case when abs(f.gain) <= f.error then 1 end),
           count(case when f.gain < -f.error then 1 end),
           coalesce(sum(f.value), 0),
           coalesce(sum(cast(f.value as bigint) * f.value), 0)
    from facts f join below b on b.class_id = f.school_class_id
    group by b.unit_id, f.indicator_id
"""
STORED = f"""
    select unit_id, indicator_id, {", ".join(COUNTS)} from aggregation_unitsum
    where municipality_id = %(municipality)s and round_id = %(round)s and slice = {ALL_PUPILS}
"""


@dataclass(frozen=True)
class Difference:
    """A sum that is not what the results say; counts as {name: (stored, recounted)} for those that differ."""

    round_id: int
    unit_id: int
    indicator_id: int
    counts: dict[str, tuple[int | None, int | None]]


def differences() -> list[Difference]:
    """Every sum of the municipality, in every round, that differs from a recount of the results."""
    return [difference for round_ in MeasurementRound.objects.all() for difference in _differences(round_)]


def _differences(round_: MeasurementRound) -> list[Difference]:
    parameters = {
        "municipality": current_municipality().pk,
        "round": round_.pk,
        "on": round_.counted_on,
        "starts_on": round_.starts_on,
    }
    stored, recounted = _read(STORED, parameters), _read(RECOUNT, parameters)
    nothing = (None,) * len(COUNTS)
    found = []
    for key in sorted(stored.keys() | recounted.keys()):
        pairs = zip(COUNTS, stored.get(key, nothing), recounted.get(key, nothing), strict=True)
        counts = {name: (kept, counted) for name, kept, counted in pairs if kept != counted}
        if counts:
            found.append(Difference(round_.pk, *key, counts))
    return found


def _read(sql: str, parameters: dict) -> dict[tuple[int, int], tuple[int, ...]]:
    with long_statements(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {(row[0], row[1]): tuple(int(count) for count in row[2:]) for row in cursor.fetchall()}
