"""After many failures a user name is refused for a while, whatever the password and whether it exists or not."""

import statistics
import time

import pytest
from django.conf import LazySettings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.test import Client, RequestFactory

from accounts import throttle
from accounts.signing_in.adapter import AccountAdapter
from accounts.throttle import MOST_FAILURES, address_of, count_failure, forget_failures, is_throttled
from tests.factories.accounts import PersonFactory
from tests.fixtures import Place

PASSWORD = "a-right-password"


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()
    throttle.spare.clear()


def attempt(client: Client, login: str, password: str) -> str:
    return client.post(
        "/sign-in/", {"username": login, "password": password}, headers={"accept-language": "en"}
    ).content.decode()


@pytest.mark.parametrize("login", ["somebody", "nobody"])
def test_guessing_is_stopped_also_with_the_right_password(
    in_solviken: Place, client: Client, login: str
) -> None:
    person = in_solviken.teacher
    person.login = "somebody"
    person.set_password(PASSWORD)
    person.save()
    for _guess in range(MOST_FAILURES):
        assert "too many attempts" not in attempt(client, login, "wrong")

    answer = attempt(client, login, PASSWORD)

    assert "too many attempts" in answer
    assert "_auth_user_id" not in client.session


def test_success_forgets_the_failures(in_solviken: Place, client: Client) -> None:
    person = in_solviken.teacher
    person.set_password(PASSWORD)
    person.save()
    for _guess in range(MOST_FAILURES - 1):
        attempt(client, person.login, "wrong")

    attempt(client, person.login, PASSWORD)

    assert client.session["_auth_user_id"] == str(person.pk)
    client.logout()
    assert "too many attempts" not in attempt(client, person.login, "wrong")


# --- Per address ---------------------------------------------------------------------------------------------------


def test_one_address_cannot_try_one_password_on_everybody(
    in_solviken: Place, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.signing_in.adapter.MOST_FAILURES_FROM_ADDRESS", 5)
    person = in_solviken.teacher
    person.set_password(PASSWORD)
    person.save()
    for n in range(5):
        assert "too many attempts" not in attempt(client, f"somebody{n}", "Sommar2026!")

    assert "too many attempts" in attempt(client, person.login, PASSWORD)

    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    attempt(elsewhere, person.login, PASSWORD)
    assert "_auth_user_id" in elsewhere.session


def test_success_does_not_give_the_address_more_attempts(
    in_solviken: Place, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever has one account could guess the others without end."""
    monkeypatch.setattr("accounts.signing_in.adapter.MOST_FAILURES_FROM_ADDRESS", 4)
    person = in_solviken.teacher
    person.set_password(PASSWORD)
    person.save()
    for n in range(4):
        attempt(client, f"somebody{n}", "Sommar2026!")
        if n == 2:
            attempt(client, person.login, PASSWORD)
            client.logout()

    assert "too many attempts" in attempt(client, person.login, PASSWORD)


@pytest.mark.parametrize(
    ("forwarded", "connected", "address"),
    [
        ("", "192.0.2.7", "192.0.2.7"),
        ("198.51.100.4", "10.0.0.2", "198.51.100.4"),
        ("written by the client, 198.51.100.4", "10.0.0.2", "198.51.100.4"),
        ("", "2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "10.0.0.2", "2001:db8:1:2::/64"),
        ("nonsense", "10.0.0.2", "nonsense"),
    ],
)
def test_address_is_what_the_proxy_wrote_last(forwarded: str, connected: str, address: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert address_of(RequestFactory(REMOTE_ADDR=connected).get("/", headers=headers)) == address


# --- Without the cache ---------------------------------------------------------------------------------------------


class DeadCache:
    def __getattr__(self, _name: str) -> None:
        raise ConnectionError("no Redis")


def test_while_the_cache_is_down_each_process_counts_by_itself(
    in_solviken: Place, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "cache", DeadCache())
    person = in_solviken.teacher
    person.set_password(PASSWORD)
    person.save()
    attempt(client, person.login, PASSWORD)
    assert "_auth_user_id" in client.session  # who knows the password gets in
    client.logout()
    for _guess in range(MOST_FAILURES):
        attempt(client, person.login, "wrong")

    assert "too many attempts" in attempt(client, person.login, PASSWORD)


def test_what_is_counted_is_counted_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    for _failure in range(3):
        count_failure("Eva", what="codes")

    assert is_throttled("eva", what="codes", most=3)
    assert not is_throttled("eva", most=1)
    forget_failures("EVA", what="codes")
    assert not is_throttled("eva", what="codes", most=1)


# --- The same answer, and the same time ----------------------------------------------------------------------------


def cpu_milliseconds(client: Client, login: str) -> float:
    """What a failed attempt costs the process, in the middle of several: not what else the machine is at."""
    took = []
    for _attempt in range(5):
        cache.clear()
        began = time.process_time()
        attempt(client, login, "fel lösenord")
        took.append((time.process_time() - began) * 1000)
    return statistics.median(took)


@pytest.fixture
def hashed(in_solviken: Place, settings: LazySettings) -> Place:
    """As in production: an attempt costs what argon2 costs."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    for login in ("known", "closed"):
        PersonFactory(login=login, password=PASSWORD)
    PersonFactory(login="without")
    get_user_model().objects.filter(login="closed").update(is_active=False)
    return in_solviken


@pytest.mark.slow
@pytest.mark.parametrize("login", ["nobody", "closed", "without"])
def test_unknown_account_takes_as_long_as_a_wrong_password(hashed: Place, client: Client, login: str) -> None:
    known = cpu_milliseconds(client, "known")

    assert 0.7 < cpu_milliseconds(client, login) / known < 1.4


@pytest.mark.slow
def test_answer_without_the_hashing_would_be_told_by_its_time(
    hashed: Place, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The measure sees the fault when the guard is off."""
    known = cpu_milliseconds(client, "known")
    monkeypatch.setattr(get_user_model(), "set_password", lambda *_: None)

    assert cpu_milliseconds(client, "nobody") / known < 0.7


def test_passwords_are_hashed_with_argon2id(hashed: Place) -> None:
    stored = get_user_model().objects.get(login="known").password

    assert stored.startswith("argon2$argon2id$")
    assert Argon2PasswordHasher().verify(PASSWORD, stored)


def test_nothing_of_allauths_own_limits_is_counted_beside_ours() -> None:
    """Two mechanisms would lock people out by rules that nobody can explain; allauth's needs the cache."""
    from allauth.account import app_settings as account
    from allauth.mfa import app_settings as factors

    assert set(account.RATE_LIMITS.values()) <= {None, ""}
    assert {value for key, value in factors.RATE_LIMITS.items()} <= {None, ""}
    assert AccountAdapter().is_reauthentication_required(app="allauth.mfa") is False
