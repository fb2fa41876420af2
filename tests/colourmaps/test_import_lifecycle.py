"""An import from the upload to the receipt: what each step changes, and what it refuses."""

from __future__ import annotations

import datetime
import io
import json
import os
import stat
import zipfile
from collections.abc import Callable

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import AuditEvent, Job, Unit
from accounts.roles import RoleCode
from colourmaps import uploads
from colourmaps.importing import kept
from colourmaps.importing.lifecycle import (
    ImportRefused,
    confirm_import,
    correct_mapping,
    is_at_work,
    upload_file,
)
from colourmaps.importing.mapping_file import mapping_from_json
from colourmaps.importing.messages import Level, Message, define
from colourmaps.models import ImportState, Result
from pupils.models import Pupil
from tests.factories.accounts import PersonFactory
from tests.factories.colourmaps import RoundFactory
from tests.factories.imports import (
    DUTCH_SCHOOLS,
    EXAMPLES,
    HEADER,
    SOLVIKSSKOLAN,
    Autumn,
    fresh,
    imported,
    texts,
    upload_of,
    upload_of_file,
    values,
    work,
    workbook_bytes,
)
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place
from tests.walls import everywhere

NOTED = define("test.noted", Level.NOTE, "a note")  # type: ignore[arg-type]
WRONG = define("test.wrong", Level.ERROR, "an error")  # type: ignore[arg-type]


def rows_per_table() -> dict[str, int]:
    with everywhere():
        return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def test_upload_keeps_the_file_and_asks_for_the_reading(autumn: Autumn, in_solviken: Place) -> None:
    upload = upload_of(*autumn.rows(A1=20))

    batch = upload_file(upload=upload, by=autumn.coordinator)

    stored = fresh(batch)
    assert (stored.file_name, stored.state, stored.by) == ("resultat.xlsx", "uploaded", autumn.coordinator)
    assert uploads.path_of(stored.stored_as).stat().st_size == stored.n_bytes == upload.size
    assert stored.job is not None
    assert stored.job.task == "colourmaps.tasks.read_import"
    assert stored.job.arguments == {"batch": batch.pk, "language": "en"}
    assert AuditEvent.objects.get(action="import uploaded").subject == batch.key
    assert is_at_work(stored)


@pytest.mark.slow
def test_reading_changes_no_row_but_of_the_import_itself(
    example_indicators: None, autumn: Autumn, in_solviken: Place
) -> None:
    """The dry run does everything, new pupils included, and takes it back."""
    batch = upload_file(upload=upload_of_file(SOLVIKSSKOLAN), by=autumn.coordinator)
    batch.adds_pupils = True
    batch.save()
    before = rows_per_table()

    work()

    after = rows_per_table()
    changed = {label for label in before if before[label] != after[label]}
    assert changed == {"colourmaps.ImportMessage"}
    assert fresh(batch).counts["new_pupils"] == 67


def test_reading_says_what_would_happen(send: Callable) -> None:
    batch = send(A1=20, B2="frånv.", C3=41, D4=12)

    assert batch.state == ImportState.UNDERSTOOD
    assert {
        name: batch.counts[name] for name in ("rows", "refused", "left_out", "new", "unknown_pupils")
    } == {
        "rows": 4,
        "refused": 2,
        "left_out": 2,
        "new": 2,
        "unknown_pupils": 1,
    }
    assert batch.counts["messages"] == {"note": 0, "warning": 0, "error": 2}
    assert texts(batch, "error") == [
        "41 is outside the scale 0–40. Correct the cell.",
        "No pupil “D4” is in the register. Correct the row, or let the import add new pupils.",
    ]
    assert values() == {}


def test_reading_describes_the_columns_with_the_reason_for_each(send: Callable) -> None:
    [sheet] = send(A1=20, B2=30).understood

    assert (sheet["name"], sheet["is_read"], sheet["n_rows"]) == ("Resultat", True, 2)
    reading = sheet["columns"][2]
    assert (reading["letters"], reading["header"], reading["examples"]) == (
        "C",
        "Läsförståelse",
        ["20", "30"],
    )
    assert (reading["meaning"], reading["indicator"], reading["confidence"]) == ("indicator", "LAS", 0.97)
    assert reading["reason"] == "The header is the name of “Läsförståelse”."


