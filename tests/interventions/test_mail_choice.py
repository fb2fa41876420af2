"""Which mails a person wants: on the own page, and by the way out of a mail, without signing in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, User
from accounts.tenancy import municipality_scope
from interventions.letters import Letter, read_way_out, way_out
from interventions.models import Digest, MailChoice
from tests.fixtures import Place

SignIn = Callable[[User], Client]
PAGE = "interventions:mail-choice"


def choices(place: Place) -> list[tuple[int, str, bool]]:
    with municipality_scope(place.municipality):
        return list(MailChoice.objects.values_list("user_id", "digest", "reminders"))


def path_out(person: User, letter: Letter) -> str:
    return urlsplit(way_out(person, letter)).path


def text(response: Any) -> str:
    return response.content.decode()


def test_page_offers_the_usual_choice_and_stores_nothing_by_a_look(solviken: Place, sign_in: SignIn) -> None:
    page = text(sign_in(solviken.teacher).get(reverse(PAGE)))

    assert 'value="weekly" required id="id_digest_0" checked' in page
    assert "your user name is no mail address" in page
    assert choices(solviken) == []


def test_page_is_reached_from_the_menu_of_the_person(solviken: Place, sign_in: SignIn) -> None:
    header = text(sign_in(solviken.coordinator).get(reverse("start"))).split("<main")[0]

    assert reverse(PAGE) in header


def test_choice_is_kept_and_can_be_changed(solviken: Place, sign_in: SignIn) -> None:
    browser = sign_in(solviken.teacher)

    browser.post(reverse(PAGE), {"digest": "monthly", "reminders": "on"})
    browser.post(reverse(PAGE), {"digest": "never"})

    assert choices(solviken) == [(solviken.teacher.pk, Digest.NEVER, False)]
    with municipality_scope(solviken.municipality):
        assert AuditEvent.objects.filter(action="mails chosen").count() == 2


def test_choice_that_is_none_is_refused(solviken: Place, sign_in: SignIn) -> None:
    response = sign_in(solviken.teacher).post(reverse(PAGE), {"digest": "daily"})

    assert response.status_code == 422
    assert choices(solviken) == []


# ---- the way out ----


@pytest.mark.parametrize(
    ("letter", "left"), [(Letter.DIGEST, (Digest.NEVER, True)), (Letter.REMINDER, (Digest.WEEKLY, False))]
)
def test_way_out_needs_no_sign_in_and_a_click(
    solviken: Place, letter: Letter, left: tuple[Digest, bool]
) -> None:
    with municipality_scope(solviken.municipality):
        path = path_out(solviken.teacher, letter)
    browser = Client(headers={"accept-language": "en"}, enforce_csrf_checks=True)

    looked = browser.get(path)
    assert looked.status_code == 200
    assert "Send me no more of them" in text(looked)
    assert solviken.teacher.name not in text(looked)
    assert choices(solviken) == []

    clicked = browser.post(path, {"List-Unsubscribe": "One-Click"})
    assert "Done." in text(clicked)
    assert choices(solviken) == [(solviken.teacher.pk, *left)]


def test_way_out_twice_is_once_and_leaves_the_other_choice(solviken: Place, sign_in: SignIn) -> None:
    sign_in(solviken.teacher).post(reverse(PAGE), {"digest": "monthly"})
    with municipality_scope(solviken.municipality):
        path = path_out(solviken.teacher, Letter.DIGEST)

    Client().post(path)
    Client().post(path)

    assert choices(solviken) == [(solviken.teacher.pk, Digest.NEVER, False)]


def test_way_out_works_while_somebody_of_another_municipality_is_signed_in(
    solviken: Place, fjordvik: Place, sign_in: SignIn
) -> None:
    with municipality_scope(solviken.municipality):
        path = path_out(solviken.teacher, Letter.DIGEST)

    assert sign_in(fjordvik.teacher).post(path).status_code == 200

    assert choices(solviken) == [(solviken.teacher.pk, Digest.NEVER, True)]
    assert choices(fjordvik) == []


@pytest.mark.parametrize("spoil", [lambda token: token[:-1], lambda token: "x" + token, lambda token: "x"])
def test_way_out_that_is_not_whole_turns_nothing_off(solviken: Place, spoil: Callable[[str], str]) -> None:
    with municipality_scope(solviken.municipality):
        token = spoil(path_out(solviken.teacher, Letter.DIGEST).split("/")[-2])

    response = Client(headers={"accept-language": "en"}).post(
        reverse("interventions:mail-stop", args=[token])
    )

    assert response.status_code == 404
    assert "This link is not whole" in text(response)
    assert choices(solviken) == []


def test_way_out_of_somebody_who_is_gone_leads_nowhere(solviken: Place) -> None:
    gone = User(key="bcdfghjkmnpq", login="borta", municipality=solviken.municipality)
    with municipality_scope(solviken.municipality):
        token = path_out(gone, Letter.DIGEST).split("/")[-2]

    assert read_way_out(token) is None
