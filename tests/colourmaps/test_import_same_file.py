"""Two coordinators with the same file: one imports, the other is told by whom and when."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import translation

from accounts.models import Job, JobState, User
from accounts.roles import RoleCode
from accounts.tenancy import municipality_scope
from colourmaps.importing.lifecycle import ImportRefused, confirm_import, upload_file
from colourmaps.models import ImportBatch, ImportState, Result, SupersededResult
from tests.factories.accounts import PersonFactory
from tests.factories.imports import TASKS, Autumn, Browser, fresh, imported, texts, upload_of, values, work
from tests.fixtures import Place


@pytest.fixture
def colleague(autumn: Autumn, in_solviken: Place) -> User:
    return PersonFactory(name="Kim Alm", role=RoleCode.COORDINATOR, unit=in_solviken.root)


def test_who_comes_second_is_told_who_confirmed_and_when(
    send: Callable, autumn: Autumn, colleague: User
) -> None:
    """Not who uploaded it: somebody else may have said yes."""
    first, second = send(A1=20), send(A1=20)
    ImportBatch.objects.update(digest=first.digest)
    confirm_import(batch=first, by=colleague)
    work()

    told = imported(fresh(second), autumn)

    assert (told.state, values()) == (ImportState.UNDERSTOOD, {"A1": 2000})
    assert texts(told, "note") == ["The same file was imported 2026-11-16 10:00 by Kim Alm."]
    assert texts(told, "warning") == [
        "Since the preview, other results have come in. It said 1 new, 0 changed and 0 unchanged; now it would be "
        "0 new, 0 changed and 1 unchanged. Look at what would change now, and confirm again."
    ]


def test_yes_is_refused_while_the_other_one_is_at_it(send: Callable, autumn: Autumn, colleague: User) -> None:
    first, second = send(A1=20), send(A1=20)
    ImportBatch.objects.update(digest=first.digest)
    confirm_import(batch=first, by=colleague)

    with pytest.raises(ImportRefused, match="is being imported by Kim Alm since 10:00"):
        confirm_import(batch=fresh(second), by=autumn.coordinator)

    assert fresh(second).state == ImportState.UNDERSTOOD


def test_work_that_has_stopped_does_not_stand_in_the_way(
    send: Callable, autumn: Autumn, colleague: User
) -> None:
    first, second = send(A1=20), send(A1=20)
    ImportBatch.objects.update(digest=first.digest)
    confirm_import(batch=first, by=colleague)
    Job.objects.filter(pk=fresh(first).job_id).update(state=JobState.FAILED)

    assert imported(fresh(second), autumn).state == ImportState.IMPORTED


@pytest.mark.slow
def test_preview_says_that_the_file_is_being_imported(
    browser: Browser, autumn: Autumn, colleague: User, sign_in: Callable[[User], Client]
) -> None:
    content = upload_of(*autumn.rows(A1=20)).read()

    def send_from(person: User) -> Browser:
        other = Browser(sign_in(person))
        other.send(upload_with(content))
        return other

    theirs, mine = send_from(colleague), send_from(autumn.coordinator)
    theirs.press("import-confirm")

    assert "The same file is being imported by Kim Alm since 10:00. Wait until it is done" in mine.page()


def upload_with(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("resultat.xlsx", content)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite in memory has one connection, so nothing is concurrent"
)
def test_both_confirm_in_the_same_second(autumn: Autumn, solviken: Place) -> None:
    with municipality_scope(solviken.municipality):
        colleague = PersonFactory(name="Kim Alm", role=RoleCode.COORDINATOR, unit=solviken.root)
        content = upload_of(*autumn.rows(A1=20, B2=30)).read()
        people = [autumn.coordinator, colleague]
        batches = [upload_file(upload=upload_with(content), by=person) for person in people]
        work()
    both_ready = Barrier(2, timeout=30)
    failures: list[BaseException] = []
    refusals: list[str] = []

    def confirm_and_work(batch: ImportBatch, person: User) -> None:
        try:
            with municipality_scope(solviken.municipality), translation.override("en"):
                batch = fresh(batch)
                both_ready.wait()
                try:
                    confirm_import(batch=batch, by=person)
                except ImportRefused as refusal:
                    refusals.append(str(refusal))
                    both_ready.abort()
                    return
                job = fresh(batch).job
                assert job is not None
                # The other one has been refused: then there is nobody to wait for.
                with suppress(BrokenBarrierError):
                    both_ready.wait(timeout=5)
                TASKS[job.task](job.municipality_id, job.pk)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [Thread(target=confirm_and_work, args=pair) for pair in zip(batches, people, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert failures == []
    with municipality_scope(solviken.municipality):
        states = sorted(fresh(batch).state for batch in batches)
        assert states == [ImportState.IMPORTED, ImportState.UNDERSTOOD]
        assert (values(), SupersededResult.objects.count()) == ({"A1": 2000, "B2": 3000}, 0)
        winner = ImportBatch.objects.get(state=ImportState.IMPORTED)
        loser = ImportBatch.objects.get(state=ImportState.UNDERSTOOD)
        assert set(Result.objects.values_list("batch_id", flat=True)) == {winner.pk}
        confirmed_by = people[batches.index(winner)]
        # Told when the work began, or, who was slower by a blink, at the confirmation.
        (told,) = [*texts(loser, "note"), *refusals]
        assert told.startswith("The same file ")
        assert confirmed_by.name in told
