"""How often a sign-in may fail, per user name, counted in the shared cache.

Not per address: behind a proxy a whole municipality comes from one. While the cache is down nothing is counted: people
get in with the right password, and the log says so.
"""

from __future__ import annotations

import hashlib
import logging

from django.core.cache import cache

log = logging.getLogger(__name__)

# So many failures are a person who has forgotten; more are a machine that guesses.
MOST_FAILURES = 10
SECONDS = 15 * 60


def is_throttled(login: str) -> bool:
    """Whether there have been too many failures of late; the right password is then refused as well."""
    try:
        return (cache.get(_key(login)) or 0) >= MOST_FAILURES
    except Exception:
        log.warning("no cache: failed sign-ins are not counted")
        return False


def count_failure(login: str) -> None:
    try:
        cache.add(_key(login), 0, timeout=SECONDS)
        cache.incr(_key(login))
    except Exception:
        log.warning("no cache: a failed sign-in was not counted")


def forget_failures(login: str) -> None:
    try:
        cache.delete(_key(login))
    except Exception:
        log.warning("no cache: failed sign-ins are not forgotten")


def _key(login: str) -> str:
    """Hashed, so that the cache holds no names and no characters that it does not take."""
    return f"sign-in-{hashlib.sha256(login.casefold().encode()).hexdigest()}"
