"""Stamps on results that are there already, set right when what they follow from has changed.

The class and year group follow the pupil's enrolment, the movement follows the value before. The colour follows
neither: it stays as it was when the value was judged, unless no year group was known to judge it by.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
from django.db import connection, transaction
from django.utils import timezone

from accounts.statements import hold_lock
from accounts.tenancy import current_municipality
from pupils.services import BATCH

from ..models import MeasurementRound, Result
from ..signals import results_changed
from ..staging import staged
from .judging import judge

# The lock under which results are written and stamped: each is judged by those before it, so one writer at a time.
RESULTS = "results"
KEY = ["pupil_id", "indicator_id"]
CONTENT = [*KEY, "value", "mark", "measured_on"]
STAMPS = {
    "school_class_id": "integer",
    "year_group": "smallint",
    "colour": "smallint",
    "movement": "smallint",
}

Touched = set[tuple[int, int]]


def restamp(round_: MeasurementRound, rows: pd.DataFrame) -> Touched:
    """Results of the pupils and indicators in the round itself; returns the touched (class id, round id) pairs."""
    return _restamp(round_, rows[KEY])


def restamp_later(round_: MeasurementRound, rows: pd.DataFrame) -> Touched:
    """Results of the same pupils and indicators in later rounds; returns the touched (class id, round id) pairs."""
    touched: Touched = set()
    for later in MeasurementRound.objects.filter(starts_on__gt=round_.starts_on).order_by("starts_on"):
        touched |= _restamp(later, rows[KEY])
    return touched


@transaction.atomic
def place_results(pupil_ids: Collection[int], class_ids: Collection[int]) -> None:
    """Results follow their pupils to the classes that they are in now, and all that is touched is announced.

    class_ids: the classes that the pupils are in or were in: who is due there has changed, results or not.
    """
    hold_lock(RESULTS)
    rounds = list(MeasurementRound.objects.order_by("starts_on"))
    touched: Touched = {(class_id, round_.pk) for class_id in class_ids for round_ in rounds}
    all_ids = sorted(pupil_ids)
    if _have_results(all_ids):
        for round_ in rounds:
            touched |= _restamp(round_, pd.DataFrame({"pupil_id": all_ids}))
    results_changed.send(sender=place_results, touched=touched)


def _have_results(pupil_ids: list[int]) -> bool:
    """Whether any of them has: new pupils, of whom there may be thousands, have none in any round."""
    portions = (pupil_ids[start : start + BATCH] for start in range(0, len(pupil_ids), BATCH))
    return any(Result.objects.filter(pupil__in=portion).exists() for portion in portions)


@transaction.atomic
def restamp_all() -> None:
    """Every result of the municipality: the repair when a recount has found that stamps are not what they should be."""
    hold_lock(RESULTS)
    touched: Touched = set()
    for round_ in MeasurementRound.objects.order_by("starts_on"):
        touched |= _restamp(round_, None)
    results_changed.send(sender=restamp_all, touched=touched)


def movements_judged_again(round_: MeasurementRound, indicator_id: int) -> pd.DataFrame:
    """The results of an indicator in a round whose movement should be another than it is; writes nothing.

    Columns pupil_id, round_id, school_class_id and movement, as it should be.
    """
    stored = _stored(round_, pd.DataFrame({"indicator_id": [indicator_id]}))
    if stored.empty:
        return pd.DataFrame(columns=["pupil_id", "round_id", "school_class_id", "movement"])
    judged = judge(stored[CONTENT], round_).assign(round_id=round_.pk)
    judged = judged.merge(stored[[*KEY, "movement"]], on=KEY, suffixes=("", "_stored"))
    return judged[judged["movement"] != judged["movement_stored"]]


def _restamp(round_: MeasurementRound, keys: pd.DataFrame | None) -> Touched:
    """Judges the round's results again and writes the stamps that differ; the former ones stay readable.

    keys: whose results: pupil_id, and indicator_id where only some are meant; None for all of the round's.
    """
    stored = _stored(round_, keys)
    if stored.empty:
        return set()
    judged = judge(stored[CONTENT], round_).merge(stored[[*KEY, *STAMPS]], on=KEY, suffixes=("", "_stored"))
    judged["colour"] = judged["colour"].where(judged["year_group_stored"].isna(), judged["colour_stored"])
    is_right = pd.concat([_is_same(judged, stamp) for stamp in STAMPS], axis=1).all(axis=1)
    wrong = judged[~is_right]
    _write(round_, wrong)
    classes = pd.concat([wrong["school_class_id"], wrong["school_class_id_stored"]]).dropna().unique()
    return {(int(class_id), round_.pk) for class_id in classes}


def _is_same(judged: pd.DataFrame, stamp: str) -> pd.Series:
    new, stored = judged[stamp], judged[f"{stamp}_stored"]
    return (new == stored) | (new.isna() & stored.isna())


def _stored(round_: MeasurementRound, keys: pd.DataFrame | None) -> pd.DataFrame:
    """The results in force of the round, with value as float (NaN where there is a mark)."""
    columns = [*CONTENT, *STAMPS]
    parameters = [current_municipality().pk, round_.pk]
    select = f"select {', '.join(f'r.{column}' for column in columns)} from colourmaps_result r"
    where = "where r.municipality_id = %s and r.round_id = %s"
    with connection.cursor() as cursor:
        if keys is None:
            cursor.execute(f"{select} {where}", parameters)
            rows = cursor.fetchall()
        else:
            names = list(keys.columns)
            join = " and ".join(f"s.{name} = r.{name}" for name in names)
            with staged("staged_key", dict.fromkeys(names, "integer"), keys):
                cursor.execute(f"{select} join staged_key s on {join} {where}", parameters)
                rows = cursor.fetchall()
    return pd.DataFrame(rows, columns=columns).astype({"value": float})


def _write(round_: MeasurementRound, wrong: pd.DataFrame) -> None:
    if wrong.empty:
        return
    columns = {**dict.fromkeys(KEY, "integer"), **STAMPS}
    stamps, former = ", ".join(STAMPS), ", ".join(f"r.{stamp}" for stamp in STAMPS)
    parameters = [current_municipality().pk, round_.pk]
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with staged("staged_stamp", columns, wrong), connection.cursor() as cursor:
        cursor.execute(
            f"""
            insert into colourmaps_formerstamp
                (municipality_id, pupil_id, indicator_id, round_id, {stamps}, recorded_at, known_until)
            select r.municipality_id, r.pupil_id, r.indicator_id, r.round_id, {former}, r.recorded_at, %s
            from staged_stamp s join colourmaps_result r on r.pupil_id = s.pupil_id and r.indicator_id = s.indicator_id
            where r.municipality_id = %s and r.round_id = %s
            """,
            [now, *parameters],
        )
        cursor.execute(
            f"""
            update colourmaps_result set {", ".join(f"{stamp} = s.{stamp}" for stamp in STAMPS)}
            from staged_stamp s
            where colourmaps_result.municipality_id = %s and colourmaps_result.round_id = %s
              and colourmaps_result.pupil_id = s.pupil_id and colourmaps_result.indicator_id = s.indicator_id
            """,
            parameters,
        )
