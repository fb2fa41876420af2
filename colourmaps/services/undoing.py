"""An import taken back: its results go, and what they replaced is in force again, with the colour that it had.

Set-based, as recording is. Only what is still as the import wrote it is touched; what somebody has changed since stays.
The history stays too: what is taken away becomes a superseded result, and what comes back is recorded anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from accounts.statements import hold_lock
from accounts.tenancy import current_municipality

from ..models import ImportBatch, ImportState, MeasurementRound
from ..signals import results_changed
from ..staging import differs
from .recording import CARRIED, CONTENT
from .stamping import RESULTS, Touched, restamp, restamp_later

UNDONE = "undone_result"
KEY = ("pupil_id", "indicator_id", "round_id")
SAME_KEY = " and ".join(f"{{0}}.{column} = {{1}}.{column}" for column in KEY)
# What comes back with the result that was replaced. The movement and the class are then set right by restamping.
COMES_BACK = (
    *("school_class_id", *CONTENT, "colour", "movement"),
    *("measured_on", "by_id", "batch_id"),
)

# The results that are still as the import wrote them, and the id of the superseded result that each gives way to: the
# newest that no undone import has written; null if there is none, or somebody had taken that one away. Ids grow with
# time, under the lock of all writers.
STILL_THERE = f"""
    select r.pupil_id, r.indicator_id, r.round_id, r.school_class_id, before.id as restored_id
    from colourmaps_result r
    left join (
        select s.pupil_id, s.indicator_id, s.round_id,
               case when max(s.id) = max(case when s.is_removed then s.id end) then null else max(s.id) end as id
        from colourmaps_supersededresult s left join colourmaps_importbatch b on b.id = s.batch_id
        where s.municipality_id = %(municipality)s
          and (s.batch_id is null or (s.batch_id <> %(batch)s and b.state <> '{ImportState.UNDONE.value}'))
        group by s.pupil_id, s.indicator_id, s.round_id
    ) before on {SAME_KEY.format("before", "r")}
    where r.municipality_id = %(municipality)s and r.batch_id = %(batch)s
"""


class RoundsClosed(Exception):
    """The import cannot be undone: it has results in rounds that are closed. names: of those rounds."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


@dataclass
class UndoEffect:
    """What undoing an import does, or would do, to results.

    n_taken_away: those that leave nothing behind; n_restored: those whose earlier value comes back.
    changed_since: (batch id or None, person id or None, number) of results that others have put in their place.
    closed: names of closed rounds in which it has results; with one of them nothing can be undone.
    """

    n_taken_away: int = 0
    n_restored: int = 0
    changed_since: list[tuple[int | None, int | None, int]] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    @property
    def n_left_alone(self) -> int:
        return sum(n for _batch, _by, n in self.changed_since)


def effect_of_undoing(batch: ImportBatch) -> UndoEffect:
    """What `undo_batch` would do now; writes nothing."""
    parameters = _parameters(batch)
    effect = UndoEffect()
    with connection.cursor() as cursor:
        cursor.execute(
            f"select round_id, count(*), count(restored_id) from ({STILL_THERE}) still group by 1", parameters
        )
        for round_id, n, n_restored in cursor.fetchall():
            effect.n_taken_away += n - n_restored
            effect.n_restored += n_restored
            effect.closed += _names_of_closed(round_id)
        cursor.execute(
            f"""
            select r.batch_id, r.by_id, count(*) from (
                select distinct pupil_id, indicator_id, round_id from colourmaps_supersededresult
                where municipality_id = %(municipality)s and batch_id = %(batch)s
            ) written
            join colourmaps_result r on r.municipality_id = %(municipality)s and {SAME_KEY.format("r", "written")}
            where {differs("r.batch_id", "%(batch)s")} group by 1, 2 order by 3 desc
            """,
            parameters,
        )
        effect.changed_since = cursor.fetchall()
    effect.closed.sort()
    return effect


def _names_of_closed(round_id: int) -> list[str]:
    return list(
        MeasurementRound.objects.filter(pk=round_id, closed_at__isnull=False).values_list("name", flat=True)
    )


