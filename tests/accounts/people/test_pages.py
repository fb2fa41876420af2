"""What an administrator sees of people's sign-ins, and does to them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import AuditEvent, User
from tests.factories.second_factor import give_app
from tests.fixtures import Place

PEOPLE = "/administration/people/"


@pytest.fixture
def browser(in_solviken: Place, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(in_solviken.administrator)


def do(browser: Client, person: User, act: str) -> str:
    return browser.post(f"{PEOPLE}{person.key}/act/", {"act": act}, follow=True).content.decode()


def last_event() -> tuple[str, int | None, dict[str, object]]:
    event = AuditEvent.objects.latest("pk")
    return event.action, event.actor_id, event.facts


def test_list_has_the_people_of_the_municipality_and_finds_by_name(
    browser: Client, in_solviken: Place, fjordvik: Place
) -> None:
    everybody = browser.get(PEOPLE).content.decode()
    found = browser.post(PEOPLE, {"text": "COLLEAGUE-9901"}).content.decode()

    links = re.compile(f'<a href="{PEOPLE}[a-z0-9]')
    assert len(links.findall(everybody)) == User.objects.filter(municipality=in_solviken.municipality).count()
    assert "-9902" not in everybody
    assert len(links.findall(found)) == 1


def test_page_says_what_there_is_of_a_sign_in(
    browser: Client, in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    give_app(in_solviken.teacher)
    sign_in(in_solviken.teacher)

    page = browser.get(f"{PEOPLE}{in_solviken.teacher.key}/").content.decode()

    assert "teacher, 4A" in page
    assert "TOTP Authenticator" in page
    assert page.count("last used") == 1


def test_link_is_shown_once_and_opens_the_choice_of_a_password(browser: Client, in_solviken: Place) -> None:
    page = do(browser, in_solviken.teacher, "link")

    link = re.search(r'readonly value="http://testserver(/[^"]+)"', page)
    assert link is not None
    assert Client().get(link[1], follow=True).status_code == 200
    assert "readonly" not in browser.get(f"{PEOPLE}{in_solviken.teacher.key}/").content.decode()
    assert last_event() == (
        "one-time link given",
        in_solviken.administrator.pk,
        {"person": in_solviken.teacher.pk},
    )


def test_acts_do_what_they_say(
    browser: Client, in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    person = in_solviken.teacher
    open_session = sign_in(person)
    assert "1 session is ended." in do(browser, person, "end-sessions")
    assert open_session.get("/").status_code == 302

    give_app(person)
    do(browser, person, "forget-factors")
    assert not person.authenticator_set.exists()


def test_person_of_another_municipality_is_not_there(browser: Client, fjordvik: Place) -> None:
    answer = browser.post(f"{PEOPLE}{fjordvik.teacher.key}/act/", {"act": "end-sessions"})

    assert answer.status_code == 404
