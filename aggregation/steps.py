"""Shares in steps of five points, as they are shown to the board. Pure."""

from __future__ import annotations

from collections.abc import Sequence

STEP = 5


def in_steps(counts: Sequence[int]) -> list[int]:
    """Each count's share of their sum in per cent, to the nearest step.

    Rounded each by itself, so they may add up to somewhat less or more than 100. Some are never 0 and never all of
    them 100: the lowest step stands for less, too, and the last but one for more. Nobody at all is 0 of each.
    """
    total = sum(counts)
    return [_step(count, total) for count in counts]


def _step(count: int, total: int) -> int:
    if count in (0, total):
        return 100 if count else 0
    nearest = (200 * count + STEP * total) // (2 * STEP * total) * STEP
    return min(max(nearest, STEP), 100 - STEP)
