"""What can do harm asks again who is there: after ten minutes, before the form, and once more when it is sent."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from accounts.fresh import FRESH_SECONDS, freshly_signed_in
from accounts.models import AuditEvent, User
from accounts.second_factor import SHOWN
from accounts.throttle import MOST_FAILURES
from accounts.web import signed_in
from colourmaps.config.urls import urlpatterns as project
from tests.factories.second_factor import code_now, give_app
from tests.fixtures import Place

PASSWORD = "ett gott lösenord"
AGAIN = "/sign-in/again/"


@signed_in
@freshly_signed_in
def grave(request: HttpRequest) -> HttpResponse:
    """Something that cannot be taken back: says what was sent to it."""
    return HttpResponse(f"done {sorted(request.POST.lists())}" if request.method == "POST" else "a form")


urlpatterns = [*project, path("grave/", grave, name="grave")]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def person(in_solviken: Place) -> User:
    person = in_solviken.administrator
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def client(person: User, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(person)


@pytest.fixture
def later(client: Client, clock: datetime.date, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten minutes after the person has signed in."""
    then = timezone.now() + datetime.timedelta(seconds=FRESH_SECONDS)
    monkeypatch.setattr(timezone, "now", lambda: then)


def test_whoever_has_just_signed_in_is_not_asked(client: Client) -> None:
    assert client.get("/grave/").content == b"a form"
    assert client.post("/grave/", {"name": "x"}).content == b"done [('name', ['x'])]"


@pytest.mark.usefixtures("later")
def test_after_ten_minutes_it_is_asked_before_the_form_is_shown(client: Client) -> None:
    answer = client.get("/grave/?unit=k")

    assert answer.headers["Location"] == f"{AGAIN}?next=%2Fgrave%2F%3Funit%3Dk"
    before = client.session.session_key
    answer = client.post(AGAIN, {"password": PASSWORD, "next": "/grave/?unit=k"})
    assert answer.headers["Location"] == "/grave/?unit=k"
    assert client.get("/grave/").content == b"a form"
    assert client.session.session_key != before
    last = AuditEvent.objects.latest("pk")
    assert (last.action, last.facts) == ("signed in again", {"way": "password"})


@pytest.mark.usefixtures("later")
def test_what_was_sent_too_late_is_kept_and_sent_after_all(client: Client) -> None:
    sent = {"name": 'Åsa "<b>', "chosen": ["1", "2"], "csrfmiddlewaretoken": "old"}

    asked = client.post("/grave/", sent)
    assert (asked.status_code, b"done" in asked.content) == (403, False)
    page = asked.content.decode()
    kept = html.unescape(re.search(r'name="kept" value="([^"]*)"', page)[1])
    wrong = client.post(AGAIN, {"password": "fel", "next": "/grave/", "kept": kept})
    assert html.unescape(re.search(r'name="kept" value="([^"]*)"', wrong.content.decode())[1]) == kept

    page = client.post(AGAIN, {"password": PASSWORD, "next": "/grave/", "kept": kept}).content.decode()

    assert '<form class="form" method="post" action="/grave/">' in page
    fields = re.findall(
        r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.split('action="/grave/"')[1]
    )
    again = {name: [html.unescape(value) for n, value in fields if n == name] for name, _ in fields}
    del again["csrfmiddlewaretoken"]
    assert again == {"name": ['Åsa "<b>'], "chosen": ["1", "2"]}
    expected = sorted(again.items())
    assert client.post("/grave/", again).content.decode() == f"done {expected}"


@pytest.mark.usefixtures("later")
def test_part_that_asks_leads_the_whole_page_away_and_back(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/administration/?on=2026-11-16"}

    answer = client.post("/grave/", headers=headers)

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == f"{AGAIN}?next=%2Fadministration%2F%3Fon%3D2026-11-16"


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("wish", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_way_back_is_to_our_own_pages(client: Client, wish: str) -> None:
    assert client.post(AGAIN, {"password": PASSWORD, "next": wish}).headers["Location"] == "/"


@pytest.mark.usefixtures("later")
def test_code_of_the_app_does_as_well(client: Client, person: User) -> None:
    give_app(person)
    session = client.session
    session[SHOWN] = True
    session.save()

    answer = client.post(AGAIN, {"code": code_now(), "next": "/grave/"})

    assert answer.headers["Location"] == "/grave/"
    assert client.get("/grave/").status_code == 200
    assert AuditEvent.objects.latest("pk").facts == {"way": "second factor"}


@pytest.mark.usefixtures("later")
def test_password_of_somebody_else_does_not(client: Client, in_solviken: Place) -> None:
    in_solviken.teacher.set_password("ett annat lösenord")
    in_solviken.teacher.save()

    answer = client.post(AGAIN, {"password": "ett annat lösenord", "next": "/grave/"})

    assert answer.status_code == 422
    assert client.get("/grave/").status_code == 302


@pytest.mark.usefixtures("later")
def test_guessing_in_an_open_session_is_stopped(client: Client) -> None:
    for _guess in range(MOST_FAILURES):
        client.post(AGAIN, {"password": "fel", "next": "/grave/"})

    answer = client.post(AGAIN, {"password": PASSWORD, "next": "/grave/"})

    assert "too many attempts" in answer.content.decode()
    assert client.get("/grave/").status_code == 302
