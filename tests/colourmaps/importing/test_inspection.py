"""inspect_file: what a file seems to be, on the command line, whatever the file is."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

import manage
from colourmaps.importing.headers import Vocabulary
from colourmaps.importing.inspection import answer, inspection
from colourmaps.importing.left_out import OTHER_TABLE
from colourmaps.importing.understanding import understand
from colourmaps.importing.workbook import Area, CellError, Sheet, UnreadableFile, Workbook

ROOT = Path(settings.BASE_DIR)

STATISTICS = """\
Statistik från myndigheten;;;;;
;;;;;
Valt läsår: 2024/25;;;;;
;;;;;
;;Andel (%);Andel (%);Antal;Antal
Kommun;Kommun-kod;Flickor;Pojkar;Flickor;Pojkar
Ale;1440;98,1;~100;1 186;185
Alvesta;0764;..;.;99;98
Riket;;97,0;96,2;52 000;53 000
"""


@pytest.fixture
def statistics(tmp_path: Path) -> Path:
    path = tmp_path / "statistik.csv"
    path.write_text(STATISTICS, encoding="utf-8-sig")
    return path


def test_statistics_without_pupils(statistics: Path, in_english: None) -> None:
    inspected = inspection(statistics)
    assert (inspected["file"], inspected["format"]) == ("statistik.csv", "text")
    [sheet] = inspected["sheets"]
    columns = sheet.pop("columns")
    assert sheet == {
        "name": "",
        "hidden": False,
        "header_rows": [5, 6],
        "data_rows": 2,
        "first_data_row": 7,
        "last_data_row": 8,
        "hidden_rows": 0,
        "titles": ["Statistik från myndigheten", "Valt läsår: 2024/25"],
        "notes": [{"row": 9, "level": "note", "text": "Row 9 (“Riket”) is a total and is left out."}],
        "shape": "wide",
    }
    assert [column["kind"] for column in columns] == ["text", "code", *["number"] * 4]
    assert [(column["column"], column["group"], column["header"]) for column in columns[2:4]] == [
        ("C", "Andel (%)", "Flickor"),
        ("D", "Andel (%)", "Pojkar"),
    ]
    assert columns[1]["examples"] == ["1440", "0764"]
    assert {*columns[0]} == {
        "column", "header", "group", "unit", "kind", "meaning", "indicator", "round", "confidence", "reason",
        "examples", "filled",
    }  # fmt: skip


def test_hidden_sheets_and_rows_are_told(make_workbook: Any) -> None:
    rows = [["Elev-ID", "Läsning"], ["20160605TF60", 4], ["20160714TF18", 5]]
    path = make_workbook({"4A": rows, "Dold": rows}, hidden=["Dold"], hidden_rows={"4A": [3]})
    inspected = inspection(path)
    assert inspected["format"] == "xlsx"
    assert [(sheet["name"], sheet["hidden"], sheet["hidden_rows"]) for sheet in inspected["sheets"]] == [
        ("4A", False, 1),
        ("Dold", True, 0),
    ]


def test_sheet_without_a_table_has_no_columns(make_workbook: Any) -> None:
    inspected = inspection(
        make_workbook({"4A": [["Elev-ID", "x"], ["a1", 4]], "Läs mig": [["Text."], ["Mer text."]]})
    )
    assert [len(sheet["columns"]) for sheet in inspected["sheets"]] == [2, 0]
    text, status = answer(make_workbook({"Läs mig": [["Text."], ["Mer text."]]}), as_json=False)
    assert (status, "Läs mig" in text) == (0, True)


def test_half_a_character_pair_is_written(monkeypatch: pytest.MonkeyPatch, statistics: Path) -> None:
    sheets = [Sheet("", [["Namn", "\ud800"], ["Anna Ek", "\udfff"], ["Bo Ek", "b"]])]
    monkeypatch.setattr(
        "colourmaps.importing.inspection.read_workbook", lambda _path: Workbook(sheets, "0" * 64)
    )
    text, _status = answer(statistics, as_json=True)
    assert json.loads(text.encode("utf-8"))["sheets"][0]["data_rows"] == 2


@pytest.mark.parametrize("name", ["finns-inte.xlsx", ".", "nul\0.csv", "/dev/null"])
def test_paths_that_are_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableFile):
        inspection(tmp_path / name)


def test_unreadable_files_are_one_sentence_and_status_two(tmp_path: Path, in_english: None) -> None:
    path = tmp_path / "brev.pdf"
    path.write_bytes(b"%PDF-1.7\n\x00\x01\x02")
    text, status = answer(path, as_json=True)
    assert status == 2
    assert list(json.loads(text)) == ["error"]
    text, status = answer(path, as_json=False)
    assert (status, text.count("\n")) == (2, 0)


@pytest.mark.slow
def test_program_needs_no_database_and_prints_nothing_but_json(statistics: Path, tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text(
        "raise SystemExit('a module of the folder was taken')", encoding="utf-8"
    )
    environment = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing", "SECRET_KEY": "", "PATH": ""}
    program = [sys.executable, str(ROOT / "manage.py"), "inspect_file"]
    done = subprocess.run(
        [*program, statistics.name, "--json"], cwd=tmp_path, env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["sheets"][0]["data_rows"] == 2
    done = subprocess.run(
        [*program, "inte", "--json"], cwd=tmp_path, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 2
    assert list(json.loads(done.stdout)) == ["error"]


def test_only_stale_translations_are_compiled_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "locale" / "sv" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.touch()
    monkeypatch.setattr(manage, "ROOT", tmp_path)
    assert manage.catalogues_are_stale()
    source.with_suffix(".mo").touch()
    assert not manage.catalogues_are_stale()
    os.utime(source, ns=(2**62, 2**62))
    assert manage.catalogues_are_stale()


@pytest.mark.slow
def test_looking_at_a_file_loads_nothing_heavy() -> None:
    question = (
        "import sys, colourmaps.importing.inspection; "
        "print(sorted({'numpy', 'pandas', 'celery', 'django.db.models'} & {*sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", question], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_command_of_a_municipality_knows_its_indicators(autumn: Any, make_workbook: Any, capsys: Any) -> None:
    rows = [["Elev-ID", autumn.reading.code], ["20160605TF60", 4], ["20160714TF18", 5]]
    path = make_workbook({"4A": rows})
    call_command("inspect_file", str(path), "--json", "--municipality", autumn.reading.municipality.code)
    column = json.loads(capsys.readouterr().out)["sheets"][0]["columns"][1]
    assert (column["meaning"], column["indicator"]) == ("indicator", autumn.reading.code)


@pytest.mark.django_db
def test_command_for_an_unknown_municipality(statistics: Path) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("inspect_file", str(statistics), "--municipality", "0000")
    assert caught.value.returncode == 2


CELLS = st.one_of(
    st.none(),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.just(CellError("#N/A")),
    st.just(CellError("=A1")),
    st.text(max_size=30),
    st.sampled_from(
        [
            "Elev-ID",
            "Namn",
            "Klass",
            "Prov",
            "Resultat",
            "Summa",
            "Riket",
            "HT 2026",
            "2019",
            2019.0,
            "%",
            "poäng",
            "ja",
        ]
        + [
            "20160605TF60",
            "A",
            "02",
            "0180",
            "..",
            "x",
            "1 234,5",
            "Källa: x",
            "✎ y",
            datetime.date(2026, 9, 3),
            " ",
        ]
    ),
)
SHEETS = st.integers(1, 6).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=12)
)
AREAS = st.builds(
    lambda row, column, height, width: Area(row, column, row + height, column + width),
    st.integers(1, 8),
    st.integers(1, 6),
    st.integers(0, 3),
    st.integers(0, 5),
)


@given(rows=SHEETS, areas=st.lists(AREAS, max_size=3), first_row=st.integers(1, 3))
def test_no_sheet_is_too_strange_to_be_looked_at(rows: list[Any], areas: list[Area], first_row: int) -> None:
    sheet = Sheet("4A", rows, merged=tuple(areas), first_row=first_row)
    [understood] = understand(Workbook([sheet], "0" * 64), Vocabulary()).sheets
    assert understood.n_rows <= len(rows)
    assert len({column.number for column in understood.columns}) == len(understood.columns)
    noted = {note.row for note in understood.notes}
    assert not noted & {*understood.header_rows}
    if understood.header_rows and OTHER_TABLE not in {note.kind for note in understood.notes}:
        below = [
            at
            for at, row in enumerate(rows, first_row)
            if at > understood.header_rows[-1] and _is_filled(row)
        ]
        assert understood.n_rows + len(noted) == len(
            below
        )  # every row below the header is data or has a note


def _is_filled(row: list[Any]) -> bool:
    return any(cell is not None and str(cell).strip() for cell in row)


@pytest.mark.parametrize(
    ("header", "cells", "meaning"),
    [
        ("Läshastighet", [87, 127, 100], "indicator"),
        ("Skrivning", ["E", "D", "C"], "indicator"),
        ("Kommentar från mentor", ["flyttade in", "ny", "–"], "ignore"),
        ("Kommunkod", [1440, 1489, 1764], "ignore"),
    ],
)
def test_values_that_nobody_knows_can_become_an_indicator(
    tmp_path: Path, header: str, cells: list[object], meaning: str
) -> None:
    path = tmp_path / "resultat.csv"
    rows = [["Elev-id", header], *([f"E{n}", cell] for n, cell in enumerate(cells, 1))]
    path.write_text("\n".join(";".join(map(str, row)) for row in rows), encoding="utf-8")

    [sheet] = inspection(path)["sheets"]

    assert [(column["meaning"], column["indicator"]) for column in sheet["columns"]] == [
        ("pupil_id", ""),
        (meaning, ""),
    ]
