"""The floor of the roll-up: the best hand-written SQL for the same sums, into a bare table.

All rounds at once; classes first, slices from them, parents by summing their children, level by level down from the
deepest. It knows what a product cannot: that the tree is the same in all rounds and every level is there, that a class
has one year group and goes on as itself, that everything is due for everybody, that nobody is absent or exempt, that a
pupil is in one group at most, and which round is before which.
"""

from __future__ import annotations

from itertools import pairwise

from django.db import connection, transaction

from accounts.models import Level
from colourmaps.models import MeasurementRound

COUNTS = (
    "due, measured, green, yellow, red, paired, up, still, down, joined, missed, total, total_of_squares"
).split(", ")
MEASURED = """
    cast(count(r.value) as integer) as measured,
    cast(count(*) filter (where r.colour = 3) as integer) as green,
    cast(count(*) filter (where r.colour = 2) as integer) as yellow,
    cast(count(*) filter (where r.colour = 1) as integer) as red,
    cast(count(*) filter (where r.movement <> 0) as integer) as paired,
    cast(count(*) filter (where r.movement = 3) as integer) as up,
    cast(count(*) filter (where r.movement = 2) as integer) as still,
    cast(count(*) filter (where r.movement = 1) as integer) as down,
    cast(count(*) filter (where r.movement = 0) as integer) as joined,
    cast(sum(r.value) as bigint) as total, cast(sum(cast(r.value as bigint) * r.value) as bigint) as total_of_squares
"""
SEX = "case p.sex when 'F' then 201 when 'M' then 202 else 200 end"
GROUP = "join pupils_pupilgroupmembership g on g.pupil_id = p.id"
IN_GROUP = "1000 + g.group_id"
# Measured in a round and not in the next; both named, so that the server may look with several workers.
MISSED = """
    select r.pupil_id, r.school_class_id as unit_id, {after} as round_id, r.indicator_id
    from colourmaps_result r
    where r.round_id = {before} and not exists (
        select 1 from colourmaps_result again
        where again.municipality_id = r.municipality_id and again.pupil_id = r.pupil_id
          and again.indicator_id = r.indicator_id and again.round_id = {after}
    )
"""
# Each class of each slice in each round and indicator, with what was measured and who is missed.
LEAVES = """
    create table {table} as
    with home as (
        select e.school_class_id as unit_id, {slice} as slice, e.year_group, cast(count(*) as integer) as due
        from pupils_enrolment e join pupils_pupil p on p.id = e.pupil_id {group} group by 1, 2, 3
    ),
    measured as (
        select r.school_class_id as unit_id, r.round_id, r.indicator_id, {slice} as slice, {measured}
        from colourmaps_result r join pupils_pupil p on p.id = r.pupil_id {group} group by 1, 2, 3, 4
    ),
    missed as (
        select m.unit_id, m.round_id, m.indicator_id, {slice} as slice, cast(count(*) as integer) as missed
        from bare_missed m join pupils_pupil p on p.id = m.pupil_id {group} group by 1, 2, 3, 4
    )
    select h.unit_id, c.id as round_id, i.id as indicator_id, h.slice, h.due,
           {counts}, h.year_group
    from home h cross join colourmaps_measurementround c cross join colourmaps_indicator i
    left join measured r
      on r.unit_id = h.unit_id and r.round_id = c.id and r.indicator_id = i.id and r.slice = h.slice
    left join missed m
      on m.unit_id = h.unit_id and m.round_id = c.id and m.indicator_id = i.id and m.slice = h.slice
"""
ADDED = ", ".join(f"sum({name}) as {name}" for name in COUNTS)
YEAR_GROUPS = f"""
    insert into bare_sum
    select unit_id, round_id, indicator_id, 100 + year_group, {ADDED}, year_group
    from bare_sum where slice between 200 and 202 group by unit_id, round_id, indicator_id, year_group
"""
# A class has one year group, so that all its pupils are those of the year group.
ALL = f"""
    insert into bare_sum
    select unit_id, round_id, indicator_id, 0, {", ".join(COUNTS)}, year_group
    from bare_sum where slice between 100 and 199
"""
PARENTS = f"""
    insert into bare_sum (unit_id, round_id, indicator_id, slice, {", ".join(COUNTS)})
    select p.parent_id, s.round_id, s.indicator_id, s.slice, {ADDED}
    from bare_sum s
    join accounts_unitplacement p on p.unit_id = s.unit_id
    join accounts_unit u on u.id = s.unit_id and u.level = %s
    group by p.parent_id, s.round_id, s.indicator_id, s.slice
"""


def drop_bare_sums() -> None:
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists bare_sum")


def make_bare_sums() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # As much as the product takes.
            cursor.execute("set local work_mem = '256MB'")
            cursor.execute("set local jit = off")
        cursor.execute(_missed())
        cursor.execute(_leaves("bare_sum", SEX, group=""))
        cursor.execute(YEAR_GROUPS)
        cursor.execute(ALL)
        cursor.execute(_leaves("bare_group", IN_GROUP, group=GROUP))
        cursor.execute("insert into bare_sum select * from bare_group")
        cursor.execute("drop table bare_group")
        cursor.execute("drop table bare_missed")
        for level in sorted(Level, reverse=True)[:-1]:
            cursor.execute(PARENTS, [level])


def _leaves(table: str, slice_sql: str, *, group: str) -> str:
    counts = ", ".join(
        f"coalesce({'m' if name == 'missed' else 'r'}.{name}, 0) as {name}" for name in COUNTS[1:]
    )
    return LEAVES.format(table=table, slice=slice_sql, group=group, measured=MEASURED, counts=counts)


def _missed() -> str:
    round_ids = MeasurementRound.objects.order_by("starts_on").values_list("pk", flat=True)
    pairs = list(pairwise(round_ids)) or [(0, 0)]
    missed = (MISSED.format(before=before, after=after) for before, after in pairs)
    return "create temporary table bare_missed as " + " union all ".join(missed)


def n_that_differ() -> tuple[int, int]:
    """(bare sums, how many of them the product's own do not have just so)."""
    same = " and ".join(f'u."{"left" if name == "missed" else name}" = b.{name}' for name in COUNTS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select count(*), sum(case when u.unit_id is null then 1 else 0 end) from bare_sum b
            left join aggregation_unitsum u on u.unit_id = b.unit_id and u.round_id = b.round_id
              and u.indicator_id = b.indicator_id and u.slice = b.slice and {same}
            """
        )
        return cursor.fetchone()
