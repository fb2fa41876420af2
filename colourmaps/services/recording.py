"""Results into the table: coloured, placed in their classes, compared with the ones before, history kept.

Set-based from end to end, one round at a time: a few statements whatever the number of results. No foreign key is
checked row by row; `check_references` does it once per statement, and so does a trigger on PostgreSQL.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from accounts.models import User
from accounts.statements import hold_lock
from accounts.tenancy import current_municipality

from ..models import ImportBatch, MeasurementRound
from ..signals import results_changed
from ..staging import differs, staged
from .judging import UnknownReference, judge
from .stamping import RESULTS, restamp_later

STAGED = "staged_result"
COLUMNS = {
    "pupil_id": "integer",
    "indicator_id": "integer",
    "school_class_id": "integer",
    "year_group": "smallint",
    "value": "integer",
    "mark": "smallint",
    "colour": "smallint",
    "movement": "smallint",
    "measured_on": "date",
}
KEY = ["pupil_id", "indicator_id", "round_id"]
# What makes a result another result when it changes. Not the day: the same file read again another day changes nothing.
CONTENT = ("value", "mark")
CARRIED = (
    "municipality_id, pupil_id, indicator_id, round_id, school_class_id, year_group, value, mark, colour, movement, "
    "measured_on, recorded_at, by_id, batch_id"
)


@dataclass
class Recorded:
    """What became of the results: counts, and the (class id, round id) pairs whose sums are touched."""

    n_new: int = 0
    n_changed: int = 0
    n_unchanged: int = 0
    touched: set[tuple[int, int]] = field(default_factory=set)


@transaction.atomic
def record_results(results: pd.DataFrame, *, by: User | None, batch: ImportBatch | None = None) -> Recorded:
    """Records the results and announces what they touch. An unchanged result is not written again.

    results: pupil_id, indicator_id, round_id; value in hundredths (NaN where there is a mark); mark; measured_on.
    Raises ValueError if two rows speak of the same pupil, indicator and round, UnknownReference for ids that the
    municipality does not have.
    """
    if results.duplicated(KEY).any():
        raise ValueError("two results for the same pupil, indicator and round")
    hold_lock(RESULTS)
    recorded = Recorded()
    round_ids = results["round_id"].unique().tolist()
    rounds = list(MeasurementRound.objects.filter(pk__in=round_ids).order_by("starts_on"))
    if len(rounds) < len(round_ids):
        raise UnknownReference("round")
    for round_ in rounds:
        rows = judge(results[results["round_id"] == round_.pk], round_)
        _write_round(rows, round_, recorded, by=by, batch=batch)
    if recorded.touched:
        results_changed.send(sender=record_results, touched=recorded.touched)
    return recorded


def _write_round(
    rows: pd.DataFrame,
    round_: MeasurementRound,
    recorded: Recorded,
    *,
    by: User | None,
    batch: ImportBatch | None,
) -> None:
    parameters = {
        "municipality": current_municipality().pk,
        "round": round_.pk,
        "now": connection.ops.adapt_datetimefield_value(timezone.now()),
        "by": by.pk if by else None,
        "batch": batch.pk if batch else None,
    }
    with staged(STAGED, COLUMNS, rows), connection.cursor() as cursor:
        check_references(cursor, parameters)
        n_new, n_changed, touched = _compare(cursor, parameters)
        if n_changed:
            _supersede(cursor, parameters)
        if n_new or n_changed:
            _upsert(cursor, parameters)
    recorded.n_new += n_new
    recorded.n_changed += n_changed
    recorded.n_unchanged += len(rows) - n_new - n_changed
    recorded.touched |= {(school_class, round_.pk) for school_class in touched}
    if n_new or n_changed:
        recorded.touched |= restamp_later(round_, rows)


def check_references(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    """Raises UnknownReference unless every staged row speaks of a pupil of this municipality.

    Indicators, rounds and classes were read from the municipality's own tables a moment ago.
    """
    cursor.execute(
        f"""
        select count(*) from {STAGED} s
        left join pupils_pupil p on p.id = s.pupil_id and p.municipality_id = %(municipality)s
        where p.id is null
        """,
        parameters,
    )
    if cursor.fetchone()[0]:
        raise UnknownReference("pupil")


IN_FORCE = f"""
    {STAGED} s left join colourmaps_result r
      on r.municipality_id = %(municipality)s and r.round_id = %(round)s
     and r.pupil_id = s.pupil_id and r.indicator_id = s.indicator_id
"""


def _is_changed() -> str:
    return "(" + " or ".join(differs(f"r.{column}", f"s.{column}") for column in CONTENT) + ")"


def _compare(cursor: CursorWrapper, parameters: dict[str, Any]) -> tuple[int, int, set[int]]:
    """(new, changed, ids of the classes they stand in now or stood in before)."""
    cursor.execute(
        f"""
        select s.school_class_id, r.school_class_id,
               sum(case when r.pupil_id is null then 1 else 0 end),
               sum(case when r.pupil_id is not null then 1 else 0 end)
        from {IN_FORCE} where r.pupil_id is null or {_is_changed()} group by 1, 2
        """,
        parameters,
    )
    groups = cursor.fetchall()
    classes = {school_class for group in groups for school_class in group[:2] if school_class is not None}
    return sum(group[2] for group in groups), sum(group[3] for group in groups), classes


def _supersede(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    """Keeps the rows that are about to change, with the moment until which they were in force."""
    carried = ", ".join(f"r.{column}" for column in CARRIED.split(", "))
    cursor.execute(
        f"""
        insert into colourmaps_supersededresult ({CARRIED}, superseded_at, superseded_by_batch_id)
        select {carried}, %(now)s, %(batch)s from {IN_FORCE} where r.pupil_id is not null and {_is_changed()}
        """,
        parameters,
    )


def _upsert(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    """New and changed rows, sorted by key so that two imports at once cannot lock each other out."""
    written = (
        "school_class_id",
        "year_group",
        *CONTENT,
        "measured_on",
        "colour",
        "movement",
        "recorded_at",
        "by_id",
        "batch_id",
    )
    cursor.execute(
        f"""
        insert into colourmaps_result as r ({CARRIED})
        select %(municipality)s, s.pupil_id, s.indicator_id, %(round)s, s.school_class_id, s.year_group,
               s.value, s.mark, s.colour, s.movement, s.measured_on, %(now)s, %(by)s, %(batch)s
        from {STAGED} s where true order by s.pupil_id, s.indicator_id
        on conflict (municipality_id, pupil_id, indicator_id, round_id) do update
        set {", ".join(f"{column} = excluded.{column}" for column in written)}
        where {" or ".join(differs(f"r.{column}", f"excluded.{column}") for column in CONTENT)}
        """,
        parameters,
    )