def test_confirmed_import_is_what_the_preview_said(
    send: Callable, autumn: Autumn, in_solviken: Place
) -> None:
    preview = send(A1=20, B2=30, C3=41)

    batch = imported(preview, autumn)

    assert values() == {"A1": 2000, "B2": 3000}
    assert (batch.state, batch.imported_at) == (ImportState.IMPORTED, timezone.now())
    assert batch.counts == preview.counts | {"classes": [in_solviken.class_4a.pk]}
    assert set(Result.objects.values_list("batch_id", flat=True)) == {batch.pk}
    assert AuditEvent.objects.get(action="import applied").subject == batch.key


def test_results_are_recorded_by_whoever_confirmed(
    send: Callable, autumn: Autumn, in_solviken: Place
) -> None:
    colleague = PersonFactory(name="Kim", role=RoleCode.COORDINATOR, unit=in_solviken.root)
    batch = send(A1=20)

    confirm_import(batch=batch, by=colleague)
    work()

    assert Result.objects.get().by == colleague


def test_examples_are_forgotten_when_the_file_is_imported(send: Callable, autumn: Autumn) -> None:
    batch = imported(send(A1=20), autumn)

    [sheet] = batch.understood
    assert [column["header"] for column in sheet["columns"]] == HEADER
    assert [column["examples"] for column in sheet["columns"]] == [[], [], []]


def test_same_file_again_says_so_and_changes_nothing(send: Callable, autumn: Autumn) -> None:
    first = imported(send(A1=20, B2=30), autumn)
    content = uploads.path_of(first.stored_as).read_bytes()
    before = rows_per_table()

    again = upload_file(upload=SimpleUploadedFile("samma.xlsx", content), by=autumn.coordinator)
    work()

    assert texts(again, "note") == [
        f"The same file was imported 2026-11-16 10:00 by {autumn.coordinator.name}."
    ]
    counts = imported(fresh(again), autumn).counts
    assert (counts["new"], counts["changed"], counts["unchanged"], counts["classes"]) == (0, 0, 2, [])
    changed = {label for label, n in rows_per_table().items() if n != before[label]}
    assert changed <= {
        "accounts.AuditEvent",
        "accounts.Job",
        "colourmaps.ImportBatch",
        "colourmaps.ImportMessage",
    }


@pytest.mark.slow
def test_school_file_with_its_pupils_goes_through(
    example_indicators: None, autumn: Autumn, in_solviken: Place
) -> None:
    batch = upload_file(upload=upload_of_file(SOLVIKSSKOLAN), by=autumn.coordinator)
    work()
    first = fresh(batch)
    assert (first.counts["rows"], first.counts["unknown_pupils"], first.counts["new"]) == (68, 68, 0)
    assert [sheet["is_read"] for sheet in first.understood] == [True, True, True, False]

    correct_mapping(
        batch=first, mapping=mapping_from_json(first.mapping), adds_pupils=True, by=autumn.coordinator
    )
    work()
    counts = imported(fresh(batch), autumn).counts

    assert (counts["new_pupils"], counts["new_classes"], counts["new"], counts["refused"]) == (67, 1, 463, 1)
    assert Result.objects.count() == 463
    touched = Unit.objects.filter(pk__in=counts["classes"]).order_by("name")
    assert [unit.name for unit in touched] == ["4A", "4B", "5A"]


@pytest.mark.slow
def test_file_of_two_rounds_and_many_schools_goes_through(autumn: Autumn, in_solviken: Place) -> None:
    batch = upload_file(upload=upload_of_file(DUTCH_SCHOOLS), by=autumn.coordinator)
    mapping = json.loads((EXAMPLES / "dutch_schools_pre_post.mapping.json").read_text())
    batch.mapping, batch.adds_pupils = mapping, True
    batch.save()
    work()

    counts = imported(fresh(batch), autumn).counts

    assert (counts["rows"], counts["refused"], counts["new_pupils"], counts["new_schools"]) == (
        2287,
        0,
        2287,
        131,
    )
    assert Result.objects.count() == counts["new"] > 9000
    assert Pupil.objects.count() == 2287 + 3


def test_second_yes_finds_nothing_to_do(send: Callable, autumn: Autumn) -> None:
    batch = send(A1=20)
    stale = fresh(batch)
    confirm_import(batch=batch, by=autumn.coordinator)

    with pytest.raises(ImportRefused) as refusal:
        confirm_import(batch=stale, by=autumn.coordinator)

    assert str(refusal.value) == "This import has already moved on. The page now shows where it stands."
    assert Job.objects.filter(task="colourmaps.tasks.apply_import").count() == 1
    work()
    work()
    assert values() == {"A1": 2000}


