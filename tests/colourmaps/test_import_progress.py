"""How far an import is: the part of the page that asks for itself until the work has ended."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.background import claim, report, report_within_transaction
from accounts.models import AuditEvent, Job, JobState
from colourmaps.importing import lifecycle
from colourmaps.models import ImportBatch, ImportState
from tests.factories.colourmaps import ImportBatchFactory
from tests.factories.imports import Autumn, Browser, text_of, upload_of

HTMX = {"HX-Request": "true"}


def test_progress_part_is_the_one_of_the_page(browser: Browser, autumn: Autumn) -> None:
    browser.client.post(reverse("colourmaps:import-upload"), {"file": upload_of(*autumn.rows(A1=20))})
    browser.key = ImportBatch.objects.get().key

    part = browser.client.get(browser.address("import-progress"), headers=HTMX)

    markup = part.content.decode().strip()
    assert markup in browser.client.get(browser.address("import")).content.decode()
    assert f'hx-get="{browser.address("import-progress")}"' in markup
    assert text_of(markup).startswith("Waiting for its turn")
    assert "HX-Refresh" not in part.headers


@pytest.mark.parametrize(
    ("state", "phase", "n_total", "words"),
    [
        ("uploaded", "reading", 0, "Opening the file step 1 of 6"),
        ("uploaded", "checking", 68, "Checking every row 68 rows step 5 of 6"),
        ("uploaded", "writing", 68, "Trying out what would change 0 of 68 results step 6 of 6"),
        ("confirmed", "writing", 68, "Writing the results 0 of 68 results step 5 of 5"),
        ("undoing", "undoing", 0, "Taking the results back You can leave this page."),
    ],
)
def test_progress_says_phase_and_how_far(
    browser: Browser, autumn: Autumn, state: str, phase: str, n_total: int, words: str
) -> None:
    batch = lifecycle.upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)
    ImportBatch.objects.filter(pk=batch.pk).update(state=state)
    assert batch.job is not None
    job = claim(batch.job.pk)
    assert job is not None
    report(job, phase, 0, n_total)
    browser.key = batch.key

    part = browser.client.get(browser.address("import-progress"), headers=HTMX)

    assert text_of(part.content.decode()).startswith(words)


@pytest.mark.parametrize("job_state", [JobState.DONE, JobState.FAILED])
def test_progress_makes_the_page_reload_when_the_work_has_ended(
    browser: Browser, autumn: Autumn, job_state: str
) -> None:
    batch = lifecycle.upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)
    Job.objects.filter(pk=batch.job_id).update(state=job_state)
    if job_state == JobState.DONE:
        ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.UNDERSTOOD)
    browser.key = batch.key

    part = browser.client.get(browser.address("import-progress"), headers=HTMX)

    assert part.headers["HX-Refresh"] == "true"
    assert "hx-get" not in part.content.decode()


def test_progress_writes_nothing(browser: Browser, autumn: Autumn) -> None:
    """On SQLite a write would wait for the very import that it asks about."""
    batch = lifecycle.upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)
    browser.key = batch.key
    before = AuditEvent.objects.count()

    browser.client.get(browser.address("import-progress"), headers=HTMX)
    browser.client.get(browser.address("import"))

    assert AuditEvent.objects.count() == before


def test_progress_asked_for_as_a_page_leads_to_the_import(browser: Browser) -> None:
    browser.key = ImportBatchFactory().key

    response = browser.client.get(browser.address("import-progress"))

    assert response.headers["Location"] == browser.address("import")


def test_progress_says_how_many_in_a_second(
    browser: Browser, autumn: Autumn, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = lifecycle.upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.CONFIRMED)
    assert batch.job is not None
    job = claim(batch.job.pk)
    assert job is not None
    for seconds, phase, n_done in [(5, "checking", 0), (10, "writing", 0), (14, "writing", 50_000)]:
        monkeypatch.setattr("accounts.background.time.monotonic", lambda seconds=seconds: float(seconds))
        report_within_transaction(job, phase, n_done, 100_000)
    browser.key = batch.key

    part = browser.client.get(browser.address("import-progress"), headers=HTMX)

    assert text_of(part.content.decode()).startswith(
        "Writing the results 50000 of 100000 results 12500 results a second step 5 of 5"
    )


def test_progress_is_there_after_a_reload_and_without_the_cache(browser: Browser, autumn: Autumn) -> None:
    """A worker that begins anew has another attempt, and the cache may be empty: the row is what is left."""
    batch = lifecycle.upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)
    assert batch.job is not None
    job = claim(batch.job.pk)
    assert job is not None
    report(job, "understanding")
    cache.clear()
    browser.key = batch.key

    assert "Finding out what the columns are step 2 of 6" in browser.page()
