"""What happens to an import when the file, the program or the machine fails, and what can be tried again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import translation

from accounts.background import language_of, progress_of, queue_job, report_within_transaction
from accounts.models import Job, JobState, User
from colourmaps import uploads
from colourmaps.importing import jobs
from colourmaps.importing.lifecycle import (
    ImportRefused,
    confirm_import,
    correct_mapping,
    has_stopped,
    is_at_work,
    propose_afresh,
    retry_import,
    upload_file,
)
from colourmaps.importing.mapping import MappedColumn, Mapping, MappingError, Meaning
from colourmaps.importing.mapping_file import mapping_from_json
from colourmaps.models import ImportBatch, ImportState, SavedMapping
from tests.factories.accounts import PersonFactory
from tests.factories.imports import (
    Autumn,
    Browser,
    fresh,
    imported,
    upload_of,
    values,
    work,
)
from tests.fixtures import Place

DAMAGED = b"PK\x03\x04 this was a workbook once"
NOTHING_CHANGED = "Something went wrong on our side. Nothing was changed."


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("trasig.xlsx", DAMAGED, "The file is damaged."),
        ("bild.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(200), "The file is a picture."),
        (
            "brev.csv",
            b"Bara en rad\n",
            "The file is neither a spreadsheet nor a table in text form.",
        ),
    ],
)
def test_unreadable_file_ends_with_its_sentence(
    autumn: Autumn, in_solviken: Place, name: str, content: bytes, sentence: str
) -> None:
    batch = upload_file(upload=SimpleUploadedFile(name, content), by=autumn.coordinator)

    [job] = work()

    stored = fresh(batch)
    assert (stored.state, job.state, stored.failure) == (ImportState.UNREADABLE, JobState.FAILED, job.failure)
    assert job.failure.startswith(sentence)
    assert (is_at_work(stored), has_stopped(stored)) == (False, False)


def test_breakdown_while_reading_leaves_the_import_to_be_tried_again(
    autumn: Autumn, in_solviken: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)
    with monkeypatch.context() as broken:
        broken.setattr(jobs, "read_workbook", breaks)
        [job] = work()
    assert (job.state, job.failure) == (JobState.FAILED, NOTHING_CHANGED)
    assert (fresh(batch).state, has_stopped(fresh(batch))) == (ImportState.UPLOADED, True)

    retry_import(batch=fresh(batch), by=autumn.coordinator)
    [again] = work()

    assert (again.state, fresh(batch).state) == (JobState.DONE, ImportState.UNDERSTOOD)


def test_breakdown_while_writing_takes_everything_back_and_can_be_tried_again(
    send: Callable, autumn: Autumn, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = send(A1=20)
    confirm_import(batch=batch, by=autumn.coordinator)
    with monkeypatch.context() as broken:
        broken.setattr(jobs, "save_mapping", breaks)  # after the results are written
        work()
    assert (fresh(batch).state, values(), SavedMapping.objects.count()) == (ImportState.CONFIRMED, {}, 0)

    retry_import(batch=fresh(batch), by=autumn.coordinator)
    work()

    assert (fresh(batch).state, values()) == (ImportState.IMPORTED, {"A1": 2000})


def breaks(*_arguments: Any, **_named: Any) -> None:
    raise RuntimeError("secret inner life")


def test_only_what_has_stopped_is_tried_again_and_only_once(
    autumn: Autumn, in_solviken: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)
    with pytest.raises(ImportRefused):
        retry_import(batch=fresh(batch), by=autumn.coordinator)
    monkeypatch.setattr(jobs, "read_workbook", breaks)
    work()
    first, second = fresh(batch), fresh(batch)

    retry_import(batch=first, by=autumn.coordinator)
    with pytest.raises(ImportRefused):
        retry_import(batch=second, by=autumn.coordinator)

    assert Job.objects.filter(state=JobState.WAITING).count() == 1


def test_file_that_is_gone_at_the_confirmation_fails_in_words(send: Callable, autumn: Autumn) -> None:
    batch = send(A1=20)
    uploads.path_of(batch.stored_as).unlink()

    stored = imported(batch, autumn)

    assert (stored.state, stored.failure) == (
        ImportState.FAILED,
        "The file is no longer kept here. Upload it again.",
    )
    assert values() == {}


def test_sentences_are_in_the_language_of_the_page_that_asked(
    autumn: Autumn, in_solviken: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken: list[str | None] = []
    monkeypatch.setattr(jobs, "read_workbook", lambda path: spoken.append(translation.get_language()))
    for language in ("da", "nb"):
        with translation.override(language):
            upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)

    work()

    assert spoken == ["da", "nb"]


def test_job_without_a_page_speaks_the_person_s_language_or_the_municipality_s(in_solviken: Place) -> None:
    dane, anybody = PersonFactory(language="da"), PersonFactory(language="")

    assert language_of(queue_job("a task", by=dane)) == "da"
    assert language_of(queue_job("a task", by=anybody)) == "sv"
    assert language_of(queue_job("a task", by=None)) == "sv"


def test_progress_is_seen_before_the_transaction_of_the_job_ends(send: Callable) -> None:
    send(A1=20)
    job = Job.objects.latest("pk")

    with transaction.atomic():
        report_within_transaction(job, "writing", 0, 68)
        transaction.set_rollback(True)

    assert progress_of(Job.objects.get(pk=job.pk)) == ("writing", 0, 68, 0)
    assert Job.objects.get(pk=job.pk).phase != "writing"


NOT_KNOWN = "The file cannot be read as its columns were last explained: the indicator “GONE” is not known."


def corrected_to_nothing(batch: ImportBatch, by: User) -> None:
    """A correction that names an indicator which somebody has taken away meanwhile."""
    columns = [
        {"header": "Elevnummer", "means": Meaning.PUPIL_ID.value},
        {"header": "Läsförståelse", "means": "indicator", "indicator": "GONE"},
    ]
    mapping = mapping_from_json(batch.mapping | {"columns": columns})
    correct_mapping(batch=batch, mapping=mapping, adds_pupils=False, by=by)
    work()


def test_correction_that_cannot_be_read_goes_back_to_the_preview_with_its_sentence(
    send: Callable, autumn: Autumn
) -> None:
    batch = send(A1=20)
    understood = batch.understood
    batch.decisions |= {"pupils": {"a row": "leave"}}
    batch.save()

    corrected_to_nothing(batch, autumn.coordinator)

    stored = fresh(batch)
    assert (stored.state, stored.understood) == (ImportState.UNDERSTOOD, understood)
    assert stored.decisions["pupils"] == {"a row": "leave"}
    assert (stored.job.state, stored.job.failure) == (JobState.FAILED, NOT_KNOWN)
    (message,) = stored.messages.all()
    assert (message.level, message.text) == (
        "error",
        f"{NOT_KNOWN} Correct below how the file is read, or choose another file.",
    )
    with pytest.raises(ImportRefused, match="cannot be imported as it is"):
        confirm_import(batch=stored, by=autumn.coordinator)


@pytest.mark.slow
def test_correction_that_cannot_be_read_is_corrected_in_the_page(browser: Browser, autumn: Autumn) -> None:
    batch = browser.send(upload_of(*autumn.rows(A1=20)))
    choice = browser.client.get(browser.address("import")).context["form"]["column_2"].value()
    corrected_to_nothing(batch, autumn.coordinator)
    assert NOT_KNOWN in browser.page()

    browser.read_again(column_2=choice)

    assert NOT_KNOWN not in browser.page()
    assert "Imported: 1 result for 1 pupil." in browser.confirm()


@pytest.mark.slow
def test_proposal_that_cannot_be_made_leaves_a_page_to_correct_it(
    browser: Browser, autumn: Autumn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> Mapping:
        raise MappingError("no two columns may be the same")

    batch = browser.send(upload_of(*autumn.rows(A1=20)))
    monkeypatch.setattr(jobs, "find_mapping", breaks)
    propose_afresh(batch=batch, by=autumn.coordinator)
    work()

    assert "no two columns may be the same" in browser.page()
    assert browser.batch.state == ImportState.UNDERSTOOD


def test_file_that_was_never_understood_is_unreadable(autumn: Autumn, in_solviken: Place) -> None:
    mapping = Mapping(
        (
            MappedColumn("Elevnummer", Meaning.PUPIL_ID),
            MappedColumn("Läs", Meaning.INDICATOR, indicator="GONE"),
        )
    )
    batch = upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator, mapping=mapping)
    work()

    assert (fresh(batch).state, fresh(batch).failure) == (ImportState.UNREADABLE, NOT_KNOWN)
