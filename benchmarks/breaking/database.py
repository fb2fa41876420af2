"""A PostgreSQL that stops at once and starts again, in the middle of a roll-up and under load."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Event, Thread
from typing import Any
from unittest.mock import patch

from django.db import DatabaseError, InterfaceError, connection

from aggregation import rollup, work

from .broker import seconds_until_counted
from .guards_off import count_after_striking_off
from .servers import PrivatePostgres
from .town import Harm, Town

SECONDS_TO_TRY_AGAIN = 0.05


@contextmanager
def connected_to(server: PrivatePostgres) -> Iterator[None]:
    """Within, the default connection of every thread is to that cluster, which keeps what it has confirmed."""
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(
        HOST="127.0.0.1", PORT=server.port, NAME="postgres", USER="postgres", PASSWORD="", OPTIONS={}
    )
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def stop_in_mid_roll_up(town: Town, server: PrivatePostgres, *, is_early: bool = False) -> Harm:
    """All is counted and nothing is written yet when the server stops. is_early: rows are struck off first."""
    write = rollup._write_what_differs

    def stop_and_start(*arguments: Any) -> None:
        server.stop_at_once()
        server.start()
        write(*arguments)

    town.change()
    guard = patch.object(work, "_count", count_after_striking_off) if is_early else nullcontext()
    with guard, patch.object(rollup, "_write_what_differs", stop_and_start):
        try:
            town.recount()
        except (DatabaseError, InterfaceError):
            connection.close()
    town.recount()
    return town.harm()


class Writer(Thread):
    """Changes results without a pause. While the server is away it tries again; longest is the longest it had to."""

    def __init__(self, town: Town) -> None:
        super().__init__(name="writer", daemon=True)
        self.town, self.is_told_to_stop = town, Event()
        self.longest = 0.0

    def run(self) -> None:
        since = time.monotonic()
        while not self.is_told_to_stop.is_set():
            try:
                self.town.change()
            except (DatabaseError, InterfaceError):
                connection.close()
                time.sleep(SECONDS_TO_TRY_AGAIN)
                self.longest = max(self.longest, time.monotonic() - since)
            else:
                since = time.monotonic()
        connection.close()

    def stop(self) -> None:
        self.is_told_to_stop.set()
        self.join()


def restart_under_load(
    town: Town, server: PrivatePostgres, *, n_times: int, pause: float
) -> tuple[Harm, float]:
    """What is wrong in the end, and the most seconds for which nothing could be written.

    A worker process is at it already, and is not started again.
    """
    writer = Writer(town)
    writer.start()
    for _n in range(n_times):
        time.sleep(pause)
        server.stop_at_once()
        server.start()
    time.sleep(pause)
    writer.stop()
    connection.close()
    seconds_until_counted(town)
    return town.harm(), writer.longest
