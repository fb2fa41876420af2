"""Faults on purpose: nothing lost, doubled or stale. Each is first shown to do harm where the guard is off."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from benchmarks.breaking.broker import (
    celery_worker,
    forget_messages,
    lose_messages_without_sweep,
    restart,
    rung_at,
    stay_away,
    wait_for_worker,
)
from benchmarks.breaking.database import connected_to, restart_under_load, stop_in_mid_roll_up
from benchmarks.breaking.killing import kill_workers
from benchmarks.breaking.meeting import let_workers_meet
from benchmarks.breaking.redelivery import deliver_badly
from benchmarks.breaking.servers import (
    NoServer,
    PrivatePostgres,
    PrivateRedis,
    private_postgres,
    private_redis,
)
from benchmarks.breaking.town import NO_HARM, Town, make_town

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="workers are processes of their own, and a database in the memory of the test is not seen by them",
    ),
]


@pytest.fixture
def town() -> Town:
    return make_town()


def test_worker_that_forgets_its_work_first_loses_it_when_it_is_killed(town: Town) -> None:
    assert kill_workers(town, 20, seed=1, is_early=True).harm.n_lost > 0


def test_worker_is_killed_at_200_points(town: Town) -> None:
    killed = kill_workers(town, 200, seed=2)

    assert killed.n_killed > 120
    assert killed.harm == NO_HARM


def test_without_generations_a_change_that_comes_in_the_middle_stays_uncounted(town: Town) -> None:
    assert deliver_badly(town, 10, seed=3, has_generations=False).n_stale > 0


def test_messages_are_delivered_twice_late_in_any_order_or_not_at_all(town: Town) -> None:
    assert deliver_badly(town, 20, seed=4) == NO_HARM


def test_without_the_lock_one_of_two_workers_overwrites_what_the_other_has_counted(town: Town) -> None:
    assert let_workers_meet(town, 3, has_lock=False).n_stale > 0


def test_two_workers_at_the_same_school_at_once(town: Town) -> None:
    assert let_workers_meet(town, 5) == NO_HARM


@pytest.fixture
def redis() -> Iterator[PrivateRedis]:
    """A Redis of our own, which hears what the test rings for."""
    try:
        with private_redis() as server, rung_at(server.url):
            yield server
    except NoServer as error:
        pytest.skip(f"Redis cannot be broken: {error}")


def test_without_the_sweep_a_message_that_redis_forgets_leaves_sums_stale(
    town: Town, redis: PrivateRedis
) -> None:
    assert lose_messages_without_sweep(town, redis).n_stale > 0


def test_redis_forgets_everything_is_restarted_and_is_gone_for_a_while(
    town: Town, redis: PrivateRedis
) -> None:
    with celery_worker(redis):
        wait_for_worker(redis)

        assert forget_messages(town, redis, n_times=10, pause=0.1) == NO_HARM
        assert restart(town, redis, n_times=3, pause=0.3) == NO_HARM
        assert stay_away(town, redis, seconds=2) == NO_HARM


@pytest.fixture
def postgres(town: Town) -> Iterator[PrivatePostgres]:
    """A PostgreSQL of our own with the town in it, to which this process is connected."""
    try:
        with (
            tempfile.TemporaryDirectory(prefix="cluster_") as folder,
            private_postgres(Path(folder)) as server,
            connected_to(server),
        ):
            yield server
    except NoServer as error:
        pytest.skip(f"PostgreSQL cannot be broken: {error}")


def test_database_stops_at_once_in_mid_roll_up_and_under_load(
    town: Town, postgres: PrivatePostgres, redis: PrivateRedis
) -> None:
    """A worker that forgets its work first loses it; ours does not."""
    assert stop_in_mid_roll_up(town, postgres, is_early=True).n_stale > 0
    town.repair()
    assert stop_in_mid_roll_up(town, postgres) == NO_HARM

    with celery_worker(redis):
        wait_for_worker(redis)
        harm, seconds = restart_under_load(town, postgres, n_times=2, pause=1)

    assert harm == NO_HARM
    assert len(town.committed) > 5
    assert seconds < 10
