"""An authenticator app of a test: its secret, and the code that it would show."""

from __future__ import annotations

import time

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

from accounts.models import User

AUTHENTICATOR_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HALF_A_MINUTE = 30


def give_app(user: User) -> None:
    """The person has set up the app of the test."""
    TOTP.activate(user, AUTHENTICATOR_KEY)


def code_now(secret: str = AUTHENTICATOR_KEY, *, later: int = 0) -> str:
    """The code that the app shows now, or so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // HALF_A_MINUTE + later))
