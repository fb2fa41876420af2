"""Door-bells: messages that wake a worker for what stands in the database. One that is lost is replaced by a sweep."""

from __future__ import annotations

import logging
from typing import Any

from celery import current_app
from django.core.cache import cache

log = logging.getLogger(__name__)

# After so long a bell that nobody has heard is taken for lost.
SECONDS_A_BELL_RINGS = 30


def wake(task: str, *arguments: Any, countdown: float | None = None) -> None:
    """Rings the door-bell, at once or in so many seconds. If no broker hears it, the sweep finds the row."""
    when: dict[str, Any] = {} if countdown is None else {"countdown": countdown}
    try:
        current_app.send_task(task, args=arguments, retry=False, **when)
    except Exception:
        log.warning("no broker: %s waits for the sweep", task)


def wake_once(task: str, municipality_id: int) -> None:
    """As `wake`, unless a bell for the same is still to be heard: its worker will find what stands there by now.

    The task says first of all that it has heard it. What must be found without fail needs a sweep besides.
    """
    if _is_first(_key(task, municipality_id), SECONDS_A_BELL_RINGS):
        wake(task, municipality_id)


def wake_once_in(seconds: int, task: str, municipality_id: int) -> None:
    """As `wake` with a countdown, unless one that began earlier has not ended yet."""
    if _is_first(_key(task, municipality_id) + "-later", seconds):
        wake(task, municipality_id, countdown=seconds)


def heard(task: str, municipality_id: int) -> None:
    """From now on the next bell rings: called before the worker looks at what waits."""
    try:
        cache.delete(_key(task, municipality_id))
    except Exception:
        log.warning("no cache: %s may be rung for late", task)


def _is_first(key: str, seconds: int) -> bool:
    """As far as the cache knows; without one, yes: a bell too many costs little."""
    try:
        return cache.add(key, True, seconds)
    except Exception:
        log.warning("no cache: workers are woken more often than need be")
        return True


def _key(task: str, municipality_id: int) -> str:
    return f"rung-{task}-{municipality_id}"