@transaction.atomic
def undo_batch(*, batch: ImportBatch) -> UndoEffect:
    """Takes the results of the import back and announces what that touches; the batch itself is the caller's.

    Raises RoundsClosed if one of its results is in a closed round; nothing is changed then.
    """
    hold_lock(RESULTS)
    effect = effect_of_undoing(batch)
    if effect.closed:
        raise RoundsClosed(effect.closed)
    parameters = _parameters(batch)
    with connection.cursor() as cursor:
        cursor.execute(f"create temporary table {UNDONE} as {STILL_THERE}", parameters)
        touched = _touched(cursor)
        _supersede(cursor, parameters)
        _restore(cursor, parameters)
        cursor.execute(
            "delete from colourmaps_result where municipality_id = %(municipality)s and batch_id = %(batch)s",
            parameters,
        )
        cursor.execute(f"select pupil_id, indicator_id, round_id, restored_id from {UNDONE}")
        undone = pd.DataFrame(cursor.fetchall(), columns=[*KEY, "restored_id"])
        cursor.execute(f"drop table {UNDONE}")
    touched |= _set_right(undone)
    if touched:
        results_changed.send(sender=undo_batch, touched=touched)
    return effect


def _parameters(batch: ImportBatch) -> dict[str, Any]:
    return {
        "municipality": current_municipality().pk,
        "batch": batch.pk,
        "now": connection.ops.adapt_datetimefield_value(timezone.now()),
    }


def _touched(cursor: CursorWrapper) -> Touched:
    """The classes, with the round, where the results stand and where those stood that come back."""
    cursor.execute(
        f"""
        select school_class_id, round_id from {UNDONE}
        union
        select s.school_class_id, s.round_id from {UNDONE} u
        join colourmaps_supersededresult s on s.id = u.restored_id
        """
    )
    return {(class_id, round_id) for class_id, round_id in cursor.fetchall() if class_id is not None}


def _supersede(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    cursor.execute(
        f"""
        insert into colourmaps_supersededresult ({CARRIED}, superseded_at, superseded_by_batch_id)
        select {CARRIED}, %(now)s, null from colourmaps_result
        where municipality_id = %(municipality)s and batch_id = %(batch)s
        """,
        parameters,
    )


# Limits were decided, ended or taken back since, for the day on which it was measured: without its year group it is
# judged again.
YEAR_GROUP = """
    case when exists (
        select 1 from colourmaps_threshold t
        where t.municipality_id = %(municipality)s and t.indicator_id = s.indicator_id and t.year_group = s.year_group
          and t.valid_from <= s.measured_on and t.decided_at > s.superseded_at
    ) or exists (
        select 1 from colourmaps_formerthreshold t
        where t.municipality_id = %(municipality)s and t.indicator_id = s.indicator_id and t.year_group = s.year_group
          and t.valid_from <= s.measured_on and t.known_until > s.superseded_at
          and (t.valid_to is null or t.valid_to > s.measured_on)
    ) then null else s.year_group end
"""


def _restore(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    """Afterwards only what is to be taken away still belongs to the import."""
    cursor.execute(
        f"""
        update colourmaps_result
        set {", ".join(f"{column} = s.{column}" for column in COMES_BACK)},
            year_group = {YEAR_GROUP}, recorded_at = %(now)s
        from {UNDONE} u join colourmaps_supersededresult s on s.id = u.restored_id
        where colourmaps_result.municipality_id = %(municipality)s
          and {SAME_KEY.format("colourmaps_result", "u")}
        """,
        parameters,
    )


def _set_right(undone: pd.DataFrame) -> Touched:
    """The pupils may have changed class since, and later results have another value before them."""
    touched: Touched = set()
    for round_ in MeasurementRound.objects.filter(pk__in=undone["round_id"].unique().tolist()):
        rows = undone[undone["round_id"] == round_.pk]
        touched |= restamp(round_, rows[rows["restored_id"].notna()])
        touched |= restamp_later(round_, rows)
    return touched
