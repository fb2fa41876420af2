"""Files to cells that know their place; whatever cannot be read is one sentence, soon, and harms nobody."""

import io
import re
import struct
import time
import tracemalloc
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils.translation import override

from colourmaps.importing import sandbox, workbook
from colourmaps.importing.workbook import (
    Area,
    CellError,
    ReadLimits,
    Sheet,
    UnreadableFile,
    column_letters,
    read_workbook,
)

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
    changed = re.sub(rb"(<f>A2\+1</f>)<v ?/>", rb"\1<v>2</v>", xml)
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
    ("text", "encoding"),
    [
        ("Namn;Klass;Poäng\r\nÅsa;4A;12,5\r\nEva, Liv;4A;3\r\n", "utf-8"),
        ("Namn;Klass;Poäng\nÅsa;4A;12,5\nEva, Liv;4A;3\n", "utf-8-sig"),
        ("Namn\tKlass\tPoäng\nÅsa\t4A\t12,5\nEva, Liv\t4A\t3\n", "utf-16"),
        ("Namn;Klass;Poäng\nÅsa;4A;12,5\nEva, Liv;4A;3\n", "cp1252"),
        ("Namn|Klass|Poäng\nÅsa|4A|12,5\nEva, Liv|4A|3\n", "utf-8"),
        ('Namn,Klass,Poäng\nÅsa,4A,"12,5"\n"Eva, Liv",4A,3\n', "utf-8"),
    ],
)
def test_text_tables_in_the_usual_forms(tmp_path, text, encoding):
    path = tmp_path / "resultat.csv"
    path.write_bytes(text.encode(encoding))
    (sheet,) = read_workbook(path).sheets
    assert sheet.rows == [["Namn", "Klass", "Poäng"], ["Åsa", "4A", "12,5"], ["Eva, Liv", "4A", "3"]]


def test_short_lines_of_a_text_table_are_filled_up(tmp_path):
    path = tmp_path / "resultat.csv"
    path.write_text("Rubrik\n\na;b;c\n1;2\n")
    (sheet,) = read_workbook(path).sheets
    assert sheet.rows == [["Rubrik", None, None], [None, None, None], ["a", "b", "c"], ["1", "2", None]]


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7 not a table", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"just words\nin lines\n", b"\0" * 5000],
)
def test_other_kinds_of_files_are_refused(tmp_path, content):
    path = tmp_path / "resultat.xlsx"
    path.write_bytes(content)
    assert refusal(path) == workbook.SENTENCES[sandbox.EXIT_NOT_A_WORKBOOK]


def test_text_table_with_a_lone_quote_is_refused(tmp_path):
    path = tmp_path / "resultat.csv"
    path.write_text('a;b\n1;"2\n3;4\n')
    assert refusal(path) == workbook.SENTENCES[sandbox.EXIT_DAMAGED]


def test_empty_file_is_refused(tmp_path, make_workbook):
    path = tmp_path / "resultat.xlsx"
    path.write_bytes(b"")
    assert refusal(path) == workbook.EMPTY_FILE
    assert refusal(make_workbook({"4A": []})) == workbook.EMPTY_FILE


def test_zip_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "bilder.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bild.txt", "x")
    assert refusal(path) == workbook.SENTENCES[sandbox.EXIT_NOT_A_WORKBOOK]


def test_password_protected_workbook_is_refused_as_such(tmp_path):
    path = tmp_path / "skyddad.xlsx"
    path.write_bytes(sandbox.OLE_MAGIC + b"\0" * 600 + sandbox.ENCRYPTED_STREAM + b"\0" * 600)
    assert refusal(path) == workbook.SENTENCES[sandbox.EXIT_PASSWORD]


def test_password_protected_zip_is_refused_as_such(make_workbook, tmp_path):
    content = bytearray(make_workbook({"4A": [["a", "b"]]}).read_bytes())
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 8] |= 1
    path = tmp_path / "skyddad.xlsx"
    path.write_bytes(content)
    assert refusal(path) == workbook.SENTENCES[sandbox.EXIT_PASSWORD]


def test_broken_old_workbook_is_refused(tmp_path):
    path = tmp_path / "gammal.xls"
    path.write_bytes(sandbox.OLE_MAGIC + bytes(range(256)) * 8)
    assert refusal(path) in (*workbook.SENTENCES.values(), workbook.CRASHED)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_truncated_workbook_is_refused(examples, tmp_path, share):
    content = (examples / SOLVIKSSKOLAN).read_bytes()
    path = tmp_path / "avbruten.xlsx"
    path.write_bytes(content[: int(len(content) * share)])
    assert refusal(path) == workbook.SENTENCES[sandbox.EXIT_DAMAGED]


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
    assert refusal(bomb) == workbook.SENTENCES[sandbox.EXIT_UNPACKS_TOO_BIG]
    assert time.monotonic() - start < 2


