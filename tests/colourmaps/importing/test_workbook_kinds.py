"""Each kind of workbook tells the same: values, errors, percent, dates, what is hidden and what is merged."""

import io
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from colourmaps.importing.reader.number_formats import Shown, moment, shown
from colourmaps.importing.reader.xls_sheet import unpacked
from colourmaps.importing.reader.xls_strings import Strings
from colourmaps.importing.workbook import Area, CellError, Workbook, read_workbook
from tests.factories.spreadsheets import WRITERS, Error, Formula, Percent, Table, xls_bytes
from tests.factories.spreadsheets.ods import ods_with
from tests.factories.spreadsheets.xlsx import changed_members, xlsx_bytes


def member(book: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return archive.read(name)


KEEPS_FORMULAS = frozenset({"xlsx", "strict.xlsx", "xlsm", "ods"})


@pytest.fixture
def read(tmp_path):
    """Reads a file of these bytes; its name says nothing about its kind."""

    def read_bytes(content: bytes) -> Workbook:
        path: Path = tmp_path / "resultat"
        path.write_bytes(content)
        return read_workbook(path)

    return read_bytes


@pytest.fixture(params=WRITERS)
def kind(request):
    return request.param


def test_values_of_every_kind(read, kind):
    row = ["Åsa & Liv <x>", "två\nrader", 1.25, 3, -7, True, False, None, "0123"]
    (sheet,) = read(WRITERS[kind]([Table("4A", [row])])).sheets
    assert sheet.rows == [row]
    assert type(sheet.cell(1, 6)) is bool


def test_rectangle_begins_where_the_first_cell_is(read, kind):
    (sheet,) = read(WRITERS[kind]([Table("4A", [[], [None, None, "x"], [None, "y", None]])])).sheets
    assert (sheet.first_row, sheet.first_column, sheet.rows) == (2, 2, [[None, "x"], ["y", None]])


@pytest.mark.parametrize("is_1904", [False, True])
def test_dates_are_the_right_days(read, kind, is_1904):
    days = [date(1984, 2, 29), date(2026, 8, 17), date(2026, 12, 31)]
    (sheet,) = read(WRITERS[kind]([Table("4A", [days])], is_1904=is_1904)).sheets
    assert sheet.rows == [days]


def test_percent_is_known_by_row_and_column(read, kind):
    rows = [["a", "b"], [Percent(0.24), 0.5], [Percent(1.0), 0.5], [0.1, 0.5], [Percent(0.2), 0.5]]
    (sheet,) = read(WRITERS[kind]([Table("4A", rows)])).sheets
    assert sheet.percent_runs == {1: ((2, 3), (5, 5))}
    assert sheet.cell(2, 1) == 0.24


def test_errors_are_errors_and_not_blank(read, kind):
    texts = ["#N/A", "#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!"]
    (sheet,) = read(WRITERS[kind]([Table("4A", [["x", *map(Error, texts)]])])).sheets
    assert sheet.rows == [["x", *map(CellError, texts)]]


def test_formula_without_a_result_says_so(read, kind):
    (sheet,) = read(WRITERS[kind]([Table("4A", [["a", "b"], [1, Formula("A2+1")]])])).sheets
    cell = sheet.cell(2, 2)
    assert isinstance(cell, CellError)
    assert cell.is_uncalculated
    assert cell.text == ("=A2+1" if kind in KEEPS_FORMULAS else "=…")


@pytest.mark.parametrize("kind_with_results", ["xlsb", "xls", "ods"])
def test_formula_with_a_result_is_its_result(read, kind_with_results):
    rows = [["a", "b"], [1, Formula("A2+1", 2.0)], [1, Formula("A3-1", 0.0)]]
    (sheet,) = read(WRITERS[kind_with_results]([Table("4A", rows)])).sheets
    assert [sheet.cell(2, 2), sheet.cell(3, 2)] == [2.0, 0.0]


def test_empty_text_is_a_result_where_other_formulas_have_one(read):
    rows = [["a", Formula("1+1", 2.0)], ["b", Formula('IF(A1="","",1)')]]
    (sheet,) = read(xls_bytes([Table("4A", rows)])).sheets
    assert sheet.rows == [["a", 2.0], ["b", None]]


def test_hidden_sheets_rows_and_columns_are_read_and_known(read, kind):
    tables = [
        Table("4A", [["a", "b", "c"], [1, 2, 3], [4, 5, 6]], hidden_rows=[2], hidden_columns=[3]),
        Table("Gränser", [["x", "y"]], is_hidden=True),
    ]
    book = read(WRITERS[kind](tables))
    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [("4A", False), ("Gränser", True)]
    sheet = book.sheet("4A")
    assert (sheet.hidden_rows, sheet.hidden_columns, sheet.cell(2, 3)) == ({2}, {3}, 3)


def test_merged_header_has_the_value_of_its_area(read, kind):
    rows = [["Namn", "Svenska", None], [None, "läs", "skriv"], ["Ada", 1, 2]]
    tables = [Table("4A", rows, merged=[(1, 2, 1, 3), (1, 1, 2, 1)])]
    (sheet,) = read(WRITERS[kind](tables)).sheets
    assert set(sheet.merged) == {Area(1, 2, 1, 3), Area(1, 1, 2, 1)}
    assert [sheet.merged_cell(1, 3), sheet.merged_cell(2, 1)] == ["Svenska", "Namn"]


@pytest.mark.parametrize("name", ["'; DROP", "Blad & <1>", "åäö ß 漢"])
def test_names_of_sheets_may_have_any_letters(read, kind, name):
    assert [sheet.name for sheet in read(WRITERS[kind]([Table(name, [["a", "b"]])])).sheets] == [name]


def test_old_workbook_larger_than_one_table_of_sectors(read):
    rows = [[f"Elev {number}", number] for number in range(1500)]
    (sheet,) = read(xls_bytes([Table("4A", rows)])).sheets
    assert sheet.rows == rows


def test_text_that_goes_on_in_the_next_record_may_change_its_width():
    segments = [b"\2\0\0\0\2\0\0\0" + b"\5\0\0ab", b"\1" + "cåd".encode("utf-16-le") + b"\1\0", b"\0z"]
    assert Strings(segments).table() == ["abcåd", "z"]


def test_text_with_formatting_and_reading_aids_is_read_without_them():
    rich = b"\2\0\x0c" + b"\1\0" + b"\2\0\0\0" + b"ab" + b"RRRR" + b"PP"
    assert Strings([b"\2\0\0\0\2\0\0\0" + rich + b"\1\0\0c"]).table() == ["ab", "c"]


@pytest.mark.parametrize(
    ("packed", "value"),
    [(12 << 2 | 2, 12.0), (0xFFFFFFE6, -7.0), (1234 << 2 | 3, 12.34), (0x3FF80000, 1.5), (0xBFF80000, -1.5)],
)
def test_numbers_in_32_bits(packed, value):
    assert unpacked(packed) == value


@pytest.mark.parametrize(
    ("code", "how"),
    [
        ("General", Shown.NUMBER),
        ("Standard", Shown.NUMBER),
        ('0.0" dagar"', Shown.NUMBER),
        ("[Red]0", Shown.NUMBER),
        ("[$kr-41D] #,##0", Shown.NUMBER),
        ("0.0 %", Shown.PERCENT),
        ('0"%"', Shown.NUMBER),
        ("yyyy-mm-dd", Shown.DATE),
        ("[$-41D]d mmmm yyyy;@", Shown.DATE),
        ("h:mm AM/PM", Shown.DATE),
        ("[h]:mm", Shown.DURATION),
    ],
)
def test_number_formats(code, how):
    assert shown(code) is how


@pytest.mark.parametrize(
    ("value", "how", "result"),
    [
        (1, Shown.DATE, date(1900, 1, 1)),
        (59, Shown.DATE, date(1900, 2, 28)),
        (61, Shown.DATE, date(1900, 3, 1)),
        (46000.5, Shown.DATE, datetime(2025, 12, 9, 12)),  # noqa: DTZ001  # cells have no time zone
        (0.25, Shown.DATE, time(6)),
        (1.5, Shown.DURATION, timedelta(days=1, hours=12)),
        (-1, Shown.DATE, -1),
        (1e300, Shown.DURATION, 1e300),
        (0.24, Shown.PERCENT, 0.24),
    ],
)
def test_numbers_as_moments(value, how, result):
    assert moment(value, how, is_1904=False) == result


def test_repeated_cells_and_rows_of_an_ods_are_spread_out_and_empty_ones_are_not(read):
    cell = '<table:table-cell office:value-type="float" office:value="7" table:number-columns-repeated="2"/>'
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    far = f'<table:table-row table:number-rows-repeated="1048000">{empty}</table:table-row>'
    rows = f'<table:table-row table:number-rows-repeated="2">{cell}</table:table-row>{far}'
    (sheet,) = read(ods_with(f'<table:table table:name="4A">{rows}</table:table>')).sheets
    assert sheet.rows == [[7.0, 7.0], [7.0, 7.0]]


def test_notes_spaces_and_durations_of_an_ods(read):
    note = "<office:annotation><text:p>anteckning</text:p></office:annotation>"
    text = f'<table:table-cell>{note}<text:p>a<text:s text:c="2"/>b</text:p></table:table-cell>'
    length = '<table:table-cell office:value-type="time" office:time-value="PT01H35M00S"/>'
    (sheet,) = read(
        ods_with(
            f'<table:table table:name="4A"><table:table-row>{text}{length}</table:table-row></table:table>'
        )
    ).sheets
    assert sheet.rows == [["a  b", timedelta(minutes=95)]]


@pytest.mark.parametrize(("kind", "name"), [("float", "value"), ("time", "time-value")])
def test_value_of_an_ods_that_is_not_of_its_kind_is_what_it_shows(read, kind, name):
    cell = f'<table:table-cell office:value-type="{kind}" office:{name}="x"><text:p>3 st</text:p></table:table-cell>'
    (sheet,) = read(
        ods_with(f'<table:table table:name="4A"><table:table-row>{cell}</table:table-row></table:table>')
    ).sheets
    assert sheet.rows == [["3 st"]]


@pytest.mark.parametrize("text", ["Err:502", "#N/A", "#VÄRDEFEL!"])
def test_errors_of_an_ods_without_a_mark(read, text):
    kind = 'table:formula="of:=X" office:value-type="string"'
    cell = f"<table:table-cell {kind}><text:p>{text}</text:p></table:table-cell>"
    row = f"<table:table-row>{cell}<table:table-cell><text:p>#1</text:p></table:table-cell></table:table-row>"
    (sheet,) = read(ods_with(f'<table:table table:name="4A">{row}</table:table>')).sheets
    assert sheet.rows == [[CellError(text), "#1"]]


def sheet_xml(cells: bytes, *, reckons_on_load: bool = False) -> bytes:
    """A workbook whose first sheet has these cells in row 1."""
    book = xlsx_bytes([Table("4A", [["x"]])])
    xml = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    )
    flag = b'fullCalcOnLoad="1"'
    return changed_members(
        book,
        {
            "xl/worksheets/sheet1.xml": xml + cells + b"</row></sheetData></worksheet>",
            "xl/workbook.xml": member(book, "xl/workbook.xml").replace(
                flag, flag if reckons_on_load else b""
            ),
        },
    )