def test_yes_to_a_preview_that_has_changed_is_refused(send: Callable, autumn: Autumn) -> None:
    batch = send(A1=20)
    seen = fresh(batch).job.key
    choose = mapping_from_json(batch.mapping)
    correct_mapping(batch=batch, mapping=choose, adds_pupils=True, by=autumn.coordinator, preview=seen)
    work()

    with pytest.raises(ImportRefused, match="has been read again since you looked"):
        confirm_import(batch=fresh(batch), by=autumn.coordinator, preview=seen)

    assert fresh(batch).state == ImportState.UNDERSTOOD


def test_yes_to_a_file_that_cannot_be_imported_is_refused(autumn: Autumn, in_solviken: Place) -> None:
    batch = upload_file(upload=upload_of(*autumn.rows(title="", A1=20)), by=autumn.coordinator)
    work()
    assert texts(batch, "error") == [
        "The file does not say which measurement round the results are from. Choose the round."
    ]

    with pytest.raises(ImportRefused, match="cannot be imported as it is"):
        confirm_import(batch=fresh(batch), by=autumn.coordinator)

    assert fresh(batch).state == ImportState.UNDERSTOOD


def test_correction_is_refused_when_the_import_has_moved_on(send: Callable, autumn: Autumn) -> None:
    batch = send(A1=20)
    mapping = mapping_from_json(batch.mapping)
    confirm_import(batch=batch, by=autumn.coordinator)

    with pytest.raises(ImportRefused):
        correct_mapping(batch=fresh(batch), mapping=mapping, adds_pupils=True, by=autumn.coordinator)

    assert (fresh(batch).state, fresh(batch).adds_pupils) == (ImportState.CONFIRMED, False)


def test_round_that_was_closed_meanwhile_sends_the_import_back_to_the_preview(
    send: Callable, autumn: Autumn
) -> None:
    batch = send(A1=20)
    autumn.round.closed_at = timezone.now()
    autumn.round.save()

    stored = imported(batch, autumn)

    assert (stored.state, values()) == (ImportState.UNDERSTOOD, {})
    assert texts(stored, "error") == ["The measurement round HT 2026 is closed and takes no more results."]


def test_mapping_is_remembered_for_the_next_file_of_the_kind(
    send: Callable, autumn: Autumn, in_solviken: Place
) -> None:
    imported(send(A1=20), autumn)

    batch = upload_file(upload=upload_of(*autumn.rows(title="", B2=30)), by=autumn.coordinator)
    work()

    mapping = mapping_from_json(fresh(batch).mapping)
    assert (mapping.round, fresh(batch).counts["new"]) == ("HT 2026", 1)


