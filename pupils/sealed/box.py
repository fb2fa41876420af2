"""Sealing and opening of short texts, and digests by which a sealed row is found. Reads settings, no database.

The keys come from the environment (IDENTITY_KEYS, the newest first) and are no others of the installation. Of each,
HKDF-SHA256 derives two: one seals (AES-256-GCM), one makes digests (HMAC-SHA256). Who has a copy of the database and no
key can neither read a sealed text nor work a digest out of a number or of a pupil's key, by trying all of them either.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES = 12
KEY_BYTES = 32
# Every sealed text has a whole number of such blocks, so that its length does not tell that of a name.
BLOCK = 256
NAME_LETTERS = 16


class Unreadable(ValueError):
    """No key opens the text: it was sealed with a key that is gone, for another place, or has been changed."""


@dataclass(frozen=True)
class Sealed:
    """text: base64 of nonce and ciphertext; sealed_with: the name of the key, which tells nothing of the key itself."""

    text: str
    sealed_with: str


@dataclass(frozen=True)
class _Key:
    name: str
    sealing: bytes
    digesting: bytes


@lru_cache(maxsize=16)
def _key_of(secret: str) -> _Key:
    sealing, digesting, naming = (
        HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(secret.encode())
        for purpose in (b"identity: seal", b"identity: digest", b"identity: name")
    )
    return _Key(naming.hex()[:NAME_LETTERS], sealing, digesting)


def _keys() -> list[_Key]:
    """The newest first: it seals; the others still open what they have sealed."""
    return [_key_of(secret) for secret in settings.IDENTITY_KEYS]


def is_set_up() -> bool:
    return bool(settings.IDENTITY_KEYS)


def _newest() -> _Key:
    if not is_set_up():
        raise ImproperlyConfigured(
            "Set the environment variable IDENTITY_KEYS: see docs/protected_identity.md."
        )
    return _keys()[0]


def current_name() -> str:
    """The name of the key that seals now."""
    return _newest().name


def seal(content: Mapping[str, str], *, place: str) -> Sealed:
    """place: where the text belongs, as in `open_sealed`; moved to another row it does not open."""
    key, nonce = _newest(), os.urandom(NONCE_BYTES)
    plain = json.dumps(dict(content), ensure_ascii=False).encode()
    plain += b" " * (-len(plain) % BLOCK)
    sealed = AESGCM(key.sealing).encrypt(nonce, plain, place.encode())
    return Sealed(base64.b64encode(nonce + sealed).decode(), key.name)


def open_sealed(sealed: Sealed, *, place: str) -> dict[str, str]:
    """What was sealed. Raises Unreadable."""
    raw = base64.b64decode(sealed.text)
    for key in _keys():
        if key.name == sealed.sealed_with:
            try:
                plain = AESGCM(key.sealing).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
            except InvalidTag as error:
                raise Unreadable("a sealed identity has been changed or moved") from error
            return dict(json.loads(plain))
    raise Unreadable("a sealed identity was sealed with a key that is not among IDENTITY_KEYS")


def mac(*parts: str) -> str:
    """The digest of some words by the newest key; hexadecimal."""
    return _digest(_newest(), parts)


def macs(*parts: str) -> list[str]:
    """The digests by all keys: a row may still have been sealed with an older one."""
    return [_digest(key, parts) for key in _keys()]


def _digest(key: _Key, parts: tuple[str, ...]) -> str:
    return hmac.new(key.digesting, json.dumps(parts).encode(), hashlib.sha256).hexdigest()