ZERO = b'<c r="A1"><f>B1</f><v>0</v></c>'


def test_empty_text_as_result_of_a_formula_is_an_empty_cell(read):
    (sheet,) = read(
        sheet_xml(b'<c r="A1" t="str"><f>IF(1,"","")</f><v></v></c><c r="B1"><v>5</v></c>')
    ).sheets
    assert sheet.rows[0][-1] == 5.0
    assert sheet.cell(1, 1) is None


def test_zero_is_a_result_unless_the_file_asks_for_reckoning_and_holds_no_other(read):
    assert read(sheet_xml(ZERO)).sheets[0].cell(1, 1) == 0.0
    assert read(sheet_xml(ZERO, reckons_on_load=True)).sheets[0].cell(1, 1) == CellError("=B1")
    other = b'<c r="B1"><f>1+1</f><v>2</v></c>'
    assert read(sheet_xml(ZERO + other, reckons_on_load=True)).sheets[0].cell(1, 1) == 0.0


def test_listed_sheet_that_is_not_in_the_file_is_passed_over(read):
    book = xlsx_bytes([Table("4A", [["a", "b"]]), Table("4B", [["c", "d"]])])
    listed = member(book, "xl/workbook.xml")
    changed = listed.replace(b'r:id="rId2"', b'r:id=""')
    assert changed != listed
    assert [sheet.name for sheet in read(changed_members(book, {"xl/workbook.xml": changed})).sheets] == [
        "4A"
    ]
