"""The roll-ups that are still to do: rows that are written with the change and outlive every crash.

A worker picks what waits, recounts, and strikes a row off only if its generation is the one it began with. Why nothing
is lost, at whichever point a worker, the broker or the database dies:

- The row is written in the transaction of the change. Either both are there or neither is.
- Sums and the striking off of their rows are one transaction: a worker that dies leaves the old sums and the row.
- A change that comes while its class is counted raises the generation, or holds the row locked until it commits; in
  both cases the row is not struck off. One that comes after the striking off writes a new row.
- Sums are recounted and never added to, by one worker at a time in a municipality (rollup.LOCK). So a task that is
  delivered twice, late or out of order counts the same again.
- Messages are door-bells, and one that still rings is enough (accounts.bells). One that is lost is replaced by the
  sweep (sweep-rollup-work in the settings, each half minute); a worker that finds another at it looks again a little
  later, since that one may have passed a new row.
"""

from __future__ import annotations

import datetime
import enum
import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.db import OperationalError, connection, transaction
from django.db.models import F, Min
from django.utils import timezone

from accounts.bells import wake, wake_once
from accounts.models import Unit
from accounts.queries import subtree_ids
from accounts.statements import long_statements, put_off, try_lock
from accounts.tenancy import across_municipalities, current_municipality
from colourmaps.models import MeasurementRound

from .models import RollupWork
from .rollup import LOCK, recount

log = logging.getLogger(__name__)

ROLL_UP = "aggregation.tasks.roll_up"
# A class that could not be counted is tried again after so long.
BEFORE_ANOTHER_TRY = datetime.timedelta(minutes=5)
# Classes counted in one transaction. What somebody has begun to look at waits for one portion at most.
PORTION = 500
# After so long a municipality gives its worker to the next one that waits.
SECONDS_OF_A_TURN = 5


def ask_for_recount(touched: Iterable[tuple[int, int]]) -> None:
    """Writes down that the (class id, round id) pairs are to be recounted, and wakes a worker after commit."""
    put_off(_ask_for_recount, touched)


@transaction.atomic
def _ask_for_recount(touched: set[tuple[int, int]]) -> None:
    """Leaves out classes that have been removed since they were touched."""
    municipality_id = current_municipality().pk
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    # Sorted, so that two changes at once cannot lock each other out.
    rows = [(municipality_id, round_id, now, unit_id) for unit_id, round_id in sorted(touched)]
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into aggregation_rollupwork as w (municipality_id, unit_id, round_id, generation, queued_at)
            select %s, id, %s, 1, %s from accounts_unit where id = %s
            on conflict (municipality_id, unit_id, round_id) do update set generation = w.generation + 1
            """,
            rows,
        )
    transaction.on_commit(lambda: wake_once(ROLL_UP, municipality_id))


class Ended(enum.Enum):
    """Why a worker stopped recounting."""

    ALL_DONE = enum.auto()
    TIME_IS_UP = enum.auto()
    ANOTHER_IS_AT_IT = enum.auto()


def do_waiting_recounts(seconds: float | None = None) -> Ended:
    """Recounts what waits in the municipality, what somebody looks at first.

    seconds: begins no new portion after so long; None goes on to the end.
    """
    began = time.monotonic()
    while picked := _pick():
        if not _count_somehow(picked):
            return Ended.ANOTHER_IS_AT_IT
        if seconds is not None and time.monotonic() - began >= seconds:
            return Ended.TIME_IS_UP
    return Ended.ALL_DONE


@transaction.atomic
def _pick() -> list[int]:
    """Ids of the rows to do next. The locks end here, so that no change waits for the counting.

    What a change is writing at this moment is passed over: it rings when it commits.
    """
    waiting = RollupWork.objects.select_for_update(skip_locked=True).filter(queued_at__lte=timezone.now())
    first = waiting.order_by(F("wanted_at").asc(nulls_last=True), "queued_at", "pk")[:PORTION]
    return [work.pk for work in first]


def _count_somehow(picked: Collection[int]) -> bool:
    """All at once, or one by one if that fails; False if another worker is at it."""
    try:
        return _count(picked)
    except OperationalError:
        raise  # the server restarts: nothing is wrong with the classes
    except Exception:
        log.exception("counting failed; the classes are counted one by one")
    return all(_count_or_put_off(work_id) for work_id in picked)


def _count_or_put_off(work_id: int) -> bool:
    """As `_count`; a class that cannot be counted is tried again later, and keeps none of the others waiting."""
    try:
        return _count([work_id])
    except OperationalError:
        raise
    except Exception:
        log.exception("row %s of the roll-up's work cannot be counted", work_id)
    later = timezone.now() + BEFORE_ANOTHER_TRY
    RollupWork.objects.filter(pk=work_id).update(queued_at=later, wanted_at=None)
    return True


def _count(picked: Collection[int]) -> bool:
    """Recounts the classes of the rows and strikes these off; False if another worker is at it."""
    with long_statements():
        if not try_lock(LOCK):
            return False
        # Read again under the lock: what another worker has done since it was picked is gone.
        rows = list(RollupWork.objects.filter(pk__in=picked))
        _recount(rows)
        _strike_off(rows)
        return True


def _recount(rows: Sequence[RollupWork]) -> None:
    classes = defaultdict(list)
    for work in rows:
        classes[work.round_id].append(work.unit_id)
    # In the order in which rows of releases are locked.
    for round_ in MeasurementRound.objects.filter(pk__in=classes).order_by("pk"):
        recount(round_, classes[round_.pk])


def _strike_off(rows: Sequence[RollupWork]) -> None:
    """Deletes the rows whose generation is still the one that was counted.

    A row that a change holds locked has a new generation that is not committed yet: it stays, and is not waited for.
    """
    counted = {work.pk: work.generation for work in rows}
    free = RollupWork.objects.select_for_update(skip_locked=True).filter(pk__in=counted)
    done = [pk for pk, generation in free.values_list("pk", "generation") if generation == counted[pk]]
    RollupWork.objects.filter(pk__in=done).delete()


def want_first(unit: Unit, round_: MeasurementRound) -> int:
    """Somebody looks at the unit's figures while they wait: they are counted before others. Returns how many rows.

    Cheap enough for a page to ask: it writes once per row, waits for nobody, and is called only when something waits.
    On SQLite it does nothing: there the page would wait for the very work that it wants to come first.
    """
    if not connection.features.has_select_for_update_skip_locked:
        return 0
    with transaction.atomic():
        waiting = RollupWork.objects.select_for_update(skip_locked=True).filter(wanted_at=None)
        subtree = subtree_ids([unit.pk], unit.nearest_day(round_.counted_on))
        under = waiting.filter(round=round_, unit_id__in=subtree)
        rows = list(under.values_list("pk", flat=True))
        return RollupWork.objects.filter(pk__in=rows).update(wanted_at=timezone.now()) if rows else 0


class Waiting(NamedTuple):
    """What waits in the municipality: classes that are to be counted, and since when the oldest does."""

    n_classes: int
    since: datetime.datetime | None


def waiting_recounts() -> Waiting:
    oldest = RollupWork.objects.filter(queued_at__lte=timezone.now()).aggregate(since=Min("queued_at"))[
        "since"
    ]
    return Waiting(RollupWork.objects.values("unit").distinct().count(), oldest)


def wake_waiting_recounts() -> int:
    """Rings for every municipality in which a recount waits; returns how many."""
    with across_municipalities():
        waiting = list(RollupWork.objects.values_list("municipality_id", flat=True).distinct())
    for municipality_id in waiting:
        wake(ROLL_UP, municipality_id)
    return len(waiting)
