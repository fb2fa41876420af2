"""Signing in, out, and failing to is remembered, in the municipality of the person whose name was used."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from .models import User
from .second_factor import mark_if_shown
from .signed_in import begin_session
from .signing_in.memory import remember


@receiver(user_logged_in)
def begin(user: User, request: HttpRequest | None = None, **_kwargs: Any) -> None:
    """Whatever way somebody has come in: the session begins now, with the factors that were shown."""
    if request is not None:
        begin_session(request)
        mark_if_shown(request, user)
    remember(user, "signed in")


@receiver(user_logged_out)
def remember_sign_out(user: User | None, **_kwargs: Any) -> None:
    """Nobody is signed out of a session that has ended by itself."""
    if user is not None:
        remember(user, "signed out")


@receiver(user_login_failed)
def remember_failure(credentials: dict[str, Any], **_kwargs: Any) -> None:
    """An unknown name belongs to no municipality, so nobody's log has it."""
    user = User.objects.filter(login=credentials.get("username")).first()
    if user is not None:
        remember(user, "sign-in failed")


@receiver(authenticator_used)
def remember_factor(user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    remember(user, "second factor shown", subject=authenticator.type)
