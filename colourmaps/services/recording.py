"""Results into the table: coloured, placed in their classes, compared with the ones before, history kept.

Set-based from end to end, one round at a time: a few statements whatever the number of results. No foreign key is
checked row by row; `check_references` does it once per statement, and so does a trigger on PostgreSQL.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

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
    "day_is_said": "smallint",
}
KEY = ["pupil_id", "indicator_id", "round_id"]
# What makes a result another result when it changes. The day does so only where the file itself says it: a file without
# days that is read again another day changes nothing.
CONTENT = ("value", "mark")
CARRIED = (
    "municipality_id, pupil_id, indicator_id, round_id, school_class_id, year_group, value, mark, colour, movement, "
    "measured_on, recorded_at, by_id, batch_id"
)


# Results written at a time: enough to be quick, few enough that somebody sees them grow and can stop them.
PORTION = 250_000
# Beyond so many, changed results are counted but not listed one by one.
MOST_LISTED = 500


class Changed(NamedTuple):
    """A result that became another one: ids, values in hundredths, marks and colours, before and after.

    old_day, day: as ISO text, where the file says that it was measured another day; else "".
    """

    pupil: int
    indicator: int
    round: int
    school_class: int | None
    old_value: int | None
    old_mark: int
    old_colour: int
    value: int | None
    mark: int
    colour: int
    old_day: str = ""
    day: str = ""


@dataclass
class Recorded:
    """What became of the results: counts, and the (class id, round id) pairs whose sums are touched.

    changed: those of them that change colour first, at most MOST_LISTED. colours: how many results went from one colour
    to another, by (old, new), where old is None for a new result; changes of value within a colour are not in it.
    """

    n_new: int = 0
    n_changed: int = 0
    n_unchanged: int = 0
    touched: set[tuple[int, int]] = field(default_factory=set)
    changed: list[Changed] = field(default_factory=list)
    colours: Counter[tuple[int | None, int]] = field(default_factory=Counter)


@transaction.atomic
def record_results(
    results: pd.DataFrame,
    *,
    by: User | None,
    batch: ImportBatch | None = None,
    progress: Callable[[int, int], None] = lambda n_done, n_total: None,
    judged: Callable[[pd.DataFrame], None] = lambda rows: None,
    at: datetime.datetime | None = None,
) -> Recorded:
    """Records the results and announces what they touch. An unchanged result is not written again.

    results: pupil_id, indicator_id, round_id; value in hundredths (NaN where there is a mark); mark; measured_on; and
    day_is_said, whether that day is known and not only assumed (without the column it is not).
    progress: told how many of them are written, of all. judged: shown portions of them with what `judge` adds.
    at: when they were recorded, for invented histories; else now.
    Raises ValueError if two rows speak of the same pupil, indicator and round, UnknownReference for ids that the
    municipality does not have.
    """
    if results.duplicated(KEY).any():
        raise ValueError("two results for the same pupil, indicator and round")
    hold_lock(RESULTS)
    if "day_is_said" not in results:
        results = results.assign(day_is_said=False)
    recorded = Recorded()
    round_ids = results["round_id"].unique().tolist()
    rounds = list(MeasurementRound.objects.filter(pk__in=round_ids).order_by("starts_on"))
    if len(rounds) < len(round_ids):
        raise UnknownReference("round")
    n_done = 0
    for round_ in rounds:
        # By pupil, so that every portion is written at the end of the indexes.
        of_round = results[results["round_id"] == round_.pk].sort_values("pupil_id", kind="stable")
        for start in range(0, len(of_round), PORTION):
            progress(n_done, len(results))
            rows = judge(of_round.iloc[start : start + PORTION], round_)
            judged(rows)
            _write(rows, round_, recorded, by=by, batch=batch, at=at or timezone.now())
            n_done += len(rows)
    progress(n_done, len(results))
    if recorded.touched:
        results_changed.send(sender=record_results, touched=recorded.touched)
    return recorded


def _write(
    rows: pd.DataFrame,
    round_: MeasurementRound,
    recorded: Recorded,
    *,
    by: User | None,
    batch: ImportBatch | None,
    at: datetime.datetime,
) -> None:
    parameters = {
        "municipality": current_municipality().pk,
        "round": round_.pk,
        "now": connection.ops.adapt_datetimefield_value(at),
        "by": by.pk if by else None,
        "batch": batch.pk if batch else None,
    }
    with staged(STAGED, COLUMNS, rows), connection.cursor() as cursor:
        check_references(cursor, parameters)
        n_new, n_changed, touched = _compare(cursor, parameters, recorded.colours)
        if n_changed:
            recorded.changed = _colour_first(recorded.changed + _listed(cursor, parameters, round_))
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


def _has_other_day() -> str:
    return f"(s.day_is_said = 1 and {differs('r.measured_on', 's.measured_on')})"


def _is_changed() -> str:
    has_other_content = [differs(f"r.{column}", f"s.{column}") for column in CONTENT]
    return f"({' or '.join([*has_other_content, _has_other_day()])})"


def _compare(
    cursor: CursorWrapper, parameters: dict[str, Any], colours: Counter[tuple[int | None, int]]
) -> tuple[int, int, set[int]]:
    """(new, changed, ids of the classes they stand in now or stood in before); adds to the counts of colours."""
    cursor.execute(
        f"""
        select s.school_class_id, r.school_class_id, s.colour, r.colour, count(*)
        from {IN_FORCE} where r.pupil_id is null or {_is_changed()} group by 1, 2, 3, 4
        """,
        parameters,
    )
    n_new = n_changed = 0
    classes = set()
    for school_class, class_before, colour, colour_before, n in cursor.fetchall():
        classes |= {school_class, class_before}
        if colour_before is None:  # a result always has a colour, be it none, so there was no result
            n_new += n
        else:
            n_changed += n
        if colour != colour_before:
            colours[colour_before, colour] += n
    return n_new, n_changed, classes - {None}


def _listed(cursor: CursorWrapper, parameters: dict[str, Any], round_: MeasurementRound) -> list[Changed]:
    """The staged results that change one in force, those that change colour first."""
    cursor.execute(
        f"""
        select s.pupil_id, s.indicator_id, s.school_class_id,
               r.value, r.mark, r.colour, s.value, s.mark, s.colour,
               case when {_has_other_day()} then r.measured_on end,
               case when {_has_other_day()} then s.measured_on end
        from {IN_FORCE} where r.pupil_id is not null and {_is_changed()}
        order by case when r.colour = s.colour then 1 else 0 end, s.pupil_id, s.indicator_id
        limit {MOST_LISTED}
        """,
        parameters,
    )
    return [
        Changed._make([pupil, indicator, round_.pk, *rest, str(old_day or ""), str(day or "")])
        for pupil, indicator, *rest, old_day, day in cursor.fetchall()
    ]


def _colour_first(changed: list[Changed]) -> list[Changed]:
    return sorted(changed, key=lambda one: (one.colour == one.old_colour, one[:3]))[:MOST_LISTED]


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
        insert into colourmaps_result ({CARRIED})
        select %(municipality)s, s.pupil_id, s.indicator_id, %(round)s, s.school_class_id, s.year_group,
               s.value, s.mark, s.colour, s.movement, s.measured_on, %(now)s, %(by)s, %(batch)s
        from {IN_FORCE} where r.pupil_id is null or {_is_changed()} order by s.pupil_id, s.indicator_id
        on conflict (municipality_id, pupil_id, indicator_id, round_id) do update
        set {", ".join(f"{column} = excluded.{column}" for column in written)}
        """,
        parameters,
    )
