"""The roll-ups that are still to do: rows that are written with the change and outlive every crash.

A worker takes what waits, recounts, and deletes a row only if its generation is the one it began with: a change that
came meanwhile leaves the row standing, and it is recounted again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone

from accounts.background import wake
from accounts.statements import long_statements, try_lock
from accounts.tenancy import across_municipalities, current_municipality
from colourmaps.models import MeasurementRound

from .models import RollupWork
from .rollup import LOCK, recount

ROLL_UP = "aggregation.tasks.roll_up"
# Rows taken at a time: small enough that one municipality's year does not hold a transaction open for long.
PORTION = 2000


@transaction.atomic
def ask_for_recount(touched: Iterable[tuple[int, int]]) -> None:
    """Writes down that the (class id, round id) pairs are to be recounted, and wakes a worker after commit."""
    municipality_id = current_municipality().pk
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    # Sorted, so that two changes at once cannot lock each other out.
    rows = [(municipality_id, unit_id, round_id, 1, now) for unit_id, round_id in sorted(touched)]
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into aggregation_rollupwork as w (municipality_id, unit_id, round_id, generation, queued_at)
            values (%s, %s, %s, %s, %s)
            on conflict (municipality_id, unit_id, round_id) do update set generation = w.generation + 1
            """,
            rows,
        )
    transaction.on_commit(lambda: wake(ROLL_UP, municipality_id))


def do_waiting_recounts() -> bool:
    """Recounts all that waits in the municipality; False if somebody else is at it already."""
    while True:
        n_done = _do_portion()
        if n_done is None:
            return False
        if n_done == 0:
            return True


def _do_portion() -> int | None:
    """How many rows of work were done; None if another worker is at it."""
    with long_statements():
        if not try_lock(LOCK):
            return None
        # What a change is writing at this moment is left to the next round, so that neither waits for the other.
        portion = list(
            RollupWork.objects.select_for_update(skip_locked=True).order_by("queued_at", "pk")[:PORTION]
        )
        classes = defaultdict(list)
        for work in portion:
            classes[work.round_id].append(work.unit_id)
        for round_ in MeasurementRound.objects.filter(pk__in=classes):
            recount(round_, classes[round_.pk])
        for work in portion:
            RollupWork.objects.filter(pk=work.pk, generation=work.generation).delete()
        return len(portion)


def wake_waiting_recounts() -> int:
    """Rings for every municipality in which a recount waits; returns how many."""
    with across_municipalities():
        waiting = list(RollupWork.objects.values_list("municipality_id", flat=True).distinct())
    for municipality_id in waiting:
        wake(ROLL_UP, municipality_id)
    return len(waiting)
