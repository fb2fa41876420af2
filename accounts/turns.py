"""Whose turn it is: which of the jobs that wait a worker does next.

The broker is a door-bell and its order means nothing: a message says only that something waits, light or heavy, and
the worker asks here. The rules:

- Light and heavy jobs have workers of their own, so that no number of heavy ones keeps a light one waiting.
- Among municipalities the turn goes round: the one that has waited longest since its last job began comes first;
  within one the oldest job. A municipality with ten jobs delays another by one job, not by ten.
- A municipality has at most one heavy job running. A unique index says so (job_one_heavy), since two workers that
  look at once would both see none.
- While its heavy job runs, its light jobs wait as rows and not inside a worker: they need the same lock, and would
  keep the workers from other municipalities. When it has ended they come first, before its next heavy one; only those
  that had to wait for it, so that a stream of light jobs cannot keep the heavy ones out.
"""

from __future__ import annotations

import datetime
import logging
from typing import NamedTuple

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from .models import Job, JobState
from .tenancy import across_municipalities

log = logging.getLogger(__name__)

# A worker that lives says so every few seconds; one that has been silent for the length of a lease is dead, and the
# next sweep gives its job to another.
LEASE = datetime.timedelta(seconds=30)
# So many are looked at before a message is given up: the first ones may just have been taken by other workers.
MOST_LOOKED_AT = 20


class Turn(NamedTuple):
    municipality_id: int
    job_id: int
    task: str


def unfinished_jobs() -> Q:
    """Jobs that wait for a worker, or whose worker has not been heard of for the length of a lease."""
    now = timezone.now()
    return Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, lease_until__lt=now)


def claim(job_id: int) -> Job | None:
    """The job, now held by the caller; None if it is finished, held by another, not its turn, or does not exist.

    One conditional update decides, on every database: two workers with the same message get one job.
    """
    now = timezone.now()
    try:
        with transaction.atomic():
            claimed = _may_begin(Job.objects.filter(unfinished_jobs(), pk=job_id)).update(
                state=JobState.RUNNING, attempts=F("attempts") + 1, started_at=now, lease_until=now + LEASE
            )
    except IntegrityError:
        return None  # another worker began a heavy job of the municipality at the same moment
    return Job.objects.get(pk=job_id) if claimed else None


def _may_begin(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Of the jobs those that need not wait for another one of their municipality."""
    beside = Job.objects.filter(municipality=OuterRef("municipality")).exclude(pk=OuterRef("pk"))
    heavy = beside.filter(is_heavy=True)
    held = heavy.filter(state=JobState.RUNNING, lease_until__gte=timezone.now())
    # Of a dead worker's heavy job only the row is left: it stands in the way of heavy ones until it is taken again.
    running = heavy.filter(state=JobState.RUNNING)
    last_ended = (
        Job.objects.filter(municipality=OuterRef("municipality"), is_heavy=True, finished_at__isnull=False)
        .order_by("-finished_at")
        .values("finished_at")[:1]
    )
    has_waited = beside.filter(is_heavy=False, state=JobState.WAITING, queued_at__lte=Subquery(last_ended))
    light_may = Q(is_heavy=False) & ~Q(Exists(held))
    heavy_may = Q(is_heavy=True) & ~Q(Exists(running)) & ~Q(Exists(has_waited))
    return jobs.filter(light_may | heavy_may)


def turns(*, is_heavy: bool) -> list[Turn]:
    """The jobs that may begin now in all municipalities, the next one first."""
    with across_municipalities():
        begun = Job.objects.filter(
            municipality=OuterRef("municipality"), is_heavy=is_heavy, started_at__isnull=False
        )
        last_begun = Subquery(begun.order_by("-started_at").values("started_at")[:1])
        waiting = _may_begin(Job.objects.filter(unfinished_jobs(), is_heavy=is_heavy))
        in_order = waiting.annotate(last_begun=last_begun).order_by(
            F("last_begun").asc(nulls_first=True), "queued_at", "pk"
        )
        rows = in_order.values_list("municipality_id", "pk", "task")[:MOST_LOOKED_AT]
        return [Turn(*row) for row in rows]


def do_next_job(*, is_heavy: bool) -> bool:
    """Does the job whose turn it is; False if there is none, or other workers have taken all of them."""
    for turn in turns(is_heavy=is_heavy):
        task = current_app.tasks.get(turn.task)
        if task is None:
            log.error("job %s waits for the task %s, which this worker does not know", turn.job_id, turn.task)
        elif task(turn.municipality_id, turn.job_id):
            return True
    return False
