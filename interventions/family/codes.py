"""Codes by which families answer: how they are written, typed, found, and what is open."""

from __future__ import annotations

import datetime
import secrets

from django.utils.crypto import get_random_string

from accounts.tenancy import across_municipalities

from ..models import FamilyCode
from ..models.family_voice import CODE_LENGTH

# No vowels, which spell words, and nothing that looks alike in print or by hand: B and 8, G and 6, S and 5, Z and 2, Q.
CODE_LETTERS = "CDFHJKMNPRTVWXY34679"
# A day after the meeting, for those who were in a hurry.
DAYS_AFTER = 1
# Wrong codes from one address within a quarter of an hour. A school is one address, and children mistype; who guesses
# needs about a hundred million for one of a few hundred that are open.
MOST_WRONG_CODES = 30


def normalised(typed: str) -> str:
    """The code as it is kept: whatever the case, and however it was grouped."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def grouped(code: str) -> str:
    """As it is shown and read out: two groups of four."""
    return f"{code[: CODE_LENGTH // 2]} {code[CODE_LENGTH // 2 :]}"


def unused_code() -> str:
    """A random code (35 bits) that no municipality has.

    The database holds it unique in its municipality. If two draw the same at the same moment in two, neither is
    answered by it (`open_code`).
    """
    with across_municipalities():
        while True:
            code = get_random_string(CODE_LENGTH, CODE_LETTERS)
            if not FamilyCode.objects.filter(code=code).exists():
                return code


def open_code(typed: str, today: datetime.date) -> FamilyCode | None:
    """The code, of whichever municipality, if it is open today. What never was and what has closed are the same."""
    code = normalised(typed)
    if len(code) != CODE_LENGTH:
        return None
    with across_municipalities():
        found = FamilyCode.objects.filter(code=code, open_until__gte=today)
        rows = list(found.select_related("municipality")[:2])
    return rows[0] if len(rows) == 1 else None


def new_token() -> str:
    """Of one form: it can be sent once."""
    return secrets.token_urlsafe(12)
