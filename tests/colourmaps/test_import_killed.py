"""A worker is killed in the middle of its work: all or nothing is there, and the next worker finishes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEvent, Job, JobState
from accounts.tenancy import municipality_scope
from colourmaps.importing.lifecycle import confirm_import, undo_import, upload_file
from colourmaps.models import ImportBatch, ImportState, Result, SupersededResult
from tests.factories.imports import Autumn, fresh, upload_of, values, work
from tests.fixtures import Place

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="the worker is a process of its own, and a database in the memory of the test is not seen by it",
    ),
]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def worker(upload_root: Path) -> Callable[[str], subprocess.Popen[str]]:
    """`worker(point)` starts a worker process on the database of the test; see worker_process."""
    database = connection.settings_dict
    user = quote(database["USER"]) + (f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else "")
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{user}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}",
        "DJANGO_SETTINGS_MODULE": "tests.colourmaps.worker_settings",
        "UPLOAD_ROOT": str(upload_root),
        "SECRET_KEY": settings.SECRET_KEY,
    }

    def start(point: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.colourmaps.worker_process", point]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)

    return start


def kill_at(worker: Callable[[str], subprocess.Popen[str]], point: str) -> None:
    """Waits until the worker has come to the point, and kills it as a machine that goes down would."""
    process = worker(point)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == point
    process.send_signal(signal.SIGKILL)
    assert process.wait(timeout=10) == -signal.SIGKILL
    process.stdout.close()


def finish(worker: Callable[[str], subprocess.Popen[str]]) -> None:
    """The lease of the dead worker runs out, and the next one takes what it held."""
    assert list(Job.objects.filter(state=JobState.RUNNING).values_list("attempts", flat=True)) == [1]
    Job.objects.filter(state=JobState.RUNNING).update(lease_until=timezone.now().replace(year=2020))
    process = worker("-")
    said, _nothing = process.communicate(timeout=60)
    assert (said.strip(), process.returncode) == ("done", 0)


@pytest.fixture
def previewed(autumn: Autumn, solviken: Place) -> ImportBatch:
    with municipality_scope(solviken.municipality):
        batch = upload_file(upload=upload_of(*autumn.rows(A1=20, B2=30)), by=autumn.coordinator)
        work()
        return fresh(batch)


@pytest.mark.parametrize("point", ["reading", "writing", "written"])
def test_import_is_all_or_nothing_and_is_finished_by_the_next_worker(
    previewed: ImportBatch, autumn: Autumn, enter: Callable, solviken: Place, worker: Callable, point: str
) -> None:
    enter(solviken)
    confirm_import(batch=previewed, by=autumn.coordinator)

    kill_at(worker, point)

    assert (fresh(previewed).state, values()) == (ImportState.CONFIRMED, {})
    assert not AuditEvent.objects.filter(action="import applied").exists()
    finish(worker)
    assert (fresh(previewed).state, values()) == (ImportState.IMPORTED, {"A1": 2000, "B2": 3000})
    assert AuditEvent.objects.filter(action="import applied").count() == 1
    assert Job.objects.get(pk=fresh(previewed).job_id).state == JobState.DONE


def test_undoing_is_all_or_nothing_and_is_finished_by_the_next_worker(
    previewed: ImportBatch, autumn: Autumn, enter: Callable, solviken: Place, worker: Callable
) -> None:
    enter(solviken)
    confirm_import(batch=previewed, by=autumn.coordinator)
    work()
    undo_import(batch=fresh(previewed), by=autumn.coordinator)

    kill_at(worker, "written")

    assert (fresh(previewed).state, Result.objects.count()) == (ImportState.UNDOING, 2)
    finish(worker)
    assert (fresh(previewed).state, Result.objects.count()) == (ImportState.UNDONE, 0)
    assert SupersededResult.objects.count() == 2


def test_reading_is_begun_again(autumn: Autumn, enter: Callable, solviken: Place, worker: Callable) -> None:
    enter(solviken)
    batch = upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)

    kill_at(worker, "writing")

    assert (fresh(batch).state, values()) == (ImportState.UPLOADED, {})
    finish(worker)
    assert (fresh(batch).state, values()) == (ImportState.UNDERSTOOD, {})
