"""Whose turn it is: light and heavy apart, one heavy job per municipality, and the turn goes round."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.utils import timezone

from accounts import turns as turns_module
from accounts.background import queue_job
from accounts.models import Job, JobState, Municipality
from accounts.tenancy import municipality_scope
from accounts.turns import LEASE, Turn, claim, do_next_job, turns
from tests.factories.accounts import MunicipalityFactory
from tests.fixtures import Place
from tests.walls import everywhere

TASK = "tests.count_sheep"
HEAVY_SECONDS, LIGHT_SECONDS = 25, 2


class Day:
    """A clock that stands until it is moved on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.began = self.now = datetime.datetime(2026, 11, 16, 8, tzinfo=datetime.UTC)
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def later(self, seconds: float) -> None:
        self.now += datetime.timedelta(seconds=seconds)


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Day:
    return Day(monkeypatch)


def ask(municipality: Municipality, *, is_heavy: bool = False) -> Job:
    with municipality_scope(municipality):
        return queue_job(TASK, by=None, is_heavy=is_heavy)


def begin(job: Job) -> Job | None:
    with municipality_scope(job.municipality):
        return claim(job.pk)


def end(job: Job) -> None:
    with everywhere():
        Job.objects.filter(pk=job.pk).update(
            state=JobState.DONE, finished_at=timezone.now(), lease_until=None
        )


def ids(jobs: list[Turn]) -> list[int]:
    return [turn.job_id for turn in jobs]


def test_municipality_has_one_heavy_job_at_a_time(solviken: Place, fjordvik: Place, day: Day) -> None:
    first, second = (ask(solviken.municipality, is_heavy=True) for _n in range(2))
    elsewhere = ask(fjordvik.municipality, is_heavy=True)

    assert begin(first) is not None
    assert begin(second) is None
    assert begin(elsewhere) is not None
    end(first)
    assert begin(second) is not None


