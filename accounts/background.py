"""Work outside the request: job rows that are the truth, and the Celery base that enters the municipality.

A job is accepted by writing its row in the caller's transaction; the message is sent after commit and may be lost,
doubled or late. `accounts.tasks.sweep_jobs` wakes what nobody woke. Which job a woken worker does: turns.py.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any, NamedTuple

from celery import Task
from django.core.cache import cache
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from .bells import wake
from .models import Job, JobState, Municipality, User
from .tenancy import across_municipalities, current_municipality, municipality_scope
from .turns import LEASE, claim, unfinished_jobs

log = logging.getLogger(__name__)

# The door-bells, and so the queues: colourmaps.config.settings.CELERY_TASK_ROUTES.
LIGHT, HEAVY = "accounts.tasks.do_light_job", "accounts.tasks.do_heavy_job"
# So often is rung at a time for work that is left: enough for every worker to hear it, and no flood of messages.
MOST_BELLS = 8
SECONDS_BETWEEN_BEATS = 8
MAX_ATTEMPTS = 3
# How long a progress that nobody replaces is shown.
SECONDS_OF_PROGRESS = 900


class JobRefused(Exception):
    """The job cannot be done, and trying again will not help; the message says why, in words for the user."""


class JobCancelled(Exception):
    """Somebody has asked that the job ends. Raised where it reports how far it is; by: id of that person."""

    def __init__(self, by: int) -> None:
        super().__init__(by)
        self.by = by


def queue_job(task: str, *, by: User | None, is_heavy: bool = False, **arguments: Any) -> Job:
    """Accepts work: writes the job's row now and wakes a worker after commit.

    is_heavy: it takes more than a few seconds; of those a municipality has one at a time. arguments: ids, never
    personal data.
    """
    municipality = current_municipality()
    job = Job.objects.create(
        municipality=municipality, task=task, arguments=arguments, is_heavy=is_heavy, by=by
    )
    transaction.on_commit(lambda: wake(bell_of(job)))
    return job


def bell_of(job: Job) -> str:
    return HEAVY if job.is_heavy else LIGHT


def is_under_way(job: Job | None) -> bool:
    """Whether the job waits or runs; one that failed may be asked for again."""
    return job is not None and job.state in (JobState.WAITING, JobState.RUNNING)


def retry_job(job: Job) -> bool:
    """Asks again for a job that failed, as it was asked for; False if it has not, or somebody else was quicker."""
    failed = Job.objects.filter(pk=job.pk, state=JobState.FAILED)
    if not failed.update(
        state=JobState.WAITING,
        failure="",
        attempts=0,
        queued_at=timezone.now(),
        started_at=None,
        finished_at=None,
    ):
        return False
    transaction.on_commit(lambda: wake(bell_of(job)))
    return True


class Progress(NamedTuple):
    """How far a job has come. phase: a word of the task's own, "" before it has begun; n_total: 0 if not known.

    per_second: how many have been done in a second since the phase began; 0 if not known.
    """

    phase: str
    n_done: int
    n_total: int
    per_second: float = 0


@contextmanager
def heartbeat(job: Job) -> Iterator[None]:
    """Within, the job's lease is renewed from a thread and a connection of its own, whatever the job is busy with."""
    stopped = Event()

    def beat() -> None:
        try:
            while not stopped.wait(SECONDS_BETWEEN_BEATS):
                renew_lease(job)
        finally:
            connection.close()

    thread = Thread(target=beat, name=f"heartbeat of job {job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def renew_lease(job: Job) -> None:
    try:
        with municipality_scope(job.municipality):  # a thread of its own has entered none
            running = Job.objects.filter(pk=job.pk, state=JobState.RUNNING)
            running.update(lease_until=timezone.now() + LEASE)
    except DatabaseError:
        # SQLite is busy with the job's own writing, or the server restarts: the next beat tries again.
        log.warning("the lease of job %s was not renewed", job.pk)


def report(job: Job, phase: str, n_done: int = 0, n_total: int = 0) -> None:
    """Tells how far the job has come, between its transactions: in its row. Raises JobCancelled: see ask_to_cancel."""
    job.phase, job.n_done, job.n_total = phase, n_done, n_total
    job.save(update_fields=["phase", "n_done", "n_total"])
    report_within_transaction(job, phase, n_done, n_total)


def report_within_transaction(job: Job, phase: str, n_done: int = 0, n_total: int = 0) -> None:
    """As `report`, but to the cache alone: nobody would see the row before the transaction has ended, and the
    heartbeat would wait for it.
    """
    told = Progress(phase, n_done, n_total, _per_second(job, phase, n_done))
    try:
        cache.set(_progress_key(job), tuple(told), timeout=SECONDS_OF_PROGRESS)
        asked = cache.get(_cancel_key(job))
    except Exception:
        log.warning("no cache: how far job %s has come is seen late", job.pk)
        return
    if asked is not None:
        raise JobCancelled(asked["by"])


def _per_second(job: Job, phase: str, n_done: int) -> float:
    """The speed since the first report of the phase; the job object remembers when that was, and from how many on."""
    now = time.monotonic()
    began, from_phase, from_n = getattr(job, "phase_began", (now, None, 0))
    if from_phase != phase:
        began, from_n = now, n_done
        job.phase_began = (began, phase, from_n)  # type: ignore[attr-defined]  # not a column: of this attempt alone
    return (n_done - from_n) / (now - began) if now > began else 0


def progress_of(job: Job) -> Progress:
    """What the job has last reported, also from inside a transaction that has not ended."""
    told = _cached(_progress_key(job), job)
    return Progress(*told) if told else Progress(job.phase, job.n_done, job.n_total)


def ask_to_cancel(job: Job, *, by: User) -> None:
    """Asks a running job to end: where it next reports, JobCancelled is raised, and its transaction is taken back.

    Through the cache, since the job's row may be locked, and on SQLite the whole database, by the job itself. Raises
    JobRefused if there is no cache that could carry the question.
    """
    try:
        cache.set(_cancel_key(job), {"by": by.pk}, timeout=SECONDS_OF_PROGRESS)
    except Exception as error:
        raise JobRefused(_("The work cannot be reached just now. Try again in a moment.")) from error


def is_asked_to_cancel(job: Job) -> bool:
    return _cached(_cancel_key(job), job) is not None


def cancel_waiting(job: Job) -> bool:
    """Ends a job that no worker has begun; False if one has. One conditional update, as `claim` is."""
    waiting = Job.objects.filter(pk=job.pk, state=JobState.WAITING)
    return bool(waiting.update(state=JobState.CANCELLED, finished_at=timezone.now()))


def _cached(key: str, job: Job) -> Any:
    try:
        return cache.get(key)
    except Exception:
        log.warning("no cache: how far job %s has come is seen late", job.pk)
        return None


def cache_keys_of_jobs(jobs: QuerySet[Job]) -> Iterator[str]:
    """All keys of the cache under which the jobs may have told how far they are or been asked to end."""
    for job in jobs.only("pk", "attempts").iterator():
        yield _cancel_key(job)
        for attempts in range(max(job.attempts, MAX_ATTEMPTS) + 1):
            job.attempts = attempts
            yield _progress_key(job)


def _progress_key(job: Job) -> str:
    return f"job-progress-{job.pk}-{job.attempts}"


def _cancel_key(job: Job) -> str:
    return f"job-cancel-{job.pk}"


def language_of(job: Job) -> str:
    """The language of whoever asked for the job: what it writes down is for that person to read.

    An argument `language` names that of the page that asked, which may be the browser's.
    """
    return job.arguments.get("language") or (job.by.language if job.by else "") or job.municipality.language


class TenantTask(Task):
    """Enters the municipality whose id is the first argument."""

    abstract = True

    def __call__(self, municipality_id: int, *args: Any, **kwargs: Any) -> Any:
        with municipality_scope(Municipality.objects.get(pk=municipality_id)):
            return self.run(*args, **kwargs)


class JobTask(TenantTask):
    """A task that does the work of a job row: claims it, runs, and writes how it ended. Safe to deliver twice.

    The decorated function gets the Job and its arguments. label: what the work is called, in words for people.
    """

    abstract = True
    label: Any = ""

    def __call__(self, municipality_id: int, job_id: int) -> bool:
        """False if the job could not be claimed."""
        with municipality_scope(Municipality.objects.get(pk=municipality_id)):
            job = claim(job_id)
            if job is None:
                return False
            with translation.override(language_of(job)):
                self.run_claimed(job)
            ring_for_the_next(job)
            return True

    def run_claimed(self, job: Job) -> None:
        if job.attempts > MAX_ATTEMPTS:
            self.finish(job, JobState.FAILED, _("It was tried several times and was interrupted each time."))
            return
        try:
            with heartbeat(job):
                self.run(job, **job.arguments)
        except JobRefused as refusal:
            self.finish(job, JobState.FAILED, str(refusal))
        except JobCancelled:
            self.finish(job, JobState.CANCELLED)
        except OperationalError:
            # The database restarts, or two writers met: nothing is wrong with the job itself.
            log.exception("job %s was interrupted", job.pk)
            self.put_back(job)
        except Exception:
            log.exception("job %s failed", job.pk)
            self.finish(job, JobState.FAILED, _("Something went wrong on our side. Nothing was changed."))
        else:
            self.finish(job, JobState.DONE)

    def put_back(self, job: Job) -> None:
        """The next sweep gives it to a worker again."""
        self.held(job).update(state=JobState.WAITING, lease_until=None)

    def finish(self, job: Job, state: JobState, failure: str = "") -> None:
        self.held(job).update(state=state, failure=failure, finished_at=timezone.now(), lease_until=None)

    def held(self, job: Job) -> QuerySet[Job]:
        """The job's row, while it is still ours: a worker that lost its lease has no say in how the job ended."""
        return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)


