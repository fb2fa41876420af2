"""Long work that somebody wants to end: before a worker has begun, and in the middle of the transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from accounts.background import JobCancelled, ask_to_cancel, claim, report_within_transaction
from accounts.models import AuditEvent, Job, JobState
from colourmaps.importing import jobs
from colourmaps.importing.lifecycle import (
    ImportRefused,
    cancel_import,
    confirm_import,
    has_stopped,
    is_at_work,
    retry_import,
    undo_import,
    upload_file,
)
from colourmaps.models import ImportBatch, ImportState, Result, SupersededResult
from tests.factories.accounts import PersonFactory
from tests.factories.colourmaps import ImportBatchFactory
from tests.factories.imports import Autumn, Browser, fresh, imported, upload_of, values, work
from tests.fixtures import Place


def cancel_at(monkeypatch: pytest.MonkeyPatch, phase: str, batch: ImportBatch, autumn: Autumn) -> None:
    """Somebody presses the button when the work is in the phase; it is noticed at the report after that."""
    told: list[str] = []

    def pressed(job: Job, now: str, *counts: Any) -> None:
        if now == phase and phase not in told:
            told.append(phase)
            cancel_import(batch=fresh(batch), by=autumn.coordinator)
        report_within_transaction(job, now, *counts)

    monkeypatch.setattr(jobs, "report_within_transaction", pressed)


def test_waiting_reading_is_cancelled_at_once_and_can_be_asked_for_again(
    autumn: Autumn, in_solviken: Place
) -> None:
    batch = upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)

    cancel_import(batch=batch, by=autumn.coordinator)

    stored = fresh(batch)
    assert (stored.state, stored.job.state) == (ImportState.CANCELLED, JobState.CANCELLED)
    assert (is_at_work(stored), has_stopped(stored), work()) == (False, False, [])
    event = AuditEvent.objects.get(action="import cancelled")
    assert (event.actor_id, event.facts) == (autumn.coordinator.pk, {"state": "cancelled"})
    retry_import(batch=stored, by=autumn.coordinator)
    work()
    assert fresh(batch).state == ImportState.UNDERSTOOD


def test_cancelled_job_is_not_claimed_any_more(autumn: Autumn, in_solviken: Place) -> None:
    batch = upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)
    cancel_import(batch=batch, by=autumn.coordinator)
    assert batch.job is not None

    assert claim(batch.job.pk) is None


@pytest.mark.parametrize("phase", ["extracting", "matching", "checking", "writing"])
def test_running_reading_stops_and_changes_nothing(
    autumn: Autumn, in_solviken: Place, monkeypatch: pytest.MonkeyPatch, phase: str
) -> None:
    batch = upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)
    cancel_at(monkeypatch, phase, batch, autumn)

    [job] = work()

    assert (fresh(batch).state, job.state) == (ImportState.CANCELLED, JobState.CANCELLED)
    assert (values(), fresh(batch).counts, AuditEvent.objects.filter(action="import cancelled").count()) == (
        {},
        {},
        1,
    )


@pytest.mark.parametrize("phase", ["matching", "writing"])
def test_running_import_goes_back_to_the_preview_that_was_confirmed(
    send: Callable, autumn: Autumn, monkeypatch: pytest.MonkeyPatch, phase: str
) -> None:
    batch = send(A1=20)
    confirm_import(batch=batch, by=autumn.coordinator)
    with monkeypatch.context() as pressing:
        cancel_at(pressing, phase, batch, autumn)
        work()

    stored = fresh(batch)
    assert (stored.state, values(), SupersededResult.objects.count()) == (ImportState.UNDERSTOOD, {}, 0)
    assert stored.job.state == JobState.CANCELLED
    assert imported(stored, autumn).state == ImportState.IMPORTED
    assert values() == {"A1": 2000}


def test_running_undoing_leaves_the_import_as_it_is(
    send: Callable, autumn: Autumn, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = imported(send(A1=20), autumn)
    undo_import(batch=batch, by=autumn.coordinator)
    assert batch.job is not None
    ask_to_cancel(batch.job, by=autumn.coordinator)

    work()

    assert (fresh(batch).state, values()) == (ImportState.IMPORTED, {"A1": 2000})


def test_cancelling_running_work_writes_nothing(autumn: Autumn, in_solviken: Place) -> None:
    """The rows, and on SQLite the database, may be locked by the very work that is to end."""
    batch = upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)
    assert batch.job is not None
    claim(batch.job.pk)
    before = AuditEvent.objects.count(), list(Job.objects.values()), list(ImportBatch.objects.values())

    cancel_import(batch=fresh(batch), by=autumn.coordinator)

    after = AuditEvent.objects.count(), list(Job.objects.values()), list(ImportBatch.objects.values())
    assert after == before


def test_question_is_for_one_job_alone(autumn: Autumn, in_solviken: Place) -> None:
    first = upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)
    second = upload_file(upload=upload_of(*autumn.rows(A1=21)), by=autumn.coordinator)
    assert first.job is not None
    assert second.job is not None
    ask_to_cancel(first.job, by=autumn.coordinator)

    report_within_transaction(second.job, "reading")
    with pytest.raises(JobCancelled):
        report_within_transaction(first.job, "reading")


def test_nothing_to_cancel_is_said(send: Callable, autumn: Autumn) -> None:
    with pytest.raises(ImportRefused):
        cancel_import(batch=send(A1=20), by=autumn.coordinator)


def test_without_a_cache_running_work_cannot_be_reached_and_says_so(
    autumn: Autumn, in_solviken: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)
    assert batch.job is not None
    claim(batch.job.pk)

    def breaks(*_arguments: Any, **_named: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "set", breaks)
    with pytest.raises(ImportRefused, match="cannot be reached just now"):
        cancel_import(batch=fresh(batch), by=PersonFactory())


@pytest.mark.slow
def test_page_has_the_button_and_says_what_became_of_it(browser: Browser, autumn: Autumn) -> None:
    batch = upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)
    browser.key = batch.key
    assert "Cancel The file is kept, and can be read again." in browser.page()

    page = browser.press("import-cancel")

    assert "The import was cancelled No result has been changed." in page
    assert "Waiting for its turn" in browser.press("import-retry")
    work()
    assert "Import 1 result for 1 pupil" in browser.page()


@pytest.mark.slow
@pytest.mark.parametrize("is_running", [False, True])
def test_preview_says_that_the_import_was_cancelled(
    browser: Browser, autumn: Autumn, monkeypatch: pytest.MonkeyPatch, is_running: bool
) -> None:
    sentence = "The import was cancelled. Nothing has been changed."
    batch = browser.send(upload_of(*autumn.rows(A1=20)))
    assert sentence not in browser.page()
    browser.press("import-confirm")

    if is_running:
        with monkeypatch.context() as pressing:
            cancel_at(pressing, "writing", batch, autumn)
            work()
    else:
        browser.press("import-cancel")

    assert sentence in browser.page()
    assert sentence not in browser.confirm()
    assert values() == {"A1": 2000}


@pytest.mark.slow
def test_page_says_that_running_work_is_stopping(browser: Browser, autumn: Autumn) -> None:
    batch = upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)
    browser.key = batch.key
    assert batch.job is not None
    claim(batch.job.pk)

    assert "Stopping" in browser.press("import-cancel")


def test_cancelling_what_has_ended_is_refused_in_words(browser: Browser) -> None:
    browser.key = ImportBatchFactory(state=ImportState.UNREADABLE).key

    assert "This import has already moved on." in browser.press("import-cancel")
    assert not Result.objects.exists()
