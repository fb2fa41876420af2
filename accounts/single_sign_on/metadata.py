"""A provider's SAML metadata, as a file that an administrator uploads: it is never fetched."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from cryptography import x509
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser as Parser
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from .addresses import check_address

# One provider's. An aggregate of a federation has thousands, and is for a proxy to choose from.
LARGEST_FILE = 512 * 1024
MOST_CERTIFICATES = 4


@dataclass(frozen=True)
class Metadata:
    """certificates: of the keys that sign, base64 of DER, as the file has them."""

    entity_id: str
    address: str
    certificates: tuple[str, ...]


def metadata_of(content: bytes) -> Metadata:
    """What the file says. Raises ValidationError with what is wrong with it; documents with a DTD are refused."""
    if len(content) > LARGEST_FILE:
        raise ValidationError(_("This file is larger than the metadata of one provider."))
    try:
        n_entities = len(
            OneLogin_Saml2_XML.query(OneLogin_Saml2_XML.to_etree(content), "//md:IDPSSODescriptor")
        )
        found = Parser.parse(content).get("idp", {})
    except Exception as problem:  # lxml's and the library's own, for anything that is no metadata
        raise ValidationError(_("This file is no SAML metadata.")) from problem
    if n_entities != 1:
        raise ValidationError(
            _("The file must describe exactly one provider; this one describes %(n)s.") % {"n": n_entities}
        )
    certificates = _certificates_in(found)
    address = found.get("singleSignOnService", {}).get("url", "")
    if not found.get("entityId") or not address or not certificates:
        raise ValidationError(
            _("The metadata names no entity id, no address with the redirect binding, or no certificate.")
        )
    check_address(address)
    return Metadata(found["entityId"], address, certificates)


def _certificates_in(found: dict) -> tuple[str, ...]:
    several = found.get("x509certMulti", {}).get("signing", [])
    listed = several or [found.get("x509cert", "")]
    texts = tuple(dict.fromkeys(text for text in listed if text))[:MOST_CERTIFICATES]
    try:
        for text in texts:
            x509.load_der_x509_certificate(base64.b64decode(text, validate=True))
    except ValueError as problem:
        raise ValidationError(_("A certificate in the metadata cannot be read.")) from problem
    return texts