def test_two_workers_that_look_at_once_get_one_heavy_job(
    solviken: Place, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both see that none is running: here nobody looks. The index lets one of them have it."""
    monkeypatch.setattr(turns_module, "_may_begin", lambda jobs: jobs)
    first, second = (ask(solviken.municipality, is_heavy=True) for _n in range(2))

    assert begin(first) is not None
    assert begin(second) is None
    with everywhere():
        assert Job.objects.get(pk=second.pk).state == JobState.WAITING


def test_light_job_waits_as_a_row_while_the_heavy_one_of_its_municipality_runs(
    solviken: Place, fjordvik: Place, day: Day
) -> None:
    heavy = ask(solviken.municipality, is_heavy=True)
    begin(heavy)
    light, elsewhere = ask(solviken.municipality), ask(fjordvik.municipality)

    assert ids(turns(is_heavy=False)) == [elsewhere.pk]
    assert begin(light) is None
    end(heavy)
    assert begin(light) is not None


def test_light_job_that_had_to_wait_goes_before_the_next_heavy_one(solviken: Place, day: Day) -> None:
    heavy, next_heavy = (ask(solviken.municipality, is_heavy=True) for _n in range(2))
    begin(heavy)
    light = ask(solviken.municipality)
    day.later(1)
    end(heavy)
    day.later(1)
    came_later = ask(solviken.municipality)

    assert begin(next_heavy) is None
    begin(light)
    assert begin(next_heavy) is not None, "a stream of light jobs must not keep the heavy ones out"
    assert begin(came_later) is None


def test_heavy_job_of_a_dead_worker_is_taken_again_and_until_then_light_ones_go_on(
    solviken: Place, day: Day
) -> None:
    dropped, other = (ask(solviken.municipality, is_heavy=True) for _n in range(2))
    light = ask(solviken.municipality)
    begin(dropped)
    day.later(LEASE.total_seconds() + 1)

    assert begin(other) is None
    assert begin(light) is not None
    retaken = begin(dropped)
    assert retaken is not None
    assert retaken.attempts == 2


@pytest.mark.parametrize("is_heavy", [False, True])
def test_turn_goes_round_the_municipalities(
    solviken: Place, fjordvik: Place, day: Day, is_heavy: bool
) -> None:
    many = [ask(solviken.municipality, is_heavy=is_heavy) for _n in range(3)]
    day.later(1)
    few = [ask(fjordvik.municipality, is_heavy=is_heavy) for _n in range(2)]

    done = []
    while waiting := turns(is_heavy=is_heavy):
        done.append(waiting[0].job_id)
        with municipality_scope(Municipality.objects.get(pk=waiting[0].municipality_id)):
            job = claim(waiting[0].job_id)
        day.later(1)
        assert job is not None
        end(job)

    assert done == [many[0].pk, few[0].pk, many[1].pk, few[1].pk, many[2].pk]


def test_job_of_a_task_that_nobody_knows_keeps_no_other_waiting(
    solviken: Place, day: Day, caplog: pytest.LogCaptureFixture
) -> None:
    unknown = ask(solviken.municipality)

    assert do_next_job(is_heavy=False) is False
    assert caplog.messages == [f"job {unknown.pk} waits for the task {TASK}, which this worker does not know"]


# --- A 500-pupil import with ten large ones ahead ------------------------------------------------


@dataclass
class Worker:
    is_heavy: bool
    job: Job | None = None

    @property
    def until(self) -> datetime.datetime:
        assert self.job is not None
        assert self.job.started_at is not None
        seconds = HEAVY_SECONDS if self.job.is_heavy else LIGHT_SECONDS
        return self.job.started_at + datetime.timedelta(seconds=seconds)


Choose = Callable[[Worker], list[Turn]]


def seconds_until_imported(municipality: Municipality, day: Day, choose: Choose) -> float:
    """Runs the workers of the installation until a school's file has been read, and then imported."""
    workers = [Worker(is_heavy=True), Worker(is_heavy=False), Worker(is_heavy=False)]
    steps = [ask(municipality)]
    while True:
        for worker in workers:
            if worker.job is None:
                worker.job = _first_that_can_be_claimed(choose(worker))
        first = min((worker for worker in workers if worker.job), key=lambda worker: worker.until)
        day.now = first.until
        assert first.job is not None
        end(first.job)
        if first.job.pk == steps[-1].pk:
            if len(steps) == 2:
                return (day.now - day.began).total_seconds()
            day.later(1)  # the coordinator looks at the preview and says yes
            steps.append(ask(municipality))
        first.job = None


def _first_that_can_be_claimed(waiting: list[Turn]) -> Job | None:
    for turn in waiting:
        with municipality_scope(Municipality.objects.get(pk=turn.municipality_id)):
            if job := claim(turn.job_id):
                return job
    return None


def by_turns(worker: Worker) -> list[Turn]:
    return turns(is_heavy=worker.is_heavy)


def first_come_first_served(_worker: Worker) -> list[Turn]:
    """As a queue without lanes and turns would have it."""
    with everywhere():
        waiting = Job.objects.filter(state=JobState.WAITING).order_by("pk")
        return [Turn(job.municipality_id, job.pk, job.task) for job in waiting[:1]]


def ten_large_imports(of: list[Municipality]) -> None:
    for n in range(10):
        ask(of[n % len(of)], is_heavy=True)


def test_first_come_first_served_would_keep_a_small_import_waiting(
    solviken: Place, fjordvik: Place, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault that turns are there for."""
    monkeypatch.setattr(turns_module, "_may_begin", lambda jobs: jobs)
    ten_large_imports([fjordvik.municipality])

    assert seconds_until_imported(solviken.municipality, day, first_come_first_served) > 200


def test_small_import_does_not_wait_for_ten_large_ones_of_another_municipality(
    solviken: Place, fjordvik: Place, day: Day
) -> None:
    ten_large_imports([fjordvik.municipality])

    assert seconds_until_imported(solviken.municipality, day, by_turns) == 2 * LIGHT_SECONDS + 1


def test_small_import_does_not_wait_for_large_ones_of_ten_municipalities(solviken: Place, day: Day) -> None:
    ten_large_imports([MunicipalityFactory() for _n in range(10)])

    assert seconds_until_imported(solviken.municipality, day, by_turns) == 2 * LIGHT_SECONDS + 1


def test_small_import_waits_in_its_own_municipality_for_one_large_one_per_step(
    solviken: Place, day: Day
) -> None:
    """Results of a municipality are written by one job at a time. Reading waits for the large import that runs, and
    goes before the next one; so does importing."""
    ten_large_imports([solviken.municipality])

    seconds = seconds_until_imported(solviken.municipality, day, by_turns)

    assert seconds == 2 * (HEAVY_SECONDS + LIGHT_SECONDS) + 1
