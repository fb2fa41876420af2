"""Where allauth's second factors ask us: how they are called, and how their secrets are kept."""

from __future__ import annotations

import base64
from functools import cache

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import User


class FactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("That code is not right. Try again with a new one."),
    }

    def encrypt(self, text: str) -> str:
        """A copy of the database alone shows nobody's second factor: the key is in the environment."""
        return _box(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        box = _box(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return box.decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return _("Colour maps")

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        n_before = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(number)d") % {"number": n_before + 1}


@cache
def _box(*secret_keys: str) -> MultiFernet:
    """Encrypts with the first of the installation's keys and reads what any of them has encrypted."""
    return MultiFernet([Fernet(_derived(key)) for key in secret_keys])


def _derived(secret_key: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"second factors")
    return base64.urlsafe_b64encode(derivation.derive(secret_key.encode()))
