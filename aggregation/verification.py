"""Recounts every sum from the results with SQL that shares nothing with the roll-up's own.

The roll-up counts classes and adds upwards, from what is stamped on the result (class, movement). Here every unit is
counted on its own, pupil by pupil and slice by slice, from enrolments and bare values: who is concerned, what is known
of each of them, above whom their class stands, which slices they are in. What pupils counted for who have been erased
is added to it: no result can say that any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import Level
from accounts.statements import long_statements
from accounts.tenancy import current_municipality
from colourmaps.classification import Colour
from colourmaps.models import MeasurementRound
from colourmaps.scales import Mark
from pupils.school_years import expected_year_group

from .leaves import COUNTS

# No pupil goes through more classes; a line of successors that is longer is wrong.
MOST_CLASSES = 40
RECOUNT = f"""
    with recursive below(unit_id, class_id) as (
        select u.id, u.id from accounts_unit u
        where u.municipality_id = %(municipality)s and u.level = {Level.SCHOOL_CLASS.value}
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
    earlier as (
        select d.indicator_id, m.id as round_id, m.ends_on, m.starts_on,
               row_number() over (partition by d.indicator_id order by m.starts_on desc) as n
        from (
            select distinct indicator_id, round_id from colourmaps_dueindicator
            where municipality_id = %(municipality)s
        ) d
        join colourmaps_measurementround m on m.id = d.round_id and m.starts_on < %(starts_on)s
        where exists (
            select 1 from colourmaps_dueindicator asked
            where asked.municipality_id = %(municipality)s
              and asked.round_id = %(round)s and asked.indicator_id = d.indicator_id
        )
    ),
    goes_on(class_id, unit_id, n) as (
        select id, id, 0 from accounts_unit
        where municipality_id = %(municipality)s and level = {Level.SCHOOL_CLASS.value}
        union all
        select goes_on.class_id, u.successor_id, goes_on.n + 1
        from goes_on join accounts_unit u on u.id = goes_on.unit_id
        where u.valid_to <= %(on)s and u.successor_id is not null and goes_on.n < {MOST_CLASSES}
    ),
    heir as (
        select goes_on.class_id, u.id as unit_id, u.year_group
        from goes_on join accounts_unit u on u.id = goes_on.unit_id
        where u.valid_from <= %(on)s and (u.valid_to is null or u.valid_to > %(on)s)
    ),
    then_measured as (
        select r.pupil_id, r.indicator_id, h.unit_id as school_class_id,
               case when h.year_group is not null then h.year_group else e.year_group + up.n end as year_group
        from earlier b
        join colourmaps_result r
          on r.municipality_id = %(municipality)s and r.round_id = b.round_id and r.indicator_id = b.indicator_id
        join pupils_enrolment e
          on e.pupil_id = r.pupil_id and e.is_home
         and e.valid_from <= b.ends_on and (e.valid_to is null or e.valid_to > b.ends_on)
        join heir h on h.class_id = e.school_class_id
        join ({{years_up}}) up on up.round_id = b.round_id
        where b.n = 1 and r.mark = {Mark.MEASURED}
    ),
    series as (
        select r.pupil_id, r.indicator_id, r.round_id, r.value,
               lag(r.value) over (partition by r.pupil_id, r.indicator_id order by m.starts_on) as previous,
               lag(m.starts_on) over (partition by r.pupil_id, r.indicator_id order by m.starts_on) as previous_on
        from colourmaps_result r join colourmaps_measurementround m on m.id = r.round_id
        where r.municipality_id = %(municipality)s and r.mark = {Mark.MEASURED} and m.starts_on <= %(starts_on)s
    ),
    breaking as (
        select b.indicator_id, max(m.starts_on) as starts_on
        from colourmaps_seriesbreak b join colourmaps_measurementround m on m.id = b.round_id
        where b.municipality_id = %(municipality)s and m.starts_on <= %(starts_on)s
        group by b.indicator_id
    ),
    concerned as (
        select h.pupil_id, h.school_class_id, h.year_group, d.indicator_id
        from home h
        join colourmaps_dueindicator d on d.municipality_id = %(municipality)s and d.year_group = h.year_group
        where d.round_id = %(round)s
        union
        select h.pupil_id, h.school_class_id, h.year_group, r.indicator_id
        from home h join colourmaps_result r on r.municipality_id = %(municipality)s and r.pupil_id = h.pupil_id
        where r.round_id = %(round)s
    ),
    facts as (
        select c.pupil_id, c.school_class_id, c.year_group, c.indicator_id, 0 as has_left,
               r.value, coalesce(r.colour, 0) as colour, coalesce(r.mark, 0) as mark, s.previous,
               case when breaking.starts_on > s.previous_on then null
                    else (s.value - s.previous) * (case when i.direction = 'low' then -1 else 1 end) end as gain,
               i.measurement_error as error
        from concerned c
        join colourmaps_indicator i on i.id = c.indicator_id
        left join colourmaps_result r
          on r.municipality_id = %(municipality)s and r.round_id = %(round)s
         and r.pupil_id = c.pupil_id and r.indicator_id = c.indicator_id
        left join series s
          on s.pupil_id = c.pupil_id and s.indicator_id = c.indicator_id and s.round_id = %(round)s
        left join breaking on breaking.indicator_id = c.indicator_id
        union all
        select t.pupil_id, t.school_class_id, t.year_group, t.indicator_id, 1, null, 0, {Mark.EXEMPT}, null, null, 0
        from then_measured t
        join colourmaps_dueindicator d
          on d.municipality_id = %(municipality)s and d.round_id = %(round)s
         and d.indicator_id = t.indicator_id and d.year_group = t.year_group
        left join (
            select s.pupil_id, s.indicator_id from series s join home h on h.pupil_id = s.pupil_id
            where s.round_id = %(round)s
        ) again on again.pupil_id = t.pupil_id and again.indicator_id = t.indicator_id
        where again.pupil_id is null
    ),
    part(pupil_id, slice) as (
        select id, 0 from pupils_pupil where municipality_id = %(municipality)s
        union all
        select id, case sex when 'F' then 201 when 'M' then 202 else 200 end
        from pupils_pupil where municipality_id = %(municipality)s
        union
        select s.pupil_id, 1000 + g.id
        from pupils_pupilgroup g join pupils_pupilgroupmembership s on s.group_id = g.id
        where g.municipality_id = %(municipality)s and g.is_summed
          and g.valid_from <= %(on)s and (g.valid_to is null or g.valid_to > %(on)s)
          and s.valid_from <= %(on)s and (s.valid_to is null or s.valid_to > %(on)s)
    ),
    sliced as (
        select f.*, part.slice from facts f join part on part.pupil_id = f.pupil_id
        union all
        select f.*, 100 + f.year_group from facts f
    )
    select b.unit_id, f.indicator_id, f.slice,
           count(case when f.mark <> {Mark.EXEMPT} then 1 end),
           count(f.value),
           count(case when f.colour = {Colour.GREEN} then 1 end),
           count(case when f.colour = {Colour.YELLOW} then 1 end),
           count(case when f.colour = {Colour.RED} then 1 end),
           count(f.gain),
           count(case when f.gain > f.error then 1 end),
           count(case when abs(f.gain) <= f.error then 1 end),
           count(case when f.gain < -f.error then 1 end),
           count(f.value) - count(f.previous),
           sum(f.has_left),
           coalesce(sum(f.value), 0),
           coalesce(sum(cast(f.value as bigint) * f.value), 0)
    from sliced f join below b on b.class_id = f.school_class_id
    group by b.unit_id, f.indicator_id, f.slice
"""
STORED = f"""
    select unit_id, indicator_id, slice, {", ".join(f'"{name}"' for name in COUNTS)} from aggregation_unitsum
    where municipality_id = %(municipality)s and round_id = %(round)s
"""
# What those counted for whose results are gone, at each unit above their class, all of them together as slice 0.
ERASED = f"""
    with recursive below(unit_id, class_id) as (
        select id, id from accounts_unit
        where municipality_id = %(municipality)s and level = {Level.SCHOOL_CLASS.value}
        union
        select p.parent_id, below.class_id
        from below join accounts_unitplacement p on p.unit_id = below.unit_id
        where p.municipality_id = %(municipality)s
          and p.valid_from <= %(on)s and (p.valid_to is null or p.valid_to > %(on)s)
    ),
    lost as (
        select e.*, e.slice as shown_slice from aggregation_erasedcount e
        where e.municipality_id = %(municipality)s and e.round_id = %(round)s
        union all
        select e.*, 0 from aggregation_erasedcount e
        where e.municipality_id = %(municipality)s and e.round_id = %(round)s and e.slice between 100 and 199
    )
    select b.unit_id, lost.indicator_id, lost.shown_slice, {", ".join(f'sum(lost."{name}")' for name in COUNTS)}
    from lost join below b on b.class_id = lost.unit_id
    group by b.unit_id, lost.indicator_id, lost.shown_slice
"""


@dataclass(frozen=True)
class Difference:
    """A sum that is not what the results say; counts as {name: (stored, recounted)} for those that differ."""

    round_id: int
    unit_id: int
    indicator_id: int
    slice: int
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
    stored = _read(STORED, parameters)
    recounted = _read(RECOUNT.format(years_up=_years_up(round_)), parameters)
    for key, lost in _read(ERASED, parameters).items():
        left = recounted.get(key, (0,) * len(COUNTS))
        recounted[key] = tuple(there + gone for there, gone in zip(left, lost, strict=True))
    nothing = (None,) * len(COUNTS)
    found = []
    for key in sorted(stored.keys() | recounted.keys()):
        pairs = zip(COUNTS, stored.get(key, nothing), recounted.get(key, nothing), strict=True)
        counts = {name: (kept, counted) for name, kept, counted in pairs if kept != counted}
        if counts:
            found.append(Difference(round_.pk, *key, counts))
    return found


def _years_up(round_: MeasurementRound) -> str:
    """SQL of how many year groups pupils have moved up since each round: round_id, n."""
    country = current_municipality().country
    return " union all ".join(
        f"select {each.pk} as round_id, "
        f"{expected_year_group(0, country, then=each.counted_on, on=round_.counted_on)} as n"
        for each in MeasurementRound.objects.all()
    )


def _read(sql: str, parameters: dict[str, Any]) -> dict[tuple[int, int, int], tuple[int, ...]]:
    with long_statements(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {(row[0], row[1], row[2]): tuple(int(count) for count in row[3:]) for row in cursor.fetchall()}
