"""Refused rows as a workbook: what is in it, what can never be in it, and that it reads as the file did."""

from __future__ import annotations

import datetime
import io
import time
import tracemalloc
from collections.abc import Mapping as ReadOnlyMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from colourmaps.exporting.refused_rows import refused_rows, refused_rows_name
from colourmaps.importing.mapping import MappedColumn, Mapping, Meaning
from colourmaps.importing.messages import Level
from colourmaps.importing.rows import extract
from colourmaps.importing.tables import find_table
from colourmaps.importing.workbook import Area, CellError, Sheet, Workbook, read_workbook
from colourmaps.scales import PERCENT, Scale, points

HEADER = ["Elevnummer", "Närvaro", "Poäng", "Övrigt"]
MAPPING = Mapping(
    columns=(
        MappedColumn("Elevnummer", Meaning.PUPIL_ID),
        MappedColumn("Närvaro", Meaning.INDICATOR, indicator="NARVARO"),
        MappedColumn("Poäng", Meaning.INDICATOR, indicator="POANG"),
        MappedColumn("Övrigt", Meaning.IGNORE),
    )
)
SCALES: dict[str, Scale] = {"NARVARO": PERCENT, "POANG": points(40)}


def workbook_of(*rows: list[Any], name: str = "4A", **options: Any) -> Workbook:
    return Workbook([Sheet(name, [HEADER, *rows], **options)], "digest")


def written(workbook: Workbook, reasons: ReadOnlyMapping[str, ReadOnlyMapping[int, list[str]]]) -> Any:
    return openpyxl.load_workbook(io.BytesIO(refused_rows(workbook, MAPPING, SCALES, reasons)))


def reread(workbook: Workbook, rows: list[int], folder: Path) -> tuple[list[int], list[int], list[str]]:
    """(attendance, points, headers) of some rows when they come back alone."""
    path = folder / "refused.xlsx"
    path.write_bytes(refused_rows(workbook, MAPPING, SCALES, {"4A": {row: ["Fel."] for row in rows}}))
    extraction = extract(read_workbook(path), MAPPING, SCALES)
    attendance, score = (column.hundredths.tolist() for column in extraction.columns)
    return attendance, score, [column.header for column in extraction.tables["4A"].columns]


def test_only_refused_rows_are_in_it_with_their_reasons(in_english: None) -> None:
    workbook = workbook_of(["A1", "90 %", 50, None], ["B2", "80 %", 20, None], ["C3", 7, "x", "flyttade"])

    new = written(workbook, {"4A": {2: ["C: 50 är för mycket."], 4: ["B: fel.", "C: fel."]}})

    assert list(new["4A"].values) == [
        (*HEADER, "✎ Why the row was left out"),
        ("A1", 0.9, 50, None, "C: 50 är för mycket."),
        ("C3", 0.07, "x", "flyttade", "B: fel. C: fel."),
    ]


def test_titles_groups_and_places_of_the_columns_stay() -> None:
    rows = [
        ["Färgkarta", None, None, None],
        [None, "Hälsa", "Matematik", None],
        HEADER,
        ["A1", None, 50, None],
    ]
    sheet = Sheet("4A", rows, first_row=2, first_column=3, merged=(Area(3, 5, 3, 6),))

    new = written(Workbook([sheet], ""), {"4A": {5: ["Fel."]}})["4A"]

    assert (new["C2"].value, new["D3"].value, new["E3"].value, new["C4"].value, new["C5"].value) == (
        "Färgkarta",
        "Hälsa",
        "Matematik",
        "Elevnummer",
        "A1",
    )
    assert [str(area) for area in new.merged_cells.ranges] == ["E3:F3"]


def test_sheets_without_refused_rows_are_left_out() -> None:
    sheets = [Sheet(name, [HEADER, ["A1", None, 50, None]]) for name in ("4A", "4B")]

    assert written(Workbook(sheets, ""), {"4B": {2: ["Fel."]}}).sheetnames == ["4B"]


def test_nothing_to_write_is_an_error() -> None:
    with pytest.raises(ValueError, match="none of the refused rows"):
        refused_rows(workbook_of(["A1", None, 50, None]), MAPPING, SCALES, {"4A": {99: ["Fel."]}})


@pytest.mark.parametrize("text", ["=1+1", "=cmd|'/c calc'!A1", "+46", "-1", "@SUM(A1)", "#N/A", "\x07=1"])
def test_text_never_becomes_a_formula(text: str) -> None:
    workbook = workbook_of([text, None, 50, text])

    sheet = written(workbook, {"4A": {2: [text]}})["4A"]

    cells = [sheet["A2"], sheet["D2"], sheet["E2"]]
    assert [cell.data_type for cell in cells] == ["s", "s", "s"]
    assert {cell.value for cell in cells} == {text.replace("\x07", "")}
    assert all(cell.quotePrefix for cell in cells) == (cells[0].value[0] in "=+-@")


