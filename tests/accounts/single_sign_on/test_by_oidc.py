"""Signing in end to end against a real provider of OpenID Connect."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Identity, IdentityProvider, User
from accounts.signed_in import FRESH_AT
from accounts.single_sign_on import oidc as flow
from accounts.single_sign_on.entering import second_factor_asserted
from accounts.tenancy import municipality_scope
from tests.fixtures import Place

from .oidc_browser import address_of, begin, path_of, query_of, sign_in_by, sign_in_there, who

Link = Callable[[IdentityProvider, User, str], None]


def reason_of(response: Any) -> str:
    """Why a page says that nobody is let in."""
    assert response.status_code == 403
    return response.context["reason"].value


def test_signs_in_who_is_known_by_the_subject(
    solviken: Place, oidc: IdentityProvider, browser: Client, link: Link
) -> None:
    link(oidc, solviken.teacher, "anna")

    response = sign_in_by(browser, oidc, "anna")

    assert (response.status_code, response.headers["Location"]) == (302, reverse("start"))
    assert who(browser) == solviken.teacher.pk
    assert browser.get(reverse("start")).status_code == 200
    with municipality_scope(solviken.municipality):
        seen = AuditEvent.objects.filter(actor_id=solviken.teacher.pk).values_list("action", flat=True)
        assert {"single sign-on", "signed in"} <= set(seen)
        assert Identity.objects.get().last_used_at is not None


def test_goes_on_to_where_somebody_was_going(
    solviken: Place, oidc: IdentityProvider, browser: Client, link: Link
) -> None:
    link(oidc, solviken.teacher, "anna")
    page = reverse("colourmaps:class-map", args=[solviken.class_4a.key])

    answers = [
        browser.get(path_of(sign_in_there(begin(browser, oidc, next=next_path), "anna")))
        for next_path in (page, "https://evil.example/", "//evil.example/", "/\\evil.example")
    ]

    start = reverse("start")
    assert [answer.headers["Location"] for answer in answers] == [page, start, start, start]


def test_request_carries_state_nonce_and_a_challenge_that_the_token_request_meets(
    solviken: Place,
    oidc: IdentityProvider,
    browser: Client,
    link: Link,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    link(oidc, solviken.teacher, "anna")
    sent: list[dict[str, str]] = []
    fetched = flow.fetched_json

    def noting(address: str, **named: Any) -> dict[str, Any]:
        sent.extend([named["data"]] if "data" in named else [])
        return fetched(address, **named)

    monkeypatch.setattr(flow, "fetched_json", noting)

    address = begin(browser, oidc)
    browser.get(path_of(sign_in_there(address, "anna")))

    asked = query_of(address)
    digest = hashlib.sha256(sent[0]["code_verifier"].encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert len(asked["state"]) >= 32
    assert len(asked["nonce"]) >= 32


def test_state_of_another_browser_is_refused(
    solviken: Place, oidc: IdentityProvider, browser: Client, link: Link
) -> None:
    link(oidc, solviken.teacher, "anna")
    other = Client(headers={"host": "skola.example"})
    back = path_of(sign_in_there(begin(other, oidc), "anna"))

    assert reason_of(browser.get(back)) == "not begun here"
    assert who(browser) is None


def test_answer_is_taken_once(solviken: Place, oidc: IdentityProvider, browser: Client, link: Link) -> None:
    link(oidc, solviken.teacher, "anna")
    back = path_of(sign_in_there(begin(browser, oidc), "anna"))
    assert browser.get(back).status_code == 302
    browser.logout()

    assert reason_of(browser.get(back)) == "not begun here"


def test_unsolicited_answer_is_refused(oidc: IdentityProvider, browser: Client) -> None:
    response = browser.get(address_of("oidc-callback", oidc), {"code": "x", "state": "y"})

    assert reason_of(response) == "not begun here"


def test_unknown_subject_gets_a_page_and_no_account(oidc: IdentityProvider, browser: Client) -> None:
    with municipality_scope(oidc.municipality):
        IdentityProvider.objects.update(contact="IT-support 0123-456")
    before = User.objects.count()

    response = sign_in_by(browser, oidc, "nobody", email="teacher-9901", name="Nobody")

    assert reason_of(response) == "unknown"
    assert "Ask: IT-support 0123-456" in response.content.decode()
    assert (User.objects.count(), who(browser)) == (before, None)
    with municipality_scope(oidc.municipality):
        refused = AuditEvent.objects.get(action="single sign-on refused")
        assert (refused.facts, refused.subject) == ({"reason": "unknown"}, oidc.key)


def test_mail_and_user_name_open_no_account(solviken: Place, oidc: IdentityProvider, browser: Client) -> None:
    User.objects.filter(pk=solviken.principal.pk).update(login="chef@solviken.example")

    for subject in ("chef@solviken.example", solviken.teacher.login, solviken.teacher.key):
        response = sign_in_by(
            browser,
            oidc,
            subject,
            email="chef@solviken.example",
            email_verified=True,
            preferred_username="chef@solviken.example",
        )
        assert reason_of(response) == "unknown"
    with municipality_scope(solviken.municipality):
        assert not Identity.objects.exists()


def test_account_that_has_ended_is_refused(
    solviken: Place, oidc: IdentityProvider, browser: Client, link: Link
) -> None:
    link(oidc, solviken.teacher, "anna")
    User.objects.filter(pk=solviken.teacher.pk).update(is_active=False)

    assert reason_of(sign_in_by(browser, oidc, "anna")) == "account ended"
    assert who(browser) is None


def test_provider_that_has_ended_is_gone(
    solviken: Place, oidc: IdentityProvider, browser: Client, link: Link
) -> None:
    link(oidc, solviken.teacher, "anna")
    back = path_of(sign_in_there(begin(browser, oidc), "anna"))
    with municipality_scope(solviken.municipality):
        IdentityProvider.objects.update(valid_to="2020-06-01")

    assert browser.get(back).status_code == 404
    assert browser.post(address_of("sso-begin", oidc)).status_code == 404
    assert who(browser) is None


@pytest.mark.parametrize(
    ("claims", "reason", "has_second"),
    [
        ({}, "not sure enough", None),
        ({"acr": "low"}, "not sure enough", None),
        ({"acr": "loa3"}, None, False),
        ({"acr": "loa3", "amr": ["pwd", "mfa"]}, None, True),
    ],
)
def test_assurance_is_asked_for_and_checked(
    solviken: Place,
    oidc: IdentityProvider,
    browser: Client,
    link: Link,
    claims: dict[str, Any],
    reason: str | None,
    has_second: bool | None,
) -> None:
    link(oidc, solviken.teacher, "anna")
    with municipality_scope(solviken.municipality):
        IdentityProvider.objects.update(required_assurances=["loa3", "loa4"])

    address = begin(browser, oidc)
    response = browser.get(path_of(sign_in_there(address, "anna", **claims)))

    assert query_of(address)["acr_values"] == "loa3 loa4"
    if reason:
        assert reason_of(response) == reason
        assert who(browser) is None
    else:
        assert who(browser) == solviken.teacher.pk
        assert second_factor_asserted(browser.session) is has_second


def test_cancelled_there_is_told(oidc: IdentityProvider, browser: Client) -> None:
    state = query_of(begin(browser, oidc))["state"]

    response = browser.get(address_of("oidc-callback", oidc), {"error": "access_denied", "state": state})

    assert reason_of(response) == "cancelled"


def test_provider_that_is_down_is_told(solviken: Place, oidc: IdentityProvider, browser: Client) -> None:
    with municipality_scope(solviken.municipality):
        IdentityProvider.objects.update(issuer="http://127.0.0.1:9")

    assert reason_of(browser.post(address_of("sso-begin", oidc))) == "no answer"


def test_who_is_signed_in_is_asked_anew_there(
    solviken: Place, oidc: IdentityProvider, browser: Client, link: Link
) -> None:
    link(oidc, solviken.teacher, "anna")
    sign_in_by(browser, oidc, "anna")

    again = query_of(begin(browser, oidc))

    assert (again["prompt"], again["max_age"]) == ("login", "0")


def test_somebody_else_at_the_same_computer_gets_a_session_of_their_own(
    solviken: Place, oidc: IdentityProvider, browser: Client, link: Link
) -> None:
    link(oidc, solviken.teacher, "anna")
    link(oidc, solviken.principal, "bo")
    sign_in_by(browser, oidc, "anna", amr=["mfa"])
    first = browser.session.session_key

    sign_in_by(browser, oidc, "bo")

    assert who(browser) == solviken.principal.pk
    assert browser.session.session_key != first
    assert not second_factor_asserted(browser.session)


def test_provider_that_may_have_answered_by_itself_is_no_fresh_sign_in(
    solviken: Place, oidc: IdentityProvider, browser: Client, link: Link
) -> None:
    """Whoever finds a computer signs out and in again, and the provider lets them through out of its own session."""
    link(oidc, solviken.teacher, "anna")

    sign_in_by(browser, oidc, "anna")
    assert FRESH_AT not in browser.session

    sign_in_by(browser, oidc, "anna")  # asked anew, since somebody is signed in
    assert FRESH_AT in browser.session
