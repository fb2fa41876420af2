"""Signing in and out, choosing a language, and the health of the process."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Session, User
from accounts.tenancy import municipality_scope
from tests.factories.accounts import PersonFactory
from tests.fixtures import Place

SIGN_IN = "/sign-in/"
PASSWORD = "ett gott lösenord"


@pytest.fixture
def person(solviken: Place) -> User:
    with municipality_scope(solviken.municipality):
        return PersonFactory(login="eva", name="Eva Ek", password=PASSWORD)


@pytest.fixture(autouse=True)
def fixed_csrf(monkeypatch: pytest.MonkeyPatch) -> None:
    """The token's mask is random; fixed, so that two answers can be compared whole."""
    monkeypatch.setattr("django.middleware.csrf._get_new_csrf_string", lambda: "k" * 32)


def sign_in_with(login: str, password: str, **extra: str) -> tuple[int, str]:
    """(status, page) of a new browser's attempt."""
    response = Client().post(SIGN_IN, {"username": login, "password": password, **extra})
    return response.status_code, response.content.decode()


def test_right_password_opens_the_start_page(person: User, client: Client) -> None:
    response = client.post(SIGN_IN, {"username": "eva", "password": PASSWORD})

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_unknown_wrong_and_closed_get_the_same_answer(person: User) -> None:
    with municipality_scope(person.municipality):
        PersonFactory(login="eve", password=PASSWORD)
    User.objects.filter(login="eve").update(is_active=False)

    status, wrong = sign_in_with("eva", "fel lösenord")
    _status, unknown = sign_in_with("evo", "fel lösenord")
    _status, closed = sign_in_with("eve", PASSWORD)

    assert status == 200
    assert unknown == wrong.replace('value="eva"', 'value="evo"')
    assert closed == wrong.replace('value="eva"', 'value="eve"')


def test_account_that_is_closed_is_out_at_the_next_request(person: User, sign_in) -> None:
    browser = sign_in(person)
    assert browser.get("/").status_code == 200

    User.objects.filter(pk=person.pk).update(is_active=False)

    assert browser.get("/").headers["Location"] == "/sign-in/?next=/"


@pytest.mark.parametrize(
    ("address", "goes_to"),
    [
        ("/search/", "/search/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_sign_in_goes_on_to_own_addresses_only(
    person: User, client: Client, address: str, goes_to: str
) -> None:
    response = client.post(SIGN_IN, {"username": "eva", "password": PASSWORD, "next": address})

    assert response.headers["Location"] == goes_to


@pytest.mark.parametrize(
    ("address", "goes_to"),
    [
        ("/search/?a=1", "/search/?a=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_language_goes_back_to_own_addresses_only(
    db: None, client: Client, address: str, goes_to: str
) -> None:
    response = client.post("/language/", {"language": "en", "next": address})

    assert (response.status_code, response.headers["Location"]) == (302, goes_to)


def test_language_is_kept_in_a_cookie_that_scripts_cannot_read(db: None, client: Client) -> None:
    client.post("/language/", {"language": "nb"})

    cookie = client.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("nb", True, "Lax")
    assert client.get(SIGN_IN).headers["Content-Language"] == "nb"


def test_language_is_kept_on_the_person_who_is_signed_in(person: User, sign_in) -> None:
    sign_in(person).post("/language/", {"language": "da"})

    assert User.objects.get(pk=person.pk).language == "da"


def test_language_that_is_not_spoken_changes_nothing(person: User, sign_in) -> None:
    browser = sign_in(person)

    response = browser.post("/language/", {"language": "xx"})

    assert response.status_code == 302
    assert settings.LANGUAGE_COOKIE_NAME not in browser.cookies
    assert User.objects.get(pk=person.pk).language == ""


def test_sign_out_ends_the_session_and_clears_the_browser(person: User, sign_in) -> None:
    browser = sign_in(person)

    response = browser.post("/sign-out/")

    assert (response.status_code, response.headers["Location"]) == (302, SIGN_IN)
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.exists()
    assert browser.get("/").status_code == 302


@pytest.mark.parametrize("address", ["/sign-out/", "/language/"])
def test_link_neither_signs_out_nor_changes_the_language(person: User, sign_in, address: str) -> None:
    browser = sign_in(person)

    assert browser.get(address).status_code == 405
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize("address", ["/sign-in/", "/sign-out/", "/language/"])
def test_form_of_another_site_is_refused(person: User, address: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)

    assert browser.post(address, {"username": "eva", "language": "en"}).status_code == 403


def test_health_answers_while_the_database_does(db: None, client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        response = client.get("/health/")

    assert (response.status_code, response.content) == (200, b"ok")
