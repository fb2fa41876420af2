"""Passwords where single sign-on is the only way in, and the two accounts for when it is down: ASVS 6.3.4."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, EmergencyAccount, IdentityProvider, User
from accounts.refusal import ActRefused
from accounts.roles import RoleCode
from accounts.signing_in.adapter import AccountAdapter
from accounts.single_sign_on.emergency import seal_emergency_account
from accounts.single_sign_on.queries import may_use_password, missing_emergency_accounts
from accounts.single_sign_on.setting_up import make_only_way, open_other_ways
from accounts.tenancy import municipality_scope
from tests.fixtures import Place

from .oidc_browser import sign_in_by, who

Link = Callable[[IdentityProvider, User, str], None]
PASSWORD = "ett riktigt långt lösenord"


@pytest.fixture
def teacher(solviken: Place) -> User:
    solviken.teacher.set_password(PASSWORD)
    solviken.teacher.save()
    return solviken.teacher


@pytest.fixture
def only_oidc(solviken: Place, oidc: IdentityProvider) -> IdentityProvider:
    """Solviken's provider, which is the only way in."""
    with municipality_scope(solviken.municipality):
        IdentityProvider.objects.update(is_only_way=True)
    oidc.is_only_way = True
    return oidc


def by_password(browser: Client, login: str, password: str) -> str:
    """What the page says to a user name and a password; empty for whoever gets in."""
    response = browser.post(reverse("accounts:sign-in"), {"username": login, "password": password})
    return "" if response.status_code == 302 else " ".join(response.context["form"].non_field_errors())


def test_password_opens_as_long_as_it_is_one_of_the_ways(
    teacher: User, oidc: IdentityProvider, browser: Client
) -> None:
    assert by_password(browser, teacher.login, PASSWORD) == ""
    assert who(browser) == teacher.pk


def test_password_opens_nothing_where_single_sign_on_is_the_only_way(
    teacher: User, only_oidc: IdentityProvider, browser: Client
) -> None:
    """The same answer as for a wrong password and for nobody's."""
    right = by_password(browser, teacher.login, PASSWORD)

    assert who(browser) is None
    assert right == by_password(browser, teacher.login, "a wrong password")
    assert right == by_password(browser, "nobody", PASSWORD)
    assert authenticate(None, username=teacher.login, password=PASSWORD) is None


def test_passkey_opens_nothing_either(solviken: Place, teacher: User, only_oidc: IdentityProvider) -> None:
    """allauth asks this hook for everybody who comes in, whatever by."""
    named = {"email_verification": "none", "email": None, "signup": False, "redirect_url": None}
    adapter = AccountAdapter()

    refused = adapter.pre_login(None, teacher, signal_kwargs=None, **named)

    assert refused is not None
    assert adapter.pre_login(None, teacher, signal_kwargs={"single_sign_on": "x"}, **named) is None


def test_password_of_the_other_municipality_still_opens(
    only_oidc: IdentityProvider, fjordvik: Place, browser: Client
) -> None:
    fjordvik.teacher.set_password(PASSWORD)
    fjordvik.teacher.save()

    assert by_password(browser, fjordvik.teacher.login, PASSWORD) == ""


def test_platform_operator_keeps_the_password(db: None, only_oidc: IdentityProvider) -> None:
    operator = User.objects.create_superuser("operator", PASSWORD, name="Operator")

    assert may_use_password(operator)


def test_provider_that_has_ended_turns_no_password_off(
    solviken: Place, teacher: User, only_oidc: IdentityProvider
) -> None:
    with municipality_scope(solviken.municipality):
        IdentityProvider.objects.update(valid_to="2020-06-01")

    assert may_use_password(teacher)


def test_emergency_account_opens_loudly_and_is_told_of_until_it_is_sealed_anew(
    solviken: Place, only_oidc: IdentityProvider, browser: Client, sign_in: Callable[[User], Client]
) -> None:
    with municipality_scope(solviken.municipality):
        account, password = seal_emergency_account(number=1, by=solviken.administrator)

    assert by_password(browser, account.user.login, password) == ""

    assert who(browser) == account.user.pk
    assert browser.get(reverse("accounts:sso-setup")).status_code == 200
    page = reverse("accounts:administration")
    told = f"{account.user.name} has been used since"
    browser_of_administrator = sign_in(solviken.administrator)
    assert told in browser_of_administrator.get(page, headers={"host": "skola.example"}).content.decode()
    with municipality_scope(solviken.municipality):
        opened = AuditEvent.objects.get(action="emergency account opened")
        assert (opened.actor_id, opened.subject) == (account.user.pk, "1")

        _account, newer = seal_emergency_account(number=1, by=solviken.administrator)

    assert told not in browser_of_administrator.get(page, headers={"host": "skola.example"}).content.decode()
    assert browser.get(reverse("accounts:sso-setup")).status_code == 302  # its session has ended
    assert by_password(browser, account.user.login, password) != ""
    assert by_password(browser, account.user.login, newer) == ""


def test_emergency_account_administers_and_sees_no_pupils(
    solviken: Place, only_oidc: IdentityProvider
) -> None:
    with municipality_scope(solviken.municipality):
        account, _password = seal_emergency_account(number=2, by=solviken.administrator)
        seal_emergency_account(number=2, by=solviken.administrator)

        held = [(each.role, each.unit) for each in account.user.assignments.all()]
        assert held == [(RoleCode.ADMINISTRATOR, solviken.root)]
        assert EmergencyAccount.objects.count() == 1
        sealed = AuditEvent.objects.filter(action="emergency account sealed")
        assert sealed.count() == 2


def test_password_of_a_sealed_account_stands_in_no_event(solviken: Place) -> None:
    with municipality_scope(solviken.municipality):
        _account, password = seal_emergency_account(number=1, by=solviken.administrator)

        assert [each for each in AuditEvent.objects.all() if password in str(each.facts)] == []


def test_only_way_needs_two_sealed_accounts_and_an_administrator_who_has_come_in_by_it(
    solviken: Place, oidc: IdentityProvider, browser: Client, link: Link, clock: object
) -> None:
    by, on = solviken.administrator, clock
    with municipality_scope(solviken.municipality):
        with pytest.raises(ActRefused, match="2"):
            make_only_way(provider=oidc, by=by, on=on)
        seal_emergency_account(number=1, by=by)
        assert missing_emergency_accounts() == 1
        seal_emergency_account(number=2, by=by)
        with pytest.raises(ActRefused):
            make_only_way(provider=oidc, by=by, on=on)
    link(oidc, by, "eva")
    sign_in_by(browser, oidc, "eva")

    with municipality_scope(solviken.municipality):
        make_only_way(provider=oidc, by=by, on=on)

        assert not may_use_password(solviken.teacher)
        open_other_ways(provider=oidc, by=by)
        assert may_use_password(solviken.teacher)
        actions = set(AuditEvent.objects.filter(subject=oidc.key).values_list("action", flat=True))
        assert {"single sign-on made the only way in", "passwords allowed again"} <= actions


def test_opened_account_counts_as_missing(solviken: Place) -> None:
    with municipality_scope(solviken.municipality):
        for number in (1, 2):
            seal_emergency_account(number=number, by=solviken.administrator)
        assert missing_emergency_accounts() == 0

        EmergencyAccount.objects.filter(number=1).update(opened_at="2026-11-16T10:00Z")

        assert missing_emergency_accounts() == 1
