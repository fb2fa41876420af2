"""Protected pupils in imports: matched without being shown, marked by the file, and gone from what is kept."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEvent, Job
from colourmaps import uploads
from colourmaps.importing.jobs import apply_import, read_import
from colourmaps.importing.lifecycle import confirm_import, upload_file
from colourmaps.importing.protected import remove_files_that_name
from colourmaps.models import ImportBatch, ImportMessage, ImportState, Result
from pupils.models import Protection, Pupil
from pupils.protected import identity_of
from tests.factories.imports import import_rows, said
from tests.factories.pupils import PupilFactory, protect
from tests.fixtures import Place

NUMBER, FAMILY, GIVEN = "201601012394", "Zyxgömd", "Qvällrun"
SCHOOL = "Solviksskolan"
HEADER = "Personnummer Namn Klass Skola Sekretessmarkering Läs"
CANARIES = (NUMBER, NUMBER[2:], FAMILY, GIVEN)

pytestmark = pytest.mark.usefixtures("autumn")


@pytest.fixture
def pupil(in_solviken: Place) -> Pupil:
    return PupilFactory(
        given_name=GIVEN,
        family_name=FAMILY,
        own_id="",
        identity_number=NUMBER,
        school_class=in_solviken.class_4a,
    )


def row(mark: str = "", name: str = f"{GIVEN} {FAMILY}", value: object = 20) -> list[object]:
    return [NUMBER, name, "4A", SCHOOL, mark, value]


def uploaded(place: Place, *rows: str) -> ImportBatch:
    """A file as the coordinator uploads it, read for the preview."""
    content = "\n".join(["Personnummer;Namn;Klass;Skola;Sekretessmarkering;Läs", *rows, ""])
    file = SimpleUploadedFile("resultat.csv", content.encode())
    batch = upload_file(upload=file, by=place.coordinator)
    read_import(Job.objects.get(pk=batch.job_id), batch)
    return ImportBatch.objects.get(pk=batch.pk)


def kept_of(batch: ImportBatch) -> str:
    """All that the tables keep of an import."""
    batch.refresh_from_db()
    kept = [batch.understood, batch.decisions, batch.counts, batch.effect, batch.made, batch.failure]
    messages = ImportMessage.objects.filter(batch=batch).values_list("value", "parameters", "text")
    events = AuditEvent.objects.values_list("subject", "facts")
    return json.dumps([kept, list(messages), list(events)], ensure_ascii=False, default=str)


def told(text: str) -> list[str]:
    return [word for word in CANARIES if word.casefold() in text.casefold()]


def test_row_of_a_protected_pupil_is_matched_and_says_nothing_of_the_name(pupil: Pupil) -> None:
    protect(pupil)

    outcome = import_rows(HEADER, row())

    assert (said(outcome), outcome.n_new, Result.objects.get().pupil) == ([], 1, pupil)
    assert told(json.dumps([outcome.asked, outcome.made, outcome.effect], ensure_ascii=False)) == []


@pytest.mark.parametrize(
    ("mark", "protection"),
    [
        ("Ja", Protection.CONFIDENTIAL),
        ("Sekretessmarkering", Protection.CONFIDENTIAL),
        ("Skyddad folkbokföring", Protection.PROTECTED),
        ("hemlig!", Protection.CONFIDENTIAL),
        ("Nej", Protection.NONE),
        ("Ingen", Protection.NONE),
        ("", Protection.NONE),
    ],
)
def test_known_pupil_gets_the_protection_that_the_file_says(pupil: Pupil, mark: str, protection: str) -> None:
    import_rows(HEADER, row(mark))

    pupil.refresh_from_db()
    assert pupil.protection == protection
    assert (pupil.family_name == "") is pupil.is_protected
    assert identity_of(pupil).identity_number == (NUMBER if pupil.is_protected else "")


def test_new_pupil_with_a_mark_is_never_in_the_register_by_name(pupil: Pupil) -> None:
    marked = ["201602022384", "Hemma Gömdsson", "4A", SCHOOL, "Ja", 20]

    outcome = import_rows(HEADER, marked, adds_pupils=True)

    assert outcome.n_new_pupils == 1
    new = Pupil.objects.latest("pk")
    assert (new.is_protected, new.family_name, new.identity_number) == (True, "", "")
    assert identity_of(new).family_name == "Gömdsson"


def test_mark_counts_though_the_result_is_refused(pupil: Pupil) -> None:
    outcome = import_rows(HEADER, row("Ja", value="hej"))

    pupil.refresh_from_db()
    assert (outcome.n_new, pupil.is_protected) == (0, True)


def test_dry_run_protects_nobody_and_shows_nothing(pupil: Pupil) -> None:
    outcome = import_rows(HEADER, row("Ja", name="Helt Annan"), dry_run=True)

    pupil.refresh_from_db()
    assert (pupil.is_protected, outcome.n_protected) == (False, 1)
    assert outcome.asked["names"] == []


def test_no_mark_does_not_end_a_protection(pupil: Pupil) -> None:
    protect(pupil)

    import_rows(HEADER, row("Nej"))

    pupil.refresh_from_db()
    assert pupil.is_protected


@pytest.mark.parametrize(
    "line",
    [
        f"{NUMBER};{GIVEN} {FAMILY};4A;{SCHOOL};;hej",
        f"{NUMBER};{GIVEN} {FAMILY};5A;{SCHOOL};;20",
        f";{GIVEN} {FAMILY};5A;{SCHOOL};;20",
        f"{NUMBER[:-1]}5;{GIVEN} {FAMILY};4A;{SCHOOL};;20",
    ],
    ids=["wrong value", "other class", "by name elsewhere", "one figure off"],
)
def test_preview_and_refusals_keep_no_name_of_who_is_protected(
    in_solviken: Place, pupil: Pupil, line: str
) -> None:
    protect(pupil)

    batch = uploaded(in_solviken, line, f";Okänd Elev;4A;{SCHOOL};;20")

    assert told(kept_of(batch).replace(f"{NUMBER[:-1]}5", "")) == []
    beside = uploads.path_beside(batch.stored_as)
    assert not beside.exists() or told(str(beside.read_bytes())) == []


def test_preview_keeps_no_name_of_whom_the_file_marks(in_solviken: Place, pupil: Pupil) -> None:
    batch = uploaded(in_solviken, f"{NUMBER};{GIVEN} {FAMILY};5A;{SCHOOL};Ja;hej")

    assert told(kept_of(batch)) == []


def test_becoming_protected_takes_the_name_out_of_what_is_kept(in_solviken: Place, pupil: Pupil) -> None:
    batch = uploaded(in_solviken, f"{NUMBER};{GIVEN} {FAMILY};4A;{SCHOOL};;hej", f";{GIVEN} {FAMILY};;;;20")
    assert told(kept_of(batch)) != []  # it is searched in earnest
    path = uploads.path_of(batch.stored_as)
    assert path.exists()

    protect(pupil)

    assert told(kept_of(batch)) == []
    assert Job.objects.filter(task="colourmaps.tasks.remove_files_that_name").count() == 1
    assert remove_files_that_name(pupil) == 1
    batch.refresh_from_db()
    assert (path.exists(), uploads.path_beside(batch.stored_as).exists()) == (False, False)
    assert (batch.state, batch.file_removed_at is not None) == (ImportState.CANCELLED, True)


def test_files_that_name_nobody_protected_stay(in_solviken: Place, pupil: Pupil) -> None:
    batch = uploaded(in_solviken, f";Okänd Elev;4A;{SCHOOL};;20")
    protect(pupil)

    assert remove_files_that_name(pupil) == 0
    assert uploads.path_of(batch.stored_as).exists()


def test_job_has_the_id_alone(pupil: Pupil) -> None:
    protect(pupil)

    job = Job.objects.get(task="colourmaps.tasks.remove_files_that_name")
    assert job.arguments == {"pupil": pupil.pk}


def test_mark_in_a_file_that_is_confirmed_protects_and_removes_the_file(
    in_solviken: Place, pupil: Pupil
) -> None:
    batch = uploaded(in_solviken, f"{NUMBER};{GIVEN} {FAMILY};4A;{SCHOOL};Ja;20")
    confirm_import(batch=batch, by=in_solviken.coordinator)
    batch.refresh_from_db()

    apply_import(Job.objects.get(pk=batch.job_id), batch)

    pupil.refresh_from_db()
    batch.refresh_from_db()
    assert (batch.state, pupil.is_protected) == (ImportState.IMPORTED, True)
    assert remove_files_that_name(pupil) == 1
    assert told(kept_of(batch)) == []
