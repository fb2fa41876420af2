"""The floor of the roll-up: the best hand-written SQL for the same sums, into a bare table.

All rounds at once; classes first, parents by summing their children, level by level down from the deepest. It knows
that the tree does not change between the rounds, that nobody is absent, and that every level is there.
"""

from __future__ import annotations

from django.db import connection, transaction

from accounts.models import Level

COUNTS = "due, measured, green, yellow, red, paired, up, still, down, total, total_of_squares"
SUMS = ", ".join(f"sum({name}) as {name}" for name in COUNTS.split(", "))
CLASSES = """
    create table bare_sum as
    select r.school_class_id as unit_id, r.round_id, r.indicator_id, h.n as due, count(r.value) as measured,
           sum(case when r.colour = 3 then 1 else 0 end) as green,
           sum(case when r.colour = 2 then 1 else 0 end) as yellow,
           sum(case when r.colour = 1 then 1 else 0 end) as red,
           sum(case when r.movement <> 0 then 1 else 0 end) as paired,
           sum(case when r.movement = 3 then 1 else 0 end) as up,
           sum(case when r.movement = 2 then 1 else 0 end) as still,
           sum(case when r.movement = 1 then 1 else 0 end) as down,
           sum(r.value) as total, sum(cast(r.value as bigint) * r.value) as total_of_squares
    from colourmaps_result r
    join (select school_class_id, count(*) as n from pupils_enrolment group by school_class_id) h
      on h.school_class_id = r.school_class_id
    group by r.school_class_id, r.round_id, r.indicator_id, h.n
"""
PARENTS = f"""
    insert into bare_sum (unit_id, round_id, indicator_id, {COUNTS})
    select p.parent_id, s.round_id, s.indicator_id, {SUMS}
    from bare_sum s
    join accounts_unitplacement p on p.unit_id = s.unit_id
    join accounts_unit u on u.id = s.unit_id and u.level = %s
    group by p.parent_id, s.round_id, s.indicator_id
"""


def drop_bare_sums() -> None:
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists bare_sum")


def make_bare_sums() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLASSES)
        for level in sorted(Level, reverse=True)[:-1]:
            cursor.execute(PARENTS, [level])


def n_that_differ() -> tuple[int, int]:
    """(bare sums, how many of them the product's own do not have just so)."""
    same = " and ".join(f"u.{name} = b.{name}" for name in COUNTS.split(", "))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select count(*), sum(case when u.unit_id is null then 1 else 0 end) from bare_sum b
            left join aggregation_unitsum u on u.unit_id = b.unit_id and u.round_id = b.round_id
              and u.indicator_id = b.indicator_id and {same}
            """
        )
        return cursor.fetchone()
