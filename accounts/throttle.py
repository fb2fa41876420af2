"""How often something may fail, per name and per address, counted in the shared cache: sign-ins, and typed codes.

Few failures per user name; many more per address, since behind a proxy a whole municipality comes from one. While the
cache is down each process counts by itself: people get in with what is right, guessing stays slow, and the log says so.
"""

from __future__ import annotations

import hashlib
import ipaddress
import logging
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest

log = logging.getLogger(__name__)

# So many failures are a person who has forgotten; more are a machine that guesses.
MOST_FAILURES = 10
# From one address: a town's staff on a Monday morning, and no more passwords tried on all of them than that.
MOST_FAILURES_FROM_ADDRESS = 200
SECONDS = 15 * 60
SIGN_IN, SIGN_IN_FROM, SECOND_FACTOR = "sign-in", "sign-in from", "second-factor"
IPV6_OF_ONE_PLACE = 64

spare = LocMemCache("throttle", {})


def is_throttled(name: str, *, what: str = SIGN_IN, most: int = MOST_FAILURES) -> bool:
    """Whether there have been too many failures of late; what is right is then refused as well."""
    key = _key(what, name)
    return (_count(what, lambda store: store.get(key)) or 0) >= most


def count_failure(name: str, *, what: str = SIGN_IN) -> None:
    key = _key(what, name)

    def count(store: BaseCache) -> None:
        store.add(key, 0, timeout=SECONDS)
        store.incr(key)

    _count(what, count)


def forget_failures(name: str, *, what: str = SIGN_IN) -> None:
    key = _key(what, name)
    _count(what, lambda store: store.delete(key))


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: what the proxy wrote last, else who is connected. Only to count failures.

    Of IPv6 the part that one place has: everybody there has more addresses than can be counted.
    """
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
    address = forwarded or request.META.get("REMOTE_ADDR", "")
    try:
        if ipaddress.ip_address(address).version == 6:
            return str(ipaddress.ip_network(f"{address}/{IPV6_OF_ONE_PLACE}", strict=False))
    except ValueError:
        pass
    return address


def _count(what: str, act: Callable[[BaseCache], Any]) -> Any:
    """What the act gives on the shared cache; on this process's own while that is down."""
    try:
        return act(cache)
    except Exception:
        log.warning("no cache: failures are counted by this process alone (%s)", what)
        return act(spare)


def cache_key_of(name: str, *, what: str = SIGN_IN) -> str:
    """Under which failures by the name are counted."""
    return _key(what, name)


def _key(what: str, name: str) -> str:
    """Hashed, so that the cache holds no names and no characters that it does not take."""
    return f"{what.replace(' ', '-')}-{hashlib.sha256(name.casefold().encode()).hexdigest()}"
