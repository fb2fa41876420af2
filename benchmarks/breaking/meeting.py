"""Two workers at the same nodes at once: each counts another class of a school, and both write its sums."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext, suppress
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any
from unittest.mock import patch

from django.db import IntegrityError, connection

from accounts.tenancy import municipality_scope
from aggregation import rollup

from .town import Harm, Town

# So long a worker waits for the other one before it writes what it has counted; with the lock the other never comes.
SECONDS_TO_MEET = 0.2


def let_workers_meet(town: Town, n_times: int, *, has_lock: bool = True) -> Harm:
    """has_lock: False leaves out the lock under which sums are written."""
    harm = Harm()
    guard = nullcontext() if has_lock else patch.object(rollup, "hold_lock", lambda name: None)
    with guard:
        for _n in range(n_times):
            town.change_in(town.scene.classes[:2])
            _count_two_classes_at_once(town)
            harm += town.harm()
            town.recount()
    return harm


def _count_two_classes_at_once(town: Town) -> None:
    """Both have counted their class and added up the school before either writes."""
    barrier = Barrier(2)
    round_ = town.scene.rounds[-1]

    def wait_and_write(*arguments: Any) -> None:
        with suppress(BrokenBarrierError):  # the other one waits for the lock
            barrier.wait(SECONDS_TO_MEET)
        write(*arguments)

    def count(class_id: int) -> None:
        try:
            # One that falls over what the other has just written leaves its sums stale, and is found out by that.
            with municipality_scope(town.municipality), suppress(IntegrityError):
                rollup.recount(round_, [class_id])
        finally:
            connection.close()

    write: Callable[..., None] = rollup._write_what_differs
    with patch.object(rollup, "_write_what_differs", wait_and_write):
        workers = [Thread(target=count, args=(each.pk,)) for each in town.scene.classes[:2]]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
