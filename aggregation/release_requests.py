"""Asks for rounds to be released: a row that is written with the recount itself, and so outlives every crash."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from accounts.background import wake
from accounts.tenancy import current_municipality
from colourmaps.models import MeasurementRound

RELEASE = "aggregation.tasks.release_rounds"


@transaction.atomic
def ask_for_release(round_: MeasurementRound) -> None:
    """Writes down that the round's figures have changed, and wakes a worker after commit."""
    municipality_id = current_municipality().pk
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into aggregation_releasework as w (municipality_id, round_id, generation, queued_at)
            values (%s, %s, 1, %s)
            on conflict (municipality_id, round_id) do update set generation = w.generation + 1
            """,
            [municipality_id, round_.pk, now],
        )
    transaction.on_commit(lambda: wake(RELEASE, municipality_id))
