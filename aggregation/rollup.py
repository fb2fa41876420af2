"""Sums up the unit tree: classes counted from results in one go, parents by summing their children.

The same function for one class and for the whole municipality. It recounts and never adds, so running it twice, late
or out of order gives the same rows. The tree and the classes are those of the round's last day. What is counted is
compared with what stands, and only what differs is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from accounts.models import Level
from accounts.statements import hold_lock, long_statements
from accounts.tenancy import current_municipality
from colourmaps.models import MeasurementRound

from .leavers import rounds_before
from .leaves import (
    ADDED,
    ALL_SQL,
    ATOMS,
    COLUMNS,
    COUNTS,
    MISSED,
    SUMS,
    Scope,
    atoms_sql,
    ids_in,
    missed_sql,
    sums_sql,
)
from .release_requests import ask_for_releases

__all__ = ["COUNTS", "LOCK", "recount", "recount_municipality", "sum_up_again"]

# The lock under which sums are written: an older count must not go over a newer one.
LOCK = "sums"
UNITS = "counted_unit"
WITH_ERASED = "counted_with_erased"
KEY = ("unit_id", "round_id", "indicator_id", "slice")
# How PostgreSQL counts everything: with memory for one sort or hash, since on disk the same takes half as long again;
# and without compiling the expressions of a statement, which costs more than it saves.
FOR_EVERYTHING = {"work_mem": "256MB", "jit": "off"}
# How it compares everything: by hash. Row by row would be millions times millions, sorting both sides costs a quarter
# more, and right after a truncate or a first fill it does not know how many there are.
FOR_COMPARING = {"enable_nestloop": "off", "enable_mergejoin": "off"}

# Which units are counted, with their height above the classes: each after all that stands below it.
COUNTED_UNITS = f"""
    create temporary table {UNITS} as with recursive {{rounds}},
    above(round_id, unit_id, height) as (
        {{lowest}}
        union
        select above.round_id, p.parent_id, above.height + 1
        from above
        join counted_round m on m.id = above.round_id
        join accounts_unitplacement p on p.municipality_id = %(municipality)s and p.unit_id = above.unit_id
         and p.valid_from <= m.counted_on and (p.valid_to is null or p.valid_to > m.counted_on)
    )
    select round_id, unit_id, max(height) as height from above group by round_id, unit_id
"""
UNITS_TO_SUM_UP = """
    select m.id, u.id, 1 from accounts_unit u cross join counted_round m
    where u.municipality_id = %(municipality)s and {units}
"""
CLASSES_WITH_SUMS = f"select distinct round_id, unit_id, 0 from {SUMS}"
CLASSES_ASKED_FOR = f"""
    select m.id, u.id, 0 from accounts_unit u cross join counted_round m
    where u.municipality_id = %(municipality)s and u.level = {Level.SCHOOL_CLASS.value} {{classes}}
"""
# The units of a height: sums of what has just been counted below them and, where not all is, of what stands there.
PARENTS = f"""
    insert into {SUMS} (unit_id, round_id, indicator_id, slice, {", ".join(COLUMNS)})
    with {{rounds}}
    select parent.unit_id, parent.round_id, s.indicator_id, s.slice, {ADDED.format(prefix="s.")}
    from {UNITS} parent
    join counted_round m on m.id = parent.round_id
    join accounts_unitplacement p on p.municipality_id = %(municipality)s and p.parent_id = parent.unit_id
     and p.valid_from <= m.counted_on and (p.valid_to is null or p.valid_to > m.counted_on)
    join ({{children}}) s on s.unit_id = p.unit_id and s.round_id = parent.round_id
    where parent.height = %(height)s
    group by parent.unit_id, parent.round_id, s.indicator_id, s.slice
"""
# Their ids are named in the statements that read sums: a join with a table whose size is not known yet would read all.
CHILDREN = f"""
    with {{rounds}}
    select distinct p.unit_id from {UNITS} parent
    join counted_round m on m.id = parent.round_id
    join accounts_unitplacement p on p.municipality_id = %(municipality)s and p.parent_id = parent.unit_id
     and p.valid_from <= m.counted_on and (p.valid_to is null or p.valid_to > m.counted_on)
    where parent.height = %(height)s
"""
COUNTED = (
    f"select unit_id, round_id, indicator_id, slice, {', '.join(COLUMNS)} from {SUMS} where {{children}}"
)
STANDING = f"""
    select unit_id, round_id, indicator_id, slice, {", ".join(COLUMNS)} from aggregation_unitsum u
    where municipality_id = %(municipality)s and {{rounds}} and {{children}}
      and not exists (select 1 from {UNITS} c where c.unit_id = u.unit_id and c.round_id = u.round_id)
