"""Out of one installation and into another, equal in every row; gone without trace, and others untouched."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.background import queue_job, report_within_transaction
from accounts.declarations import declarations, registry
from accounts.models import AuditEvent, Job, Municipality, User
from accounts.municipality_file import (
    FileRefused,
    export_municipality,
    fingerprint_of_others,
    import_municipality,
    remove_municipality,
    what_would_go,
)
from accounts.municipality_file.rows import lines_of
from accounts.tenancy import across_municipalities, municipality_scope
from colourmaps import uploads
from tests.architecture.specimens import make_specimens
from tests.factories.accounts import MunicipalityFactory
from tests.factories.interventions import shared_entry
from tests.factories.second_factor import give_app
from tests.walls import without_wall

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def folder(tmp_path: Path, settings: object) -> Path:
    settings.UPLOAD_ROOT = tmp_path / "uploads"  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture(autouse=True)
def as_the_owner(db: None) -> Iterator[None]:
    """As whoever looks after the installation runs the commands: no process may take anything out of the log."""
    with without_wall():
        yield


@pytest.fixture
def leaving(folder: Path) -> Municipality:
    """A municipality with a row in every table and a file."""
    return filled("Flyttby")


@pytest.fixture
def other(folder: Path) -> Municipality:
    return filled("Stannby")


def filled(name: str) -> Municipality:
    municipality = MunicipalityFactory(name=name)
    shared_entry(municipality)
    with municipality_scope(municipality):
        make_specimens()
        give_app(User.objects.filter(municipality=municipality)[0])
        uploads._write(uploads.path_of("kept-under-a-random-name"), [name.encode() * 1000])
    return municipality


def everything_of(municipality: Municipality) -> dict[str, list[bytes]]:
    with municipality_scope(municipality):
        return {
            each.label: list(lines_of(each, municipality.pk, with_secrets=True)) for each in declarations()
        }


def files_of(municipality: Municipality) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in uploads.folder_of(municipality).glob("*")}


def test_specimens_leave_no_table_empty(leaving: Municipality) -> None:
    assert [label for label, lines in everything_of(leaving).items() if not lines] == []


def test_what_goes_out_comes_in_equal_in_every_row(
    leaving: Municipality, other: Municipality, folder: Path
) -> None:
    before, files, others = everything_of(leaving), files_of(leaving), fingerprint_of_others(leaving.pk)
    export = folder / "export.zip"
    export_municipality(leaving, export, with_secrets=True)
    remove_municipality(leaving, export=export)
    for path in uploads.folder_of(leaving).glob("*"):
        path.unlink()

    back = import_municipality(export)

    assert everything_of(back) == before
    assert files_of(back) == files
    assert fingerprint_of_others(back.pk) == others


def test_next_row_after_an_import_gets_a_number_of_its_own(leaving: Municipality, folder: Path) -> None:
    export = folder / "export.zip"
    export_municipality(leaving, export)
    remove_municipality(leaving, export=export)
    back = import_municipality(export)

    with municipality_scope(back):
        numbers = set(Job.objects.values_list("pk", flat=True))
        assert queue_job("specimen", by=None).pk not in numbers


def test_secrets_stay_out_unless_asked_for(leaving: Municipality, folder: Path) -> None:
    person = User.objects.filter(municipality=leaving)[0]
    person.set_password("ett riktigt gott lösenord")
    person.save()
    for with_secrets in (False, True):
        path = folder / f"{with_secrets}.zip"
        export_municipality(leaving, path, with_secrets=with_secrets)
        with ZipFile(path) as archive:
            rows = [json.loads(line) for line in archive.read("rows/accounts.User.jsonl").splitlines()]
        (password,) = [row["password"] for row in rows if row["id"] == person.pk]
        assert (password == person.password, password == "!") == (with_secrets, not with_secrets)


def test_file_says_what_each_table_and_column_means(leaving: Municipality, folder: Path) -> None:
    export = folder / "export.zip"
    export_municipality(leaving, export)

    with ZipFile(export) as archive:
        schema = json.loads(archive.read("schema.json"))
        tables = {name[5:-6] for name in archive.namelist() if name.startswith("rows/")}

    assert set(schema) == tables == {each.label for each in declarations()}
    result = schema["colourmaps.Result"]
    assert result["type"] == "Results of pupils"
    assert {key: value for key, value in result["columns"][1].items() if key != "refers_to"} == {
        "column": "pupil_id",
        "meaning": "pupil",
        "kind": "Auto",
        "may_be_empty": False,
    }


def test_taken_numbers_are_refused_and_nothing_is_written(leaving: Municipality, folder: Path) -> None:
    export = folder / "export.zip"
    export_municipality(leaving, export)
    before = everything_of(leaving)

    with pytest.raises(FileRefused, match="already is a municipality"):
        import_municipality(export)
    Municipality.objects.filter(pk=leaving.pk).update(code="0000")
    with pytest.raises(FileRefused, match="are taken in this installation"):
        import_municipality(export)

    assert Municipality.objects.count() == 1
    Municipality.objects.filter(pk=leaving.pk).update(code=leaving.code)
    assert everything_of(leaving) == before


def test_changed_row_in_the_file_is_found(leaving: Municipality, folder: Path) -> None:
    export, forged = folder / "export.zip", folder / "forged.zip"
    export_municipality(leaving, export)
    remove_municipality(leaving, export=export)
    with ZipFile(export) as source, ZipFile(forged, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "rows/pupils.Pupil.jsonl":
                content = re.sub(rb'"sex":"[^"]*"', b'"sex":"M"', content)
            target.writestr(name, content)

    with pytest.raises(FileRefused, match=r"pupils\.Pupil: the rows are not those that were written"):
        import_municipality(forged)

    assert not Municipality.objects.filter(code=leaving.code).exists()


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("accounts.User", "is_superuser", True, "an operator of the platform"),
        ("accounts.User", "municipality_id", None, "of another municipality"),
        ("pupils.Pupil", "municipality_id", "other", "of another municipality"),
        ("mfa.Authenticator", "user_id", "other's", "of somebody of another municipality"),
    ],
)
def test_row_that_is_not_the_municipalitys_is_refused_also_where_its_digest_fits(
    leaving: Municipality,
    other: Municipality,
    folder: Path,
    table: str,
    column: str,
    value: object,
    said: str,
) -> None:
    export, forged = folder / "export.zip", folder / "forged.zip"
    export_municipality(leaving, export, with_secrets=True)
    remove_municipality(leaving, export=export)
    others_user = User.objects.filter(municipality=other).latest("pk")
    value = {"other": other.pk, "other's": others_user.pk}.get(value, value)  # type: ignore[call-overload]
    rewritten(export, forged, f"rows/{table}.jsonl", {column: value})

    with pytest.raises(FileRefused, match=said):
        import_municipality(forged)

    assert not Municipality.objects.filter(code=leaving.code).exists()


def test_file_that_says_that_it_holds_no_secrets_brings_none_in(leaving: Municipality, folder: Path) -> None:
    export, forged = folder / "export.zip", folder / "forged.zip"
    export_municipality(leaving, export)
    remove_municipality(leaving, export=export)
    rewritten(export, forged, "rows/accounts.User.jsonl", {"password": "a hash that somebody knows"})

    arrived = import_municipality(forged)

    assert set(User.objects.filter(municipality=arrived).values_list("password", flat=True)) == {"!"}


def test_file_without_what_is_walled_is_to_be_read_and_not_to_move_with(
    leaving: Municipality, folder: Path
) -> None:
    export = folder / "export.zip"
    manifest = export_municipality(leaving, export, without_walled=True)
    with ZipFile(export) as archive:
        names = archive.namelist()

    assert sorted(manifest.left_out) == ["medical.Crossing", "medical.MedicalResult"]
    assert [name for name in names if "medical" in name] == []
    with pytest.raises(FileRefused, match="to be read, not to move with"):
        import_municipality(export)


def rewritten(export: Path, forged: Path, name: str, change: dict[str, object]) -> None:
    """The file with other values in every row of a table, and a digest that fits."""
    with ZipFile(export) as source, ZipFile(forged, "w") as target:
        manifest = json.loads(source.read("manifest.json"))
        for each in source.namelist():
            content = source.read(each)
            if each == name:
                rows = [json.dumps(json.loads(line) | change) for line in content.splitlines()]
                content = ("\n".join(rows) + "\n").encode()
                label = name.removeprefix("rows/").removesuffix(".jsonl")
                manifest["tables"][label]["digest"] = hashlib.sha256(content).hexdigest()
            if each == "manifest.json":
                content = json.dumps(manifest).encode()
            target.writestr(each, content)


def test_file_of_another_version_is_refused(
    leaving: Municipality, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = folder / "export.zip"
    export_municipality(leaving, export)
    remove_municipality(leaving, export=export)
    rest = {model: each for model, each in registry._declared.items() if model is not Job}
    monkeypatch.setattr(registry, "_declared", rest)

    with pytest.raises(FileRefused, match=r"These tables differ: accounts\.Job"):
        import_municipality(export)


def test_export_needs_no_more_memory_for_more_rows(folder: Path) -> None:
    municipality = MunicipalityFactory(name="Stor")
    peaks = []
    with municipality_scope(municipality):
        for n in (5_000, 20_000):
            AuditEvent.objects.bulk_create(
                (
                    AuditEvent(municipality=municipality, action="class-map seen", pupil_ids=list(range(25)))
                    for _n in range(n)
                ),
                batch_size=1000,
            )
            tracemalloc.start()
            export_municipality(municipality, folder / f"{n}.zip")
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()

    assert peaks[1] < peaks[0] * 1.5


def test_municipality_that_leaves_is_gone_and_others_are_untouched(
    leaving: Municipality, other: Municipality, folder: Path, django_capture_on_commit_callbacks
) -> None:
    with municipality_scope(leaving):
        person = User.objects.filter(municipality=leaving)[0]
        job = queue_job("specimen", by=person)
        report_within_transaction(job, "counting", 1, 2)
    Client().force_login(person)
    keys = what_would_go(leaving)
    assert (keys.n_files, keys.n_sessions) == (1, 1)
    export = folder / "export.zip"
    export_municipality(leaving, export)
    others, files = fingerprint_of_others(leaving.pk), files_of(other)

    with django_capture_on_commit_callbacks(execute=True):
        gone = remove_municipality(leaving, export=export)

    assert gone.rows == keys.rows
    with across_municipalities():
        left = {each.label: each.rows_of(leaving.pk).count() for each in declarations()}
    assert set(left.values()) == {0}
    assert not uploads.folder_of(leaving).exists()
    assert cache.get(f"job-progress-{job.pk}-0") is None
    assert Session.objects.count() == 0
    assert (fingerprint_of_others(leaving.pk), files_of(other)) == (others, files)


def test_nothing_goes_when_something_has_changed_since_the_export(
    leaving: Municipality, folder: Path
) -> None:
    export = folder / "export.zip"
    export_municipality(leaving, export)
    with municipality_scope(leaving):
        queue_job("specimen", by=None)
    before = everything_of(leaving)

    with pytest.raises(FileRefused, match=r"Changed: accounts\.Job"):
        remove_municipality(leaving, export=export)

    assert everything_of(leaving) == before


def test_nothing_goes_by_the_export_of_another(
    leaving: Municipality, other: Municipality, folder: Path
) -> None:
    export_municipality(other, folder / "other.zip")

    with pytest.raises(FileRefused, match="is the export of Stannby"):
        remove_municipality(leaving, export=folder / "other.zip")


def test_commands_go_the_whole_way(leaving: Municipality, other: Municipality, folder: Path) -> None:
    export = str(folder / "export.zip")
    told = io.StringIO()
    call_command("export_municipality", leaving.code, export, stdout=told)
    call_command("remove_municipality", leaving.code, stdout=told)
    assert "Nothing has gone" in told.getvalue()
    with pytest.raises(CommandError, match="is not the name"):
        call_command("remove_municipality", leaving.code, export=export, confirm="flyttby", stdout=told)
    assert Municipality.objects.filter(code=leaving.code).exists()

    call_command("remove_municipality", leaving.code, export=export, confirm="Flyttby", stdout=told)
    assert "All others after: the same" in told.getvalue()
    assert not Municipality.objects.filter(code=leaving.code).exists()

    call_command("import_municipality", export, stdout=told)
    assert Municipality.objects.get(code=leaving.code).name == "Flyttby"
