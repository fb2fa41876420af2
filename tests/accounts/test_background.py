"""Accepted work is never lost and never done twice: rows, claims, leases, and the sweep."""

import datetime
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import background, bells
from accounts.background import (
    HEAVY,
    LIGHT,
    MAX_ATTEMPTS,
    MOST_BELLS,
    JobRefused,
    JobTask,
    TenantTask,
    queue_job,
    report,
    retry_job,
)
from accounts.models import Job, JobState
from accounts.tasks import sweep_jobs
from accounts.tenancy import ScopeError, current_municipality
from accounts.turns import LEASE, claim, turns
from tests.fixtures import Place

SECOND = datetime.timedelta(seconds=1)
TASK = "tests.count_sheep"


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[Any]]]:
    """What has been rung for: (task, arguments), in order."""
    rung: list[tuple[str, list[Any]]] = []
    monkeypatch.setattr(
        bells.current_app, "send_task", lambda task, args, retry: rung.append((task, list(args)))
    )
    return rung


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, clock: datetime.date) -> Callable[[datetime.timedelta], None]:
    """`later(time)` moves the clock on."""

    def move(time: datetime.timedelta) -> None:
        moment = timezone.now() + time
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return move


@pytest.fixture
def job(in_solviken: Place, rung: list) -> Job:
    return queue_job(TASK, by=in_solviken.coordinator, n_sheep=3)


class CountSheep(JobTask):
    """A task whose work is the function that it is made with."""

    name = TASK

    def __init__(self, work: Callable[..., None]) -> None:
        self.work = work

    def run(self, *args: Any, **kwargs: Any) -> None:
        self.work(*args, **kwargs)


def deliver(job: Job, work: Callable[..., None]) -> Job:
    """A worker gets the message about the job; returns the job as it then stands."""
    CountSheep(work)(job.municipality_id, job.pk)
    return Job.objects.get(pk=job.pk)