"""
NOTHING_COUNTED = f"""
    create temporary table {SUMS} as
    select {", ".join(KEY)}, {", ".join(COLUMNS)} from aggregation_unitsum where 1 = 0
"""
SAME_KEY = " and ".join(f"c.{column} = aggregation_unitsum.{column}" for column in KEY)
GONE = f"""
    delete from aggregation_unitsum
    where municipality_id = %(municipality)s and {{scope}} and not exists (select 1 from {SUMS} c where {SAME_KEY})
"""
CHANGED = f"""
    update aggregation_unitsum
    set {", ".join(f"{column} = c.{column}" for column in COLUMNS)}, computed_at = %(now)s
    from {SUMS} c where municipality_id = %(municipality)s and {SAME_KEY}
      and ({" or ".join(f"aggregation_unitsum.{column} <> c.{column}" for column in COLUMNS)})
"""
# By unit: rows that are read together lie together, and the index grows at its end.
NEW = f"""
    insert into aggregation_unitsum (municipality_id, {", ".join(KEY)}, {", ".join(COLUMNS)}, computed_at)
    select %(municipality)s, {", ".join(f"c.{column}" for column in (*KEY, *COLUMNS))}, %(now)s
    from {SUMS} c
    where not exists (
        select 1 from aggregation_unitsum where municipality_id = %(municipality)s and {SAME_KEY}
    )
    order by c.unit_id
"""
FORGET_LAST_COUNT = "delete from aggregation_lastcount where municipality_id = %(municipality)s and {scope}"
LAST_COUNT = f"""
    insert into aggregation_lastcount (municipality_id, unit_id, round_id, counted_at)
    select %(municipality)s, unit_id, round_id, %(now)s from {UNITS} u
    where exists (select 1 from {SUMS} c where c.unit_id = u.unit_id and c.round_id = u.round_id)
