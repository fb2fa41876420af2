"""OpenID Connect: the authorization code flow with PKCE, state and nonce, and a token whose signature is checked.

allauth leaves the signature out where the token comes over TLS, and sends no nonce; here both are always checked.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import jwt
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from ..models import IdentityProvider
from .addresses import FetchRefused, check_address, fetched_json
from .begun import Begun, remember, taken
from .claims import Claims, ClaimsRefused, claims_of_token
from .refusals import Reason, SignInRefused
from .sealing import unseal

WELL_KNOWN = "/.well-known/openid-configuration"
SCOPES = "openid profile"
# Signed by a key pair. "none", and those whose key is the client's own secret, are not here.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
LEEWAY_SECONDS = 60
FRESH_SECONDS = 5 * 60
# Keys are changed now and then; a signature by an unknown key has them fetched anew.
CACHED_SECONDS = 15 * 60
UNREACHABLE, UNREACHABLE_SECONDS = "unreachable", 30
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def address_to_sign_in(request: HttpRequest, provider: IdentityProvider, callback: str, begun: Begun) -> str:
    """Where the browser is to go. Raises SignInRefused when the provider does not answer."""
    configuration = configuration_of(provider)
    state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    pkce = generate_code_challenge()
    verifier = pkce.pop("code_verifier")
    remember(
        request,
        provider,
        replace(begun, nonce=nonce, verifier=verifier),
        state=state,
    )
    asked = {
        "client_id": provider.client_id,
        "redirect_uri": callback,
        "scope": SCOPES,
        "response_type": "code",
        "state": state,
        "nonce": nonce,
        **pkce,
    }
    if begun.is_anew:
        asked |= {"prompt": "login", "max_age": "0"}
    if provider.required_assurances:
        asked["acr_values"] = " ".join(provider.required_assurances)
    return _with_query(configuration["authorization_endpoint"], asked)


def arrival(request: HttpRequest, provider: IdentityProvider, callback: str) -> tuple[Claims, Begun]:
    """What the provider says of who has come back to the callback, and what had begun. Raises SignInRefused."""
    begun = taken(request, provider, request.GET.get("state", ""))
    if begun is None:
        raise SignInRefused(Reason.NOT_BEGUN)
    # RFC 9207: an answer that names its issuer names the right one.
    if request.GET.get("iss", provider.issuer) != provider.issuer:
        raise SignInRefused(Reason.NOT_VALID)
    if request.GET.get("error") == "access_denied":
        raise SignInRefused(Reason.CANCELLED)
    if not request.GET.get("code"):
        raise SignInRefused(Reason.NOT_VALID)
    try:
        token = _token_for(provider, request.GET["code"], begun.verifier, callback)
        payload = verified_payload(provider, token, begun.nonce)
        if begun.is_anew:
            _check_is_fresh(payload)
        return claims_of_token(payload, groups_claim=provider.groups_claim), begun
    except FetchRefused as problem:
        raise SignInRefused(Reason.NO_ANSWER) from problem
    except (jwt.PyJWTError, ClaimsRefused) as problem:
        raise SignInRefused(Reason.NOT_VALID) from problem


def configuration_of(provider: IdentityProvider) -> dict[str, Any]:
    """The provider's own document, which must name the issuer that it was asked for by."""
    try:
        document = _kept(provider.issuer.rstrip("/") + WELL_KNOWN)
        for name in NEEDED:
            check_address(str(document.get(name, "")))
    except (FetchRefused, ValidationError) as problem:
        raise SignInRefused(Reason.NO_ANSWER) from problem
    if document.get("issuer") != provider.issuer:
        raise SignInRefused(Reason.NOT_VALID)
    return document


def verified_payload(provider: IdentityProvider, token: str, nonce: str) -> dict[str, Any]:
    """The content of an id_token: signed by the issuer's key, for us, now, in answer to what we asked.

    Raises jwt.PyJWTError.
    """
    payload = jwt.decode(
        token,
        key=_signing_key(provider, token),
        algorithms=ALGORITHMS,
        audience=provider.client_id,
        issuer=provider.issuer,
        leeway=LEEWAY_SECONDS,
        options={"require": ["iss", "sub", "aud", "exp", "iat"]},
    )
    sent_for = payload.get("azp", provider.client_id)
    if sent_for != provider.client_id or (isinstance(payload["aud"], list) and len(payload["aud"]) > 1):
        raise jwt.InvalidAudienceError
    if not hmac.compare_digest(str(payload.get("nonce", "")), nonce):
        raise jwt.InvalidTokenError("nonce")
    return payload


def _check_is_fresh(payload: dict[str, Any]) -> None:
    """A provider that says when the person has signed in there must have asked just now."""
    signed_in_at = payload.get("auth_time")
    if signed_in_at is not None and time.time() - float(signed_in_at) > FRESH_SECONDS:
        raise jwt.InvalidTokenError("auth_time")


def _signing_key(provider: IdentityProvider, token: str) -> jwt.PyJWK:
    address = configuration_of(provider)["jwks_uri"]
    kid = jwt.get_unverified_header(token).get("kid")
    for is_anew in (False, True):
        keys = [
            key
            for key in jwt.PyJWKSet.from_dict(_kept(address, is_anew=is_anew)).keys
            if key.public_key_use in ("sig", None) and kid in (key.key_id, None)
        ]
        if len(keys) == 1:
            return keys[0]
    raise jwt.InvalidKeyError


def _token_for(provider: IdentityProvider, code: str, verifier: str, callback: str) -> str:
    configuration = configuration_of(provider)
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback,
        "code_verifier": verifier,
    }
    secret = unseal(provider.sealed_secret)
    by_post = "client_secret_post" in configuration.get("token_endpoint_auth_methods_supported", [])
    if by_post:
        sent |= {"client_id": provider.client_id, "client_secret": secret}
    answer = fetched_json(
        configuration["token_endpoint"],
        data=sent,
        auth=None if by_post else (provider.client_id, secret),
        headers={"Accept": "application/json"},
    )
    if not isinstance(answer.get("id_token"), str):
        raise FetchRefused("no id_token")
    return answer["id_token"]


def _kept(address: str, *, is_anew: bool = False) -> dict[str, Any]:
    """The document at an address, from the cache where that has it; without a cache it is fetched each time.

    That a provider does not answer is remembered as well, so that not everybody who clicks waits for it.
    """
    name = f"identity-provider-{hashlib.sha256(address.encode()).hexdigest()}"
    found = None
    with suppress(Exception):  # of whichever cache it is
        found = None if is_anew else cache.get(name)
    if found == UNREACHABLE:
        raise FetchRefused("did not answer a moment ago")
    if found is None:
        try:
            found = fetched_json(address)
        except FetchRefused:
            with suppress(Exception):
                cache.set(name, UNREACHABLE, UNREACHABLE_SECONDS)
            raise
        with suppress(Exception):
            cache.set(name, found, CACHED_SECONDS)
    return found


def _with_query(address: str, parts: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parts)}"
