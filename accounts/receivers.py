"""Signing in and failing to is remembered, in the municipality of the person whose name was used."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver

from .audit import record
from .models import User
from .tenancy import municipality_scope


@receiver(user_logged_in)
def remember_sign_in(user: User, **_kwargs: Any) -> None:
    _remember("signed in", user)


@receiver(user_login_failed)
def remember_failure(credentials: dict[str, Any], **_kwargs: Any) -> None:
    """An unknown name belongs to no municipality, so nobody's log has it."""
    user = User.objects.filter(login=credentials.get("username")).select_related("municipality").first()
    if user is not None:
        _remember("sign-in failed", user)


def _remember(action: str, user: User) -> None:
    if user.municipality is not None:
        with municipality_scope(user.municipality):
            record(action, by=user)
