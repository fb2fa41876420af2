"""How sure a provider says that it is of who signs in. Pure."""

from __future__ import annotations

from collections.abc import Collection

# RFC 8176: several factors, a key that proves itself by hardware, a one-time code. Entra ID's own in SAML; REFEDS.
USUAL_SECOND_FACTORS = (
    "mfa",
    "http://schemas.microsoft.com/claims/multipleauthn",
    "https://refeds.org/profile/mfa",
)


def is_sure_enough(required: Collection[str], asserted: Collection[str]) -> bool:
    """Whether any of the required values is asserted; nothing required is enough."""
    return not required or not set(required).isdisjoint(asserted)


def asserts_second_factor(meaning_it: Collection[str], asserted: Collection[str]) -> bool:
    """Whether a value is asserted that the municipality has said means a second factor."""
    return not set(meaning_it).isdisjoint(asserted)
