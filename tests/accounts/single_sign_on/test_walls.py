"""A provider of one municipality never opens another: TRUST I7."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Identity, IdentityProvider, User
from accounts.single_sign_on.arriving import arrive
from accounts.single_sign_on.begun import Begun
from accounts.single_sign_on.claims import Claims
from accounts.single_sign_on.refusals import SignInRefused
from accounts.tenancy import municipality_scope
from tests.factories.single_sign_on import ProviderFactory
from tests.fixtures import TODAY, Place

from . import saml_idp
from .oidc_browser import address_of, begin, path_of, sign_in_by, sign_in_there, who
from .saml_idp import SigningIdp

Link = Callable[[IdentityProvider, User, str], None]


def reason_of(response: Any) -> str:
    assert response.status_code == 403
    return response.context["reason"].value


def test_same_subject_of_the_same_issuer_is_another_person_in_each_municipality(
    solviken: Place,
    fjordvik: Place,
    oidc: IdentityProvider,
    other_oidc: IdentityProvider,
    browser: Client,
    link: Link,
) -> None:
    link(oidc, solviken.teacher, "anna")
    link(other_oidc, fjordvik.principal, "anna")

    sign_in_by(browser, oidc, "anna")
    first = who(browser)
    sign_in_by(browser, other_oidc, "anna")

    assert (first, who(browser)) == (solviken.teacher.pk, fjordvik.principal.pk)


def test_who_is_known_in_one_municipality_is_nobody_in_the_other(
    solviken: Place, oidc: IdentityProvider, other_oidc: IdentityProvider, browser: Client, link: Link
) -> None:
    link(oidc, solviken.teacher, "anna")

    response = sign_in_by(
        browser, other_oidc, "anna", email=solviken.teacher.login, name=solviken.teacher.name
    )

    assert reason_of(response) == "unknown"
    assert who(browser) is None


def test_answer_of_one_provider_is_not_taken_at_the_others_address(
    solviken: Place,
    fjordvik: Place,
    oidc: IdentityProvider,
    other_oidc: IdentityProvider,
    browser: Client,
    link: Link,
) -> None:
    link(oidc, solviken.teacher, "anna")
    link(other_oidc, fjordvik.principal, "anna")
    back = path_of(sign_in_there(begin(browser, oidc), "anna"))
    moved = back.replace(address_of("oidc-callback", oidc), address_of("oidc-callback", other_oidc))

    assert reason_of(browser.get(moved)) == "not begun here"
    assert who(browser) is None


def test_provider_of_one_municipality_is_not_there_in_the_other(
    fjordvik: Place, oidc: IdentityProvider, saml: IdentityProvider, browser: Client
) -> None:
    for name, provider, method in [
        ("sso-begin", oidc, "post"),
        ("oidc-callback", oidc, "get"),
        ("saml-acs", saml, "post"),
        ("saml-finish", saml, "get"),
        ("saml-metadata", saml, "get"),
    ]:
        address = reverse(f"accounts:{name}", args=[fjordvik.municipality.code, provider.key])
        assert getattr(browser, method)(address).status_code == 404, name


def test_assertion_for_one_municipality_posted_to_the_other_is_refused(
    solviken: Place,
    fjordvik: Place,
    saml: IdentityProvider,
    other_saml: IdentityProvider,
    idp: SigningIdp,
    browser: Client,
    link: Link,
) -> None:
    link(saml, solviken.teacher, "anna")
    link(other_saml, fjordvik.principal, "anna")
    waiting = saml_idp.ask(browser, other_saml)
    at_home = idp.said(saml_idp.ask(browser, saml), "anna")
    forged = idp.said(waiting, "anna")
    lying = idp.said(waiting, "anna", issuer=other_saml.issuer)

    for said in (at_home, forged, lying):
        assert reason_of(saml_idp.deliver(browser, other_saml, idp.response(said))) == "not valid"
    assert who(browser) is None


def test_municipality_that_writes_the_others_issuer_gets_nobody_of_it(
    solviken: Place,
    fjordvik: Place,
    saml: IdentityProvider,
    other_idp: SigningIdp,
    browser: Client,
    link: Link,
) -> None:
    """Fjordvik sets up a provider that claims to be Solviken's, with a key of its own."""
    link(saml, solviken.teacher, "anna")
    with municipality_scope(fjordvik.municipality):
        pretended = ProviderFactory(**other_idp.facts() | {"issuer": saml.issuer})

    response = saml_idp.sign_in_by(browser, pretended, other_idp, "anna", issuer=saml.issuer)

    assert reason_of(response) == "unknown"
    assert who(browser) is None


def test_identity_that_names_a_user_of_another_municipality_opens_nothing(
    solviken: Place, fjordvik: Place, oidc: IdentityProvider, browser: Client
) -> None:
    """No service writes such a row; the sign-in looks nevertheless."""
    with municipality_scope(solviken.municipality):
        Identity.objects.create(
            municipality=solviken.municipality, issuer=oidc.issuer, subject="anna", user=fjordvik.principal
        )

    assert reason_of(sign_in_by(browser, oidc, "anna")) == "account ended"
    assert who(browser) is None


def test_claims_are_taken_in_the_providers_own_municipality_alone(
    solviken: Place, fjordvik: Place, oidc: IdentityProvider
) -> None:
    with municipality_scope(fjordvik.municipality), pytest.raises(SignInRefused):
        arrive(provider=oidc, claims=Claims("anna"), begun=Begun(), on=TODAY)
