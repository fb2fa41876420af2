"""A stamp of results that a decision has changed, written with its history: what was shown can be shown again."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd
from django.db import connection
from django.utils import timezone

from accounts.tenancy import current_municipality

from ..models import Indicator
from ..staging import staged
from .recording import CARRIED

REWRITTEN = "rewritten_result"


def rewrite_stamp(indicator: Indicator, stamp: Literal["colour", "movement"], results: pd.DataFrame) -> None:
    """Writes a new stamp on results of the indicator; the rows as they were go to the history.

    results: pupil_id, round_id and the stamp as it is to be. Who recorded a value, and in what file, stays.
    """
    if results.empty:
        return
    columns = {"pupil_id": "integer", "round_id": "integer", stamp: "smallint"}
    parameters: dict[str, Any] = {
        "municipality": current_municipality().pk,
        "indicator": indicator.pk,
        "now": connection.ops.adapt_datetimefield_value(timezone.now()),
    }
    same = """
        colourmaps_result.municipality_id = %(municipality)s and colourmaps_result.indicator_id = %(indicator)s
        and colourmaps_result.pupil_id = s.pupil_id and colourmaps_result.round_id = s.round_id
    """
    carried = ", ".join(f"colourmaps_result.{column}" for column in CARRIED.split(", "))
    with staged(REWRITTEN, columns, results), connection.cursor() as cursor:
        cursor.execute(
            f"""
            insert into colourmaps_supersededresult ({CARRIED}, superseded_at, superseded_by_batch_id)
            select {carried}, %(now)s, null from {REWRITTEN} s join colourmaps_result on {same}
            """,
            parameters,
        )
        cursor.execute(
            f"""
            update colourmaps_result set {stamp} = s.{stamp}, recorded_at = %(now)s
            from {REWRITTEN} s where {same}
            """,
            parameters,
        )
