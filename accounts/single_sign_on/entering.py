"""The last step: who has arrived is signed in, by allauth's stages or past them."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from ..models import IdentityProvider
from ..second_factor import vouch
from ..signed_in import FRESH_AT
from .arriving import Arrival

SESSION_KEY = "single_sign_on"
METHOD = "single sign-on"


def second_factor_asserted(session: SessionBase) -> bool:
    """Whether the session was opened by a provider that has asserted a second factor for it."""
    return bool(session.get(SESSION_KEY, {}).get("second_factor"))


def is_by_single_sign_on(session: SessionBase) -> bool:
    return SESSION_KEY in session


def enter(
    request: HttpRequest,
    arrival: Arrival,
    provider: IdentityProvider,
    next_path: str,
    *,
    is_anew: bool = False,
) -> HttpResponse:
    """Into a session of the person's own; where no second factor was asserted, ours is asked first if there is one.

    is_anew: the provider was asked to have the person show again who it is. Where it was not, it may have answered by
    itself, out of a session of its own: what asks for a fresh sign-in asks then.
    """
    user = arrival.user
    if request.user.is_authenticated and request.user.pk != user.pk:
        logout(request)
    address = (
        next_path if get_adapter(request).is_safe_url(next_path) else resolve_url(settings.LOGIN_REDIRECT_URL)
    )
    request.session[SESSION_KEY] = {"provider": provider.key, "second_factor": arrival.has_second_factor}
    record_authentication(request, user, METHOD, provider=provider.key)
    if arrival.has_second_factor:
        vouch(request, user)
    answer = perform_login(request, user, redirect_url=address, signal_kwargs={SESSION_KEY: provider.key})
    if not is_anew:
        request.session.pop(FRESH_AT, None)
    return answer
