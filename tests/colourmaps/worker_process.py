"""A worker as a process of its own, for tests that kill one: does the jobs that wait, and stops for good at a point.

`python -m tests.colourmaps.worker_process POINT` prints POINT when it has come there, and then sleeps to be killed.
Points: a phase of the work ("reading", "writing" …), "written" (all is written, nothing is committed), or "-": none.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from accounts.models import Job  # noqa: E402 – Django first
from accounts.tenancy import across_municipalities  # noqa: E402
from accounts.turns import unfinished_jobs  # noqa: E402
from colourmaps.importing import jobs, undo  # noqa: E402
from tests.factories.imports import TASKS  # noqa: E402


def stop_at(point: str) -> None:
    for module in (jobs, undo):
        for name in ("report", "report_within_transaction"):
            setattr(module, name, _stopping(getattr(module, name), point, of_phase=True))
    # The last that is written in the transaction of a job.
    jobs.record = _stopping(jobs.record, point, of_phase=False)
    undo.record = _stopping(undo.record, point, of_phase=False)


def _stopping(call: Callable[..., Any], point: str, *, of_phase: bool) -> Callable[..., Any]:
    def stopping(*arguments: Any, **named: Any) -> None:
        call(*arguments, **named)
        if point == (arguments[1] if of_phase else "written"):
            print(point, flush=True)
            time.sleep(600)

    return stopping


def main(point: str) -> None:
    stop_at(point)
    with across_municipalities():
        waiting = list(Job.objects.filter(unfinished_jobs(), task__in=TASKS).order_by("pk"))
    for job in waiting:
        TASKS[job.task](job.municipality_id, job.pk)
    print("done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
