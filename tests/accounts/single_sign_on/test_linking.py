"""A code links one account to one subject: by the administrator's hand, once, in the session that typed it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Identity, IdentityProvider, LinkCode, User
from accounts.refusal import ActRefused
from accounts.single_sign_on.linking import code_typed, make_link_code, unlink
from accounts.tenancy import municipality_scope
from tests.fixtures import Place

from .oidc_browser import address_of, begin, path_of, sign_in_by, sign_in_there, who

Link = Callable[[IdentityProvider, User, str], None]


def reason_of(response: Any) -> str:
    assert response.status_code == 403
    return response.context["reason"].value


@pytest.fixture
def code(solviken: Place) -> str:
    """For the teacher of Solviken."""
    with municipality_scope(solviken.municipality):
        return make_link_code(user=solviken.teacher, by=solviken.administrator)


def link_by(browser: Client, provider: IdentityProvider, code: str, subject: str) -> Any:
    return browser.get(path_of(sign_in_there(begin(browser, provider, link_code=code), subject)))


def test_code_links_the_account_and_is_spent(
    solviken: Place, oidc: IdentityProvider, browser: Client, code: str
) -> None:
    assert link_by(browser, oidc, code, "anna").status_code == 302
    assert who(browser) == solviken.teacher.pk
    browser.logout()

    sign_in_by(browser, oidc, "anna")
    assert who(browser) == solviken.teacher.pk
    with municipality_scope(solviken.municipality):
        identity = Identity.objects.get()
        assert (identity.issuer, identity.subject) == (oidc.issuer, "anna")
        assert code_typed(code) is None
        actions = AuditEvent.objects.values_list("action", flat=True)
        assert {"link code made", "identity linked"} <= set(actions)


def test_code_is_taken_as_people_write_it(solviken: Place, code: str) -> None:
    with municipality_scope(solviken.municipality):
        assert code_typed(f" {code.upper().replace('-', ' ')} ") is not None
        assert code_typed(code[:-1]) is None
        assert code_typed("") is None


def test_code_is_kept_nowhere(solviken: Place, code: str) -> None:
    with municipality_scope(solviken.municipality):
        kept = LinkCode.objects.get()
        assert code.replace("-", "") not in kept.digest
        assert [each for each in AuditEvent.objects.all() if code in str(each.facts)] == []


def test_code_of_one_municipality_is_wrong_in_the_other(
    fjordvik: Place, other_oidc: IdentityProvider, browser: Client, code: str
) -> None:
    response = browser.post(address_of("sso-begin", other_oidc), {"link_code": code})

    assert response.status_code == 422
    assert "The code is not right" in response.content.decode()
    with municipality_scope(fjordvik.municipality):
        assert code_typed(code) is None


def test_code_typed_in_one_browser_links_nobody_in_another(
    solviken: Place, oidc: IdentityProvider, browser: Client, code: str
) -> None:
    begin(browser, oidc, link_code=code)
    other = Client(headers={"host": "skola.example"})

    assert reason_of(sign_in_by(other, oidc, "mallory")) == "unknown"


def test_code_is_good_for_one_of_two_browsers(
    solviken: Place, oidc: IdentityProvider, browser: Client, code: str
) -> None:
    other = Client(headers={"host": "skola.example"})
    backs = {
        each: path_of(sign_in_there(begin(each, oidc, link_code=code), subject))
        for each, subject in ((browser, "anna"), (other, "mallory"))
    }

    assert browser.get(backs[browser]).status_code == 302
    assert reason_of(other.get(backs[other])) == "code spent"
    with municipality_scope(solviken.municipality):
        assert [each.subject for each in Identity.objects.all()] == ["anna"]


def test_code_that_is_too_old_is_wrong(
    solviken: Place, oidc: IdentityProvider, browser: Client, code: str
) -> None:
    back = path_of(sign_in_there(begin(browser, oidc, link_code=code), "anna"))
    with municipality_scope(solviken.municipality):
        LinkCode.objects.update(good_until=timezone.now() - datetime.timedelta(seconds=1))

        assert code_typed(code) is None
    assert reason_of(browser.get(back)) == "code spent"


def test_subject_that_is_linked_is_not_linked_to_a_second_account(
    solviken: Place, oidc: IdentityProvider, browser: Client, link: Link, code: str
) -> None:
    link(oidc, solviken.principal, "bo")

    assert reason_of(link_by(browser, oidc, code, "bo")) == "linked before"
    with municipality_scope(solviken.municipality):
        assert code_typed(code) is not None, "the code was not used"


def test_account_that_is_linked_takes_no_second_subject(
    solviken: Place, oidc: IdentityProvider, browser: Client, link: Link, code: str
) -> None:
    link(oidc, solviken.teacher, "anna")

    assert reason_of(link_by(browser, oidc, code, "mallory")) == "linked before"


def test_newer_code_takes_the_place_of_the_former(solviken: Place, code: str) -> None:
    with municipality_scope(solviken.municipality):
        make_link_code(user=solviken.teacher, by=solviken.administrator)

        assert code_typed(code) is None


def test_account_of_another_municipality_gets_no_code(solviken: Place, fjordvik: Place) -> None:
    with municipality_scope(solviken.municipality), pytest.raises(ActRefused):
        make_link_code(user=fjordvik.teacher, by=solviken.administrator)


def test_unlinked_subject_opens_nothing(
    solviken: Place, oidc: IdentityProvider, browser: Client, link: Link
) -> None:
    link(oidc, solviken.teacher, "anna")
    with municipality_scope(solviken.municipality):
        unlink(identity=Identity.objects.get(), by=solviken.administrator)

    assert reason_of(sign_in_by(browser, oidc, "anna")) == "unknown"
