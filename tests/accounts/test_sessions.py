"""How long a session lasts, by the server's clock; its new id at each sign-in; and its end from elsewhere."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.conf import LazySettings
from django.conf import settings as project
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Session, User
from accounts.people.services import end_account
from accounts.second_factor import SHOWN
from accounts.signed_in import BY_ITSELF, SessionStore, browser_in_words
from accounts.signing_in.services import end_sessions, remove_sign_ins
from accounts.tasks import remove_ended_sessions
from tests.factories.second_factor import give_app
from tests.fixtures import TODAY, Place

PASSWORD = "ett gott lösenord"
MINUTE = datetime.timedelta(minutes=1)


class Clock:
    """The server's clock, which a test moves on."""

    def __init__(self) -> None:
        self.now = datetime.datetime.combine(TODAY, datetime.time(7), datetime.UTC)

    def pass_(self, time: datetime.timedelta) -> None:
        self.now += time


@pytest.fixture
def moving(in_solviken: Place, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def client(moving: Clock, in_solviken: Place, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(in_solviken.teacher)


def is_open(client: Client, **headers: str) -> bool:
    return client.get("/", headers=headers).status_code == 200


# --- Idle and absolute end -----------------------------------------------------------------------------------------


def test_session_ends_after_half_an_hour_without_use(client: Client, moving: Clock) -> None:
    moving.pass_(29 * MINUTE)
    assert is_open(client)
    moving.pass_(29 * MINUTE)
    assert is_open(client)

    moving.pass_(31 * MINUTE)

    assert not is_open(client)


def test_session_that_is_used_all_day_ends_after_ten_hours(client: Client, moving: Clock) -> None:
    for _quarter in range(39):
        moving.pass_(15 * MINUTE)
        assert is_open(client)
    moving.pass_(14 * MINUTE)
    assert is_open(client)

    moving.pass_(2 * MINUTE)

    assert not is_open(client)


def test_ten_hours_are_not_prolonged_by_what_is_written_into_the_session(
    client: Client, moving: Clock
) -> None:
    ends = moving.now + datetime.timedelta(hours=10)
    for _quarter in range(39):
        moving.pass_(15 * MINUTE)
        session = client.session
        session["word"] = "written"
        session.save()

    assert Session.objects.get().expire_date == ends


def test_page_that_asks_by_itself_keeps_no_session_open(client: Client, moving: Clock) -> None:
    """With the header the half hour goes on; without it, it begins again."""
    moving.pass_(29 * MINUTE)
    assert is_open(client, **{BY_ITSELF: "true"})

    moving.pass_(2 * MINUTE)

    assert not is_open(client)


def test_every_part_that_asks_by_itself_says_so() -> None:
    templates = [
        path.read_text(encoding="utf-8") for path in Path(project.BASE_DIR, "templates").rglob("*.html")
    ]
    asking = [line for text in templates for line in text.splitlines() if 'hx-trigger="every ' in line]

    assert len(asking) > 3
    assert [line for line in asking if "x-by-itself" not in line] == []


def test_last_use_is_written_once_a_minute(
    client: Client, moving: Clock, django_assert_max_num_queries
) -> None:
    def n_writes() -> int:
        with django_assert_max_num_queries(100) as asked:
            assert is_open(client)
        return sum(each["sql"].startswith("UPDATE") for each in asked.captured_queries)

    assert n_writes() == 0
    moving.pass_(datetime.timedelta(seconds=59))
    assert n_writes() == 0
    moving.pass_(datetime.timedelta(seconds=1))
    assert (n_writes(), n_writes()) == (1, 0)
    assert Session.objects.get().seen_at == moving.now


@pytest.mark.parametrize("is_required", [True, False])
def test_page_asks_for_session_and_person_once_and_for_factors_never(
    in_solviken: Place,
    sign_in: Callable[[User], Client],
    settings: LazySettings,
    django_assert_max_num_queries,
    is_required: bool,
) -> None:
    settings.SECOND_FACTOR_REQUIRED = is_required
    client = sign_in(in_solviken.principal)
    session = client.session
    session[SHOWN] = True
    session.save()

    with django_assert_max_num_queries(100) as asked:
        assert is_open(client)

    statements = [each["sql"] for each in asked.captured_queries]
    tables = ("from accounts_session", "from accounts_user", "mfa_authenticator", "account_emailaddress")
    assert [sum(table in sql for sql in statements) for table in tables] == [1, 1, 0, 0]


def test_page_is_shown_also_when_the_last_use_cannot_be_written(
    client: Client, moving: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    def locked(_store: SessionStore) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(SessionStore, "keep_open", locked)

    assert is_open(client)


def test_sessions_that_have_ended_are_removed_at_night(client: Client, moving: Clock) -> None:
    moving.pass_(31 * MINUTE)
    SessionStore().save()  # another one, which is open

    remove_ended_sessions()

    assert Session.objects.count() == 1


# --- A new id ------------------------------------------------------------------------------------------------------


def test_sign_in_gives_another_session_id_and_the_old_one_opens_nothing(in_solviken: Place) -> None:
    person = in_solviken.area_head
    person.set_password(PASSWORD)
    person.save()
    client = Client()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client.cookies[project.SESSION_COOKIE_NAME] = planted

    client.post("/sign-in/", {"username": person.login, "password": PASSWORD})

    assert client.session.session_key != planted
    assert client.session["_auth_user_id"] == str(person.pk)
    assert not Session.objects.filter(session_key=planted).exists()


def test_signing_in_as_somebody_else_leaves_nothing_of_the_first(in_solviken: Place) -> None:
    client = Client()
    client.force_login(in_solviken.teacher)
    session = client.session
    session["second_factor_shown"] = True
    session.save()

    client.force_login(in_solviken.principal)

    assert "second_factor_shown" not in client.session


# --- Ending from elsewhere -----------------------------------------------------------------------------------------


def test_person_signs_out_everywhere_else(in_solviken: Place, sign_in: Callable[[User], Client]) -> None:
    here, there = sign_in(in_solviken.teacher), sign_in(in_solviken.teacher)
    colleague = sign_in(in_solviken.colleague)

    here.post("/my-sign-in/sessions/end/")

    assert (is_open(here), is_open(there), is_open(colleague)) == (True, False, True)
    assert AuditEvent.objects.latest("pk").facts == {"sessions": 1}


def test_administrator_ends_sessions_and_the_next_request_is_out(
    in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    browsers = [sign_in(in_solviken.teacher) for _each in range(3)]

    n_ended = end_sessions(user=in_solviken.teacher, by=in_solviken.administrator)

    assert n_ended == 3
    assert [is_open(each) for each in browsers] == [False] * 3


def test_ended_account_is_out_at_the_next_request_and_cannot_come_in_again(
    in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    person = in_solviken.teacher
    person.set_password(PASSWORD)
    person.save()
    client = sign_in(person)

    end_account(user=person, on=timezone.localdate(), by=in_solviken.administrator)

    assert not is_open(client)
    client.post("/sign-in/", {"username": person.login, "password": PASSWORD})
    assert not is_open(client)
    assert list(AuditEvent.objects.filter(action="account ended").values_list("actor_id", "facts")) == [
        (in_solviken.administrator.pk, {"person": person.pk})
    ]


def test_request_under_way_does_not_bring_an_ended_session_back(
    in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    client = sign_in(in_solviken.teacher)
    under_way = SessionStore(client.session.session_key)
    under_way["word"] = "read before the end"
    end_sessions(user=in_solviken.teacher)

    with pytest.raises(UpdateError):
        under_way.save()
    under_way.keep_open()

    assert not Session.objects.exists()


def test_municipality_that_leaves_takes_its_sign_ins_along(
    in_solviken: Place, fjordvik: Place, sign_in: Callable[[User], Client]
) -> None:
    for place in (in_solviken, fjordvik):
        sign_in(place.teacher)
        give_app(place.teacher)

    remove_sign_ins(fjordvik.municipality)

    assert [each.user for each in Session.objects.all()] == [in_solviken.teacher]
    assert [each.user for each in Authenticator.objects.all()] == [in_solviken.teacher]


# --- What is shown of it -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko Chrome/129.0 Safari/537.36 Edg/129.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) Gecko Chrome/129.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 Version/17.5 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8", ""),
    ],
)
def test_browser_in_words(agent: str, words: str) -> None:
    assert browser_in_words(agent) == words


def test_own_page_lists_the_sessions(in_solviken: Place) -> None:
    client = Client(headers={"accept-language": "en", "user-agent": "Firefox/130.0 Windows"})
    client.force_login(in_solviken.area_head)

    page = client.get("/my-sign-in/").content.decode()

    assert "(here)" in page
    assert page.count(", last used") == 1
