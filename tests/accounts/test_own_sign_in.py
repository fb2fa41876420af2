"""My sign-in: another password, recovery codes; and the one-time link with which a password is chosen."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Session, User
from accounts.people.services import end_account, open_account
from accounts.refusal import ActRefused
from accounts.signing_in.services import forget_factors, one_time_link, tokens
from tests.factories.second_factor import give_app
from tests.fixtures import Place

PASSWORD, ANOTHER = "ett gott lösenord", "ett helt annat lösenord"
CHOOSE = "/choose-password/"


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def person(in_solviken: Place) -> User:
    person = in_solviken.area_head
    person.set_password(PASSWORD)
    person.save()
    return person


def comes_in(person: User, password: str) -> bool:
    client = Client()
    client.post("/sign-in/", {"username": person.login, "password": password})
    return "_auth_user_id" in client.session


def choose(client: Client, password: str) -> str:
    answer = client.post(CHOOSE, {"new_password1": password, "new_password2": password}, follow=True)
    return answer.content.decode()


# --- Password ------------------------------------------------------------------------------------------------------


def test_other_password_signs_out_everywhere_else(person: User, sign_in: Callable[[User], Client]) -> None:
    here, there = sign_in(person), sign_in(person)

    here.post("/my-sign-in/password/", {"new_password1": ANOTHER, "new_password2": ANOTHER})

    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302
    assert (comes_in(person, PASSWORD), comes_in(person, ANOTHER)) == (False, True)
    assert AuditEvent.objects.filter(action="password chosen", actor_id=person.pk).count() == 1


@pytest.mark.parametrize("weak", ["kort", "q1w2e3r4t5y6", "area_head-9901x", "123456789012345"])
def test_weak_password_is_refused(person: User, sign_in: Callable[[User], Client], weak: str) -> None:
    client = sign_in(person)

    answer = client.post("/my-sign-in/password/", {"new_password1": weak, "new_password2": weak})

    assert answer.status_code == 422
    assert comes_in(person, PASSWORD)


def test_whoever_has_no_password_gets_none_here(
    in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    client = sign_in(in_solviken.board_member)

    client.post("/my-sign-in/password/", {"new_password1": ANOTHER, "new_password2": ANOTHER})

    assert not comes_in(in_solviken.board_member, ANOTHER)


# --- Recovery codes ------------------------------------------------------------------------------------------------


def test_new_codes_take_the_place_of_the_old(person: User, sign_in: Callable[[User], Client]) -> None:
    give_app(person)
    old = RecoveryCodes.activate(person).get_unused_codes()
    client = sign_in(person)

    page = client.post("/my-sign-in/recovery-codes/new/", follow=True).content.decode()

    new = ["".join(pair) for pair in re.findall(r"<li>(\d{4}) (\d{4})</li>", page)]
    assert len(new) == 10
    assert set(new).isdisjoint(old)
    assert "10 are left" in client.get("/my-sign-in/").content.decode()


def test_whoever_has_no_factor_gets_no_codes(person: User, sign_in: Callable[[User], Client]) -> None:
    sign_in(person).post("/my-sign-in/recovery-codes/new/")

    assert not person.authenticator_set.exists()


# --- The one-time link ---------------------------------------------------------------------------------------------


def test_link_lets_choose_a_password_once_and_ends_open_sessions(
    person: User, in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    elsewhere = sign_in(person)
    link = one_time_link(person, by=in_solviken.administrator)
    client = Client(headers={"accept-language": "en"})

    answer = client.get(link)
    assert answer.headers["Location"] == CHOOSE  # neither key nor token stands in the address any more
    assert person.login in client.get(CHOOSE).content.decode()
    assert "The password is chosen" in choose(client, ANOTHER)

    assert (comes_in(person, PASSWORD), comes_in(person, ANOTHER)) == (False, True)
    assert elsewhere.get("/").status_code == 302
    assert "_auth_user_id" not in client.session  # the second factor is still to be shown
    again = Client(headers={"accept-language": "en"})
    assert "opens nothing any more" in again.get(link, follow=True).content.decode()
    given = AuditEvent.objects.get(action="one-time link given")
    assert (given.actor_id, given.facts) == (in_solviken.administrator.pk, {"person": person.pk})
    assert "token" not in str(given.facts)


def test_link_that_somebody_opened_in_time_is_of_no_use_when_it_was_used_elsewhere(person: User) -> None:
    link = one_time_link(person)
    first, second = Client(headers={"accept-language": "en"}), Client(headers={"accept-language": "en"})
    first.get(link)
    second.get(link)
    choose(first, ANOTHER)

    answer = second.post(CHOOSE, {"new_password1": PASSWORD, "new_password2": PASSWORD})

    assert answer.status_code == 410
    assert comes_in(person, ANOTHER)


@pytest.mark.parametrize(("hours", "status"), [(71, 200), (73, 410)])
def test_link_holds_for_three_days(
    person: User, monkeypatch: pytest.MonkeyPatch, hours: int, status: int
) -> None:
    now = datetime.datetime(2026, 11, 16, 9)  # noqa: DTZ001 – as Django's tokens count
    monkeypatch.setattr(tokens, "_now", lambda: now)
    link = one_time_link(person)
    monkeypatch.setattr(tokens, "_now", lambda: now + datetime.timedelta(hours=hours))

    assert Client().get(link, follow=True).status_code == status


def test_altered_link_and_link_of_another_open_nothing(person: User, in_solviken: Place) -> None:
    link = one_time_link(person)
    altered = link[:-2] + ("x" if link[-2] != "x" else "y") + "/"
    of_another = link.replace(person.key, in_solviken.teacher.key)

    for address in (altered, of_another):
        assert Client().get(address, follow=True).status_code == 410, address


def test_link_of_an_ended_account_is_not_given_and_opens_nothing(person: User, in_solviken: Place) -> None:
    link = one_time_link(person)
    end_account(user=person, on=timezone.localdate(), by=in_solviken.administrator)

    assert Client().get(link, follow=True).status_code == 410
    with pytest.raises(ActRefused):
        one_time_link(person)


def test_link_is_of_no_use_after_the_person_has_signed_in(person: User, clock: datetime.date) -> None:
    link = one_time_link(person)
    assert comes_in(person, PASSWORD)

    assert Client().get(link, follow=True).status_code == 410


# --- What an administrator does ------------------------------------------------------------------------------------


def test_account_that_has_ended_can_be_opened_again(person: User, in_solviken: Place) -> None:
    end_account(user=person, on=timezone.localdate(), by=in_solviken.administrator)
    assert not comes_in(person, PASSWORD)

    open_account(user=person, by=in_solviken.administrator)

    assert comes_in(person, PASSWORD)


def test_lost_factors_are_forgotten_and_their_sessions_end(
    person: User, in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    give_app(person)
    sign_in(person)

    forget_factors(user=person, by=in_solviken.administrator)

    assert not person.authenticator_set.exists()
    assert not Session.objects.filter(user=person).exists()
    assert comes_in(person, PASSWORD)
