"""Every address x every role x one's own and another municipality. The table itself is permission_matrix.py."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker, Settings

from accounts.keys import new_key
from accounts.models import RoleAssignment, User
from accounts.tenancy import municipality_scope
from tests.fixtures import make_place, stop_the_clock

from .permission_matrix import MATRIX, NOBODY, PEOPLE, QUERIES, Address, World, make_world

pytestmark = pytest.mark.walk

OPERATORS_PAGES = "admin"  # Django's own pages, for the platform operator alone
HTMX = {"HX-Request": "true"}
WITH_KEY = sorted(name for name, address in MATRIX.items() if address.of)
GUARDED = sorted(name for name, address in MATRIX.items() if address.opens_to not in (PEOPLE, NOBODY))


def patterns_of(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(name with its namespace, pattern) of every address but the operator's."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", pattern
        elif pattern.app_name != OPERATORS_PAGES:
            yield from patterns_of(
                pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            )


PATTERNS = list(patterns_of(get_resolver()))


@pytest.fixture(autouse=True)
def fixed_csrf(monkeypatch: pytest.MonkeyPatch) -> None:
    """The token's mask and the keys of forms are random; fixed, so that answers can be compared byte by byte."""
    monkeypatch.setattr("django.middleware.csrf._get_new_csrf_string", lambda: "k" * 32)
    monkeypatch.setattr("accounts.once.new_key", lambda: "k" * 12)


@pytest.fixture(scope="module")
def uploads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(autouse=True)
def upload_root(settings: Settings, uploads: Path) -> Path:
    """The files of the worlds, which are made once as well."""
    settings.UPLOAD_ROOT = uploads
    return uploads


@pytest.fixture(scope="module")
def worlds(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, uploads: Path
) -> Iterator[tuple[World, World]]:
    """Both worlds, made once for all tests here, and then taken back: what a test changes, it takes back itself."""
    with (
        pytest.MonkeyPatch.context() as patched,
        override_settings(UPLOAD_ROOT=uploads),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        stop_the_clock(patched)
        solviken = make_place("9901", "Solviken", "Solviksskolan")
        fjordvik = make_place("9902", "Fjordvik", "Fjordskolan")
        yield make_world(solviken, "Solberg", "LAS"), make_world(fjordvik, "Fjordberg", "FJORD")
        transaction.set_rollback(True)


@pytest.fixture
def world(worlds: tuple[World, World], db: None, clock: datetime.date) -> World:
    """Without what it has made where it was asked for: that was taken back with the test."""
    return replace(worlds[0])


@pytest.fixture
def other_world(worlds: tuple[World, World], db: None, clock: datetime.date) -> World:
    return replace(worlds[1])


def ask(browser: Client, name: str, world: World, headers: dict[str, str] | None = None, **query: str) -> Any:
    """The answer to a person who asks for an address of the world; what the request changed is undone."""
    address = MATRIX[name]
    path = reverse(name, kwargs=kwargs_of(address, world))
    content = {**address.form, **({"round": world.round.key} if address.needs_round else {}), **query}
    with transaction.atomic():
        response = getattr(browser, address.method)(path, content, headers=headers)
        transaction.set_rollback(True)
    return response


def kwargs_of(address: Address, world: World) -> dict[str, str]:
    named = {"key": getattr(getattr(world, address.of), address.named_by)} if address.of else {}
    return {**named, **address.more}


def test_every_address_has_a_name_of_its_own() -> None:
    names = [name for name, _pattern in PATTERNS]

    assert sorted(names) == sorted(set(names))
    assert [name for name in names if name.endswith("None")] == []


@pytest.mark.parametrize(("name", "pattern"), PATTERNS, ids=[name for name, _pattern in PATTERNS])
def test_every_address_has_a_door_and_stands_in_the_matrix(name: str, pattern: URLPattern) -> None:
    door = getattr(pattern.callback, "door", None)

    assert door is not None, f"{name}: open its view with one of the decorators of accounts.web"
    assert name in MATRIX, f"{name}: add a line to tests/architecture/permission_matrix.py"
    assert (door.kind == "public") == MATRIX[name].is_public
    address = MATRIX[name]
    assert "<" not in str(pattern.pattern) or address.of or address.more, f"{name}: say what its key names"


def test_matrix_has_no_address_that_is_gone() -> None:
    assert set(MATRIX) == {name for name, _pattern in PATTERNS}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(MATRIX))
def test_everybody_gets_what_the_matrix_says(
    world: World, other_world: World, sign_in: Callable[[User], Client], name: str
) -> None:
    address = MATRIX[name]
    expected = {
        person: address.answer
        if person in address.opens_to
        else 404
        if person in address.hidden_from
        else 403
        for person in sorted(PEOPLE)
    }

    answers = {person: ask(sign_in(world.person(person)), name, world) for person in expected}

    assert {person: answer.status_code for person, answer in answers.items()} == expected
    assert [person for person, answer in answers.items() if b"Fjord" in answer.content] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(MATRIX))
