"""What `manage.py check --deploy` says of the keys of protected identities."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

SHORTEST = 32


@register(Tags.security, deploy=True)
def identity_keys_are_set_up(app_configs: Any, **_kwargs: Any) -> list[Any]:
    keys = settings.IDENTITY_KEYS
    found: list[Any] = []
    if not keys:
        found.append(
            Warning(
                "IDENTITY_KEYS is not set: nobody can get protected identity.",
                hint="See docs/protected_identity.md.",
                id="pupils.W001",
            )
        )
    if any(len(key) < SHORTEST for key in keys):
        found.append(Error(f"A key of IDENTITY_KEYS has less than {SHORTEST} characters.", id="pupils.E001"))
    if {settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS} & set(keys):
        found.append(
            Error("A key of IDENTITY_KEYS is also a SECRET_KEY: they are kept apart.", id="pupils.E002")
        )
    return found
