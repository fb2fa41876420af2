"""Workers that are killed at random points in the middle of a roll-up."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, cast

from .servers import environment
from .town import Harm, Town

ROOT = Path(__file__).resolve().parents[2]
# A roll-up of the small town takes about this long; beyond it a worker is killed when it has already ended.
MOST_SECONDS = 0.06


class Victim:
    """The process of victim.py."""

    def __init__(self, town: Town, *, is_early: bool) -> None:
        command = [sys.executable, "-m", "benchmarks.breaking.victim", str(town.municipality.pk)]
        self.process = subprocess.Popen(
            command + ["early"] * is_early,
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.told = cast("TextIO", self.process.stdout)

    def roll_up(self, point: str) -> str:
        """How the child ended that was killed there."""
        print(point, file=self.process.stdin, flush=True)
        return self.told.readline().strip()

    def end(self) -> None:
        self.process.communicate(timeout=30)


@contextmanager
def victim(town: Town, *, is_early: bool = False) -> Iterator[Victim]:
    started = Victim(town, is_early=is_early)
    try:
        yield started
    finally:
        started.end()


@dataclass(frozen=True)
class Killed:
    """n_killed: how many of the points were inside a roll-up."""

    n_killed: int
    harm: Harm


def kill_workers(town: Town, n_points: int, *, seed: int, is_early: bool = False) -> Killed:
    """Before each kill something waits to be counted. When nothing waits any more no sum may be old: what was changed
    is either written down as work or in the sums. In the end, when the sweep has found what is left, none is old.

    is_early: the guard off, rows are struck off before their classes are counted.
    """
    dice = random.Random(seed)  # noqa: S311 – dice, not secrets
    n_killed = n_unwritten = 0
    with victim(town, is_early=is_early) as worker:
        town.change()
        n_statements = int(worker.roll_up("never").split()[1])
        for _n in range(n_points):
            if not town.is_waiting():
                n_unwritten += bool(town.differences())
                town.change()
            n_killed += worker.roll_up(_point(dice, n_statements)) == "killed"
    town.recount()
    return Killed(n_killed, town.harm() + Harm(n_lost=n_unwritten))


def _point(dice: random.Random, n_statements: int) -> str:
    when = dice.choice(("statement", "after", "time"))
    if when == "time":
        return f"time {dice.uniform(0, MOST_SECONDS):.4f}"
    return f"{when} {dice.randint(1, n_statements)}"
