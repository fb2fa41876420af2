"""Files: whose they are is asked each time, nothing is served beside the pages, and what has ended is not there.

Which addresses answer with a file comes from the resolver (accounts/doors.py).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.doors import addresses
from accounts.models import RoleAssignment, User
from accounts.tenancy import municipality_scope
from colourmaps import uploads
from colourmaps.models import ImportBatch
from tests.fixtures import Place

from .permission_matrix import MATRIX, PEOPLE, World, make_world
from .walk import Walker, path_of

pytestmark = [pytest.mark.slow, pytest.mark.walk]

# Two have tests of their own, since their matrix asks for what is not there: tests/accounts/test_exports.py,
# tests/pupils/test_access_log.py.
FILES = sorted(
    address.name
    for address in addresses()
    if address.is_file and not MATRIX[address.name].is_public and MATRIX[address.name].answer == 200
)
KEPT = ("colourmaps:import-file", "colourmaps:import-refused")


@pytest.fixture
def walker(solviken: Place, sign_in: Callable[[User], Client]) -> Walker:
    return Walker(make_world(solviken, "Solberg", "LAS"), sign_in)


@pytest.fixture
def other_world(fjordvik: Place) -> World:
    return make_world(fjordvik, "Fjordberg", "FJORD")


def test_every_answer_that_is_a_file_is_known_as_one(walker: Walker) -> None:
    """By what it says that it is: a new file under another ending would pass by the limits and these tests."""
    found = {
        answer.name
        for answer in walker.everywhere()
        if "attachment" in answer.response.headers.get("Content-Disposition", "")
    }

    assert found == set(FILES)


def test_file_of_others_is_not_there(walker: Walker, other_world: World) -> None:
    """Another municipality's: 404 for whoever may fetch the own. For another role: 403 or 404, never a file."""
    own, foreign, refused = {}, {}, {}
    for name in FILES:
        own[name] = walker.ask(name).response.status_code
        if MATRIX[name].of:
            foreign[name] = walker.ask(name, path=path_of(name, other_world)).response.status_code
        for person in sorted(PEOPLE - MATRIX[name].opens_to):
            refused[name, person] = walker.ask(name, person=person).response.status_code

    assert own == dict.fromkeys(own, 200)
    assert foreign == dict.fromkeys(foreign, 404)
    assert set(refused.values()) <= {403, 404}
    assert len(own) > 10
    assert len(foreign) > 8


def test_file_ends_with_the_role_in_an_open_session(walker: Walker) -> None:
    for name in FILES:
        assert walker.ask(name).response.status_code == 200

    with municipality_scope(walker.world.place.municipality):
        RoleAssignment.objects.all().delete()

    assert {name: walker.ask(name).response.status_code for name in FILES} == dict.fromkeys(FILES, 403)


def test_kept_file_has_a_name_that_nobody_can_guess_and_no_address(walker: Walker, upload_root: Path) -> None:
    batch: ImportBatch = walker.world.refused_import
    kept = [path for path in upload_root.rglob("*") if path.is_file()]
    browser = walker.browser("coordinator")

    assert kept
    assert len(Path(batch.stored_as).stem) >= 20
    for path in kept:
        assert walker.world.word not in path.name
        for folder in (
            "",
            "/uploads",
            "/media",
            "/static",
            "/static/..",
            "/var/uploads",
            "/files",
            "/static/%2e%2e/uploads",
        ):
            assert browser.get(f"{folder}/{path.name}").status_code in (301, 404), folder


def test_file_that_has_ended_is_404(walker: Walker) -> None:
    batch: ImportBatch = walker.world.refused_import
    assert [walker.ask(name).response.status_code for name in KEPT] == [200, 200]

    with municipality_scope(walker.world.place.municipality):
        uploads.remove(batch.stored_as)
        uploads.remove_beside(batch.stored_as)

    assert [walker.ask(name).response.status_code for name in KEPT] == [404, 404]


def test_uploads_lie_where_no_server_looks() -> None:
    root = Path(django_settings.BASE_DIR) / "var" / "uploads"
    served = [*django_settings.STATICFILES_DIRS, django_settings.STATIC_ROOT or root.parent / "static"]

    assert not any(root.is_relative_to(folder) or Path(folder).is_relative_to(root) for folder in served)
    assert django_settings.MEDIA_URL in ("", "/")
    assert django_settings.MEDIA_ROOT == ""


def test_no_address_serves_a_folder() -> None:
    def views(resolver: URLResolver) -> list[str]:
        found = []
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLPattern):
                found.append(f"{pattern.callback.__module__}.{getattr(pattern.callback, '__name__', '')}")
            else:
                found += views(pattern)
        return found

    assert [view for view in views(get_resolver()) if view.startswith("django.views.static")] == []
