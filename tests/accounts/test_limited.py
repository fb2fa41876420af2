"""One person's exports, searches and pupil pages are counted: far above a day's work, then 429 and one audit row."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import resolve
from pytest_django import Settings

from accounts import limited
from accounts.doors import addresses
from accounts.limited import Limited
from accounts.models import AuditEvent, User
from accounts.tenancy import municipality_scope
from tests.architecture.permission_matrix import MATRIX, World, make_world
from tests.architecture.walk import path_of
from tests.fixtures import Place

FEW = {"exports": (2, 3600), "searches": (2, 3600), "pupil pages": (2, 3600)}
# Files that belong to nobody who has signed in: whoever has the secret address reads the own calendar.
BY_SECRET = {"interventions:calendar-file"}
OF_ONE_PUPIL = ("colourmaps:pupil", "colourmaps:pupil-sheet", "interventions:talk")


@pytest.fixture(autouse=True)
def rested(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other test has left the cache for dead, and no hour ends within the test."""
    monkeypatch.setattr(limited, "_asked_again_at", 0.0)
    now = time.time() // 3600 * 3600 + 60
    monkeypatch.setattr(time, "time", lambda: now)
    cache.clear()


@pytest.fixture
def world(solviken: Place) -> World:
    return make_world(solviken, "Solberg", "LAS")


def limit_of(name: str, world: World) -> Limited | None:
    return getattr(resolve(path_of(name, world)).func, "limited", None)


def test_every_file_search_and_pupil_page_is_limited(world: World) -> None:
    wanted = {
        each.name: Limited.EXPORTS for each in addresses() if each.is_file and each.name not in BY_SECRET
    }
    wanted["colourmaps:search"] = Limited.SEARCHES
    wanted |= {each.name: Limited.PUPIL_PAGES for each in addresses() if each.name in OF_ONE_PUPIL}

    assert {name: limit_of(name, world) for name in wanted} == wanted
    assert len(wanted) > 15


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("colourmaps:class-map-xlsx", "exports"),
        ("colourmaps:search", "searches"),
        ("colourmaps:pupil", "pupil pages"),
    ],
)
def test_too_much_is_429_with_a_sentence_and_one_audit_row(
    world: World, sign_in: Callable[[User], Client], settings: Settings, name: str, what: str
) -> None:
    settings.LIMITS_PER_USER = FEW
    browser, address = sign_in(world.place.principal), MATRIX[name]

    answers = [getattr(browser, address.method)(path_of(name, world), address.form) for _time in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 429, 429, 429]
    page = answers[-1].content.decode()
    assert "In 59 minutes you can go on." in page
    assert answers[-1].headers["Retry-After"] == str(59 * 60)
    assert world.pupil.family_name not in page
    with municipality_scope(world.place.municipality):
        (row,) = AuditEvent.objects.filter(action="limit met")
    assert (row.actor_id, row.subject, row.facts) == (
        world.place.principal.pk,
        what,
        {"most": 2, "seconds": 3600},
    )


def test_others_go_on_and_so_does_oneself_an_hour_later(
    world: World, sign_in: Callable[[User], Client], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LIMITS_PER_USER = FEW
    principal, teacher = sign_in(world.place.principal), sign_in(world.place.teacher)
    path = path_of("colourmaps:pupil", world)
    assert [principal.get(path).status_code for _time in range(3)] == [200, 200, 429]
    assert teacher.get(path).status_code == 200

    later = time.time() + datetime.timedelta(hours=1).total_seconds()
    monkeypatch.setattr(time, "time", lambda: later)

    assert principal.get(path).status_code == 200


def test_whoever_may_not_is_told_that_and_not_counted(
    world: World, sign_in: Callable[[User], Client], settings: Settings
) -> None:
    settings.LIMITS_PER_USER = FEW
    browser = sign_in(world.place.administrator)

    answers = [browser.get(path_of("colourmaps:pupil", world)).status_code for _time in range(4)]

    assert answers == [403] * 4


def test_pages_open_while_the_cache_is_down_and_wait_for_it_once(
    world: World, sign_in: Callable[[User], Client], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def refuses(*arguments: object, **options: object) -> None:
        tries.append(1)
        raise ConnectionError

    settings.LIMITS_PER_USER = FEW
    monkeypatch.setattr(limited.cache, "add", refuses)
    browser = sign_in(world.place.principal)

    assert [browser.get(path_of("colourmaps:pupil", world)).status_code for _time in range(5)] == [200] * 5
    assert len(tries) == 1


def test_a_teachers_monday_is_far_below(settings: Settings) -> None:
    """Thirty pupils, each opened and printed three times in an hour, and every list taken home twice."""
    assert settings.LIMITS_PER_USER["pupil pages"][0] >= 30 * 2 * 3 * 2
    assert settings.LIMITS_PER_USER["exports"][0] >= 2 * 10
    assert {each.value for each in Limited} == set(settings.LIMITS_PER_USER)
