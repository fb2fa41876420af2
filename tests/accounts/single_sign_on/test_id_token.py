"""What a token is refused for: each is signed here, since a real provider makes none of these."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from accounts.models import IdentityProvider
from accounts.single_sign_on import oidc

ISSUER, CLIENT, NONCE = "https://login.example", "colour-maps", "n" * 43
OURS, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _each in range(2))
PROVIDER = IdentityProvider(issuer=ISSUER, client_id=CLIENT)


@pytest.fixture(autouse=True)
def documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the provider has at its addresses."""
    key = RSAAlgorithm.to_jwk(OURS.public_key(), as_dict=True) | {"kid": "1", "use": "sig", "alg": "RS256"}
    configuration = {"issuer": ISSUER} | dict.fromkeys(oidc.NEEDED, f"{ISSUER}/x")
    documents = {f"{ISSUER}/x": {"keys": [key]}, f"{ISSUER}{oidc.WELL_KNOWN}": configuration}
    monkeypatch.setattr(oidc, "_kept", lambda address, is_anew=False: documents[address])


def token(*, key: Any = OURS, algorithm: str = "RS256", kid: str = "1", **changes: Any) -> str:
    now = time.time()
    payload = {"iss": ISSUER, "aud": CLIENT, "sub": "anna", "nonce": NONCE, "iat": now, "exp": now + 300}
    payload = {name: value for name, value in (payload | changes).items() if value is not None}
    return jwt.encode(payload, key, algorithm=algorithm, headers={"kid": kid})


def test_token_for_us_is_taken() -> None:
    assert oidc.verified_payload(PROVIDER, token(), NONCE)["sub"] == "anna"
    assert oidc.verified_payload(PROVIDER, token(aud=[CLIENT], azp=CLIENT), NONCE)["sub"] == "anna"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://forged.example"},
        {"iss": None},
        {"aud": "another client"},
        {"aud": [CLIENT, "another client"]},
        {"aud": None},
        {"azp": "another client"},
        {"sub": None},
        {"exp": time.time() - 120},
        {"exp": None},
        {"iat": time.time() + 24 * 3600},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"nonce": ["n"]},
        {"key": OTHER},
        {"kid": "2"},
        {"key": None, "algorithm": "none"},
        {"key": "the client's own secret, which is long enough", "algorithm": "HS256"},
    ],
    ids=str,
)
def test_token_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(jwt.PyJWTError):
        oidc.verified_payload(PROVIDER, token(**changes), NONCE)


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "ey.ey."])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(jwt.PyJWTError):
        oidc.verified_payload(PROVIDER, text, NONCE)


def test_altered_token_is_refused() -> None:
    head, body, signature = token().split(".")
    other_body = token(sub="bo").split(".")[1]

    with pytest.raises(jwt.PyJWTError):
        oidc.verified_payload(PROVIDER, f"{head}.{other_body}.{signature}", NONCE)
    assert body != other_body


def test_sign_in_that_was_long_ago_is_no_fresh_one() -> None:
    oidc._check_is_fresh({"auth_time": time.time() - 10})
    oidc._check_is_fresh({})

    with pytest.raises(jwt.PyJWTError):
        oidc._check_is_fresh({"auth_time": time.time() - 3600})
