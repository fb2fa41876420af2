"""SAML 2.0: what we ask by redirect, and the signed assertion that comes back by POST.

python3-saml checks schema, signature, times, issuer and audience. Checked here besides, since it lets them pass: an
assertion without an audience, an address that only begins like ours, and to whose request the signed part answers.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants
from onelogin.saml2.errors import OneLogin_Saml2_ValidationError
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from ..models import IdentityProvider, SpentAssertion
from ..tenancy import current_municipality
from .begun import Begun, remember
from .claims import Claims, ClaimsRefused, claims_of_assertion
from .refusals import Reason, SignInRefused

LARGEST_ANSWER = 256 * 1024
# Assertions live for minutes; whatever says that it lives longer is remembered for a day and refused after it.
LONGEST_LIFE_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class Addresses:
    """Ours for one provider, absolute. metadata is at the same time our entity id."""

    acs: str
    metadata: str


@dataclass(frozen=True)
class Answer:
    """A verified assertion. in_response_to: the id of our request that it answers."""

    claims: Claims
    in_response_to: str


def address_to_sign_in(
    request: HttpRequest, provider: IdentityProvider, addresses: Addresses, begun: Begun
) -> str:
    """Where the browser is to go, with our request in it."""
    asking = OneLogin_Saml2_Auth(_facts_of(request), settings_of(provider, addresses))
    address = asking.login(return_to="", force_authn=begun.is_anew)
    remember(request, provider, begun, state=asking.get_last_request_id())
    return address


def answer_of(request: HttpRequest, provider: IdentityProvider, addresses: Addresses) -> Answer:
    """What the posted assertion says, once all about it has been checked. Raises SignInRefused."""
    posted = request.POST.get("SAMLResponse", "")
    if not posted or len(posted) > LARGEST_ANSWER:
        raise SignInRefused(Reason.NOT_VALID)
    try:
        settings = OneLogin_Saml2_Settings(settings_of(provider, addresses))
        response = _Response(settings, posted)
    except Exception as problem:  # of several libraries, for anything that is no XML
        raise SignInRefused(Reason.NOT_VALID) from problem
    if not response.is_valid(_facts_of(request)) or not response.is_for(addresses):
        raise SignInRefused(Reason.NOT_VALID)
    try:
        claims = claims_of_assertion(
            response.get_attributes(),
            name_id=response.get_nameid() or "",
            contexts=response.get_authn_contexts(),
            subject_attribute=provider.subject_attribute,
            groups_claim=provider.groups_claim,
        )
    except (ClaimsRefused, OneLogin_Saml2_ValidationError) as problem:
        raise SignInRefused(Reason.NOT_VALID) from problem
    _spend(provider, response)
    return Answer(claims, response.answered_request)


def our_metadata(provider: IdentityProvider, addresses: Addresses) -> bytes:
    """What the provider has to know of us."""
    settings = OneLogin_Saml2_Settings(settings_of(provider, addresses), sp_validation_only=True)
    metadata = settings.get_sp_metadata()
    return metadata.encode() if isinstance(metadata, str) else metadata


def settings_of(provider: IdentityProvider, addresses: Addresses) -> dict[str, Any]:
    """In python3-saml's words. Everything that it can be strict about is said, whatever its defaults."""
    return {
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": addresses.metadata,
            "assertionConsumerService": {"url": addresses.acs, "binding": Constants.BINDING_HTTP_POST},
            "NameIDFormat": Constants.NAMEID_PERSISTENT
            if not provider.subject_attribute
            else Constants.NAMEID_UNSPECIFIED,
        },
        "idp": {
            "entityId": provider.issuer,
            "singleSignOnService": {
                "url": provider.saml_address,
                "binding": Constants.BINDING_HTTP_REDIRECT,
            },
            "x509certMulti": {"signing": list(provider.saml_certificates)},
        },
        "security": {
            "wantAssertionsSigned": True,
            "wantAttributeStatement": False,
            "wantNameId": not provider.subject_attribute,
            "rejectDeprecatedAlgorithm": True,
            "allowRepeatAttributeName": False,
            "failOnAuthnContextMismatch": False,
            "requestedAuthnContext": list(provider.required_assurances) or False,
            "requestedAuthnContextComparison": "exact",
            "signatureAlgorithm": Constants.RSA_SHA256,
            "digestAlgorithm": Constants.SHA256,
        },
    }


class _Response(OneLogin_Saml2_Response):
    """A response of which only the signed assertion is believed."""

    answered_request = ""

    def is_for(self, addresses: Addresses) -> bool:
        """Whether it is meant for us, sent to this very address, and answers a request."""
        if self.get_audiences().count(addresses.metadata) == 0:
            return False
        if self.document.get("Destination", addresses.acs) != addresses.acs:
            return False
        confirmations = [
            each
            for each in self._query_assertion(
                f"/saml:Subject/saml:SubjectConfirmation[@Method='{Constants.CM_BEARER}']"
                "/saml:SubjectConfirmationData"
            )
            if each.get("Recipient") == addresses.acs and each.get("NotOnOrAfter")
        ]
        answered = {each.get("InResponseTo") for each in confirmations} - {None, ""}
        if len(confirmations) != 1 or len(answered) != 1:
            return False
        self.answered_request = answered.pop()
        return True


def _spend(provider: IdentityProvider, response: _Response) -> None:
    """Remembers the assertion for as long as it could be used; raises SignInRefused the second time."""
    now = timezone.now()
    ends = response.get_assertion_not_on_or_after() or now.timestamp()
    if ends > now.timestamp() + LONGEST_LIFE_SECONDS:
        raise SignInRefused(Reason.NOT_VALID)
    named = f"{provider.issuer}\0{response.get_assertion_id()}"
    try:
        with transaction.atomic():
            SpentAssertion.objects.create(
                municipality=current_municipality(),
                digest=hashlib.sha256(named.encode()).hexdigest(),
                ends_at=now + datetime.timedelta(seconds=LONGEST_LIFE_SECONDS),
            )
    except IntegrityError as problem:
        raise SignInRefused(Reason.USED_BEFORE) from problem
    SpentAssertion.objects.filter(ends_at__lt=now).delete()


def _facts_of(request: HttpRequest) -> dict[str, Any]:
    """What python3-saml wants to know of a request."""
    return {
        "https": "on" if request.is_secure() else "off",
        "http_host": request.get_host(),
        "script_name": request.path,
        "get_data": {},
        "post_data": request.POST.dict(),
    }
