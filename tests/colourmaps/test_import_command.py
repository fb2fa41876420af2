"""`manage.py import_results`: its exit codes, what it prints, and what each option changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.urls import reverse

from colourmaps.importing import apply
from colourmaps.models import ImportBatch, ImportState, Result
from pupils.models import Pupil
from tests.factories.colourmaps import RoundFactory
from tests.factories.imports import EXAMPLES, SOLVIKSSKOLAN, Autumn, shown, workbook_bytes
from tests.fixtures import Place
from tests.walls import everywhere

IMPORTED, REFUSED, UNREADABLE = 0, 1, 2
SOLVIKSSKOLAN_MAPPING = EXAMPLES / "solviksskolan_ht2026.mapping.json"


class Ended(NamedTuple):
    """How the command ended."""

    code: int
    printed: str
    error: str = ""

    @property
    def as_json(self) -> dict[str, Any]:
        return json.loads(self.printed)


Run = Callable[..., Ended]


@pytest.fixture
def run(autumn: Autumn, in_solviken: Place, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(file: Path, *options: str, municipality: str = "9901") -> Ended:
        code, error = IMPORTED, ""
        try:
            call_command("import_results", str(file), "--municipality", municipality, *options)
        except SystemExit as ended:
            code = int(str(ended.code))
        except CommandError as failed:
            code, error = failed.returncode, str(failed)
        return Ended(code, capsys.readouterr().out, error)

    return run


@pytest.fixture
def file_with(tmp_path: Path, autumn: Autumn) -> Callable[..., Path]:
    """`file_with(A1=20)` is a workbook of results on disk."""

    def make(**values: object) -> Path:
        path = tmp_path / "resultat.xlsx"
        path.write_bytes(workbook_bytes({"Resultat": autumn.rows(**values)}))
        return path

    return make


def rows_per_table() -> dict[str, int]:
    with everywhere():
        return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def test_good_file_is_imported(run: Run, file_with: Callable) -> None:
    ended = run(file_with(A1=20, B2="frånv."))

    assert (ended.code, Result.objects.count()) == (IMPORTED, 2)
    assert ended.printed.startswith("2 rows: 0 refused; results new 2, changed 0, unchanged 0;")
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.by, batch.file_name) == (ImportState.IMPORTED, None, "resultat.xlsx")


def test_refused_rows_are_listed_and_the_others_are_in(run: Run, file_with: Callable) -> None:
    ended = run(file_with(A1=20, B2=41, X9=10))

    assert (ended.code, Result.objects.count()) == (REFUSED, 1)
    [outside, unknown, total] = ended.printed.splitlines()
    assert outside.split() == [
        *["error", "Resultat!C4", "41"],
        *"41 is outside the scale 0–40. Correct the cell.".split(),
    ]
    assert "No pupil “X9” is in the register." in unknown
    assert total.startswith("3 rows: 2 refused; results new 1")


def test_all_or_nothing_leaves_the_others_out_too(run: Run, file_with: Callable) -> None:
    ended = run(file_with(A1=20, B2=41), "--all-or-nothing")

    assert (ended.code, Result.objects.count()) == (REFUSED, 0)
    assert ImportBatch.objects.get().state == ImportState.FAILED


def test_same_file_again_changes_nothing_and_says_so(run: Run, file_with: Callable) -> None:
    file = file_with(A1=20)
    run(file)

    ended = run(file)

    assert (ended.code, Result.objects.count()) == (IMPORTED, 1)
    assert "The same file was imported 2026-11-16 10:00 by –." in ended.printed
    assert ended.printed.endswith("Nothing has changed: everything in the file was already there.\n")


@pytest.mark.slow
def test_dry_run_says_the_same_and_changes_no_row(run: Run) -> None:
    options = ["--mapping", str(SOLVIKSSKOLAN_MAPPING), "--create-roster", "--json"]
    before = rows_per_table()

    rehearsed = run(SOLVIKSSKOLAN, *options, "--dry-run")

    assert rows_per_table() == before
    done = run(SOLVIKSSKOLAN, *options)
    assert rehearsed.code == done.code == REFUSED
    counts = {name: done.as_json[name] for name in ("rows", "refused", "new_pupils", "new_classes", "new")}
    assert counts == {"rows": 68, "refused": 1, "new_pupils": 67, "new_classes": 1, "new": 463}
    assert (rehearsed.as_json["dry_run"], done.as_json["dry_run"]) == (True, False)
    for name in (*counts, "messages"):
        assert rehearsed.as_json[name] == done.as_json[name]


def test_json_names_the_place_of_each_message(run: Run, file_with: Callable) -> None:
    messages = run(file_with(A1=20, B2=41), "--json").as_json["messages"]
    [message] = [message for message in messages if message["level"] == "error"]

    assert {name: message[name] for name in ("level", "code", "sheet", "row", "column", "value")} == {
        "level": "error",
        "code": "value.outside_scale",
        "sheet": "Resultat",
        "row": 4,
        "column": "C",
        "value": "41",
    }


def test_round_of_the_option_goes_before_the_file_s(run: Run, file_with: Callable, autumn: Autumn) -> None:
    RoundFactory(name="VT 2027")

    ended = run(file_with(A1=20), "--round", "VT 2027")

    assert (ended.code, Result.objects.get().round.name) == (IMPORTED, "VT 2027")


def test_round_that_does_not_exist_refuses_the_file(run: Run, file_with: Callable) -> None:
    ended = run(file_with(A1=20), "--round", "HT 1999")

    assert (ended.code, Result.objects.count()) == (REFUSED, 0)
    assert "There is no measurement round “HT 1999”." in ended.printed


def test_roster_is_only_made_when_asked_for(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "ny.csv"
    file.write_text(
        "Elevnummer;Efternamn;Förnamn;Skola;Klass;Läsförståelse\nZ9;Lund;Zoe;Solviksskolan;4A;20\n", "utf-8"
    )

    refused = run(file, "--round", "HT 2026")
    assert (refused.code, Pupil.objects.filter(own_id="Z9").exists()) == (REFUSED, False)

    added = run(file, "--round", "HT 2026", "--create-roster")
    assert (added.code, str(Result.objects.get().pupil.own_id)) == (IMPORTED, "Z9")


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_unreadable_file_is_one_sentence(run: Run, tmp_path: Path, options: list[str]) -> None:
    file = tmp_path / "trasig.xlsx"
    file.write_bytes(b"PK\x03\x04 broken")

    ended = run(file, *options)

    assert (ended.code, ImportBatch.objects.count()) == (UNREADABLE, 0)
    sentence = ended.as_json["error"] if options else ended.error
    assert sentence.startswith("The file is damaged.")


@pytest.mark.parametrize(
    ("mapping", "part_of_sentence"),
    [
        ("{", "the mapping is not JSON"),
        ('{"format": "other"}', "this is not a mapping"),
        (None, "No such file"),
    ],
)
def test_mapping_that_cannot_be_read_is_one_sentence(
    run: Run, file_with: Callable, tmp_path: Path, mapping: str | None, part_of_sentence: str
) -> None:
    path = tmp_path / "mapping.json"
    if mapping is not None:
        path.write_text(mapping, "utf-8")

    ended = run(file_with(A1=20), "--mapping", str(path))

    assert (ended.code, Result.objects.count()) == (UNREADABLE, 0)
    assert part_of_sentence in ended.error


def test_mapping_of_an_unknown_indicator_leaves_no_trace(
    run: Run, file_with: Callable, tmp_path: Path
) -> None:
    path = tmp_path / "mapping.json"
    columns = [
        {"header": "Elevnummer", "means": "pupil_id"},
        {"header": "Läsförståelse", "means": "indicator", "indicator": "GONE"},
    ]
    path.write_text(json.dumps({"format": "colourmaps-mapping", "version": 1, "columns": columns}), "utf-8")

    ended = run(file_with(A1=20), "--mapping", str(path))

    assert (ended.code, ended.error) == (UNREADABLE, "the indicator “GONE” is not known")
    assert ImportBatch.objects.count() == 0


def test_file_that_is_not_there_is_one_sentence(run: Run, tmp_path: Path) -> None:
    ended = run(tmp_path / "borta.xlsx")

    assert ended.code == UNREADABLE
    assert "No such file" in ended.error


def test_municipality_that_is_not_there_is_one_sentence(run: Run, file_with: Callable) -> None:
    ended = run(file_with(A1=20), municipality="0000")

    assert (ended.code, ended.error) == (UNREADABLE, "There is no municipality with the code 0000.")


def test_import_stays_in_its_municipality(run: Run, file_with: Callable, fjordvik: Place) -> None:
    ended = run(file_with(A1=20), municipality="9902")

    assert ended.code in (REFUSED, UNREADABLE)
    with everywhere():
        assert not Result.objects.exists()


def test_receipt_of_the_command_line_shows_what_was_said(
    run: Run, file_with: Callable, sign_in: Callable, autumn: Autumn
) -> None:
    run(file_with(A1=20, B2=41, X9=10))
    batch = ImportBatch.objects.get()
    page = shown(sign_in(autumn.coordinator).get(reverse("colourmaps:import", args=[batch.key])))

    assert batch.counts["left_out"] == 2
    assert "Imported: 1 result for 1 pupil." in page
    assert "41 is outside the scale 0–40. Correct the cell." in page
    assert "No pupil “X9” is in the register." in page


def test_refused_file_of_the_command_line_says_why(
    run: Run, file_with: Callable, sign_in: Callable, autumn: Autumn
) -> None:
    run(file_with(A1=20, B2=41), "--all-or-nothing")
    batch = ImportBatch.objects.get()
    page = shown(sign_in(autumn.coordinator).get(reverse("colourmaps:import", args=[batch.key])))

    assert "Resultat!C4: 41 is outside the scale 0–40. Correct the cell." in page


def test_error_in_the_middle_leaves_nothing(
    run: Run, file_with: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch neither: nobody ever sees an import of the command line that no job works at."""
    before = rows_per_table()

    def breaks(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(apply, "record_results", breaks)
    with pytest.raises(RuntimeError):
        run(file_with(A1=20))

    assert rows_per_table() == before


def test_pupils_without_results_are_a_change(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "klasslista.csv"
    file.write_text("Elevnummer;Efternamn;Skola;Klass\nZ9;Lund;Solviksskolan;4A\n", "utf-8")

    ended = run(file, "--create-roster")

    assert ended.code == IMPORTED
    assert "added 1 pupils" in ended.printed
    assert "Nothing has changed" not in ended.printed
