"""The results of a map as bare columns: a map has hundreds, and whole objects would cost more than the query."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import NamedTuple

from django.db import connection

from accounts.tenancy import current_municipality

from ..models import Indicator, MeasurementRound
from ..scales import Mark


class KeptResult(NamedTuple):
    """What a cell shows of a result."""

    round_id: int
    value: int | None
    mark: int
    colour: int
    movement: int
    measured_on: datetime.date


COLUMNS = ", ".join(f"r.{column}" for column in KeptResult._fields)


def places(parameters: Collection[int]) -> str:
    return ", ".join(["%s"] * len(parameters))


def newest_results(pupil_ids: Collection[int], round_: MeasurementRound) -> dict[tuple[int, int], KeptResult]:
    """By (pupil id, indicator id): what is known of this round, else the latest value from a round before it."""
    if not pupil_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select {_newest_only()} r.pupil_id, r.indicator_id, {COLUMNS}
            from colourmaps_result r
            join colourmaps_measurementround m on m.id = r.round_id
            where r.municipality_id = %s and r.pupil_id in ({places(pupil_ids)}) and m.starts_on <= %s
              and (r.round_id = %s or r.mark = {Mark.MEASURED.value})
            order by r.pupil_id, r.indicator_id, m.starts_on desc
            """,
            [current_municipality().pk, *pupil_ids, round_.starts_on, round_.pk],
        )
        found: dict[tuple[int, int], KeptResult] = {}
        for pupil_id, indicator_id, *result in cursor.fetchall():
            found.setdefault((pupil_id, indicator_id), KeptResult(*result))
        return found


def _newest_only() -> str:
    """PostgreSQL sends the newest of several alone; SQLite is in this process, and sends them all."""
    return "distinct on (r.pupil_id, r.indicator_id)" if connection.vendor == "postgresql" else ""


def results_of(pupil_ids: Collection[int], indicator: Indicator) -> dict[tuple[int, int], KeptResult]:
    """By (pupil id, round id): everything that is known of the pupils on an indicator."""
    if not pupil_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select r.pupil_id, {COLUMNS} from colourmaps_result r
            where r.municipality_id = %s and r.indicator_id = %s and r.pupil_id in ({places(pupil_ids)})
            """,
            [current_municipality().pk, indicator.pk, *pupil_ids],
        )
        return {(row[0], row[1]): KeptResult(*row[1:]) for row in cursor.fetchall()}
