"""Messages that are delivered twice, late, in any order or not at all, and changes that come in the middle."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

from accounts import bells
from aggregation import tasks, work

from .guards_off import strike_off_blindly
from .town import Harm, Town

N_STEPS = 8
# Bells of the sweep are lost as others are; it comes again.
MOST_SWEEPS = 12


def deliver_badly(town: Town, n_schedules: int, *, seed: int, has_generations: bool = True) -> Harm:
    """In each schedule results change and messages arrive, as the dice say; then the sweep comes several times.

    has_generations: False strikes rows off whatever has been asked for while they were counted.
    """
    dice = random.Random(seed)  # noqa: S311 – dice, not secrets
    harm = Harm()
    guard = nullcontext() if has_generations else patch.object(work, "_strike_off", strike_off_blindly)
    with guard:
        for _n in range(n_schedules):
            Schedule(town, dice).run()
            harm += town.harm()
            if harm != Harm():
                town.repair()
    return harm


class Schedule:
    def __init__(self, town: Town, dice: random.Random) -> None:
        self.town, self.dice = town, dice
        self.messages: list[int] = []

    def run(self) -> None:
        with (
            patch.object(bells, "wake", self._ring),
            patch.object(work, "wake", self._ring),
            patch.object(work, "recount", self._recount(work.recount)),
        ):
            for _n in range(N_STEPS):
                self.dice.choice((self.town.change, self._deliver))()
            for _n in range(MOST_SWEEPS):
                work.wake_waiting_recounts()
                while self.messages:
                    tasks.roll_up(self.messages.pop())

    def _ring(self, task: str, municipality_id: int, **_when: Any) -> None:
        """Lost one time in five."""
        if self.dice.random() < 0.8:
            self.messages.append(municipality_id)

    def _deliver(self) -> None:
        """One of the messages that are on their way, however old; a third of them will arrive once more."""
        if self.messages:
            message = self.messages.pop(self.dice.randrange(len(self.messages)))
            if self.dice.random() < 0.33:
                self.messages.append(message)
            tasks.roll_up(message)

    def _recount(self, recount: Callable[..., None]) -> Callable[..., None]:
        def and_be_overtaken(*arguments: Any) -> None:
            recount(*arguments)
            if self.dice.random() < 0.2:
                self.town.change(12)

        return and_be_overtaken