def test_job_is_written_at_once_and_rung_for_after_commit(
    in_solviken: Place, rung: list, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = queue_job(TASK, by=in_solviken.coordinator, n_sheep=3)
        assert rung == []

    assert (job.state, job.arguments, job.by) == (
        JobState.WAITING,
        {"n_sheep": 3},
        in_solviken.coordinator,
    )
    assert rung == [(LIGHT, [])]


def test_job_of_a_change_that_is_rolled_back_is_gone(in_solviken: Place, rung: list) -> None:
    with transaction.atomic():
        queue_job(TASK, by=None)
        transaction.set_rollback(True)

    assert (Job.objects.count(), rung) == (0, [])


def test_job_is_claimed_by_one_of_two(job: Job) -> None:
    first, second = claim(job.pk), claim(job.pk)

    assert first is not None
    assert (first.state, first.attempts) == (JobState.RUNNING, 1)
    assert second is None


def test_job_is_held_until_its_lease_runs_out(job: Job, later: Callable) -> None:
    claim(job.pk)

    later(LEASE)
    assert claim(job.pk) is None
    later(SECOND)
    retaken = claim(job.pk)

    assert retaken is not None
    assert retaken.attempts == 2


def test_report_tells_how_far(job: Job) -> None:
    held = claim(job.pk)
    assert held is not None

    report(held, "counting", 1, 3)

    stored = Job.objects.get(pk=job.pk)
    assert (stored.phase, stored.n_done, stored.n_total) == ("counting", 1, 3)


def test_heartbeat_keeps_the_lease_of_a_living_worker(job: Job, later: Callable) -> None:
    held = claim(job.pk)
    assert held is not None
    later(LEASE - SECOND)

    background.renew_lease(held)

    later(LEASE)
    assert claim(job.pk) is None


@pytest.mark.slow
def test_heartbeat_beats_while_the_work_goes_on(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    beats = []
    monkeypatch.setattr(background, "SECONDS_BETWEEN_BEATS", 0.01)
    monkeypatch.setattr(background, "renew_lease", beats.append)

    with background.heartbeat(job):
        time.sleep(0.2)
    n_beats = len(beats)
    time.sleep(0.05)

    assert n_beats > 2
    assert len(beats) == n_beats


def test_finished_job_is_never_claimed_again(job: Job, later: Callable) -> None:
    deliver(job, lambda job, n_sheep: None)
    later(LEASE * 10)

    assert claim(job.pk) is None


def test_work_is_done_once_with_its_arguments_in_its_municipality(job: Job) -> None:
    done: list[tuple] = []

    def work(job: Job, n_sheep: int) -> None:
        done.append((job.pk, n_sheep, current_municipality()))

    first, second = deliver(job, work), deliver(job, work)

    assert done == [(job.pk, 3, job.municipality)]
    assert (first.state, first.failure) == (JobState.DONE, "")
    assert (second.attempts, second.lease_until, second.finished_at) == (1, None, timezone.now())


def test_refused_job_fails_with_its_reason(job: Job) -> None:
    def work(job: Job, n_sheep: int) -> None:
        raise JobRefused("The flock is not ours.")

    assert (deliver(job, work).state, deliver(job, work).failure) == (
        JobState.FAILED,
        "The flock is not ours.",
    )


def test_failed_job_says_no_more_than_that(job: Job, caplog: pytest.LogCaptureFixture) -> None:
    """A person reads that nothing was changed; what it was stands in the log."""

    def work(job: Job, n_sheep: int) -> None:
        raise RuntimeError("secret inner life")

    failed = deliver(job, work)

    assert failed.state == JobState.FAILED
    assert failed.failure
    assert "secret" not in failed.failure
    assert "secret inner life" in caplog.text


def test_job_that_is_interrupted_each_time_is_given_up(job: Job, later: Callable) -> None:
    worked: list[int] = []
    for _attempt in range(MAX_ATTEMPTS):
        assert claim(job.pk) is not None  # … and the worker dies
        later(LEASE + SECOND)

    given_up = deliver(job, lambda job, n_sheep: worked.append(job.pk))

    assert (given_up.state, worked) == (JobState.FAILED, [])
    assert given_up.failure


def test_task_enters_the_municipality_of_its_first_argument(
    solviken: Place, fjordvik: Place, rung: list
) -> None:
    class WhereAmI(TenantTask):
        def run(self, word: str) -> tuple[str, str]:
            return word, current_municipality().name

    assert WhereAmI()(fjordvik.municipality.pk, "in") == ("in", "Fjordvik")
    with pytest.raises(ScopeError):
        current_municipality()


def test_sweep_wakes_what_waits_and_what_was_dropped_everywhere(
    in_solviken: Place, fjordvik: Place, rung: list, later: Callable, enter: Callable
) -> None:
    dropped, done = queue_job(TASK, by=None), queue_job(TASK, by=None)
    claim(dropped.pk)
    deliver(done, lambda job: None)
    later(LEASE + SECOND)
    held = queue_job(TASK, by=None)
    claim(held.pk)
    waiting = queue_job(TASK, by=None)
    later(SECOND)
    enter(fjordvik)
    foreign = queue_job(TASK, by=None)

    rung.clear()

    sweep_jobs()

    assert rung == [(LIGHT, [])] * 3
    assert {turn.job_id for turn in turns(is_heavy=False)} == {dropped.pk, waiting.pk, foreign.pk}


def test_sweep_rings_no_more_often_than_workers_can_hear(in_solviken: Place, rung: list) -> None:
    for _n in range(MOST_BELLS + 3):
        queue_job(TASK, by=None)

    assert background.wake_waiting_jobs() == MOST_BELLS + 3
    assert rung == [(LIGHT, [])] * MOST_BELLS


def test_heavy_job_has_a_bell_of_its_own(
    in_solviken: Place, rung: list, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        queue_job(TASK, by=None, is_heavy=True)

    assert rung == [(HEAVY, [])]


def test_end_of_a_heavy_job_rings_for_those_that_it_kept_waiting(in_solviken: Place, rung: list) -> None:
    heavy = queue_job(TASK, by=None, is_heavy=True)
    queue_job(TASK, by=None, is_heavy=True)
    queue_job(TASK, by=None)
    queue_job(TASK, by=None)

    deliver(heavy, lambda job: None)

    assert rung == [(HEAVY, []), (LIGHT, []), (LIGHT, [])]


def test_end_of_a_light_job_rings_for_the_heavy_one_that_gave_way(in_solviken: Place, rung: list) -> None:
    light = queue_job(TASK, by=None)
    queue_job(TASK, by=None, is_heavy=True)

    deliver(light, lambda job: None)

    assert rung == [(HEAVY, [])]


def test_failed_job_is_asked_for_again_once(job: Job, rung: list, django_capture_on_commit_callbacks) -> None:
    def work(job: Job, n_sheep: int) -> None:
        raise JobRefused("The flock is not ours.")

    failed = deliver(job, work)
    rung.clear()

    with django_capture_on_commit_callbacks(execute=True):
        assert [retry_job(failed), retry_job(failed)] == [True, False]

    again = Job.objects.get(pk=job.pk)
    assert (again.state, again.failure, again.attempts) == (JobState.WAITING, "", 0)
    assert (again.started_at, again.finished_at) == (None, None)
    assert rung == [(LIGHT, [])]
