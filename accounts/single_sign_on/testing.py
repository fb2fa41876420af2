"""Trying a provider out: an administrator signs in there, and reads what came of it. Nobody is let in by it."""

from __future__ import annotations

from django.http import HttpRequest

from ..models import IdentityProvider
from .claims import Claims, as_kept, from_kept
from .refusals import Reason, SignInRefused

SESSION_KEY = "single_sign_on_test"


def keep_test(request: HttpRequest, provider: IdentityProvider, claims: Claims) -> None:
    """Keeps what was said, in the session of who has begun; raises SignInRefused for anybody else."""
    if not request.user.is_authenticated or request.user.municipality_id != provider.municipality_id:
        raise SignInRefused(Reason.NOT_BEGUN)
    request.session[SESSION_KEY] = {"provider": provider.key, "said": as_kept(claims)}


def last_test(request: HttpRequest, provider: IdentityProvider) -> Claims | None:
    """What the provider said the last time that this browser has tried it."""
    kept = request.session.get(SESSION_KEY, {})
    return from_kept(kept["said"]) if kept.get("provider") == provider.key else None