def test_cells_without_a_value_are_shown_as_they_were() -> None:
    day = datetime.date(2026, 11, 16)
    workbook = workbook_of(["A1", CellError("#DIV/0!"), CellError("=B2*2"), day])

    [_header, row] = list(written(workbook, {"4A": {2: ["Fel."]}})["4A"].values)

    assert (*row[1:3], row[3].date()) == ("#DIV/0!", "=B2*2", day)


@pytest.mark.slow
def test_row_alone_is_read_as_in_its_column(tmp_path: Path) -> None:
    """0.5 is a share in a column of shares, and half a per cent in a column of per cents."""
    shares = workbook_of(["A1", 0.24, 50, None], ["B2", "1", 20, None], ["C3", 0.5, 10, None])
    percents = workbook_of(["A1", 0.5, 50, None], ["B2", 97, 20, None])
    shown = workbook_of(["A1", 0.97, 50, None], ["B2", 0.5, 20, None], percent_runs={2: ((2, 2),)})

    assert reread(shares, [3], tmp_path) == ([10000], [2000], HEADER)
    assert reread(percents, [2], tmp_path)[0] == [50]
    assert reread(shown, [3], tmp_path)[0] == [0]  # what means two things is not one of them when it is alone
    assert reread(shown, [2], tmp_path)[0] == [9700]


@pytest.mark.slow
def test_number_that_means_two_things_waits_for_an_answer(tmp_path: Path) -> None:
    shown = workbook_of(["A1", 0.97, 50, None], ["B2", 0.5, 20, None], percent_runs={2: ((2, 2),)})
    path = tmp_path / "refused.xlsx"
    path.write_bytes(refused_rows(shown, MAPPING, SCALES, {"4A": {3: ["Fel."]}}))
    mended = openpyxl.load_workbook(path)
    assert mended["4A"]["B2"].value in ("0.5 ?", "0,5 ?")
    [message] = extract(read_workbook(path), MAPPING, SCALES).messages
    assert (message.level, message.place) == (Level.ERROR, "4A!B2")

    mended["4A"]["B2"] = 0.5  # typed as 50 % into a percent cell
    mended.save(path)

    assert extract(read_workbook(path), MAPPING, SCALES).columns[0].hundredths.tolist() == [5000]


def said_above(*lines: list[Any], mapping: Mapping, header_row: int) -> Any:
    sheet = Sheet("4A", [*lines, HEADER, ["A1", None, 50, None]], first_column=2)
    content = refused_rows(Workbook([sheet], ""), mapping, SCALES, {"4A": {header_row + 1: ["Fel."]}})
    return openpyxl.load_workbook(io.BytesIO(content))["4A"]


def test_round_that_no_title_names_is_written_above_all_lines(in_english: None) -> None:
    mapping = replace(MAPPING, round="HT 2026")

    new = said_above(["Läsning", None, None, None], mapping=mapping, header_row=2)

    written = [row[1] for row in new.values]
    assert written == ["Measurement round: HT 2026", None, "Läsning", "Elevnummer", "A1"]
    assert new.freeze_panes == "A5"


@pytest.mark.parametrize(("title", "header_rows"), [("Resultat ht  2026", ()), ("Läsning", (2,))])
def test_nothing_is_written_above_where_it_stands_or_would_move_a_known_header(
    title: str, header_rows: tuple[int, ...]
) -> None:
    mapping = replace(MAPPING, round="HT 2026", header_rows=header_rows)

    new = said_above([title, None, None, None], mapping=mapping, header_row=2)

    assert [row[1] for row in new.values] == [title, "Elevnummer", "A1"]


@pytest.mark.slow
@pytest.mark.parametrize("groups", [[], [[None, "Hälsa", "Matematik", None]]])
def test_lines_above_change_no_header(groups: list[list[Any]], tmp_path: Path) -> None:
    sheet = Sheet("4A", [*groups, HEADER, ["A1", 20, 50, None], ["B2", 30, 30, None]])
    path = tmp_path / "refused.xlsx"
    mapping = replace(MAPPING, round="HT 2026", school="Norra skolan")
    row = len(groups) + 2

    path.write_bytes(refused_rows(Workbook([sheet], ""), mapping, SCALES, {"4A": {row: ["Fel."]}}))

    before, after = find_table(sheet), find_table(read_workbook(path).sheets[0])
    assert before is not None
    assert after is not None
    assert [column.key for column in after.columns] == [column.key for column in before.columns]