def test_htmx_changes_what_is_sent_and_never_whether(
    world: World, sign_in: Callable[[User], Client], name: str
) -> None:
    address = MATRIX[name]
    opened = sorted(address.opens_to)[:1]
    refused = sorted(PEOPLE - address.opens_to - address.hidden_from)[:1]

    answers = {
        person: ask(sign_in(world.person(person)), name, world, HTMX).status_code
        for person in opened + refused
    }

    assert answers == dict.fromkeys(opened, address.part or address.answer) | dict.fromkeys(refused, 403)


@pytest.mark.slow
def test_anonymous_is_sent_to_sign_in(world: World) -> None:
    for name, address in MATRIX.items():
        response = ask(Client(), name, world)

        assert response.status_code == address.anonymous, name
        assert world.word.encode() not in response.content, name
        if not address.is_public:
            wanted = urlencode({"next": response.wsgi_request.get_full_path()}, safe="/")
            assert response.headers["Location"] == f"/sign-in/?{wanted}", name


@pytest.mark.slow
def test_operator_of_the_platform_gets_no_page_of_a_municipality(
    world: World, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(User.objects.create_superuser("operator", "ett gott lösenord", name="Operatör"))
    guarded = [name for name, address in MATRIX.items() if not address.is_public and not address.is_own]
    own = {name: address.answer for name, address in MATRIX.items() if address.is_own}

    answers = {name: ask(browser, name, world).status_code for name in guarded}

    assert answers == dict.fromkeys(guarded, 404)
    assert {name: ask(browser, name, world).status_code for name in own} == own | {
        "accounts:own-password": 200
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_KEY)
def test_key_of_another_municipality_is_answered_like_one_that_never_was(
    world: World, other_world: World, sign_in: Callable[[User], Client], name: str
) -> None:
    """Byte by byte: the same address is asked for while the thing is there, elsewhere, and when it is not."""
    address, thing = MATRIX[name], getattr(other_world, MATRIX[name].of)
    # Nobody is refused what opens to all.
    refused = min(PEOPLE - address.opens_to - address.hidden_from, default=None)
    people = {*address.opens_to, refused} - {None}
    browsers = {person: sign_in(world.person(person)) for person in people}

    foreign = {person: ask(browser, name, other_world) for person, browser in browsers.items()}
    with municipality_scope(other_world.place.municipality):
        type(thing).objects.filter(pk=thing.pk).update(**{address.named_by: new_key()})
    missing = {person: ask(browser, name, other_world) for person, browser in browsers.items()}

    for person, answer in foreign.items():
        assert content_of(answer) == content_of(missing[person]), person
        assert answer.status_code in ((403, 404) if person == refused else (404,)), person
        assert other_world.word.encode() not in answer.content, person


def content_of(response: HttpResponse) -> tuple[int, dict[str, str], bytes]:
    return response.status_code, dict(response.headers), response.content


@pytest.mark.slow
@pytest.mark.parametrize(("name", "parameter", "of", "field"), QUERIES)
def test_query_with_a_key_of_another_municipality_is_answered_like_one_that_never_was(
    world: World,
    other_world: World,
    sign_in: Callable[[User], Client],
    name: str,
    parameter: str,
    of: str,
    field: str,
) -> None:
    thing = getattr(other_world, of)
    may = MATRIX[name].opens_to
    browser = sign_in(world.person("principal" if "principal" in may else min(may)))
    query = {parameter: getattr(thing, field)}

    foreign = ask(browser, name, world, **query)
    with municipality_scope(other_world.place.municipality):
        type(thing).objects.filter(pk=thing.pk).update(**{field: new_key()})
    missing = ask(browser, name, world, **query)

    assert content_of(foreign) == content_of(missing)
    assert foreign.status_code in (200, 404)
    assert other_world.word.encode() not in foreign.content


@pytest.mark.slow
def test_role_that_ended_yesterday_opens_nothing_in_an_open_session(
    world: World, clock: datetime.date, sign_in: Callable[[User], Client]
) -> None:
    people = {who: sign_in(world.person(who)) for who in PEOPLE}
    browsers = {(name, who): people[who] for name in GUARDED for who in sorted(MATRIX[name].opens_to)[-2:]}
    before = {key: ask(browser, key[0], world).status_code for key, browser in browsers.items()}
    assert before == {(name, who): MATRIX[name].answer for name, who in browsers}

    with municipality_scope(world.place.municipality):
        RoleAssignment.objects.update(valid_to=clock)

    after = {key: ask(browser, key[0], world).status_code for key, browser in browsers.items()}
    assert after == dict.fromkeys(browsers, 403)
