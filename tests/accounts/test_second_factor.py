"""The second factor: who must show one, how it is set up and shown, and that a code is taken once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import LazySettings
from django.core.cache import cache
from django.core.checks import run_checks
from django.test import Client, RequestFactory

from accounts.demo import FACTOR_KEY, WITH_FACTOR, ensure_second_factor
from accounts.models import AuditEvent, Session, User
from accounts.roles import ROLES, WITHOUT_SECOND_FACTOR, Permission
from accounts.second_factor import SHOWN, must_show, vouch
from accounts.signing_in.stages import SecondFactorStage
from accounts.throttle import MOST_FAILURES
from tests.architecture.test_settings import read_settings
from tests.factories.second_factor import AUTHENTICATOR_KEY, code_now, give_app
from tests.fixtures import Place

PASSWORD = "ett gott lösenord"
NEEDED, QUESTION = "/my-sign-in/second-factor/", "/sign-in/second-factor/"


@pytest.fixture(autouse=True)
def required(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def teacher(in_solviken: Place) -> User:
    return with_password(in_solviken.teacher)


def with_password(person: User) -> User:
    person.set_password(PASSWORD)
    person.save()
    return person


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def signing_in(person: User, client: Client | None = None) -> Client:
    client = client or browser()
    client.post("/sign-in/", {"username": person.login, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def remembered() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


# --- Who must ------------------------------------------------------------------------------------------------------


def test_roles_that_see_single_pupils_or_give_rights_must_show_one() -> None:
    assert {role for role in ROLES if ROLES[role].needs_second_factor} == {
        "teacher",
        "analysis_lead",
        "principal",
        "health_team",
        "coordinator",
        "administrator",
        "access_auditor",
        "medical_health",
        "data_protection",
    }


def test_permission_to_see_single_pupils_is_never_among_those_without() -> None:
    assert WITHOUT_SECOND_FACTOR.isdisjoint(
        {
            Permission.SEE_PUPILS,
            Permission.RECORD_RESULTS,
            Permission.IMPORT_RESULTS,
            Permission.KEEP_GROUPS,
            Permission.READ_ACCESS_LOG,
            Permission.CONFIGURE,
        }
    )


def test_operator_must_and_head_need_not(in_solviken: Place) -> None:
    operator = User.objects.create_superuser("operator", PASSWORD, name="Operatör")

    assert must_show(operator)
    assert must_show(in_solviken.teacher)
    assert not must_show(in_solviken.area_head)


def test_installation_that_others_reach_does_not_start_without(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    settings.ALLOWED_HOSTS = ["localhost", "fargkartor.solviken.example"]
    assert [error.id for error in run_checks()] == ["accounts.E012"]

    settings.SECOND_FACTOR_REQUIRED = True
    assert run_checks() == []

    settings.SECOND_FACTOR_REQUIRED, settings.ALLOWED_HOSTS = False, ["localhost", "127.0.0.1", "[::1]"]
    assert run_checks() == []


def test_production_requires_it_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    production = read_settings(monkeypatch, SECOND_FACTOR_REQUIRED="0")

    assert production["SECOND_FACTOR_REQUIRED"] is True
    assert (production["SESSION_IDLE_SECONDS"], production["SESSION_LONGEST_SECONDS"]) == (1800, 36000)


# --- Setting one up ------------------------------------------------------------------------------------------------


def test_whoever_has_none_is_led_to_set_one_up_and_comes_back_to_the_page(
    teacher: User, in_solviken: Place
) -> None:
    client, wanted = browser(), f"/classes/{in_solviken.class_4a.key}/"
    answer = client.post(f"/sign-in/?next={wanted}", {"username": teacher.login, "password": PASSWORD})
    assert answer.headers["Location"] == wanted

    needed = client.get(wanted)
    assert needed.headers["Location"] == f"{NEEDED}?next={wanted}"
    page = client.get(needed.headers["Location"]).content.decode()
    assert "Set up a second factor" in page
    assert "own-pages" not in page  # no way past it

    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', client.get("/my-sign-in/app/").content.decode())
    assert secret is not None
    answer = client.post("/my-sign-in/app/", {"code": code_now(secret[1].replace(" ", ""))})
    codes = client.get(answer.headers["Location"]).content.decode()

    assert len(re.findall(r"<li>\d{4} \d{4}</li>", codes)) == 10
    assert f'href="{wanted}"' in codes
    assert client.get(wanted).status_code == 200
    assert remembered()[-2:] == ["signed in", "second factor added"]
    assert client.get("/my-sign-in/recovery-codes/").status_code == 302  # shown once


def test_wrong_first_code_sets_nothing_up(teacher: User) -> None:
    client = signing_in(teacher)
    client.get("/my-sign-in/app/")

    page = client.post("/my-sign-in/app/", {"code": "000000"}).content.decode()

    assert "That code is not right" in page
    assert not Authenticator.objects.exists()


def test_first_factor_ends_the_sessions_that_were_opened_without(
    teacher: User, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    elsewhere, here = signing_in(teacher), signing_in(teacher)
    here.get("/my-sign-in/app/")
    secret = here.session["mfa.totp.secret"]

    here.post("/my-sign-in/app/", {"code": code_now(secret)})

    assert here.get("/").status_code == 200
    assert elsewhere.get("/").headers["Location"].startswith("/sign-in/")


def test_whoever_has_one_and_has_not_shown_it_adds_no_other(
    teacher: User, sign_in: Callable[[User], Client]
) -> None:
    client = sign_in(teacher)  # somebody who has got in by the password alone
    give_app(teacher)

    for address in ("/my-sign-in/app/", "/my-sign-in/passkey/"):
        assert client.get(address).headers["Location"].startswith("/sign-in/again/"), address
        assert client.post(address, {"code": code_now()}).headers["Location"].startswith("/sign-in/again/")
    page = client.get("/sign-in/again/").content.decode()
    assert "one-time-code" in page
    assert "current-password" not in page


def test_factor_whose_key_is_lost_opens_nothing_and_breaks_nothing(
    teacher: User, settings: LazySettings
) -> None:
    give_app(teacher)
    settings.SECRET_KEY = "another" * 10

    client = signing_in(teacher)

    assert "That code is not right" in client.post(QUESTION, {"code": code_now()}).content.decode()


def test_secret_and_recovery_codes_are_not_readable_in_the_database(teacher: User) -> None:
    give_app(teacher)
    RecoveryCodes.activate(teacher)

    stored = str(list(Authenticator.objects.values_list("data", flat=True)))

    assert AUTHENTICATOR_KEY not in stored
    assert not re.search(r"'seed': '[0-9a-f]{80}'", stored)


def test_secret_is_still_read_after_the_installation_has_got_another_key(
    teacher: User, settings: LazySettings
) -> None:
    give_app(teacher)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [settings.SECRET_KEY]

    client = signing_in(teacher)
    client.post(QUESTION, {"code": code_now()})
    assert is_in(client)

    settings.SECRET_KEY_FALLBACKS = []  # it was written with the new key when it was used
    client = signing_in(teacher)
    client.post(QUESTION, {"code": code_now(later=1)})
    assert is_in(client)


# --- Showing it ----------------------------------------------------------------------------------------------------


def test_password_alone_does_not_let_in_whoever_has_a_factor(teacher: User) -> None:
    give_app(teacher)

    client = signing_in(teacher)

    assert not is_in(client)
    assert client.get("/").headers["Location"].startswith("/sign-in/")
    before = client.session.session_key
    answer = client.post(QUESTION, {"code": code_now()})
    assert (answer.headers["Location"], is_in(client)) == ("/", True)
    assert client.session.session_key != before
    assert client.get("/").status_code == 200
    assert remembered()[-2:] == ["second factor shown", "signed in"]


def test_head_who_has_chosen_one_is_asked_as_well(in_solviken: Place) -> None:
    head = with_password(in_solviken.area_head)
    give_app(head)

    assert not is_in(signing_in(head))


def test_one_sign_in_of_the_demo_shows_a_factor_and_the_printed_key_gives_its_codes(
    in_solviken: Place,
) -> None:
    person = with_password(in_solviken.administrator)
    User.objects.filter(pk=person.pk).update(login=WITH_FACTOR)
    person.login = WITH_FACTOR
    ensure_second_factor()
    ensure_second_factor()

    client = signing_in(person)
    assert not is_in(client)
    client.post(QUESTION, {"code": code_now(FACTOR_KEY)})

    assert is_in(client)


def test_code_is_taken_once(teacher: User) -> None:
    give_app(teacher)
    code = code_now()
    signing_in(teacher).post(QUESTION, {"code": code})

    cache.clear()  # it is the database that knows
    client = signing_in(teacher)
    page = client.post(QUESTION, {"code": code}).content.decode()

    assert "That code is not right" in page
    assert not is_in(client)


def test_recovery_code_lets_in_once(teacher: User) -> None:
    give_app(teacher)
    code = RecoveryCodes.activate(teacher).get_unused_codes()[3]

    client = signing_in(teacher)
    client.post(QUESTION, {"code": f"{code[:4]} {code[4:]}"})
    again = signing_in(teacher)
    again.post(QUESTION, {"code": code})

    assert (is_in(client), is_in(again)) == (True, False)


def test_guessing_codes_is_stopped_also_with_the_right_one(teacher: User) -> None:
    give_app(teacher)
    client = signing_in(teacher)
    for _guess in range(MOST_FAILURES):
        assert "That code is not right" in client.post(QUESTION, {"code": "000000"}).content.decode()

    page = client.post(QUESTION, {"code": code_now()}).content.decode()

    assert "too many attempts" in page
    assert not is_in(client)
    assert remembered().count("second factor failed") == MOST_FAILURES


def test_sign_in_that_waits_for_the_factor_is_given_up_by_signing_out(teacher: User) -> None:
    give_app(teacher)
    client = signing_in(teacher)
    assert client.get("/sign-in/").headers["Location"] == QUESTION

    client.post("/sign-out/")

    assert client.get("/sign-in/").status_code == 200
    assert client.get(QUESTION).headers["Location"] == "/sign-in/"


def test_factor_that_the_identity_provider_has_asked_for_is_not_asked_for_again(teacher: User) -> None:
    give_app(teacher)
    request = RequestFactory().get("/")
    request.session = {}

    class Login:
        user, state = teacher, {}

    asks = SecondFactorStage(None, request, Login())
    assert asks._should_handle(request)
    vouch(request, teacher)
    assert not asks._should_handle(request)


def test_vouching_holds_for_that_person_and_that_sign_in(in_solviken: Place) -> None:
    client = browser()
    session = client.session
    session["second_factor_vouched"] = in_solviken.principal.pk
    session.save()

    client.force_login(in_solviken.teacher)

    assert SHOWN not in client.session
    assert "second_factor_vouched" not in client.session


# --- Removing it ---------------------------------------------------------------------------------------------------


def shown(client: Client) -> Client:
    session = client.session
    session[SHOWN] = True
    session.save()
    return client


def test_last_one_is_not_removed_by_whoever_must_have_one(
    teacher: User, sign_in: Callable[[User], Client]
) -> None:
    give_app(teacher)
    client = shown(sign_in(teacher))
    factor = Authenticator.objects.get()

    page = client.post("/my-sign-in/remove/", {"factor": factor.pk}, follow=True).content.decode()

    assert "this is the only one" in page
    assert Authenticator.objects.count() == 1


def test_head_removes_the_last_one_and_the_recovery_codes_go_with_it(
    in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    head = in_solviken.area_head
    give_app(head)
    RecoveryCodes.activate(head)
    client = sign_in(head)

    client.post("/my-sign-in/remove/", {"factor": Authenticator.objects.first().pk})

    assert not Authenticator.objects.exists()


def test_factor_of_somebody_else_is_not_removed(
    in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    give_app(in_solviken.area_head)

    sign_in(in_solviken.board_member).post("/my-sign-in/remove/", {"factor": Authenticator.objects.get().pk})

    assert Authenticator.objects.count() == 1
    assert Session.objects.count() == 1
