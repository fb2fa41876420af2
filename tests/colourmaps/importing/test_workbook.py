"""Files to cells that know their place; whatever cannot be read is one sentence, soon, and harms nobody."""

import io
import json
import re
import struct
import time
import tracemalloc
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils.translation import override

from colourmaps.importing import workbook
from colourmaps.importing.reader import ole, xlsx_scan, xlsx_sieve
from colourmaps.importing.reader.refusal import Exit, Limits
from colourmaps.importing.workbook import (
    Area,
    CellError,
    ReadLimits,
    Sheet,
    UnreadableFile,
    column_letters,
    read_workbook,
)
from tests.factories.spreadsheets.ole import ole_bytes

SOLVIKSSKOLAN = "solviksskolan_ht2026_fargkarta.xlsx"


def rezip(path: Path, changes: dict[str, bytes], target: Path) -> Path:
    """A copy of a zip file with some members replaced or added."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            if name not in changes:
                copy.writestr(name, source.read(name))
        for name, content in changes.items():
            copy.writestr(name, content)
    return target


def refusal(path: Path, **limits: float) -> object:
    """The lazy sentence with which a file is refused."""
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(path, limits=ReadLimits(**limits))
    return caught.value.sentence


def test_cells_keep_their_types_and_places(make_workbook):
    rows = [
        [],
        ["", None, "x"],
        [None, None, 1.5, True, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4), "0123"],  # noqa: DTZ001  # cells have no time zone
    ]
    sheet = read_workbook(make_workbook({"4A": rows})).sheets[0]
    assert (sheet.first_row, sheet.first_column) == (2, 3)
    assert sheet.rows[1] == [1.5, True, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4), "0123"]  # noqa: DTZ001  # cells have no time zone
    assert sheet.cell(3, 3) == 1.5
    assert sheet.cell(2, 4) is None
    assert sheet.cell(1, 1) is None


def test_durations_survive(make_workbook):
    path = make_workbook({"4A": [["tid", "x"], [timedelta(minutes=95), 1]]}, formats={"4A": {"A2": "[h]:mm"}})
    assert read_workbook(path).sheets[0].cell(2, 1) == timedelta(minutes=95)


def test_sheets_say_their_name_and_whether_they_are_hidden(make_workbook):
    book = read_workbook(make_workbook({"4A": [["a"]], "Gränser": [["b"]], "tom": []}, hidden=["Gränser"]))
    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [
        ("4A", False),
        ("Gränser", True),
        ("tom", False),
    ]
    assert [sheet.name for sheet in book.visible_sheets] == ["4A", "tom"]
    assert book.sheet("Gränser").cell(1, 1) == "b"
    with pytest.raises(KeyError):
        book.sheet("4B")


def test_merged_cells_have_the_value_of_their_area(make_workbook):
    path = make_workbook({"4A": [["Svenska", None, "Matematik"], ["a", "b", "c"]]}, merged={"4A": ["A1:B1"]})
    sheet = read_workbook(path).sheets[0]
    assert sheet.merged == (Area(1, 1, 1, 2),)
    assert [sheet.merged_cell(1, column) for column in (1, 2, 3)] == ["Svenska", "Svenska", "Matematik"]


def test_error_cells_are_errors_and_not_blank(make_workbook):
    path = make_workbook({"4A": [["a", "b"], ["#N/A", "#DIV/0!"], [1, 2]]})
    sheet = read_workbook(path).sheets[0]
    assert sheet.rows[1] == [CellError("#N/A"), CellError("#DIV/0!")]


def test_formula_without_a_stored_result_says_so(make_workbook):
    sheet = read_workbook(make_workbook({"4A": [["a", "b"], [1, "=A2+1"], [2, 3]]})).sheets[0]
    cell = sheet.cell(2, 2)
    assert cell == CellError("=A2+1")
    assert cell.is_uncalculated


def test_formula_with_a_stored_result_is_its_result(make_workbook, tmp_path):
    path = make_workbook({"4A": [["a", "b"], [1, "=A2+1"]]})
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    changed = re.sub(rb"(<f>A2\+1</f>)<v(?: ?/>|></v>)", rb"\1<v>2</v>", xml)
    path = rezip(path, {"xl/worksheets/sheet1.xml": changed}, tmp_path / "calculated.xlsx")
    assert read_workbook(path).sheets[0].cell(2, 2) == 2.0


def test_numbers_shown_as_percent_are_known_by_row_and_column(make_workbook):
    rows = [["a", "b"], [0.24, 0.5], [1, 0.5], [0.1, 0.5], ["x", 0.5], [0.2, 0.5]]
    formats = {"4A": {"A2": "0%", "A3": "0.00%", "A4": '0.0"%"', "A5": "0%", "A6": "0.0 %"}}
    sheet = read_workbook(make_workbook({"4A": rows}, formats=formats)).sheets[0]
    assert sheet.percent_runs == {1: ((2, 3), (6, 6))}
    assert sheet.is_percent(1, 2, 6).tolist() == [True, True, False, False, True]
    assert not sheet.is_percent(2, 2, 6).any()


def test_hidden_rows_are_read_and_known(make_workbook):
    sheet = read_workbook(
        make_workbook({"4A": [["a", "b"], [1, 2], [3, 4]]}, hidden_rows={"4A": [2]})
    ).sheets[0]
    assert sheet.hidden_rows == {2}
    assert sheet.cell(2, 1) == 1.0


def test_solviksskolan_is_read_as_it_looks(examples):
    book = read_workbook(examples / SOLVIKSSKOLAN)
    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [
        ("4A", False),
        ("4B", False),
        ("5A", False),
        ("Gränser", True),
    ]
    sheet = book.sheet("4A")
    assert sheet.cell(7, 9) == 0.24
    assert sheet.percent_runs == {9: ((7, 14), (16, 28))}
    assert sheet.cell(30, 5) == CellError("=AVERAGE(E7:E28)")
    assert sheet.merged_cell(5, 7) == "Svenska"
    assert len(book.digest) == 64


@pytest.mark.parametrize(
    "content",
    [b"just words\nin lines\n", b"\0" * 5000, b"\x01\x02;\x03\n" * 50, b"<?xml version='1.0'?><a>;</a>"],
)
def test_other_kinds_of_files_are_refused(tmp_path, content):
    path = tmp_path / "resultat.xlsx"
    path.write_bytes(content)
    assert refusal(path) == workbook.SENTENCES[Exit.NOT_A_WORKBOOK]


def test_empty_file_is_refused(tmp_path, make_workbook):
    path = tmp_path / "resultat.xlsx"
    path.write_bytes(b"")
    assert refusal(path) == workbook.EMPTY_FILE
    assert refusal(make_workbook({"4A": []})) == workbook.EMPTY_FILE


def test_zip_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "bilder.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bild.txt", "x")
    assert refusal(path) == workbook.SENTENCES[Exit.ARCHIVE]


def test_password_protected_workbook_is_refused_as_such(tmp_path):
    path = tmp_path / "skyddad.xlsx"
    path.write_bytes(ole_bytes({"EncryptedPackage": bytes(5000), "EncryptionInfo": bytes(100)}))
    assert refusal(path) == workbook.SENTENCES[Exit.PASSWORD]


def test_password_protected_zip_is_refused_as_such(make_workbook, tmp_path):
    content = bytearray(make_workbook({"4A": [["a", "b"]]}).read_bytes())
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 8] |= 1
    path = tmp_path / "skyddad.xlsx"
    path.write_bytes(content)
    assert refusal(path) == workbook.SENTENCES[Exit.PASSWORD]


def test_broken_old_workbook_is_refused(tmp_path):
    path = tmp_path / "gammal.xls"
    path.write_bytes(ole.MAGIC + bytes(range(256)) * 8)
    assert refusal(path) in (*workbook.SENTENCES.values(), workbook.CRASHED)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_truncated_workbook_is_refused(examples, tmp_path, share):
    content = (examples / SOLVIKSSKOLAN).read_bytes()
    path = tmp_path / "avbruten.xlsx"
    path.write_bytes(content[: int(len(content) * share)])
    assert refusal(path) == workbook.SENTENCES[Exit.DAMAGED]


def test_too_large_file_is_refused_unread(examples):
    with override("en"):
        sentence = str(refusal(examples / "dutch_schools_pre_post.xlsx", file_bytes=50_000))
    assert sentence == "The file is larger than 0 MiB. Split it into several."


@pytest.mark.slow
def test_zip_bomb_is_refused_soon(make_workbook, tmp_path):
    bomb = rezip(
        make_workbook({"4A": [["a", "b"]]}),
        {"xl/media/a.bin": bytes(120 * 1024 * 1024)},
        tmp_path / "bomb.xlsx",
    )
    start = time.monotonic()
    assert refusal(bomb) == workbook.SENTENCES[Exit.UNPACKS_TOO_BIG]
    assert time.monotonic() - start < 2


def test_sizes_in_the_directory_are_not_believed(make_workbook, tmp_path):
    bomb = rezip(make_workbook({"4A": [["a", "b"]]}), {"xl/a.bin": bytes(3_000_000)}, tmp_path / "bomb.xlsx")
    content = bytearray(bomb.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    bomb.write_bytes(content)
    assert refusal(bomb, unpacked_bytes=1_000_000) in (
        workbook.SENTENCES[Exit.UNPACKS_TOO_BIG],
        workbook.SENTENCES[Exit.DAMAGED],
    )


def test_too_many_members_are_refused(make_workbook, tmp_path):
    extra = {f"xl/media/{n}.bin": b"x" for n in range(50)}
    path = rezip(make_workbook({"4A": [["a", "b"]]}), extra, tmp_path / "many.xlsx")
    assert refusal(path, zip_entries=40) == workbook.SENTENCES[Exit.UNPACKS_TOO_BIG]


@pytest.mark.parametrize("member", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_entity_bomb_is_refused(make_workbook, tmp_path, member):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><x>&e8;</x>'.encode()
    path = rezip(make_workbook({"4A": [["a", "b"], ["#N/A", 1]]}), {member: bomb}, tmp_path / "bomb.xlsx")
    assert refusal(path) in (
        workbook.SENTENCES[Exit.DAMAGED],
        workbook.SENTENCES[Exit.NOT_A_WORKBOOK],
    )


@pytest.mark.parametrize("limit", [{"rows": 2}, {"columns": 2}, {"cells": 8}])
def test_too_many_cells_are_refused(make_workbook, limit):
    path = make_workbook({"4A": [[1, 2, 3], [1, 2, 3], [1, 2, 3]]})
    assert refusal(path, **limit) == workbook.SENTENCES[Exit.TOO_MANY_CELLS]


@pytest.mark.parametrize("limit", [{"rows": 2}, {"columns": 2}, {"cells": 8}])
def test_too_many_cells_of_a_text_table_are_refused(tmp_path, limit):
    path = tmp_path / "resultat.csv"
    path.write_text("1;2;3\n" * 3)
    assert refusal(path, **limit) == workbook.SENTENCES[Exit.TOO_MANY_CELLS]


def test_too_many_sheets_are_refused(make_workbook):
    path = make_workbook({f"{n}A": [["a", "b"]] for n in range(4)})
    assert refusal(path, sheets=3) == workbook.SENTENCES[Exit.TOO_MANY_SHEETS]


def test_too_much_output_is_refused(examples):
    path = examples / "dutch_schools_pre_post.xlsx"
    assert refusal(path, output_bytes=10_000) == workbook.SENTENCES[Exit.TOO_MANY_CELLS]


@pytest.mark.slow
def test_two_cells_in_opposite_corners_do_not_take_the_memory_between_them(make_workbook, tmp_path):
    path = make_workbook({"4A": [["a", "b"]]})
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path = rezip(path, {"xl/worksheets/sheet1.xml": xml.replace(b"</sheetData>", far)}, tmp_path / "far.xlsx")
    start = time.monotonic()
    assert refusal(path) in (workbook.CRASHED, *workbook.SENTENCES.values())
    assert time.monotonic() - start < 2


def test_reader_that_takes_too_much_processor_time_is_ended(examples):
    sentence = refusal(
        examples / "dutch_schools_pre_post.xlsx", cpu_seconds=0.02, cpu_seconds_per_mebibyte=0.0
    )
    assert sentence == workbook.TOOK_TOO_LONG


def test_reader_that_takes_too_long_is_ended(examples):
    assert refusal(examples / "dutch_schools_pre_post.xlsx", wall_seconds=0.01) == workbook.TOOK_TOO_LONG


def test_reader_that_dies_is_one_sentence(examples, tmp_path, monkeypatch):
    broken = tmp_path / "reader.py"
    broken.write_text("import os; os.abort()")
    monkeypatch.setattr(workbook, "READER", broken)
    assert refusal(examples / SOLVIKSSKOLAN) == workbook.CRASHED


def test_output_that_stops_half_way_is_not_taken_for_the_whole(examples, tmp_path, monkeypatch):
    broken = tmp_path / "reader.py"
    broken.write_text(
        'print(\'{"sheet": "4A", "hidden": false, "first_row": 1, "first_column": 1}\\n[["a"]]\')'
    )
    monkeypatch.setattr(workbook, "READER", broken)
    assert refusal(examples / SOLVIKSSKOLAN) == workbook.CRASHED


def test_reader_sees_none_of_the_environment(examples, tmp_path, monkeypatch):
    spy = tmp_path / "reader.py"
    spy.write_text("import os, sys; sys.exit(4 if 'SECRET_KEY' in os.environ else 5)")
    monkeypatch.setenv("SECRET_KEY", "x")
    monkeypatch.setattr(workbook, "READER", spy)
    assert refusal(examples / SOLVIKSSKOLAN) == workbook.SENTENCES[5]


def test_missing_file_is_an_error_of_the_caller(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_workbook(tmp_path / "saknas.xlsx")


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (28, "AB"), (703, "AAA"), (16384, "XFD")]
)
def test_column_letters(number, letters):
    assert column_letters(number) == letters
    assert xlsx_scan.column_number(f"{letters}12") == number


def test_empty_sheet_has_no_cells():
    sheet = Sheet("4A", [])
    assert (sheet.width, sheet.cell(1, 1), list(sheet.row_numbers)) == (0, None, [])


def child_limits() -> Limits:
    return Limits(**json.loads(ReadLimits().for_child(0)))


def scanned(sheet: bytes, percent_styles: frozenset[str] = frozenset({"1"})) -> xlsx_scan.SheetScan:
    scan = xlsx_scan.SheetScan(percent_styles, child_limits())
    scan.parse(io.BytesIO(b"<worksheet><sheetData>" + sheet + b"</sheetData></worksheet>"))
    return scan


def test_cell_references_may_be_missing():
    cells = b'<c t="e"><v>#REF!</v></c><c/><c s="1"><v>0.5</v></c>'
    scan = scanned(b"<row>" + cells + b"</row>")
    assert (scan.errors, scan.traits.percent) == ({(1, 1): "#REF!"}, {3: [[1, 1]]})


CELLS = {
    "number": b'<c r="B2"><v>1</v></c>',
    "text": b'<c r="C2" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>',
    "percent": b'<c r="D2" s="1"><v>0.5</v></c>',
    "other style": b'<c r="E2" s="11"><v>0.5</v></c>',
    "error": b'<c r="F2" t="e"><v>#N/A</v></c>',
    "error of a formula": b'<c r="G2" t="e"><f>A1</f><v>#DIV/0!</v></c>',
    "formula": b'<c r="H2" t="str"><f>A1&amp;"a"</f></c>',
    "formula in several lines": b'<c r="I2">\n <f t="shared" ref="I2:I3" si="0">A1+1</f>\n <v></v>\n</c>',
    "nothing": b'<c r="J2" s="1"/>',
    "empty text": b'<c r="K2" t="str"><f>""</f><v></v></c>',
    "nought": b'<c r="L2"><f>A1</f><v>0</v></c>',
}
FOUND = {
    (2, 6): "#N/A",
    (2, 7): "#DIV/0!",
    (2, 8): '=A1&"a"',
    (2, 9): "=A1+1",
}


@pytest.mark.parametrize("n_styles", [1, 200], ids=["sifted", "whole"])
def test_scan_finds_the_same_whether_or_not_the_plain_cells_are_taken_out(n_styles):
    styles = frozenset(map(str, [1, *range(100, 99 + n_styles)]))
    scan = scanned(b'<row r="2" hidden="1">' + b"".join(CELLS.values()) + b"</row>", styles)
    assert (scan.errors, scan.zeros, scan.has_results) == (FOUND, {(2, 12): "=A1"}, True)
    assert scan.traits.percent[4] == [[2, 2]]
    assert (set(scan.traits.percent) <= {4, 10}, scan.traits.hidden_rows) == (True, [[2, 2]])


@pytest.mark.parametrize("n_styles", [1, 200], ids=["sifted", "whole"])
@pytest.mark.parametrize(
    ("cell", "has_results"),
    [(b"<f>A2</f><v>7</v>", True), (b'<f t="shared" si="0"/><v>7</v>', True), (b"<f>A2</f><v>0</v>", False)],
)
def test_scan_knows_whether_a_formula_has_a_result(n_styles, cell, has_results):
    styles = frozenset(map(str, range(1, n_styles + 1)))
    assert scanned(b'<row r="1"><c r="A1">' + cell + b"</c></row>", styles).has_results is has_results


def test_place_of_a_cell_without_reference_is_counted_from_the_one_before():
    row = b'<row r="4"><c r="C4"><v>1</v></c><c t="e"><v>#REF!</v></c></row>'
    assert scanned(row * 3).errors == {(4, 4): "#REF!"}


def test_formula_of_a_rule_belongs_to_no_cell():
    rule = b'<row r="1"><c r="A1"><v>1</v></c></row></sheetData><x14:cfRule><xm:f>A1</xm:f></x14:cfRule><sheetData>'
    assert scanned(rule.replace(b"x14:", b"").replace(b"xm:", b"")).errors == {}


def test_rows_are_sifted_across_pieces_of_the_file():
    rows = b"".join(
        b'<row r="%d"><c r="A%d"><v>12345</v></c><c r="B%d" t="e"><v>#N/A</v></c></row>' % (row, row, row)
        for row in range(1, 9001)
    )
    assert scanned(rows).errors == {(row, 2): "#N/A" for row in range(1, 9001)}
    assert len(rows) > 2 * xlsx_sieve.CHUNK


def test_workbook_in_which_no_formula_has_a_result_is_not_empty(make_workbook):
    path = make_workbook({"4A": [[], [None, "=A1+1", "=A2"], [None, "=A3", None]], "4B": [["a"], ["=B1", 2]]})
    first, second = read_workbook(path).sheets
    assert (first.first_row, first.first_column) == (2, 2)
    assert first.rows == [[CellError("=A1+1"), CellError("=A2")], [CellError("=A3"), None]]
    assert all(cell.is_uncalculated for cell in first.rows[0])
    assert second.rows == [["a", None], [CellError("=B1"), 2]]


@pytest.mark.parametrize("place", ["A1", "Z1", "A9", "Z9"])
def test_formula_without_a_result_beside_all_values_is_there(make_workbook, tmp_path, place):
    path = make_workbook({"4A": [[]] * 3 + [[None, None, 1, 2], [None, None, 3, 4]]})
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    row = f'<row r="{place[1:]}"><c r="{place}"><f>C4</f></c></row>'.encode()
    at = b"<sheetData>" if place.endswith("1") else b"</sheetData>"
    changed = xml.replace(at, at + row if place.endswith("1") else row + at)
    sheet = read_workbook(
        rezip(path, {"xl/worksheets/sheet1.xml": changed}, tmp_path / "beside.xlsx")
    ).sheets[0]
    column = {"A": 1, "Z": 26}[place[0]]
    assert sheet.cell(int(place[1:]), column) == CellError("=C4")
    assert [sheet.cell(*at) for at in ((4, 3), (4, 4), (5, 3), (5, 4), (5, 5))] == [1, 2, 3, 4, None]
    assert {len(row) for row in sheet.rows} == {sheet.width}


def test_formula_without_a_result_far_below_is_too_many_rows(make_workbook, tmp_path):
    path = make_workbook({"4A": [["a", "b"]]})
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    far = b'<row r="1048576"><c r="A1048576"><f>A1</f></c></row></sheetData>'
    path = rezip(path, {"xl/worksheets/sheet1.xml": xml.replace(b"</sheetData>", far)}, tmp_path / "far.xlsx")
    assert refusal(path) == workbook.SENTENCES[Exit.TOO_MANY_CELLS]


def test_areas_are_cut_to_the_cells_of_the_sheet(make_workbook):
    rows = [[None, None, None], [None, "Svenska", None], [None, "a", "b"]]
    path = make_workbook({"4A": rows}, merged={"4A": ["B2:Z2", "E5:F6"]})
    assert read_workbook(path).sheets[0].merged == (Area(2, 2, 2, 3),)


def with_areas(path: Path, areas: list[str], target: Path) -> Path:
    """A copy of a workbook whose first sheet claims these merged areas."""
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    claims = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    end = f"</sheetData><mergeCells>{claims}</mergeCells>".encode()
    return rezip(path, {"xl/worksheets/sheet1.xml": xml.replace(b"</sheetData>", end)}, target)


def test_cells_of_merged_areas_count_as_cells(make_workbook, tmp_path):
    path = make_workbook({"4A": [["a", "b", "c"], [1, 2, 3]]})
    many = with_areas(path, ["A1:XFD1048576"] * 10, tmp_path / "areas.xlsx")
    assert len(read_workbook(many, limits=ReadLimits(cells=66)).sheets[0].merged) == 10
    assert refusal(many, cells=65) == workbook.SENTENCES[Exit.TOO_MANY_CELLS]


def test_more_areas_than_a_table_needs_are_left_out_from_the_bottom(make_workbook, tmp_path):
    path = make_workbook({"4A": [["a", "b"]] + [[1, 2]] * 6000})
    many = with_areas(path, [f"A{row}:B{row}" for row in range(6000, 0, -1)], tmp_path / "areas.xlsx")
    merged = read_workbook(many).sheets[0].merged
    assert (len(merged), merged[0], merged[-1]) == (5000, Area(1, 1, 1, 2), Area(5000, 1, 5000, 2))


def test_areas_are_not_spread_out_over_their_cells():
    areas = tuple(Area(1, 1, 10, 999) for _ in range(2000))
    sheet = Sheet("4A", [["Svenska"] + [None] * 998 for _ in range(10)], merged=areas)
    tracemalloc.start()
    values = {sheet.merged_cell(row, column) for row in range(1, 11) for column in range(1, 1000)}
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert values == {"Svenska"}
    assert peak < 500_000


def test_merged_cell_outside_the_sheet_is_empty():
    sheet = Sheet("4A", [["a", None]], first_row=2, first_column=2, merged=(Area(2, 2, 2, 9),))
    places = [(2, 1), (2, 2), (2, 3), (2, 4), (1, 2), (3, 2)]
    assert [sheet.merged_cell(*place) for place in places] == [None, "a", "a", None, None, None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_doctype_is_seen_in_every_encoding(make_workbook, tmp_path, encoding):
    part = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "ha">]><x>&e;</x>'.encode(encoding)
    path = rezip(make_workbook({"4A": [["a", "b"]]}), {"docProps/custom.xml": part}, tmp_path / "dtd.xlsx")
    assert refusal(path) == workbook.SENTENCES[Exit.DAMAGED]


def test_names_of_sheets_that_no_program_allows_are_cut_and_stay_different(make_workbook, tmp_path):
    path = make_workbook({"4A": [["a", "b"]], "4B": [["c", "d"]]})
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/workbook.xml").decode()
    for name in ("4A", "4B"):
        xml = xml.replace(f'name="{name}"', f'name="{"K" * 150}{name}"')
    path = rezip(path, {"xl/workbook.xml": xml.encode()}, tmp_path / "names.xlsx")
    names = [sheet.name for sheet in read_workbook(path).sheets]
    assert names == ["K" * 97 + "… 1", "K" * 97 + "… 2"]
