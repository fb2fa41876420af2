"""A worker that is killed: `python -m benchmarks.breaking.victim MUNICIPALITY [early]`.

Reads one point a line from standard input, forks a child that does one roll-up and is killed with SIGKILL there, and
answers with how the child ended. Forking is what makes hundreds of points quick: Django is loaded once.

A point is "statement N" (before the Nth SQL statement), "after N" (after it, before whatever comes next), "time S"
(after S seconds, in the middle of whatever it does), or "never". The answer is "killed", or "ended N" with the number
of statements. early: the guard is off, and rows of work are struck off before their classes are counted.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 – Django first

from accounts.models import Municipality  # noqa: E402
from accounts.tenancy import municipality_scope  # noqa: E402
from aggregation import work  # noqa: E402
from benchmarks.breaking.guards_off import count_after_striking_off  # noqa: E402


class Executioner:
    """Counts statements, and kills this process at one of them."""

    def __init__(self, when: str, number: int) -> None:
        self.when, self.number, self.n_statements = when, number, 0

    def __call__(
        self, execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any
    ) -> Any:
        self.n_statements += 1
        is_here = self.n_statements == self.number
        if is_here and self.when == "statement":
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(sql, parameters, many, context)
        if is_here and self.when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return result


def main(municipality_id: int, is_early: bool) -> None:
    if is_early:
        work._count = count_after_striking_off
    municipality = Municipality.objects.get(pk=municipality_id)
    connection.close()
    for line in sys.stdin:
        when, _, number = line.strip().partition(" ")
        print(_one_roll_up(municipality, when, float(number or 0)), flush=True)


def _one_roll_up(municipality: Municipality, when: str, number: float) -> str:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        executioner = Executioner(when, int(number))
        with connection.execute_wrapper(executioner), municipality_scope(municipality):
            os.write(writing, b".")  # connected or about to be: the time runs from here
            work.do_waiting_recounts()
        os.write(writing, str(executioner.n_statements).encode())
        os._exit(0)
    os.close(writing)
    os.read(reading, 1)
    if when == "time":
        time.sleep(number)
        os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    told = os.read(reading, 10).decode()
    os.close(reading)
    return "killed" if os.WIFSIGNALED(status) else f"ended {told}"


if __name__ == "__main__":
    main(int(sys.argv[1]), "early" in sys.argv[2:])
