"""Signing in by SAML, at a provider that signs, and everything that an assertion is refused for."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import IdentityProvider, SpentAssertion, User
from accounts.single_sign_on import saml as flow
from accounts.tenancy import municipality_scope
from tests.fixtures import Place

from .oidc_browser import address_of, who
from .saml_idp import SigningIdp, ask, decoded, deliver, encoded, sign_in_by

Link = Callable[[IdentityProvider, User, str], None]


def reason_of(response: Any) -> str:
    assert response.status_code == 403
    return response.context["reason"].value


@pytest.fixture
def known(solviken: Place, saml: IdentityProvider, link: Link) -> IdentityProvider:
    """Solviken's provider, which knows the teacher as anna."""
    link(saml, solviken.teacher, "anna")
    return saml


def test_signs_in_who_is_known_by_the_subject(
    solviken: Place, known: IdentityProvider, idp: SigningIdp, browser: Client
) -> None:
    response = sign_in_by(browser, known, idp, "anna")

    assert (response.status_code, response.headers["Location"]) == (302, reverse("start"))
    assert who(browser) == solviken.teacher.pk


def test_post_of_the_provider_needs_no_cookie_of_ours_and_opens_nothing_by_itself(
    solviken: Place, known: IdentityProvider, idp: SigningIdp, browser: Client
) -> None:
    """Browsers keep cookies back that are Lax, when another site posts a form."""
    response = idp.response(idp.said(ask(browser, known), "anna"))
    bare = Client(headers={"host": "skola.example"})

    posted = bare.post(address_of("saml-acs", known), {"SAMLResponse": response})
    finished = bare.get(posted.headers["Location"])

    cookie = posted.cookies["saml-arrival"]
    assert (posted.status_code, cookie["httponly"], cookie["path"]) == (
        303,
        True,
        address_of("saml-finish", known),
    )
    assert reason_of(finished) == "not begun here"
    assert who(bare) is None


def test_assertion_is_used_once(
    solviken: Place, known: IdentityProvider, idp: SigningIdp, browser: Client
) -> None:
    response = idp.response(idp.said(ask(browser, known), "anna"))
    assert deliver(browser, known, response).status_code == 302
    browser.logout()

    assert reason_of(deliver(browser, known, response)) == "used before"


def test_assertion_of_the_same_id_is_refused_though_another_request_is_waiting(
    solviken: Place, known: IdentityProvider, idp: SigningIdp, browser: Client
) -> None:
    first = idp.said(ask(browser, known), "anna", id="_the-same")
    second = idp.said(ask(browser, known), "anna", id="_the-same")
    assert deliver(browser, known, idp.response(first)).status_code == 302

    assert reason_of(deliver(browser, known, idp.response(second))) == "used before"


def test_answer_to_a_request_of_another_browser_is_refused(
    solviken: Place, known: IdentityProvider, idp: SigningIdp, browser: Client
) -> None:
    """Somebody who has an assertion of their own cannot put it into another person's browser."""
    other = Client(headers={"host": "skola.example"})
    response = idp.response(idp.said(ask(other, known), "anna"))

    assert reason_of(deliver(browser, known, response)) == "not begun here"
    assert who(browser) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"audience": "https://elsewhere.example/metadata/"},
        {"audience": None},
        {"issuer": "https://forged.example/metadata"},
        {"recipient": "https://elsewhere.example/acs/"},
        {"minutes_good": -10},
        {"is_signed": False},
        {"in_response_to": ""},
        {"subject": ""},
        {"minutes_good": 3 * 24 * 60},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_assertion_that_is_not_for_us_now_and_signed_is_refused(
    solviken: Place, known: IdentityProvider, idp: SigningIdp, browser: Client, changes: dict[str, Any]
) -> None:
    said = idp.said(ask(browser, known), **{"subject": "anna"} | changes)

    assert reason_of(deliver(browser, known, idp.response(said))) == "not valid"
    assert who(browser) is None


def longer(acs: str) -> dict[str, Any]:
    return {"recipient": f"{acs}elsewhere/"}


def without_audience(_acs: str) -> dict[str, Any]:
    return {"audience": None}