def test_cell_that_waits_for_a_percentage_takes_one(tmp_path: Path) -> None:
    """Somebody who corrects #N/A to 50 % writes what the cells above and below look like."""
    percents = workbook_of(["A1", 0.97, 50, None], ["B2", CellError("#N/A"), 20, None], ["C3", 250, 20, None])
    path = tmp_path / "refused.xlsx"
    path.write_bytes(refused_rows(percents, MAPPING, SCALES, {"4A": {3: ["Fel."], 4: ["Fel."]}}))
    mended = openpyxl.load_workbook(path)
    assert mended["4A"]["B3"].number_format == "General"  # 250 stays 250, not 25,000 %

    mended["4A"]["B2"] = 0.5
    mended["4A"]["B3"] = 25
    mended.save(path)

    attendance = extract(read_workbook(path), MAPPING, SCALES).columns[0]
    assert attendance.hundredths.tolist() == [5000, 2500]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("", "Table"), ("Klass [4A]/4B?", "Klass 4A4B"), ("A" * 40, "A" * 31)],
)
def test_sheet_gets_a_name_that_spreadsheets_allow(in_english: None, name: str, expected: str) -> None:
    workbook = workbook_of(["A1", None, 50, None], name=name)

    assert written(workbook, {name: {2: ["Fel."]}}).sheetnames == [expected]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("resultat.xlsx", "Rows that were left out resultat.xlsx"),
        ("resultat ht.2026.csv", "Rows that were left out resultat ht.2026.xlsx"),
        ("../../etc/passwd", "Rows that were left out passwd.xlsx"),
        ('x"; filename="y.exe', "Rows that were left out x; filename=y.xlsx"),
        ("ond\r\nSet-Cookie: a.xlsx", "Rows that were left out ondSet-Cookie a.xlsx"),
        ("", "Rows that were left out.xlsx"),
    ],
)
def test_workbook_is_named_after_the_file(in_english: None, name: str, expected: str) -> None:
    assert refused_rows_name(name) == expected


@pytest.mark.parametrize(
    "merged",
    [
        (Area(1, 1, 1_001, 16_384), Area(1, 1, 999_000, 16_384)),
        tuple(Area(1, 1, 1_001, 4 + n) for n in range(5_000)),
        (Area(999_000, 1, 1_000_000, 16_384),),
    ],
)
def test_areas_and_lines_cost_no_more_than_the_table(merged: tuple[Area, ...], tmp_path: Path) -> None:
    """A web process writes this workbook, from a file that says what it likes."""
    first_row = merged[0].first_row
    header_row = first_row + 1000
    lines: list[list[Any]] = [[f"Rad {n}", None, None, None] for n in range(first_row, header_row)]
    sheet = Sheet("4A", [*lines, HEADER, ["A1", None, 50, None]], first_row=first_row, merged=merged)
    mapping = replace(MAPPING, header_rows=(header_row,))
    reasons = {"4A": {header_row + 1: ["Fel."]}}

    tracemalloc.start()
    started = time.process_time()
    content = refused_rows(Workbook([sheet], ""), mapping, SCALES, reasons)
    seconds, (_now, peak) = time.process_time() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()

    new = openpyxl.load_workbook(io.BytesIO(content))["4A"]
    assert new.cell(header_row + 1, 1).value == "A1"
    assert all(area.max_col <= 4 and area.max_row <= header_row for area in new.merged_cells.ranges)
    assert peak < 50_000_000
    assert seconds < 1


def test_only_lines_near_the_header_are_repeated() -> None:
    lines = [[f"Rad {n}", None, None, None] for n in range(1, 101)]
    sheet = Sheet("4A", [*lines, HEADER, ["A1", None, 50, None]])
    mapping = replace(MAPPING, header_rows=(101,))

    content = refused_rows(Workbook([sheet], ""), mapping, SCALES, {"4A": {102: ["Fel."]}})

    new = openpyxl.load_workbook(io.BytesIO(content))["4A"]
    assert (new["A60"].value, new["A61"].value, new["A101"].value) == (None, "Rad 61", "Elevnummer")


def test_area_that_reaches_beyond_the_table_leaves_room_for_the_reason(in_english: None) -> None:
    workbook = workbook_of(["A1", None, 50, None], merged=(Area(1, 4, 1, 9),))

    new = written(workbook, {"4A": {2: ["Fel."]}})["4A"]

    assert (new["D1"].value, new["E1"].value) == ("Övrigt", "✎ Why the row was left out")