def test_remembered_round_is_not_taken_when_it_is_over(
    send: Callable, autumn: Autumn, in_solviken: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a file of the spring that names no round would be taken for corrections of the autumn."""
    imported(send(A1=20), autumn)
    RoundFactory(name="VT 2027", starts_on=datetime.date(2027, 1, 11))
    spring = timezone.now() + datetime.timedelta(days=70)
    monkeypatch.setattr(timezone, "now", lambda: spring)

    batch = upload_file(upload=upload_of(*autumn.rows(title="", A1=30)), by=autumn.coordinator)
    work()

    assert mapping_from_json(fresh(batch).mapping).round == ""
    assert fresh(batch).counts["has_failed"]


def test_message_is_kept_with_its_place_and_what_it_is_about(send: Callable) -> None:
    batch = send(C3=41)

    [stored] = batch.messages.filter(level="error")
    assert (stored.sheet, stored.row, stored.column, stored.value) == ("Resultat", 3, "C", "41")
    assert stored.text == "41 is outside the scale 0–40. Correct the cell."


def test_every_refused_row_is_known_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_MESSAGES", 3)
    notes = [Message(NOTED, "4A", row) for row in range(2, 9)]
    errors = [Message(WRONG, "4A", row, column) for row in range(2, 7) for column in "CD"]
    whole = Message(WRONG, "4A")

    messages = kept.worth_keeping([*notes, *errors, whole])

    assert messages[0] == whole
    assert messages[1:3] == errors[:2]
    assert messages[3:] == [Message(WRONG, "4A", row, "C") for row in range(3, 7)]


def test_yes_is_asked_for_again_when_other_results_have_come_in(
    send: Callable, autumn: Autumn, later: Callable[[], None]
) -> None:
    """Of two changes of the same value that were both previewed, the second is not what was agreed to."""
    imported(send(A1=20), autumn)
    first, second = send(A1=22), send(A1=24)
    later()
    imported(second, autumn)

    asked_again = imported(first, autumn)

    assert (asked_again.state, values()) == (ImportState.UNDERSTOOD, {"A1": 2400})
    assert texts(asked_again, "warning") == [
        "Since the preview, other results have come in. It said 0 new, 1 changed and 0 unchanged; now it would be "
        "0 new, 1 changed and 0 unchanged. Look at what would change now, and confirm again."
    ]
    assert asked_again.understood[0]["columns"][2]["examples"] == ["22"]
    later()
    assert imported(asked_again, autumn).state == ImportState.IMPORTED
    assert values() == {"A1": 2200}


def test_yes_is_asked_for_again_when_the_counts_are_others(send: Callable, autumn: Autumn) -> None:
    """Results that have gone since leave no newer ones behind."""
    imported(send(A1=20, B2=30), autumn)
    batch = send(A1=22, B2=30)
    Result.objects.filter(pupil=autumn.bo).delete()

    asked_again = imported(batch, autumn)

    assert (asked_again.state, values()) == (ImportState.UNDERSTOOD, {"A1": 2000})
    assert [asked_again.counts[name] for name in ("new", "changed", "unchanged")] == [1, 1, 0]


def test_yes_is_asked_for_again_when_the_rows_are_about_others(autumn: Autumn, in_solviken: Place) -> None:
    """A namesake has come into the class, and who was meant has left it: just as many results, for somebody else."""
    rows = [["Mättillfälle: HT 2026"], ["Namn", "Klass", "Läsförståelse"], ["Ada Ek", "4A", 20]]
    batch = upload_file(upload=upload_of(*rows), by=autumn.coordinator)
    work()
    Pupil.objects.filter(pk=autumn.ada.pk).update(search_name="")
    namesake = PupilFactory(given_name="Ada", family_name="Ek", school_class=in_solviken.class_4a)

    asked_again = imported(fresh(batch), autumn)

    assert (asked_again.state, Result.objects.count()) == (ImportState.UNDERSTOOD, 0)
    assert texts(asked_again, "warning") == [
        "The file has been read again since you looked. Check the new preview first."
    ]
    assert imported(asked_again, autumn).state == ImportState.IMPORTED
    assert Result.objects.get().pupil_id == namesake.pk


def test_results_of_other_classes_do_not_disturb(
    send: Callable, autumn: Autumn, in_solviken: Place, later: Callable[[], None]
) -> None:
    elsewhere = PupilFactory(own_id="D4", school_class=in_solviken.class_5a)
    batch, other = send(A1=20), send(D4=30)
    later()
    imported(other, autumn)

    assert imported(batch, autumn).state == ImportState.IMPORTED
    assert Result.objects.get(pupil=elsewhere).value == 3000


def test_upload_is_for_us_alone(autumn: Autumn, in_solviken: Place) -> None:
    usual = os.umask(0)
    try:
        batch = upload_file(upload=upload_of(*autumn.rows(A1=20)), by=autumn.coordinator)
    finally:
        os.umask(usual)

    assert stat.S_IMODE(uploads.path_of(batch.stored_as).stat().st_mode) == 0o600


@pytest.mark.slow
def test_cell_of_millions_of_digits_is_a_refused_cell(autumn: Autumn, in_solviken: Place) -> None:
    content = workbook_bytes({"Resultat": autumn.rows(A1=20, B2="TO FILL")})
    source = zipfile.ZipFile(io.BytesIO(content))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        for name in source.namelist():
            copy.writestr(name, source.read(name).replace(b"TO FILL", b"9" * 5_000_000))

    batch = upload_file(upload=SimpleUploadedFile("resultat.xlsx", target.getvalue()), by=autumn.coordinator)
    work()

    [stored] = fresh(batch).messages.filter(level="error")
    assert (fresh(batch).state, stored.row, stored.value) == (ImportState.UNDERSTOOD, 4, "9" * 199 + "…")
    assert len(str(fresh(batch).understood)) < 5_000
