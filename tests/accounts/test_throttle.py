"""After many failures a user name is refused for a while, whatever the password and whether it exists or not."""

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.throttle import MOST_FAILURES
from tests.fixtures import Place

PASSWORD = "a-right-password"


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


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
