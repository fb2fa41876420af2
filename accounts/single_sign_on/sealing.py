"""Secrets of providers, readable for whoever has the installation's key and nobody who has only the database."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def seal(secret: str) -> str:
    return _keys().encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str) -> str:
    """The secret; empty when it was sealed with a key that is gone, so that it has to be entered anew."""
    if not sealed:
        return ""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def _keys() -> MultiFernet:
    """Of SECRET_KEY; what the former ones have sealed can still be read."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(secret)) for secret in secrets])


def _derived(secret: str) -> bytes:
    digest = hashlib.sha256(b"identity providers' secrets\0" + secret.encode()).digest()
    return base64.urlsafe_b64encode(digest)
