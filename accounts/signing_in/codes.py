"""Codes that are typed: of the authenticator app, and recovery codes. Each is taken once.

That a code has been used stands in the database, not in the cache: it holds also while the cache is down.
"""

from __future__ import annotations

import logging

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt, encrypt
from cryptography.fernet import InvalidToken
from django.db import transaction

from ..models import User

log = logging.getLogger(__name__)

# In the data of an authenticator app: the half minute, counted from 1970, of the last code that was taken.
LAST_COUNTER = "last_counter"


@transaction.atomic
def take_code(user: User, code: str) -> Authenticator | None:
    """The authenticator whose code it is, which is used up by this; None for a wrong code, or one used before."""
    typed = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    for authenticator in Authenticator.objects.select_for_update().filter(user=user, type__in=typed):
        take = _take_of_app if authenticator.type == Authenticator.Type.TOTP else _take_of_list
        try:
            if take(authenticator, code):
                return authenticator
        except InvalidToken:
            log.warning("a second factor was encrypted with a key that the installation no longer has")
    return None


def _take_of_app(authenticator: Authenticator, code: str) -> bool:
    secret = decrypt(authenticator.data["secret"])
    last = authenticator.data.get(LAST_COUNTER, -1)
    for counter in yield_hotp_counters_from_time():
        expected = format_hotp_value(hotp_value(secret, counter))
        if counter > last and compare_user_code(actual=code, expected=expected):
            # Encrypted anew as well: after a while the former key of the installation is needed no more.
            authenticator.data |= {LAST_COUNTER: counter, "secret": encrypt(secret)}
            authenticator.save(update_fields=["data"])
            return True
    return False


def _take_of_list(authenticator: Authenticator, code: str) -> bool:
    return authenticator.wrap().validate_code(code)
