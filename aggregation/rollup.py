"""Sums up the unit tree: classes counted from results in one statement, parents by summing their children.

The same function for one class and for the whole municipality. It recounts and never adds, so running it twice, late
or out of order gives the same rows. The tree and the classes are those of the round's last day.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from accounts.queries import ancestors_by_height
from accounts.statements import hold_lock, long_statements
from accounts.tenancy import current_municipality
from colourmaps.classification import Colour, Movement
from colourmaps.models import MeasurementRound
from colourmaps.scales import Mark

from .models import ALL_PUPILS
from .release_requests import ask_for_release

# The lock under which sums are written: an older count must not go over a newer one.
SUMS = "sums"
COUNTS = (
    "due",
    "measured",
    "green",
    "yellow",
    "red",
    "paired",
    "up",
    "still",
    "down",
    "total",
    "total_of_squares",
)
KEY = "municipality_id, unit_id, round_id, indicator_id, slice"


def _count(condition: str) -> str:
    return f"sum(case when {condition} then 1 else 0 end)"


def _leaves_sql(classes: str) -> str:
    """Counts per class and indicator. Due: enrolled where it is to be measured, or measured all the same, not exempt.

    The two halves (who should be measured, what was measured) are counted apart and added, so that neither has to be
    joined with the other pupil by pupil; and each is counted per year group first, so that only counts are joined with
    what is due.
    """
    measured = {
        "measured": "count(value)",
        "green": _count(f"colour = {Colour.GREEN}"),
        "yellow": _count(f"colour = {Colour.YELLOW}"),
        "red": _count(f"colour = {Colour.RED}"),
        "paired": _count(f"movement <> {Movement.NONE}"),
        "up": _count(f"movement = {Movement.BETTER}"),
        "still": _count(f"movement = {Movement.STILL}"),
        "down": _count(f"movement = {Movement.WORSE}"),
        "total": "coalesce(sum(value), 0)",
        "total_of_squares": "coalesce(sum(cast(value as bigint) * value), 0)",
    }
    return f"""
        select unit_id, indicator_id, {", ".join(f"sum({name}) as {name}" for name in COUNTS)} from (
            select home.unit_id, d.indicator_id, home.n as due, {", ".join(f"0 as {name}" for name in measured)}
            from (
                select school_class_id as unit_id, year_group, count(*) as n from pupils_enrolment
                where municipality_id = %(municipality)s and is_home
                  and valid_from <= %(on)s and (valid_to is null or valid_to > %(on)s) {classes}
                group by school_class_id, year_group
            ) home
            join colourmaps_dueindicator d on d.municipality_id = %(municipality)s and d.round_id = %(round)s
              and d.year_group = home.year_group
            union all
            select r.unit_id, r.indicator_id, case when d.id is null then r.n else 0 end - r.exempt,
                   {", ".join(f"r.{name}" for name in measured)}
            from (
                select school_class_id as unit_id, indicator_id, year_group, count(*) as n,
                       {_count(f"mark = {Mark.EXEMPT}")} as exempt,
                       {", ".join(f"{sql} as {name}" for name, sql in measured.items())}
                from colourmaps_result
                where municipality_id = %(municipality)s and round_id = %(round)s
                  and school_class_id is not null {classes}
                group by school_class_id, indicator_id, year_group
            ) r
            left join colourmaps_dueindicator d on d.municipality_id = %(municipality)s and d.round_id = %(round)s
              and d.indicator_id = r.indicator_id and d.year_group = r.year_group
        ) halves group by unit_id, indicator_id
    """


LEAVES = f"""
    insert into aggregation_unitsum ({KEY}, {", ".join(COUNTS)}, computed_at)
    select %(municipality)s, unit_id, %(round)s, indicator_id, {ALL_PUPILS}, {", ".join(COUNTS)}, %(now)s
    from ({{leaves}}) leaves where true
"""
PARENTS = f"""
    insert into aggregation_unitsum ({KEY}, {", ".join(COUNTS)}, computed_at)
    select %(municipality)s, p.parent_id, %(round)s, s.indicator_id, s.slice,
           {", ".join(f"sum(s.{name})" for name in COUNTS)}, %(now)s
    from aggregation_unitsum s
    join accounts_unitplacement p on p.municipality_id = s.municipality_id and p.unit_id = s.unit_id
     and p.valid_from <= %(on)s and (p.valid_to is null or p.valid_to > %(on)s)
    where s.municipality_id = %(municipality)s and s.round_id = %(round)s and {{parents}}
    group by p.parent_id, s.indicator_id, s.slice
"""
REPLACE = f"""
    on conflict ({KEY}) do update
    set {", ".join(f"{name} = excluded.{name}" for name in COUNTS)}, computed_at = excluded.computed_at
"""
# What was not counted this time has no pupils behind it any more.
CLEAR = """
    delete from aggregation_unitsum
    where municipality_id = %(municipality)s and round_id = %(round)s and computed_at <> %(now)s {units}
"""


@long_statements()
def recount(round_: MeasurementRound, class_ids: Collection[int] | None = None) -> None:
    """Recounts the classes and all that stands above them; without class ids, the whole municipality."""
    if class_ids is not None and not class_ids:
        return
    hold_lock(SUMS)
    on = round_.counted_on
    parameters: dict[str, Any] = {
        "municipality": current_municipality().pk,
        "round": round_.pk,
        "on": on,
        "now": connection.ops.adapt_datetimefield_value(timezone.now()),
    }
    with connection.cursor() as cursor:
        only = "" if class_ids is None else f"and {_in('{column}', class_ids)}"
        leaves = _leaves_sql(only.format(column="school_class_id"))
        cursor.execute(LEAVES.format(leaves=leaves) + REPLACE, parameters)
        # A class that has nothing left to count must be gone before its parents are summed.
        cursor.execute(CLEAR.format(units=only.format(column="unit_id")), parameters)
        if class_ids is None:
            class_ids = _counted_classes(cursor, parameters)
        for parents in ancestors_by_height(class_ids, on):
            parents_in = _in("p.parent_id", parents)
            cursor.execute(PARENTS.format(parents=parents_in) + REPLACE, parameters)
            cursor.execute(CLEAR.format(units=f"and {_in('unit_id', parents)}"), parameters)
    ask_for_release(round_)


def _counted_classes(cursor: CursorWrapper, parameters: dict[str, Any]) -> list[int]:
    cursor.execute(
        """
        select distinct unit_id from aggregation_unitsum
        where municipality_id = %(municipality)s and round_id = %(round)s and computed_at = %(now)s
        """,
        parameters,
    )
    return [row[0] for row in cursor.fetchall()]


def _in(column: str, ids: Collection[int]) -> str:
    return f"{column} in ({', '.join(str(int(unit_id)) for unit_id in ids) or 'null'})"


def recount_municipality() -> None:
    """Recounts every round of the municipality."""
    for round_ in MeasurementRound.objects.all():
        recount(round_)
