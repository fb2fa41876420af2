"""Does the releases that are asked for (release_requests.py).

A worker notes the generation, releases the tables of the round one indicator at a time, and deletes the row only if the
generation is still the same: what was recounted meanwhile leaves the row standing. A table whose figures are the ones
last looked at is left alone, so doing it twice, or going on after a crash, changes nothing and costs little.
"""

from __future__ import annotations

import datetime
import logging

from django.core.cache import cache
from django.utils import timezone

from accounts.bells import wake
from accounts.models import Municipality
from accounts.statements import long_statements
from accounts.tenancy import across_municipalities, current_municipality

from .models import HeldBack, ReleaseCheck, ReleaseWork, RollupWork
from .release_requests import RELEASE, ask_for_releases
from .releasing import release_round

# As long as results of a round are being counted, its release waits, so that a file of a hundred classes becomes one
# version and not many; but not longer than this.
PATIENCE = datetime.timedelta(minutes=5)
# After so long a worker that has not said that it is ready is taken for dead.
SECONDS_ALONE = 120

log = logging.getLogger(__name__)


def do_waiting_releases() -> None:
    """Releases the rounds that wait in the municipality, unless another worker is at it.

    Two would look at the same tables, and only one of them could store what it came to.
    """
    (key,) = cache_keys_of(current_municipality())
    if not _is_alone(key):
        return
    try:
        _release_what_waits()
    finally:
        _let_others(key)


def cache_keys_of(municipality: Municipality) -> list[str]:
    """The key that says that somebody is at it."""
    return [f"releasing-{municipality.pk}"]


def _is_alone(key: str) -> bool:
    """As far as the cache knows; without one, yes: a second look costs time and changes nothing."""
    try:
        return cache.add(key, True, SECONDS_ALONE)
    except Exception:
        log.warning("no cache: releases may be looked at twice")
        return True


def _let_others(key: str) -> None:
    try:
        cache.delete(key)
    except Exception:
        log.warning("no cache: others begin to release in %s s", SECONDS_ALONE)


def _release_what_waits() -> None:
    """The newest first; those still being counted are left.

    Each once: what is recounted meanwhile is for the next sweep, so that other municipalities have their turn.
    """
    tried: set[int] = set()
    while work := _next_work(tried):
        tried.add(work.pk)
        release_round(work.round)
        with long_statements():
            done = ReleaseWork.objects.filter(pk=work.pk, generation=work.generation).delete()
            if not done[0]:
                ReleaseWork.objects.filter(pk=work.pk).update(queued_at=timezone.now())


def _next_work(tried: set[int]) -> ReleaseWork | None:
    """Looked for anew each time: what has come meanwhile may be newer. tried: row numbers."""
    waiting = ReleaseWork.objects.select_related("round").order_by("-round__starts_on")
    return next((work for work in waiting if work.pk not in tried and is_ripe(work)), None)


def is_ripe(work: ReleaseWork) -> bool:
    """Whether the round is counted, or has been counted for too long to wait any more."""
    is_counted = RollupWork.objects.filter(round=work.round).exists()
    return not is_counted or timezone.now() - work.queued_at > PATIENCE


def ask_for_rounds_that_may_be_shown_now() -> None:
    """Asks for the rounds of which something was held back by what can change without a figure changing.

    Too few were measured, and the last day has passed; or single pupils could have been made out, which a new version
    of the code may see to (truth.code_version).
    """
    checks = ReleaseCheck.objects.all()
    early = checks.filter(held_back=HeldBack.EARLY, round__ends_on__lt=timezone.localdate())
    unsafe = checks.filter(held_back__in=[HeldBack.LEAK, HeldBack.NO_SAFE_SPLIT])
    with long_statements():
        ask_for_releases((early | unsafe).values_list("round_id", flat=True).distinct())


def wake_waiting_releases() -> int:
    """Rings for every municipality in which a release waits; returns how many."""
    with across_municipalities():
        waiting = list(ReleaseWork.objects.values_list("municipality_id", flat=True).distinct())
    for municipality_id in waiting:
        wake(RELEASE, municipality_id)
    return len(waiting)