def test_sizes_in_the_directory_are_not_believed(make_workbook, tmp_path):
    bomb = rezip(make_workbook({"4A": [["a", "b"]]}), {"xl/a.bin": bytes(3_000_000)}, tmp_path / "bomb.xlsx")
    content = bytearray(bomb.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    bomb.write_bytes(content)
    assert refusal(bomb, unpacked_bytes=1_000_000) in (
        workbook.SENTENCES[sandbox.EXIT_UNPACKS_TOO_BIG],
        workbook.SENTENCES[sandbox.EXIT_DAMAGED],
    )


def test_too_many_members_are_refused(make_workbook, tmp_path):
    extra = {f"xl/media/{n}.bin": b"x" for n in range(50)}
    path = rezip(make_workbook({"4A": [["a", "b"]]}), extra, tmp_path / "many.xlsx")
    assert refusal(path, zip_entries=40) == workbook.SENTENCES[sandbox.EXIT_UNPACKS_TOO_BIG]


@pytest.mark.parametrize("member", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_entity_bomb_is_refused(make_workbook, tmp_path, member):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><x>&e8;</x>'.encode()
    path = rezip(make_workbook({"4A": [["a", "b"], ["#N/A", 1]]}), {member: bomb}, tmp_path / "bomb.xlsx")
    assert refusal(path) in (
        workbook.SENTENCES[sandbox.EXIT_DAMAGED],
        workbook.SENTENCES[sandbox.EXIT_NOT_A_WORKBOOK],
    )


@pytest.mark.parametrize("limit", [{"rows": 2}, {"columns": 2}, {"cells": 8}])
def test_too_many_cells_are_refused(make_workbook, limit):
    path = make_workbook({"4A": [[1, 2, 3], [1, 2, 3], [1, 2, 3]]})
    assert refusal(path, **limit) == workbook.SENTENCES[sandbox.EXIT_TOO_MANY_CELLS]


@pytest.mark.parametrize("limit", [{"rows": 2}, {"columns": 2}, {"cells": 8}])
def test_too_many_cells_of_a_text_table_are_refused(tmp_path, limit):
    path = tmp_path / "resultat.csv"
    path.write_text("1;2;3\n" * 3)
    assert refusal(path, **limit) == workbook.SENTENCES[sandbox.EXIT_TOO_MANY_CELLS]


def test_too_many_sheets_are_refused(make_workbook):
    path = make_workbook({f"{n}A": [["a", "b"]] for n in range(4)})
    assert refusal(path, sheets=3) == workbook.SENTENCES[sandbox.EXIT_TOO_MANY_SHEETS]


def test_too_much_output_is_refused(examples):
    path = examples / "dutch_schools_pre_post.xlsx"
    assert refusal(path, output_bytes=10_000) == workbook.SENTENCES[sandbox.EXIT_TOO_MANY_CELLS]


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
    assert sandbox.column_number(f"{letters}12") == number


def test_empty_sheet_has_no_cells():
    sheet = Sheet("4A", [])
    assert (sheet.width, sheet.cell(1, 1), list(sheet.row_numbers)) == (0, None, [])


def test_cell_references_may_be_missing():
    cells = b'<c t="e"><v>#REF!</v></c><c/><c s="1"><v>0.5</v></c>'
    xml = b"<worksheet><sheetData><row>" + cells + b"</row></sheetData></worksheet>"
    scan = sandbox.SheetScan(frozenset({"1"}))
    scan.parse(io.BytesIO(xml))
    assert (scan.errors, scan.percent) == ({(1, 1): "#REF!"}, {3: [[1, 1]]})


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
    assert refusal(many, cells=65) == workbook.SENTENCES[sandbox.EXIT_TOO_MANY_CELLS]


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
    assert refusal(path) == workbook.SENTENCES[sandbox.EXIT_DAMAGED]


def test_names_of_sheets_that_no_program_allows_are_cut_and_stay_different(make_workbook, tmp_path):
    path = make_workbook({"4A": [["a", "b"]], "4B": [["c", "d"]]})
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/workbook.xml").decode()
    for name in ("4A", "4B"):
        xml = xml.replace(f'name="{name}"', f'name="{"K" * 150}{name}"')
    path = rezip(path, {"xl/workbook.xml": xml.encode()}, tmp_path / "names.xlsx")
    names = [sheet.name for sheet in read_workbook(path).sheets]
    assert names == ["K" * 97 + "… 1", "K" * 97 + "… 2"]
