"""Asks for rounds to be released: a row that is written with the recount itself, and so outlives every crash."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone

from accounts.bells import wake_once
from accounts.statements import put_off
from accounts.tenancy import current_municipality

RELEASE = "aggregation.tasks.release_rounds"


def ask_for_releases(round_ids: Iterable[int]) -> None:
    """Writes down that figures of the rounds have changed, and wakes a worker after commit."""
    put_off(_ask_for_releases, round_ids)


@transaction.atomic
def _ask_for_releases(round_ids: set[int]) -> None:
    municipality_id = current_municipality().pk
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    # Sorted, so that two recounts at once cannot lock each other out.
    rows = [(municipality_id, round_id, now) for round_id in sorted(round_ids)]
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into aggregation_releasework as w (municipality_id, round_id, generation, queued_at)
            values (%s, %s, 1, %s)
            on conflict (municipality_id, round_id) do update set generation = w.generation + 1
            """,
            rows,
        )
    transaction.on_commit(lambda: wake_once(RELEASE, municipality_id))