def ring_for_the_next(ended: Job) -> None:
    """Rings for what may have been refused while the job ran, since whoever was woken for it has gone away.

    That is the next one of its own kind anywhere; and in its municipality the light ones that waited for a heavy one,
    or the heavy one that gave way to a light one.
    """
    beside = Job.objects.filter(unfinished_jobs(), is_heavy=not ended.is_heavy)
    n_beside = beside[: MOST_BELLS if ended.is_heavy else 1].count()
    with across_municipalities():
        # But not for itself: a job that was put back waits for the sweep.
        alike = Job.objects.filter(unfinished_jobs(), is_heavy=ended.is_heavy).exclude(pk=ended.pk)
        n_alike = alike[:1].count()
    _ring(HEAVY, n_alike if ended.is_heavy else n_beside)
    _ring(LIGHT, n_beside if ended.is_heavy else n_alike)


def wake_waiting_jobs() -> int:
    """Rings for the jobs that wait or were dropped, in all municipalities; returns how many those are."""
    with across_municipalities():
        unfinished = Job.objects.filter(unfinished_jobs())
        n_light, n_heavy = (unfinished.filter(is_heavy=is_heavy).count() for is_heavy in (False, True))
    _ring(LIGHT, min(n_light, MOST_BELLS))
    _ring(HEAVY, min(n_heavy, MOST_BELLS))
    return n_light + n_heavy


def _ring(bell: str, n: int) -> None:
    for _n in range(n):
        wake(bell)
