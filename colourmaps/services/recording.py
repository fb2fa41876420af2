"""Results into the table: coloured, placed in their classes, compared with the ones before, history kept.

Set-based from end to end, one round at a time: a few statements whatever the number of results. No foreign key is
checked row by row; `check_references` does it once per statement, and so does a trigger on PostgreSQL.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.tenancy import current_municipality
from pupils.queries import enrolments_at

from ..classification import classify, move
from ..models import ImportBatch, Indicator, MeasurementRound
from ..queries import limits_in_force, values_before
from ..scales import Mark
from ..signals import results_changed
from ..staging import differs, staged

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
# The columns that make a result another result when they change.
CONTENT = ("value", "mark", "measured_on")
CARRIED = (
    "municipality_id, pupil_id, indicator_id, round_id, school_class_id, year_group, value, mark, colour, movement, "
    "measured_on, recorded_at, by_id, batch_id"
)


class UnknownReference(ValueError):
    """A result speaks of a pupil, an indicator or a round that this municipality does not have."""


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


def judge(rows: pd.DataFrame, round_: MeasurementRound) -> pd.DataFrame:
    """The rows of one round with school_class_id, year_group, colour and movement filled in."""
    indicators = pd.DataFrame(
        [(i.pk, i.is_high_good, float(i.measurement_error)) for i in Indicator.objects.all()],
        columns=["indicator_id", "is_high_good", "error"],
    )
    rows = (
        rows.merge(enrolments_at(round_.counted_on, rows["pupil_id"].unique()), on="pupil_id", how="left")
        .merge(indicators, on="indicator_id", how="left")
        .merge(
            limits_in_force(rows["measured_on"].unique()),
            on=["indicator_id", "year_group", "measured_on"],
            how="left",
        )
        .merge(values_before(round_, rows), on=["pupil_id", "indicator_id"], how="left")
    )
    if rows["is_high_good"].isna().any():
        raise UnknownReference("indicator")
    is_high_good = rows["is_high_good"].to_numpy(bool)
    rows["colour"] = classify(rows["value"], rows["yellow"], rows["green"], is_high_good)
    rows["movement"] = move(rows["value"], rows["previous"], rows["error"], is_high_good)
    return rows


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


def check_references(cursor, parameters: dict) -> None:
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


def _compare(cursor, parameters: dict) -> tuple[int, int, set[int]]:
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


def _supersede(cursor, parameters: dict) -> None:
    """Keeps the rows that are about to change, with the moment until which they were in force."""
    carried = ", ".join(f"r.{column}" for column in CARRIED.split(", "))
    cursor.execute(
        f"""
        insert into colourmaps_supersededresult ({CARRIED}, superseded_at, superseded_by_batch_id)
        select {carried}, %(now)s, %(batch)s from {IN_FORCE} where r.pupil_id is not null and {_is_changed()}
        """,
        parameters,
    )


def _upsert(cursor, parameters: dict) -> None:
    """New and changed rows, sorted by key so that two imports at once cannot lock each other out."""
    written = (
        "school_class_id",
        "year_group",
        *CONTENT,
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


def restamp_later(round_: MeasurementRound, rows: pd.DataFrame) -> set[tuple[int, int]]:
    """Sets right the movement of later results of the same pupils and indicators; returns the touched pairs.

    Only the movement is derived from another row; the later value itself and its colour stay as they were.
    """
    touched: set[tuple[int, int]] = set()
    for later in MeasurementRound.objects.filter(starts_on__gt=round_.starts_on).order_by("starts_on"):
        stored = _stored(later, rows)
        if stored.empty:
            continue
        judged = judge(stored.drop(columns=["school_class_id", "year_group", "movement"]), later)
        judged = judged.merge(
            stored[["pupil_id", "indicator_id", "school_class_id", "movement"]],
            on=["pupil_id", "indicator_id"],
            suffixes=("", "_stored"),
        )
        moved = judged[judged["movement"] != judged["movement_stored"]]
        _restamp(later, moved)
        touched |= {(int(unit), later.pk) for unit in moved["school_class_id_stored"].dropna().unique()}
    return touched


def _stored(round_: MeasurementRound, rows: pd.DataFrame) -> pd.DataFrame:
    """The results in force of one round for the pupils and indicators of the rows."""
    columns = [
        "pupil_id",
        "indicator_id",
        "school_class_id",
        "year_group",
        "value",
        "movement",
        "measured_on",
    ]
    with (
        staged("staged_key", {"pupil_id": "integer", "indicator_id": "integer"}, rows),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"""
            select {", ".join(f"r.{column}" for column in columns)}
            from staged_key s join colourmaps_result r
              on r.municipality_id = %s and r.round_id = %s
             and r.pupil_id = s.pupil_id and r.indicator_id = s.indicator_id
            where r.mark = {Mark.MEASURED.value}
            """,
            [current_municipality().pk, round_.pk],
        )
        return pd.DataFrame(cursor.fetchall(), columns=columns).astype({"value": float})


def _restamp(round_: MeasurementRound, moved: pd.DataFrame) -> None:
    if moved.empty:
        return
    columns = {"pupil_id": "integer", "indicator_id": "integer", "movement": "smallint"}
    with staged("staged_movement", columns, moved), connection.cursor() as cursor:
        cursor.execute(
            """
            update colourmaps_result set movement = s.movement from staged_movement s
            where colourmaps_result.municipality_id = %s and colourmaps_result.round_id = %s
              and colourmaps_result.pupil_id = s.pupil_id and colourmaps_result.indicator_id = s.indicator_id
            """,
            [current_municipality().pk, round_.pk],
        )
