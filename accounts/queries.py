"""Reads of the tree and of the people in it."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any

from django.db import connection

from .models import Level, RoleAssignment, Unit, UnitKind, UnitPlacement, User
from .roles import RoleCode
from .tenancy import current_municipality
from .written_reads import Columns, listed, rows_of

UNIT, KIND, HELD = Columns(Unit, "u"), Columns(UnitKind, "k"), Columns(RoleAssignment, "a")

# One statement upwards, one downwards; both walk the placements in force on a day.
LINE_SQL = f"""
    with recursive line(unit_id, depth) as (
        select id, 0 from accounts_unit where municipality_id = %(municipality)s and {{named}}
        union all
        select p.parent_id, line.depth + 1
        from accounts_unitplacement p join line on line.unit_id = p.unit_id
        where p.municipality_id = %(municipality)s
          and p.valid_from <= %(on)s and (p.valid_to is null or p.valid_to > %(on)s)
    )
    select {UNIT.sql}, {KIND.sql}
    from line join accounts_unit u on u.id = line.unit_id join accounts_unitkind k on k.id = u.kind_id
    order by line.depth desc
"""  # noqa: S608 – columns of our own models
# For the beginning of a statement that reads of all units below some.
WITH_SUBTREE = """
    with recursive subtree(unit_id) as (
        select id from accounts_unit where municipality_id = %(municipality)s and id in {ids}
        union
        select p.unit_id
        from accounts_unitplacement p join subtree on subtree.unit_id = p.parent_id
        where p.municipality_id = %(municipality)s
          and p.valid_from <= %(on)s and (p.valid_to is null or p.valid_to > %(on)s)
    )
"""
SUBTREE_SQL = f"{WITH_SUBTREE} select unit_id from subtree"  # noqa: S608 – of two constants
DOWN_TO_SQL = f"{SUBTREE_SQL} join accounts_unit u on u.id = unit_id where u.level <= %(level)s"


def line_of(unit: Unit, on: datetime.date) -> list[Unit]:
    """The unit and what stands above it on a day, from the municipality down to the unit itself.

    For a day on which the unit did not exist, the nearest day on which it did.
    """
    return _line("id = %(unit)s", unit=unit.pk, on=unit.nearest_day(on))


def line_by_key(key: str, on: datetime.date) -> list[Unit]:
    """As `line_of`, for the unit with the key; empty if there is none."""
    line = _line("key = %(key)s", key=key, on=on)
    return line if not line or line[-1].is_in_force(on) else line_of(line[-1], on)


def _line(named: str, **parameters: Any) -> list[Unit]:
    """The units from the top down, each with its kind. named: SQL of which is the lowest."""
    return [unit_of(row) for row in rows_of(LINE_SQL.format(named=named), **parameters)]


def unit_of(row: Sequence[Any], at: int = 0) -> Unit:
    """The unit with its kind, of a row that has the columns of both at a place."""
    unit = UNIT.made_of(row, at)
    unit.kind = KIND.made_of(row, at + UNIT.number)
    return unit


def subtree_ids(unit_ids: Collection[int], on: datetime.date, *, down_to: int | None = None) -> set[int]:
    """Ids of the units and of all that stands below them on a day; down_to: no lower than the level."""
    if not unit_ids:
        return set()
    ids = listed(unit_ids)
    if down_to is None:
        return {row[0] for row in rows_of(SUBTREE_SQL.format(ids=ids), on=on)}
    return {row[0] for row in rows_of(DOWN_TO_SQL.format(ids=ids), on=on, level=down_to)}


CHILDREN_SQL = f"""
    select {UNIT.sql}, {KIND.sql}
    from accounts_unitplacement p
    join accounts_unit u on u.id = p.unit_id join accounts_unitkind k on k.id = u.kind_id
    where p.municipality_id = %(municipality)s and p.parent_id = %(unit)s
      and p.valid_from <= %(on)s and (p.valid_to is null or p.valid_to > %(on)s)
      and u.valid_from <= %(on)s and (u.valid_to is null or u.valid_to > %(on)s)
"""  # noqa: S608 – columns of our own models


def children_of(unit: Unit, on: datetime.date) -> list[Unit]:
    """The units that stand directly below on a day: by level, then year group, then name."""
    children = [unit_of(row) for row in rows_of(CHILDREN_SQL, unit=unit.pk, on=on)]
    return sorted(
        children, key=lambda child: (child.level, child.year_group is None, child.year_group or 0, child.name)
    )


def schools_of(class_ids: Collection[int], on: datetime.date) -> dict[int, int]:
    """By id of the class, the id of the school that it stands under on a day; a class under no school is not there."""
    placements = UnitPlacement.objects.on(on).filter(unit__in=class_ids, parent__level=Level.SCHOOL)
    return dict(placements.values_list("unit_id", "parent_id"))


def root_unit() -> Unit:
    """The unit that is the municipality itself."""
    return Unit.objects.select_related("kind").get(level=Level.MUNICIPALITY)


HELD_SQL = f"""
    select {HELD.sql}, {UNIT.sql}, {KIND.sql}
    from accounts_roleassignment a
    join accounts_unit u on u.id = a.unit_id join accounts_unitkind k on k.id = u.kind_id
    where a.municipality_id = %(municipality)s and a.user_id = %(user)s
      and a.valid_from <= %(on)s and (a.valid_to is null or a.valid_to > %(on)s)
    order by u.level desc, u.name, a.id
"""  # noqa: S608 – columns of our own models


def assignments_of(user: User, on: datetime.date) -> list[RoleAssignment]:
    """The roles a person holds on a day, each with its unit."""
    held = []
    for row in rows_of(HELD_SQL, user=user.pk, on=on):
        assignment = HELD.made_of(row)
        assignment.unit = unit_of(row, HELD.number)
        held.append(assignment)
    return held


def people_to_ask(line: Sequence[Unit], on: datetime.date) -> list[RoleAssignment]:
    """Whom a family can ask: the teachers of the class at the end of a line, then the principal of its school."""
    held = RoleAssignment.objects.on(on).filter(
        unit__in=line, role__in=(RoleCode.TEACHER, RoleCode.PRINCIPAL), user__is_active=True
    )
    return list(held.select_related("user", "unit").order_by("-unit__level", "user__name", "pk"))


EDGES_ABOVE_SQL = """
    with recursive above(unit_id, parent_id, height) as (
        select p.unit_id, p.parent_id, 1
        from accounts_unitplacement p
        where p.municipality_id = %(municipality)s and p.unit_id in ({ids})
          and p.valid_from <= %(on)s and (p.valid_to is null or p.valid_to > %(on)s)
        union
        select p.unit_id, p.parent_id, above.height + 1
        from accounts_unitplacement p join above on above.parent_id = p.unit_id
        where p.municipality_id = %(municipality)s
          and p.valid_from <= %(on)s and (p.valid_to is null or p.valid_to > %(on)s)
    )
    select max(height), parent_id from above group by parent_id order by 1, 2
"""


def ancestors_by_height(unit_ids: Collection[int], on: datetime.date) -> list[list[int]]:
    """Ids of everything that stands above the units on a day, in groups: each after all that stands below it."""
    if not unit_ids:
        return []
    sql = EDGES_ABOVE_SQL.format(ids=", ".join(str(int(unit_id)) for unit_id in unit_ids))
    with connection.cursor() as cursor:
        cursor.execute(sql, {"municipality": current_municipality().pk, "on": on})
        rows = cursor.fetchall()
    return [
        [unit_id for _height, unit_id in group] for _height, group in groupby(rows, key=lambda row: row[0])
    ]
