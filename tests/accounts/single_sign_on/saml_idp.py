"""A small SAML provider that signs, with python3-saml's own tools and a key made for the test."""

from __future__ import annotations

import base64
import datetime
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from lxml import etree
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Utils

from accounts.models import IdentityProvider, Protocol

from .oidc_browser import address_of, begin

NAMES = f'xmlns:saml="{Constants.NS_SAML}" xmlns:samlp="{Constants.NS_SAMLP}"'
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"


@dataclass(frozen=True)
class Asked:
    """What stands in our request."""

    id: str
    acs: str
    issuer: str


@dataclass(frozen=True)
class Said:
    """What an assertion says; a test changes one thing of it."""

    subject: str
    in_response_to: str
    recipient: str
    audience: str | None
    issuer: str
    groups: tuple[str, ...] = ()
    context: str = PASSWORD
    minutes_good: int = 5
    is_signed: bool = True
    id: str = field(default_factory=lambda: f"_{uuid4().hex}")


class SigningIdp:
    def __init__(self, entity_id: str) -> None:
        self.entity_id = entity_id
        self.key, self.certificate = _key_and_certificate(entity_id)

    def facts(self) -> dict[str, Any]:
        """Fields of IdentityProvider."""
        return {
            "protocol": Protocol.SAML,
            "issuer": self.entity_id,
            "saml_address": f"{self.entity_id}/sso",
            "saml_certificates": [Utils.format_cert(self.certificate, heads=False)],
            "client_id": "",
            "groups_claim": "groups",
        }

    def metadata(self) -> str:
        certificate = Utils.format_cert(self.certificate, heads=False)
        return (
            f'<md:EntityDescriptor xmlns:md="{Constants.NS_MD}" entityID="{self.entity_id}">'
            f'<md:IDPSSODescriptor protocolSupportEnumeration="{Constants.NS_SAMLP}"><md:KeyDescriptor use="signing">'
            f'<ds:KeyInfo xmlns:ds="{Constants.NS_DS}"><ds:X509Data><ds:X509Certificate>{certificate}'
            "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
            f'<md:SingleSignOnService Binding="{Constants.BINDING_HTTP_REDIRECT}" '
            f'Location="{self.entity_id}/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>'
        )

    def said(self, asked: Asked, subject: str, **changes: Any) -> Said:
        """What it says in answer to a request of ours."""
        plain = Said(subject, asked.id, asked.acs, asked.issuer, self.entity_id)
        return replace(plain, **changes)

    def response(self, said: Said) -> str:
        """The signed response, as it is posted."""
        assertion = self._assertion(said)
        if said.is_signed:
            assertion = Utils.add_sign(assertion, self.key, self.certificate).decode()
        now = _moment(0)
        document = (
            f'<samlp:Response {NAMES} ID="_{uuid4().hex}" Version="2.0" IssueInstant="{now}" '
            f'Destination="{said.recipient}" InResponseTo="{said.in_response_to}"><saml:Issuer>{said.issuer}'
            f'</saml:Issuer><samlp:Status><samlp:StatusCode Value="{Constants.STATUS_SUCCESS}"/></samlp:Status>'
            f"{assertion}</samlp:Response>"
        )
        return encoded(document)

    def _assertion(self, said: Said) -> str:
        now, ends = _moment(min(0, said.minutes_good - 10)), _moment(said.minutes_good)
        audience = (
            f"<saml:AudienceRestriction><saml:Audience>{said.audience}</saml:Audience></saml:AudienceRestriction>"
            if said.audience is not None
            else ""
        )
        values = "".join(f"<saml:AttributeValue>{group}</saml:AttributeValue>" for group in said.groups)
        attributes = (
            f'<saml:AttributeStatement><saml:Attribute Name="groups">{values}</saml:Attribute>'
            "</saml:AttributeStatement>"
            if said.groups
            else ""
        )
        return (
            f'<saml:Assertion {NAMES} ID="{said.id}" Version="2.0" IssueInstant="{now}"><saml:Issuer>{said.issuer}'
            f'</saml:Issuer><saml:Subject><saml:NameID Format="{Constants.NAMEID_PERSISTENT}">{said.subject}'
            f'</saml:NameID><saml:SubjectConfirmation Method="{Constants.CM_BEARER}"><saml:SubjectConfirmationData '
            f'NotOnOrAfter="{ends}" Recipient="{said.recipient}" InResponseTo="{said.in_response_to}"/>'
            f'</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{now}" NotOnOrAfter="{ends}">'
            f'{audience}</saml:Conditions><saml:AuthnStatement AuthnInstant="{now}"><saml:AuthnContext>'
            f"<saml:AuthnContextClassRef>{said.context}</saml:AuthnContextClassRef></saml:AuthnContext>"
            f"</saml:AuthnStatement>{attributes}</saml:Assertion>"
        )


def ask(browser: Client, provider: IdentityProvider, **sent: str) -> Asked:
    """Begins, and reads our request out of the address that the browser is led to."""
    query = parse_qs(urlsplit(begin(browser, provider, **sent)).query)
    request = etree.fromstring(Utils.decode_base64_and_inflate(query["SAMLRequest"][0]))
    issuer = request.findtext(f"{{{Constants.NS_SAML}}}Issuer")
    return Asked(request.get("ID"), request.get("AssertionConsumerServiceURL"), issuer)


def deliver(browser: Client, provider: IdentityProvider, response: str) -> Any:
    """The provider's form posts the response: across sites, so that no cookie of ours comes along.

    The answer of the last page: that which refuses it, or that which the browser fetches by itself.
    """
    bare = Client()
    bare.defaults.update(browser.defaults)
    posted = bare.post(address_of("saml-acs", provider), {"SAMLResponse": response, "RelayState": ""})
    if posted.status_code != 303:
        return posted
    browser.cookies.update(posted.cookies)
    return browser.get(posted.headers["Location"])


def sign_in_by(
    browser: Client, provider: IdentityProvider, idp: SigningIdp, subject: str, **said: Any
) -> Any:
    asked = ask(browser, provider)
    return deliver(browser, provider, idp.response(idp.said(asked, subject, **said)))


def decoded(response: str) -> str:
    return base64.b64decode(response).decode()


def encoded(document: str) -> str:
    return base64.b64encode(document.encode()).decode()


def _moment(minutes: int) -> str:
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _key_and_certificate(name: str) -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    now = datetime.datetime.now(datetime.UTC)
    names = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:60])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(names)
        .issuer_name(names)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private.decode(), certificate.public_bytes(pem).decode()
