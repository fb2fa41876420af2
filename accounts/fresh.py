"""Signing in again before what cannot be taken back: a session that was left open is not enough for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .signed_in import FRESH_AT

FRESH_SECONDS = 10 * 60


def freshly_signed_in(view: Callable) -> Callable:
    """Opens a view only to whoever has signed in within the last minutes; others sign in and come back to it.

    Asked when a form is shown, and again when it is sent: what was typed meanwhile is kept and sent after all.
    """

    @wraps(view)
    def opened(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if is_fresh(request):
            return view(request, *arguments, **named)
        from .signing_in.again import ask_again  # its pages are opened by web.py, which knows nothing of this

        return ask_again(request)

    return opened


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person has signed in, or proved to be the same person, within the last ten minutes."""
    at = request.session.get(FRESH_AT)
    return at is not None and timezone.now().timestamp() - at < FRESH_SECONDS
