"""How often something may fail, per name, counted in the shared cache: sign-ins, and codes that are typed.

Sign-ins are counted per user name, not per address: behind a proxy a whole municipality comes from one. While the
cache is down nothing is counted: people get in with what is right, and the log says so.
"""

from __future__ import annotations

import hashlib
import logging

from django.core.cache import cache

log = logging.getLogger(__name__)

# So many failures are a person who has forgotten; more are a machine that guesses.
MOST_FAILURES = 10
SECONDS = 15 * 60
SIGN_IN = "sign-in"


def is_throttled(name: str, *, what: str = SIGN_IN, most: int = MOST_FAILURES) -> bool:
    """Whether there have been too many failures of late; what is right is then refused as well."""
    try:
        return (cache.get(_key(what, name)) or 0) >= most
    except Exception:
        log.warning("no cache: failures are not counted (%s)", what)
        return False


def count_failure(name: str, *, what: str = SIGN_IN) -> None:
    try:
        cache.add(_key(what, name), 0, timeout=SECONDS)
        cache.incr(_key(what, name))
    except Exception:
        log.warning("no cache: a failure was not counted (%s)", what)


def forget_failures(name: str, *, what: str = SIGN_IN) -> None:
    try:
        cache.delete(_key(what, name))
    except Exception:
        log.warning("no cache: failures are not forgotten (%s)", what)


def _key(what: str, name: str) -> str:
    """Hashed, so that the cache holds no names and no characters that it does not take."""
    return f"{what}-{hashlib.sha256(name.casefold().encode()).hexdigest()}"
