from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Utils

from accounts.single_sign_on.metadata import LARGEST_FILE, metadata_of

from .saml_idp import SigningIdp


def test_metadata_says_who_where_and_by_which_key(idp: SigningIdp) -> None:
    found = metadata_of(idp.metadata().encode())

    assert found.entity_id == idp.entity_id
    assert found.address == f"{idp.entity_id}/sso"
    assert found.certificates == (Utils.format_cert(idp.certificate, heads=False),)


def test_two_keys_are_both_kept(idp: SigningIdp, other_idp: SigningIdp) -> None:
    """While a provider changes its key it has two."""
    text, other = idp.metadata(), other_idp.metadata()
    start, end = "<md:KeyDescriptor", "<md:SingleSignOnService"
    second = other[other.index(start) : other.index(end)]

    found = metadata_of(text.replace(end, second + end).encode())

    assert len(found.certificates) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: "no xml",
        lambda text: "<a/>",
        lambda text: f"<!DOCTYPE a [<!ENTITY b 'c'>]>{text}",
        lambda text: text.replace("https://idp.solviken.example/metadata/sso", "javascript:alert(1)"),
        lambda text: text.replace("HTTP-Redirect", "HTTP-POST"),
        lambda text: text.replace("<ds:X509Certificate>", "<ds:X509Certificate>AAAA"),
        lambda text: (
            f'<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">{text}{text}'
            "</md:EntitiesDescriptor>"
        ),
        lambda text: text + " " * LARGEST_FILE,
    ],
    ids=[
        "empty",
        "no-xml",
        "no-metadata",
        "entities",
        "script",
        "no-redirect",
        "no-key",
        "aggregate",
        "large",
    ],
)
def test_other_files_are_refused(idp: SigningIdp, change: object) -> None:
    with pytest.raises(ValidationError):
        metadata_of(change(idp.metadata()).encode())  # type: ignore[operator]