"""


def recount(round_: MeasurementRound, class_ids: Collection[int] | None = None) -> None:
    """Recounts the classes and all that stands above them; without class ids, the whole municipality."""
    if class_ids is None or class_ids:
        _recount([round_.pk], class_ids)


def recount_municipality() -> None:
    """Recounts every round of the municipality, all of them at once."""
    round_ids = list(MeasurementRound.objects.values_list("pk", flat=True))
    if round_ids:
        _recount(round_ids, None)


@long_statements()
def sum_up_again(round_: MeasurementRound, unit_ids: Collection[int]) -> None:
    """Sums the units and all above them up from what stands below them now; no class is counted.

    A unit below which nothing stands any more has no sums afterwards.
    """
    hold_lock(LOCK)
    scope = Scope([round_.pk], class_ids=[], before=[])
    parameters = _parameters()
    with connection.cursor() as cursor, _temporary_tables(cursor, SUMS, UNITS):
        cursor.execute(NOTHING_COUNTED)
        units = UNITS_TO_SUM_UP.format(units=ids_in("u.id", unit_ids))
        _sum_parents(cursor, scope, units, parameters)
        _write_what_differs(cursor, scope, parameters)


def counted_classes(round_ids: Collection[int], class_ids: Collection[int] | None) -> list[tuple[int, ...]]:
    """What the classes come to from their results alone, as KEY and COUNTS; nothing is written."""
    scope = Scope(round_ids, class_ids, rounds_before(round_ids))
    with connection.cursor() as cursor, _temporary_tables(cursor, MISSED, ATOMS, SUMS):
        _count_results(cursor, scope, _parameters())
        cursor.execute(f"select {', '.join((*KEY, *COLUMNS))} from {SUMS}")
        return [tuple(int(each) for each in row) for row in cursor.fetchall()]


def _count_results(cursor: CursorWrapper, scope: Scope, parameters: dict[str, Any]) -> None:
    for sql in (missed_sql(scope), atoms_sql(scope), sums_sql(scope)):
        cursor.execute(sql, parameters)


def _add_erased(cursor: CursorWrapper, scope: Scope, parameters: dict[str, Any]) -> None:
    """What pupils counted for whose results are gone (erased_counts.py). Most municipalities have none."""
    where = f"municipality_id = %(municipality)s and {scope.rounds('round_id')} {scope.classes('unit_id')}"
    cursor.execute(f"select 1 from aggregation_erasedcount where {where} limit 1", parameters)
    if cursor.fetchone() is None:
        return
    columns = ", ".join((*KEY, *COLUMNS))
    cursor.execute(
        f"insert into {SUMS} select {columns} from aggregation_erasedcount where {where}", parameters
    )
    cursor.execute(
        f"create temporary table {WITH_ERASED} as "
        f"select {', '.join(KEY)}, {ADDED.format(prefix='')} from {SUMS} group by {', '.join(KEY)}"
    )
    cursor.execute(f"delete from {SUMS}")
    cursor.execute(f"insert into {SUMS} ({columns}) select {columns} from {WITH_ERASED}")
    cursor.execute(f"drop table {WITH_ERASED}")


@long_statements()
def _recount(round_ids: Collection[int], class_ids: Collection[int] | None) -> None:
    hold_lock(LOCK)
    scope = Scope(round_ids, class_ids, rounds_before(round_ids))
    parameters = _parameters()
    lowest = (
        CLASSES_WITH_SUMS if scope.is_everything else CLASSES_ASKED_FOR.format(classes=scope.classes("u.id"))
    )
    with (
        connection.cursor() as cursor,
        _settings(cursor, FOR_EVERYTHING if scope.is_everything else {}),
        _temporary_tables(cursor, MISSED, ATOMS, SUMS, UNITS),
    ):
        _count_results(cursor, scope, parameters)
        _add_erased(cursor, scope, parameters)
        cursor.execute(ALL_SQL)
        _sum_parents(cursor, scope, lowest, parameters)
        _write_what_differs(cursor, scope, parameters)


def _parameters() -> dict[str, Any]:
    return {
        "municipality": current_municipality().pk,
        "now": connection.ops.adapt_datetimefield_value(timezone.now()),
    }


@contextmanager
def _temporary_tables(cursor: CursorWrapper, *tables: str) -> Iterator[None]:
    """Within, the tables of what is counted are made; after an error the transaction takes them with it."""
    yield
    for table in tables:
        cursor.execute(f"drop table {table}")


@contextmanager
def _settings(cursor: CursorWrapper, settings: dict[str, str]) -> Iterator[None]:
    """Within, PostgreSQL works by these settings; after an error the transaction takes them with it."""
    if connection.vendor != "postgresql":
        yield
        return
    for name, value in settings.items():
        cursor.execute(f"set local {name} = '{value}'")
    yield
    for name in settings:
        cursor.execute(f"set local {name} to default")


def _sum_parents(cursor: CursorWrapper, scope: Scope, lowest: str, parameters: dict[str, Any]) -> None:
    """lowest: SQL of the round, id and height of the units from which on upwards is counted."""
    cursor.execute(COUNTED_UNITS.format(rounds=scope.counted_rounds, lowest=lowest), parameters)
    cursor.execute(f"select max(height) from {UNITS}")
    highest = cursor.fetchone()[0] or 0
    for height in range(1, highest + 1):
        at_height = parameters | {"height": height}
        cursor.execute(CHILDREN.format(rounds=scope.counted_rounds), at_height)
        children = ids_in("unit_id", [row[0] for row in cursor.fetchall()])
        sums = COUNTED.format(children=children)
        if not scope.is_everything:
            sums += " union all " + STANDING.format(rounds=scope.rounds("round_id"), children=children)
        cursor.execute(PARENTS.format(rounds=scope.counted_rounds, children=sums), at_height)


def _write_what_differs(cursor: CursorWrapper, scope: Scope, parameters: dict[str, Any]) -> None:
    """What was not counted this time has no pupils behind it any more."""
    _make_findable(cursor, scope)
    where = scope.rounds("round_id")
    if not scope.is_everything:
        cursor.execute(f"select distinct unit_id from {UNITS}")
        where += " and " + ids_in("unit_id", [row[0] for row in cursor.fetchall()])
    n_different = 0
    with _settings(cursor, FOR_COMPARING if scope.is_everything else {}):
        for sql in (GONE.format(scope=where), CHANGED, NEW):
            cursor.execute(sql, parameters)
            n_different += cursor.rowcount
        for sql in (FORGET_LAST_COUNT.format(scope=where), LAST_COUNT):
            cursor.execute(sql, parameters)
    if n_different:
        ask_for_releases(scope.round_ids)


def _make_findable(cursor: CursorWrapper, scope: Scope) -> None:
    """The counted sums by their key. PostgreSQL needs no index where all are compared with all, only their number."""
    is_postgresql = connection.vendor == "postgresql"
    if not (is_postgresql and scope.is_everything):
        cursor.execute(f"create index {SUMS}_by_key on {SUMS} ({', '.join(KEY)})")
    if is_postgresql:
        cursor.execute(f"analyze {SUMS}")
