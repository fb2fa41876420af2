"""Sign-ins that have begun and not yet come back, in the session of the browser that began them.

Each is taken once, by its state (OpenID Connect) or by the id of its request (SAML), within ten minutes. An answer that
nobody has asked for, or that another browser has, finds nothing here.
"""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass

from allauth.socialaccount.internal import statekit
from django.http import HttpRequest

from ..models import IdentityProvider


class Purpose(enum.StrEnum):
    SIGN_IN = "sign in"
    TEST = "test"


@dataclass(frozen=True)
class Begun:
    """next_path: where to go afterwards, one of our own paths. link_code: the id of the code that was typed before.

    is_anew: the person is signed in already and is to show once more who it is, not to be let through by the provider.
    """

    purpose: Purpose = Purpose.SIGN_IN
    next_path: str = ""
    is_anew: bool = False
    link_code: int | None = None
    nonce: str = ""
    verifier: str = ""


def remember(request: HttpRequest, provider: IdentityProvider, begun: Begun, *, state: str) -> None:
    statekit.stash_state(request, provider_id=provider.key, state=asdict(begun), state_id=state)


def taken(request: HttpRequest, provider: IdentityProvider, state: str) -> Begun | None:
    """What the browser has begun with the provider under the state; None the second time."""
    found = statekit.unstash_state(request, provider_id=provider.key, state_id=state)
    return Begun(**found | {"purpose": Purpose(found["purpose"])}) if found else None
