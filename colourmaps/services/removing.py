"""Results taken away: what is no result any more leaves nothing behind but its history."""

from __future__ import annotations

from typing import Any

import pandas as pd
from django.db import connection, transaction
from django.utils import timezone

from accounts.statements import hold_lock
from accounts.tenancy import current_municipality

from ..models import MeasurementRound
from ..signals import results_changed
from ..staging import staged
from .recording import CARRIED
from .stamping import KEY, RESULTS, Touched, restamp_later

REMOVED = "removed_result"
SAME = f"""
    r.municipality_id = %(municipality)s and r.round_id = %(round)s
    and {" and ".join(f"r.{column} = s.{column}" for column in KEY)}
"""


@transaction.atomic
def remove_results(keys: pd.DataFrame, *, round_: MeasurementRound) -> int:
    """Takes the results of the round away and announces what that touches; where there is none, nothing happens.

    keys: pupil_id and indicator_id. Returns how many there were. Each stays in the history, and later results of the
    pupil are compared with the value before it.
    """
    hold_lock(RESULTS)
    parameters: dict[str, Any] = {
        "municipality": current_municipality().pk,
        "round": round_.pk,
        "now": connection.ops.adapt_datetimefield_value(timezone.now()),
    }
    carried = ", ".join(f"r.{column}" for column in CARRIED.split(", "))
    with staged(REMOVED, dict.fromkeys(KEY, "integer"), keys), connection.cursor() as cursor:
        cursor.execute(
            f"select r.school_class_id from {REMOVED} s join colourmaps_result r on {SAME}", parameters
        )
        classes = [class_id for (class_id,) in cursor.fetchall()]
        if not classes:
            return 0
        cursor.execute(
            f"""
            insert into colourmaps_supersededresult ({CARRIED}, superseded_at, superseded_by_batch_id, is_removed)
            select {carried}, %(now)s, null, true from {REMOVED} s join colourmaps_result r on {SAME}
            """,
            parameters,
        )
        cursor.execute(
            f"""
            delete from colourmaps_result as r where r.municipality_id = %(municipality)s
              and exists (select 1 from {REMOVED} s where {SAME})
            """,
            parameters,
        )
    touched: Touched = {(class_id, round_.pk) for class_id in classes if class_id is not None}
    touched |= restamp_later(round_, keys)
    if touched:
        results_changed.send(sender=remove_results, touched=touched)
    return len(classes)