@pytest.mark.parametrize("change", [longer, without_audience])
def test_what_the_library_lets_pass_is_refused(
    solviken: Place,
    known: IdentityProvider,
    idp: SigningIdp,
    browser: Client,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[str], dict[str, Any]],
) -> None:
    def response() -> str:
        asked = ask(browser, known)
        return idp.response(idp.said(asked, "anna", **change(asked.acs)))

    assert reason_of(deliver(browser, known, response())) == "not valid"
    assert who(browser) is None

    def believing(self: Any, _addresses: Any) -> bool:
        self.answered_request = self.get_in_response_to()
        return True

    monkeypatch.setattr(flow._Response, "is_for", believing)
    deliver(browser, known, response())
    assert who(browser) == solviken.teacher.pk, "without our own check there is nothing to refuse"


@pytest.mark.parametrize(
    ("was", "becomes"),
    [("anna", "bo"), (">rektor<", ">forvaltningschef<"), ("PasswordProtectedTransport", "Kerberos")],
)
def test_altered_assertion_is_refused(
    solviken: Place,
    known: IdentityProvider,
    idp: SigningIdp,
    browser: Client,
    link: Link,
    was: str,
    becomes: str,
) -> None:
    link(known, solviken.principal, "bo")
    response = decoded(idp.response(idp.said(ask(browser, known), "anna", groups=("rektor",))))
    assert was in response

    answer = deliver(browser, known, encoded(response.replace(was, becomes)))

    assert reason_of(answer) == "not valid"
    assert who(browser) is None


def test_second_unsigned_assertion_beside_the_signed_one_is_refused(
    solviken: Place, known: IdentityProvider, idp: SigningIdp, browser: Client, link: Link
) -> None:
    link(known, solviken.principal, "bo")
    asked = ask(browser, known)
    signed = decoded(idp.response(idp.said(asked, "anna")))
    forged = decoded(idp.response(idp.said(asked, "bo", is_signed=False)))
    assertion = forged[forged.index("<saml:Assertion") : forged.index("</samlp:Response>")]

    for place in ("<saml:Assertion", "</samlp:Response>"):
        at = signed.index(place)
        answer = deliver(browser, known, encoded(signed[:at] + assertion + signed[at:]))
        assert reason_of(answer) == "not valid"
    assert who(browser) is None


def test_assertion_signed_by_another_key_is_refused(
    solviken: Place, known: IdentityProvider, other_idp: SigningIdp, browser: Client
) -> None:
    said = other_idp.said(ask(browser, known), "anna", issuer=known.issuer)

    assert reason_of(deliver(browser, known, other_idp.response(said))) == "not valid"


@pytest.mark.parametrize(
    "posted",
    [
        "",
        "x",
        encoded("<a/>"),
        encoded('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
        "A" * (flow.LARGEST_ANSWER + 1),
    ],
    ids=["nothing", "no base64", "no response", "entity", "too large"],
)
def test_anything_else_that_is_posted_is_refused(
    known: IdentityProvider, browser: Client, posted: str
) -> None:
    response = browser.post(address_of("saml-acs", known), {"SAMLResponse": posted})

    assert reason_of(response) == "not valid"


def test_assurance_that_is_required_is_asked_for_and_checked(
    solviken: Place, known: IdentityProvider, idp: SigningIdp, browser: Client
) -> None:
    with municipality_scope(solviken.municipality):
        IdentityProvider.objects.update(required_assurances=["http://id.sambi.se/loa/loa3"])

    assert reason_of(sign_in_by(browser, known, idp, "anna")) == "not sure enough"
    sign_in_by(browser, known, idp, "anna", context="http://id.sambi.se/loa/loa3")
    assert who(browser) == solviken.teacher.pk


def test_spent_assertions_are_forgotten_when_they_have_long_ended(
    solviken: Place, known: IdentityProvider, idp: SigningIdp, browser: Client
) -> None:
    with municipality_scope(solviken.municipality):
        ended = timezone.now() - datetime.timedelta(seconds=1)
        SpentAssertion.objects.create(municipality=solviken.municipality, digest="old", ends_at=ended)

    sign_in_by(browser, known, idp, "anna")

    with municipality_scope(solviken.municipality):
        assert SpentAssertion.objects.filter(digest="old").count() == 0
        assert SpentAssertion.objects.count() == 1


def test_our_metadata_names_the_address_for_assertions(known: IdentityProvider, browser: Client) -> None:
    response = browser.get(address_of("saml-metadata", known))

    content = response.content.decode()
    assert response.headers["Content-Type"] == "application/samlmetadata+xml"
    assert f'Location="http://skola.example{address_of("saml-acs", known)}"' in content
    assert 'WantAssertionsSigned="true"' in content
