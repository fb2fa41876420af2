"""Whoever must show a second factor and has not reaches nothing: every address x every role that must."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import ROLES
from accounts.second_factor import SHOWN
from accounts.web import Door
from tests.fixtures import Place

from .permission_matrix import MATRIX, PEOPLE, World, make_world
from .test_permissions import HTMX, PATTERNS, ask

pytestmark = pytest.mark.walk

SET_UP = "/my-sign-in/second-factor/"
MUST = sorted(who for who in PEOPLE if who == "colleague" or ROLES[who].needs_second_factor)
GUARDED = sorted(name for name, address in MATRIX.items() if not address.is_public)
# What is needed to set one up, and shows nothing of a municipality.
OPEN_BEFORE = {
    "accounts:second-factor",
    "accounts:sign-in-again",
    "mfa_activate_totp",
    "mfa_add_webauthn",
}
SHUT = [name for name in GUARDED if name not in OPEN_BEFORE]


@pytest.fixture(autouse=True)
def required(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def world(solviken: Place) -> World:
    return make_world(solviken, "Solberg", "LAS")


def test_doors_that_open_before_are_those_of_the_setting_up() -> None:
    before = {
        name
        for name, pattern in PATTERNS
        if getattr(pattern.callback, "door", None) == Door("before_second_factor")
    }

    assert before == OPEN_BEFORE


@pytest.mark.slow
def test_no_address_opens_before(world: World, sign_in: Callable[[User], Client]) -> None:
    assert len(SHUT) > 100
    for who in MUST:
        client = sign_in(world.person(who))
        for name in SHUT:
            answer = ask(client, name, world)
            assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, SET_UP), (
                who,
                name,
            )
            assert world.word.encode() not in answer.content, (who, name)


@pytest.mark.slow
def test_no_part_and_no_file_opens_before(world: World, sign_in: Callable[[User], Client]) -> None:
    client = sign_in(world.person("principal"))

    for name in SHUT:
        answer = ask(client, name, world, HTMX)
        assert (answer.status_code, answer.headers.get("HX-Redirect")) == (401, SET_UP), name
        assert answer.content == b"", name


@pytest.mark.slow
def test_same_addresses_open_once_it_is_shown(world: World, sign_in: Callable[[User], Client]) -> None:
    """With the guard satisfied the same requests get what the matrix says: the test above is not blind."""
    client = sign_in(world.person("principal"))
    session = client.session
    session[SHOWN] = True
    session.save()
    names = [name for name in SHUT if "principal" in MATRIX[name].opens_to]

    answers = {name: ask(client, name, world).status_code for name in names}

    assert answers == {name: MATRIX[name].answer for name in names}


@pytest.mark.slow
def test_role_that_sees_no_pupils_goes_in_without(world: World, sign_in: Callable[[User], Client]) -> None:
    assert ask(sign_in(world.person("board_member")), "start", world).status_code == 200


@pytest.mark.slow
@pytest.mark.django_db
def test_no_page_of_the_operator_opens_before() -> None:
    operator = User.objects.create_superuser("operator", "ett gott lösenord", name="Operatör")
    client = Client()
    client.force_login(operator)
    addresses = [reverse("admin:index"), reverse("admin:jsi18n")]
    for model in admin.site._registry:
        label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses += [reverse(f"{label}_{name}") for name in ("changelist", "add")]
        addresses += [reverse(f"{label}_{name}", args=["1"]) for name in ("change", "history", "delete")]
    assert len(addresses) > 10

    for address in addresses:
        answer = client.get(address, follow=True)
        assert answer.redirect_chain[-1][0].split("?")[0] == SET_UP, address

    session = client.session
    session[SHOWN] = True
    session.save()
    assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.django_db
def test_operators_pages_have_no_form_of_their_own() -> None:
    """Django's would walk around the limits on guessing, and around the second factor."""
    operator = User.objects.create_superuser("operator", "ett gott lösenord", name="Operatör")
    client = Client()

    answer = client.post("/operator/login/", {"username": operator.login, "password": "ett gott lösenord"})

    assert answer.headers["Location"].startswith("/sign-in/")
    assert "_auth_user_id" not in client.session
