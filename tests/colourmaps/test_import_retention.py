"""The uploaded file: who may have it, how long it is kept, and what goes with it."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Municipality
from accounts.tenancy import municipality_scope
from colourmaps import uploads
from colourmaps.importing.lifecycle import ImportRefused, confirm_import, retry_import, upload_file
from colourmaps.importing.retention import remove_old_files
from colourmaps.models import ImportBatch, ImportState, Result
from colourmaps.tasks import remove_old_files_nightly
from tests.factories.imports import Autumn, Browser, fresh, imported, shown, upload_of, work
from tests.fixtures import Place


def make_older(batch: ImportBatch, days: int) -> None:
    uploaded_at = timezone.now() - datetime.timedelta(days=days)
    ImportBatch.objects.filter(pk=batch.pk).update(uploaded_at=uploaded_at)


def files_in(place: Place, upload_root: Path) -> set[str]:
    return {path.name for path in (upload_root / str(place.municipality.pk)).glob("*")}


def test_file_goes_when_its_days_are_over_and_what_was_imported_stays(
    send: Callable, autumn: Autumn, in_solviken: Place, upload_root: Path
) -> None:
    batch = imported(send(A1=20, B2=41), autumn)
    assert files_in(in_solviken, upload_root) == {batch.stored_as, f"{batch.stored_as}.xlsx"}
    make_older(batch, 91)
    assert remove_old_files() == 0
    make_older(batch, 92)

    assert remove_old_files() == 1

    stored = fresh(batch)
    assert files_in(in_solviken, upload_root) == set()
    assert (stored.state, stored.file_removed_at) == (ImportState.IMPORTED, timezone.now())
    assert (stored.messages.count(), stored.counts["messages"]["error"]) == (0, 1)
    assert Result.objects.count() == 1
    assert AuditEvent.objects.get(action="import file removed").subject == batch.key
    assert remove_old_files() == 0


def test_days_are_the_municipality_s_own(send: Callable, in_solviken: Place) -> None:
    batch = send(A1=20)
    make_older(batch, 10)
    Municipality.objects.filter(pk=in_solviken.municipality.pk).update(days_files_are_kept=7)
    in_solviken.municipality.refresh_from_db()

    assert remove_old_files() == 1


def test_preview_that_nobody_confirmed_ends_and_forgets_the_cells(send: Callable, autumn: Autumn) -> None:
    batch = send(A1=20)
    make_older(batch, 92)

    remove_old_files()

    stored = fresh(batch)
    assert stored.state == ImportState.CANCELLED
    assert [column["examples"] for column in stored.understood[0]["columns"]] == [[], [], []]
    with pytest.raises(ImportRefused):
        retry_import(batch=stored, by=autumn.coordinator)


def test_questions_that_nobody_answered_are_forgotten_with_the_file(
    autumn: Autumn, in_solviken: Place
) -> None:
    rows = [["Mättillfälle: HT 2026"], ["Namn", "Klass", "Läsförståelse"], ["Ada Eks", "4A", 20]]
    batch = upload_file(upload=upload_of(*rows), by=autumn.coordinator)
    work()
    assert "Ada Eks" in str(fresh(batch).decisions)
    make_older(batch, 92)

    remove_old_files()

    assert "Ada Eks" not in str(ImportBatch.objects.filter(pk=batch.pk).values().get())


def test_file_that_a_job_is_working_on_stays(send: Callable, autumn: Autumn) -> None:
    batch = send(A1=20)
    confirm_import(batch=batch, by=autumn.coordinator)
    make_older(batch, 92)

    assert remove_old_files() == 0

    work()
    assert fresh(batch).state == ImportState.IMPORTED
    assert remove_old_files() == 1


def test_orphans_go_after_a_day(send: Callable, in_solviken: Place, upload_root: Path) -> None:
    batch = send(A1=20, B2=41)
    folder = uploads.path_of("x").parent
    for name in ("orphan", "half.abcd.part", "young"):
        (folder / name).write_bytes(b"x")
    long_ago = timezone.now().timestamp() - 25 * 3600
    for name in ("orphan", "half.abcd.part", batch.stored_as, f"{batch.stored_as}.xlsx"):
        os.utime(folder / name, (long_ago, long_ago))
    os.utime(folder / "young", (timezone.now().timestamp(),) * 2)

    remove_old_files()

    assert files_in(in_solviken, upload_root) == {batch.stored_as, f"{batch.stored_as}.xlsx", "young"}


def test_every_night_each_municipality_loses_its_own_alone(
    autumn: Autumn, solviken: Place, fjordvik: Place, upload_root: Path
) -> None:
    kept = {}
    for place in (solviken, fjordvik):
        with municipality_scope(place.municipality):
            kept[place.municipality.pk] = upload_file(
                upload=upload_of(["Elevnummer", "x"], ["A1", 1]), by=place.coordinator
            )
            work()
    with municipality_scope(solviken.municipality):
        make_older(kept[solviken.municipality.pk], 92)

    remove_old_files_nightly()

    assert files_in(solviken, upload_root) == set()
    assert len(files_in(fjordvik, upload_root)) >= 1


@pytest.mark.slow
def test_file_is_downloaded_under_its_own_name_and_never_opened(browser: Browser, autumn: Autumn) -> None:
    upload = upload_of(*autumn.rows(A1=20), name="Resultat åk 4.xlsx")
    content = upload.read()
    upload.seek(0)
    browser.send(upload)
    assert "Download the file as it was uploaded Kept here until Feb. 14, 2027." in browser.page()

    response = browser.client.get(browser.address("import-file"))

    assert response.content == content
    assert (
        response.headers["Content-Disposition"] == "attachment; filename*=utf-8''Resultat%20%C3%A5k%204.xlsx"
    )
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert AuditEvent.objects.get(action="import file downloaded").subject == browser.key


@pytest.mark.slow
def test_pages_say_that_the_file_is_gone(browser: Browser, autumn: Autumn) -> None:
    browser.send(upload_of(*autumn.rows(A1=20)))
    browser.confirm()
    make_older(browser.batch, 92)
    remove_old_files()

    assert "The file was removed on Nov. 16, 2026." in browser.page()
    assert browser.client.get(browser.address("import-file")).status_code == 404


@pytest.mark.slow
def test_page_of_an_import_that_was_never_confirmed_says_so(browser: Browser, autumn: Autumn) -> None:
    browser.send(upload_of(*autumn.rows(A1=20)))
    make_older(browser.batch, 92)
    remove_old_files()

    page = browser.page()
    assert "The import was never confirmed No result has been changed. The file was removed on" in page
    assert "Read the file again" not in page


@pytest.mark.slow
def test_list_says_how_long_files_are_kept(browser: Browser, autumn: Autumn) -> None:
    browser.send(upload_of(*autumn.rows(A1=20)))

    page = shown(browser.client.get(reverse("colourmaps:import-list")))

    assert "The files are kept for 90 days; what was imported stays." in page
