"""Who signs in, and who tries to, is remembered; so is a door that stayed shut."""

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import AuditEvent
from tests.fixtures import Place
from tests.walls import without_wall

PASSWORD = "a-right-password"


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


def remembered() -> list[tuple[str, int | None]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "actor_id"))


def test_signing_in_and_failing_to_are_remembered(in_solviken: Place, client: Client) -> None:
    teacher = in_solviken.teacher
    teacher.set_password(PASSWORD)
    teacher.save()
    with without_wall():
        AuditEvent.objects.all().delete()

    for password in ("wrong", PASSWORD):
        client.post("/sign-in/", {"username": teacher.login, "password": password})
    client.post("/sign-in/", {"username": "nobody", "password": "wrong"})

    assert remembered() == [("sign-in failed", teacher.pk), ("signed in", teacher.pk)]


def test_denial_is_remembered(in_solviken: Place, client: Client) -> None:
    client.force_login(in_solviken.area_head)
    with without_wall():
        AuditEvent.objects.all().delete()

    response = client.get(f"/classes/{in_solviken.class_4a.key}/")

    assert response.status_code == 403
    assert remembered() == [("access denied", in_solviken.area_head.pk)]


@pytest.mark.parametrize("address", ["/pupils/k/%00/panel/", "/pupils/k/c/panel/?round=%00"])
def test_nul_in_an_address_is_a_bad_request(in_solviken: Place, client: Client, address: str) -> None:
    client.force_login(in_solviken.teacher)

    assert client.get(address).status_code == 400


def test_language_form_goes_to_our_own_paths_alone(in_solviken: Place, client: Client) -> None:
    for wish, address in (("foo", "/"), ("//evil.example/", "/"), ("/imports/", "/imports/")):
        response = client.post("/language/", {"language": "sv", "next": wish})
        assert response.headers["Location"] == address


@pytest.mark.parametrize("rows", ["-1", "0", "x", "100000"])
def test_number_of_rows_on_a_page_is_ours_to_say(in_solviken: Place, client: Client, rows: str) -> None:
    client.force_login(in_solviken.coordinator)

    assert client.get(f"/imports/?per_page={rows}&page={rows}").status_code == 200
