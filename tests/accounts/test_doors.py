"""No page without a door, and no role, permission or address without words: said at start, and shut where unsaid."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator

import pytest
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import clear_url_caches, include, path
from pytest_django import Settings

from accounts import doors
from accounts.checks import check_doors, check_words
from accounts.models import User
from accounts.roles import ROLES, SENTENCES, Permission, RoleCode
from accounts.web import Door, public, requires_somewhere
from tests.fixtures import Place


def without_door(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open to all")


@requires_somewhere(Permission.SEE_PUPILS)
def with_door(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


def of_unknown_kind(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


of_unknown_kind.door = Door("requires")  # type: ignore[attr-defined]  # no permission is named


@pytest.fixture
def with_address(settings: Settings) -> Iterator[Callable[..., None]]:
    """`with_address(path(…))` adds it to all the others."""

    def add(extra: object) -> None:
        urls = types.ModuleType("urls_of_a_test")
        urls.urlpatterns = [extra, path("", include("colourmaps.config.urls"))]  # type: ignore[attr-defined]
        settings.ROOT_URLCONF = urls
        clear_url_caches()

    yield add
    clear_url_caches()


def test_all_addresses_have_doors_and_words() -> None:
    assert check_doors() == []
    assert check_words() == []
    assert len(doors.addresses()) > 150


def test_view_without_door_is_named_at_start_with_what_to_do(with_address: Callable) -> None:
    with_address(path("new/", without_door, name="start-new"))

    (error,) = run_checks(tags=[Tags.urls])

    assert error.id == "accounts.E001"
    assert error.msg == (
        f"The view {__name__}.without_door of the address start-new has no door: nobody has said who may open it."
    )
    assert "@requires" in error.hint
    with pytest.raises(SystemCheckError, match="start-new has no door"):
        call_command("check")


def test_view_without_door_stays_shut(with_address: Callable, client: Client, db: None) -> None:
    with_address(path("new/", without_door, name="start-new"))
    assert client.get("/new/").status_code == 404

    with_address(path("new/", public(without_door), name="start-new"))
    assert client.get("/new/").status_code == 200
    del without_door.door  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("extra", "error_id"),
    [
        (path("new/", of_unknown_kind, name="start-new"), "accounts.E003"),
        (path("new/", with_door), "accounts.E002"),
        (path("new/", with_door, name="unheard-of"), "accounts.E004"),
    ],
)
def test_address_that_is_half_declared_is_an_error(
    extra: object, error_id: str, with_address: Callable
) -> None:
    with_address(extra)

    assert error_id in [error.id for error in check_doors()]


def test_permission_or_role_without_words_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(SENTENCES, Permission.SEE_SUMS)
    monkeypatch.delitem(ROLES, RoleCode.TEACHER.value)

    assert [error.id for error in check_words()] == ["accounts.E005", "accounts.E006"]


def test_every_subject_is_of_some_address() -> None:
    names = [address.name for address in doors.addresses()]

    assert [each for each in doors.SUBJECTS if not any(name.startswith(each) for name in names)] == []


def test_operators_pages_stay_open_to_the_operator(
    solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    operator = User.objects.create_superuser("operator", "ett gott lösenord", name="Operatör")

    assert sign_in(operator).get("/operator/").status_code == 200
