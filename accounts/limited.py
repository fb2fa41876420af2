"""How often somebody may ask for what takes data out, counted per person in the shared cache.

While the cache is down nothing is counted: a teacher on a Monday morning comes first, and the log says so.
"""

from __future__ import annotations

import enum
import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render

from .audit import record
from .throttle import cache_key_of

log = logging.getLogger(__name__)

# So long a cache that did not answer is not asked again: each try may take seconds, and pages do not wait for it.
SECONDS_OF_REST = 30
_asked_again_at = 0.0


class Limited(enum.Enum):
    """What is counted per person. The value is the key in settings.LIMITS_PER_USER and stands in the audit."""

    EXPORTS = "exports"
    SEARCHES = "searches"
    PUPIL_PAGES = "pupil pages"


def limited(what: Limited) -> Callable[[Callable], Callable]:
    """Below the door of a view: more than settings.LIMITS_PER_USER in one stretch of time are refused, once audited."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def counted(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            most, seconds = settings.LIMITS_PER_USER[what.value]
            n = _count(f"{request.user.pk}", what, seconds)
            if n <= most:
                return view(request, *args, **kwargs)
            if n == most + 1:  # a program that goes on would fill the log
                record("limit met", by=request.user, subject=what.value, most=most, seconds=seconds)
            minutes = max(1, round(_seconds_left(seconds) / 60))
            page = render(request, "429.html", {"minutes": minutes}, status=429)
            page.headers["Retry-After"] = str(_seconds_left(seconds))
            return page

        counted.limited = what  # type: ignore[attr-defined]  # read by the test that walks every file and pupil page
        return counted

    return decorate


def _count(name: str, what: Limited, seconds: int) -> int:
    """How often it has been asked for in this stretch, this time included; 0 while there is no cache."""
    global _asked_again_at
    if time.monotonic() < _asked_again_at:
        return 0
    key = cache_key_of(name, what=f"{what.value}-{int(time.time()) // seconds}")
    try:
        cache.add(key, 0, timeout=seconds)
        return cache.incr(key)
    except Exception:
        _asked_again_at = time.monotonic() + SECONDS_OF_REST
        log.warning("no cache: use is not counted (%s)", what.value)
        return 0


def _seconds_left(seconds: int) -> int:
    return seconds - int(time.time()) % seconds
