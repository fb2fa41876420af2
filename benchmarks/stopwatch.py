"""Seconds on the wall, and of processors: of this process, of its children, and of the database's own process."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeVar

from django.db import connection

Made = TypeVar("Made")
NANOSECONDS = 1e9
KIBIBYTES_PER_MEBIBYTE = 1024


@dataclass(frozen=True)
class Spent:
    """Seconds. database_cpu is 0 where the database is part of this process, and where nobody can tell."""

    wall: float
    own_cpu: float
    database_cpu: float

    @property
    def cpu(self) -> float:
        return self.own_cpu + self.database_cpu

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.wall + other.wall, self.own_cpu + other.own_cpu, self.database_cpu + other.database_cpu
        )


def timed(work: Callable[[], Made]) -> tuple[Made, Spent]:
    """What the work returns, and what it cost. Parallel workers of the database are not counted in its CPU."""
    database, own, wall = _database_cpu(), _own_cpu(), time.perf_counter()
    made = work()
    wall, own = time.perf_counter() - wall, _own_cpu() - own
    return made, Spent(wall, own, max(0.0, _database_cpu() - database))


def median_spent(spent: list[Spent]) -> Spent:
    """Median of each kind of seconds on its own: on a machine that others use, one slow run says nothing."""
    return Spent(
        median(each.wall for each in spent),
        median(each.own_cpu for each in spent),
        median(each.database_cpu for each in spent),
    )


def peak_mebibytes() -> float:
    """The most memory that this process has had. On Linux of this program alone: a child's ru_maxrss begins with
    its parent's."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / KIBIBYTES_PER_MEBIBYTE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIBIBYTES_PER_MEBIBYTE


def _own_cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _database_cpu() -> float:
    """CPU seconds so far of the server's process for this connection, if it runs on this machine and may be read."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        process = Path("/proc") / str(cursor.fetchone()[0])
    with suppress(OSError):
        if (process / "comm").read_text(encoding="ascii").startswith("postgres"):
            return int((process / "schedstat").read_text(encoding="ascii").split()[0]) / NANOSECONDS
    return 0.0
