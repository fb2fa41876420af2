"""A Redis that forgets everything, is started again, or is gone for a while."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from celery import current_app
from django.db import connection

from colourmaps.config.settings import CELERY_BROKER_TRANSPORT_OPTIONS

from .servers import PrivateRedis, environment
from .town import Harm, Town

ROOT = Path(__file__).resolve().parents[2]
QUEUES = "interactive,default,heavy"
SECONDS_UNTIL_STALE = 60
SECONDS_BETWEEN_LOOKS = 0.05
SECONDS_TO_END = 5


@contextmanager
def rung_at(address: str) -> Iterator[None]:
    """Within, what this process rings for goes to the Redis at that address, as it would in production."""
    names = ("broker_url", "broker_transport_options")
    before = {name: getattr(current_app.conf, name) for name in names}
    current_app.conf.update(broker_url=address, broker_transport_options=CELERY_BROKER_TRANSPORT_OPTIONS)
    with patch.object(current_app.amqp, "_producer_pool", None):
        try:
            yield
        finally:
            current_app.conf.update(before)


@contextmanager
def celery_worker(server: PrivateRedis, *, sweeps: bool = True) -> Iterator[None]:
    """A worker for all queues as a process of its own; with sweeps also the beat, whose sweep comes every second."""
    with tempfile.TemporaryDirectory(prefix="worker_") as folder:
        beat = ["--beat", "--schedule", str(Path(folder) / "schedule")] if sweeps else []
        with celery("worker", "--pool", "solo", "--queues", QUEUES, *beat, REDIS_URL=server.url):
            yield


@contextmanager
def celery(program: str, *options: str, **more: str) -> Iterator[None]:
    """One of Celery's programs as a process on the database of this one. more: for its environment."""
    command = [sys.executable, "-m", "celery", "-A", "colourmaps.config.celery:app", program, *options]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(**more), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def seconds_until_counted(town: Town) -> float:
    """How long until nothing waits any more; gives up after a minute, and then the sums are stale."""
    began = time.monotonic()
    while town.is_waiting() and time.monotonic() - began < SECONDS_UNTIL_STALE:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return time.monotonic() - began


def forget_messages(town: Town, server: PrivateRedis, *, n_times: int, pause: float) -> Harm:
    """FLUSHALL again and again while results change; a worker listens."""
    return _trouble(town, n_times, pause, server.flush_all)


def restart(town: Town, server: PrivateRedis, *, n_times: int, pause: float) -> Harm:
    """Redis is killed and started again, again and again, while results change."""

    def kill_and_start() -> None:
        server.kill()
        server.start()

    return _trouble(town, n_times, pause, kill_and_start)


def stay_away(town: Town, server: PrivateRedis, *, seconds: float) -> Harm:
    """Redis is gone while results change, and comes back."""
    server.kill()
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        town.change()
    server.start()
    seconds_until_counted(town)
    return town.harm()


def _trouble(town: Town, n_times: int, pause: float, fault: Callable[[], None]) -> Harm:
    for _n in range(n_times):
        town.change()
        fault()
        time.sleep(pause)
    seconds_until_counted(town)
    return town.harm()


def lose_messages_without_sweep(town: Town, server: PrivateRedis) -> Harm:
    """The guard off: messages are forgotten before a worker comes, and no sweep finds their rows."""
    town.change(5)
    server.flush_all()
    with celery_worker(server, sweeps=False):
        wait_for_worker(server)
        connection.close()
        return town.harm()


def wait_for_worker(server: PrivateRedis) -> None:
    """Until the worker has taken a message that is sent to it now, and so all that were there before."""
    import redis

    current_app.send_task("accounts.tasks.sweep_jobs")
    with redis.Redis(port=server.port) as client:
        while client.llen("default"):
            time.sleep(SECONDS_BETWEEN_LOOKS)
