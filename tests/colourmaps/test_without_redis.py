"""Redis is gone: people sign in, read pages and send in files as before; what they asked for is done later."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from accounts.background import wake_waiting_jobs
from accounts.models import User
from accounts.turns import do_next_job
from aggregation.models import RollupWork
from aggregation.work import Ended, do_waiting_recounts, wake_waiting_recounts
from benchmarks.breaking.broker import rung_at
from benchmarks.breaking.servers import free_port
from colourmaps.models import ImportBatch, ImportState
from tests.factories.imports import Autumn, upload_of, values
from tests.fixtures import Place

pytestmark = pytest.mark.slow

PASSWORD = "a-right-password"
# Ringing the bell of a broker that is gone is given up at once; kombu would try for six seconds.
MOST_SECONDS = 3


@pytest.fixture
def no_redis() -> Iterator[None]:
    """Cache and broker are at a port where nobody answers; how long they are tried is as in production."""
    address = f"redis://127.0.0.1:{free_port()}/0"
    cache = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": address}
    with override_settings(CACHES={"default": cache}), rung_at(address):
        yield


@pytest.mark.usefixtures("no_redis")
def test_person_signs_in(solviken: Place, client: Client) -> None:
    person = solviken.teacher
    person.set_password(PASSWORD)
    person.save()

    for password in ("wrong", PASSWORD):
        client.post(reverse("accounts:sign-in"), {"username": person.login, "password": password})

    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.usefixtures("no_redis")
def test_pages_are_shown(autumn: Autumn, in_solviken: Place, sign_in: Callable[[User], Client]) -> None:
    pages = {
        "start": [],
        "colourmaps:class-map": [in_solviken.class_4a.key],
        "aggregation:unit-map": [in_solviken.school.key],
        "interventions:intervention-list": [],
    }
    principal = sign_in(in_solviken.principal)

    answers = {name: principal.get(reverse(name, args=key)).status_code for name, key in pages.items()}

    assert answers == dict.fromkeys(pages, 200)


@pytest.mark.usefixtures("no_redis")
def test_import_is_accepted_read_confirmed_and_counted(
    autumn: Autumn,
    in_solviken: Place,
    sign_in: Callable[[User], Client],
    django_capture_on_commit_callbacks: Callable,
) -> None:
    coordinator, began = sign_in(autumn.coordinator), time.monotonic()

    with django_capture_on_commit_callbacks(execute=True):
        sent = coordinator.post(
            reverse("colourmaps:import-upload"), {"file": upload_of(*autumn.rows(A1=20, B2=30))}
        )
    assert time.monotonic() - began < MOST_SECONDS
    assert coordinator.get(sent.headers["Location"]).status_code == 200
    assert ImportBatch.objects.get().state == ImportState.UPLOADED

    assert wake_waiting_jobs() == 1  # rings in vain; the row is what a worker goes by
    assert do_next_job(is_heavy=False)
    batch = ImportBatch.objects.select_related("job").get()
    coordinator.post(
        reverse("colourmaps:import-confirm", args=[batch.key]),
        {"preview": batch.job.key if batch.job else ""},
    )
    assert do_next_job(is_heavy=False)

    assert (ImportBatch.objects.get().state, values()) == (ImportState.IMPORTED, {"A1": 2000, "B2": 3000})
    assert wake_waiting_recounts() == 1
    assert do_waiting_recounts() is Ended.ALL_DONE
    assert not RollupWork.objects.exists()
