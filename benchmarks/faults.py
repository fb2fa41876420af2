"""Faults on purpose, many of each: what is lost, doubled or stale, with the guards off and on."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .breaking.broker import (
    celery_worker,
    forget_messages,
    lose_messages_without_sweep,
    restart,
    rung_at,
    stay_away,
    wait_for_worker,
)
from .breaking.database import connected_to, restart_under_load, stop_in_mid_roll_up
from .breaking.killing import kill_workers
from .breaking.meeting import let_workers_meet
from .breaking.redelivery import deliver_badly
from .breaking.servers import PrivatePostgres, private_postgres, private_redis
from .breaking.town import Harm, Town, make_town
from .figures import Figure, Report
from .scratch import database_name, scratch_database

N_POINTS = 200
N_SCHEDULES = 300
N_MEETINGS = 40
N_FLUSHES = 60
N_RESTARTS = 20
SECONDS_AWAY = 60
MOST_SECONDS_OF_ERRORS = 10


@dataclass(frozen=True)
class Size:
    """n_repeats: times as many as the numbers above, but for the seconds that Redis is away."""

    n_repeats: int = 1


def run(size: Size) -> Report:
    """Raises NoServer where there is no redis-server or no initdb."""
    times = size.n_repeats
    with _silence(), scratch_database():
        town = make_town()
        figures = [
            *_killed(town, N_POINTS * times),
            *_delivered(town, N_SCHEDULES * times),
            *_met(town, N_MEETINGS * times),
            *_broker(town, times),
            *_database(town, N_RESTARTS * times),
        ]
    return Report("faults", database_name(), "24 classes in two schools; lost, doubled and stale", figures)


def _killed(town: Town, n: int) -> list[Figure]:
    off = kill_workers(town, 20, seed=1, is_early=True)
    town.repair()
    on = kill_workers(town, n, seed=2)
    return [
        Figure("workers killed in mid-roll-up", on.n_killed, f"of {n}"),
        *_harms(on.harm),
        Figure("… 20 with rows struck off first: lost", off.harm.n_lost, ""),
    ]


def _delivered(town: Town, n: int) -> list[Figure]:
    off = deliver_badly(town, 20, seed=3, has_generations=False)
    return [
        Figure("schedules of doubled, late and lost messages", n, ""),
        *_harms(deliver_badly(town, n, seed=4)),
        Figure("… 20 without generations: stale", off.n_stale, ""),
    ]


def _met(town: Town, n: int) -> list[Figure]:
    off = let_workers_meet(town, 5, has_lock=False)
    return [
        Figure("meetings of two workers at a school", n, ""),
        *_harms(let_workers_meet(town, n)),
        Figure("… 5 without the lock: stale", off.n_stale, ""),
    ]


def _broker(town: Town, times: int) -> list[Figure]:
    with private_redis() as redis, rung_at(redis.url):
        off = lose_messages_without_sweep(town, redis)
        town.repair()
        with celery_worker(redis):
            wait_for_worker(redis)
            flushed = forget_messages(town, redis, n_times=N_FLUSHES * times, pause=0.1)
            restarted = restart(town, redis, n_times=N_RESTARTS * times, pause=0.3)
            away = stay_away(town, redis, seconds=SECONDS_AWAY)
    return [
        Figure("FLUSHALL of Redis", N_FLUSHES * times, ""),
        *_harms(flushed),
        Figure("restarts of Redis", N_RESTARTS * times, ""),
        *_harms(restarted),
        Figure("Redis away", SECONDS_AWAY, "s"),
        *_harms(away),
        Figure("… one FLUSHALL without the sweep: stale", off.n_stale, ""),
    ]


def _database(town: Town, n: int) -> list[Figure]:
    with _cluster() as postgres, private_redis() as redis, rung_at(redis.url):
        off = stop_in_mid_roll_up(town, postgres, is_early=True)
        town.repair()
        with celery_worker(redis):
            wait_for_worker(redis)
            harm, seconds = restart_under_load(town, postgres, n_times=n, pause=1)
    return [
        Figure("immediate restarts of PostgreSQL under load", n, ""),
        *_harms(harm),
        Figure("… longest time without a write", seconds, "s", most=MOST_SECONDS_OF_ERRORS),
        Figure("… one with rows struck off first: stale", off.n_stale, ""),
    ]


@contextmanager
def _silence() -> Iterator[None]:
    """Without the hundreds of lines that say that a broker is away: it is meant to be."""
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


@contextmanager
def _cluster() -> Iterator[PrivatePostgres]:
    with (
        tempfile.TemporaryDirectory(prefix="cluster_") as folder,
        private_postgres(Path(folder)) as server,
        connected_to(server),
    ):
        yield server


def _harms(harm: Harm) -> list[Figure]:
    return [
        Figure("… lost", harm.n_lost, "", most=0),
        Figure("… doubled", harm.n_doubled, "", most=0),
        Figure("… stale", harm.n_stale, "", most=0),
    ]
