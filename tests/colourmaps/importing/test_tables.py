"""Where the table is in a sheet, in the shapes that schools make."""

from typing import Any

import pytest

from colourmaps.importing import tables
from colourmaps.importing.tables import Table, find_table
from colourmaps.importing.workbook import Area, Sheet

HEADER = ["Elev-ID", "Efternamn", "Klass", "Läsning"]
PUPILS = [["20160605TF60", "Svensson", "4A", 5.0], ["20160714TF18", "Öberg", "4A", None]]


def sheet(rows: list[list[Any]], **parts: Any) -> Sheet:
    width = max(map(len, rows))
    return Sheet("4A", [row + [None] * (width - len(row)) for row in rows], **parts)


def table(rows: list[list[Any]], **parts: Any) -> Table:
    found = find_table(sheet(rows, **parts))
    assert found is not None
    return found


def left_out(found: Table) -> list[tuple[int, str]]:
    return [(note.row, note.code) for note in found.notes]


def test_table_at_the_top():
    found = table([HEADER, *PUPILS])
    assert (found.header_rows, found.data_rows, found.notes) == ((1,), (2, 3), ())
    assert [(column.number, column.header) for column in found.columns] == list(enumerate(HEADER, 1))
    assert list(found.cells(4)) == [5.0, None]


def test_places_count_from_the_corner_of_the_spreadsheet():
    found = table([HEADER, *PUPILS], first_row=8, first_column=3)
    assert (found.header_rows, found.data_rows) == ((8,), (9, 10))
    assert [column.number for column in found.columns] == [3, 4, 5, 6]
    assert list(found.cells(4)) == ["Svensson", "Öberg"]


def test_title_rows_are_kept_apart():
    found = table([["Färgkarta – Solviksskolan"], ["Mättillfälle: HT 2026"], [None], HEADER, *PUPILS])
    assert found.header_rows == (4,)
    assert found.titles == ((1, "Färgkarta – Solviksskolan"), (2, "Mättillfälle: HT 2026"))


def test_two_header_rows_with_merged_groups():
    group = [None, None, None, "Svenska", None, "Matematik"]
    header = ["Elev-ID", "Efternamn", "Klass", "Läsning", "Skrivning", "Tal"]
    rows = [group, header, ["20160605TF60", "Svensson", "4A", 5.0, "E", 3.0]]
    found = table(rows, merged=(Area(1, 4, 1, 5),))
    assert found.header_rows == (1, 2)
    assert [(column.header, column.group) for column in found.columns[2:]] == [
        ("Klass", ""),
        ("Läsning", "Svenska"),
        ("Skrivning", "Svenska"),
        ("Tal", "Matematik"),
    ]


def test_header_cells_over_both_rows():
    rows = [
        ["Elev-ID", "Klass", "Svenska", None],
        [None, None, "Läsning", "Tal"],
        ["20160605TF60", "4A", 5.0, 2.0],
    ]
    found = table(rows, merged=(Area(1, 1, 2, 1), Area(1, 2, 2, 2), Area(1, 3, 1, 4)))
    assert found.header_rows == (1, 2)
    assert [(column.header, column.group) for column in found.columns] == [
        ("Elev-ID", ""),
        ("Klass", ""),
        ("Läsning", "Svenska"),
        ("Tal", "Svenska"),
    ]
    assert found.data_rows == (3,)


def test_groups_without_merged_cells_hold_until_the_next():
    rows = [
        [None, None, None, "HT 2026", None, "VT 2027"],
        [*HEADER, "Tal", "Läsning"],
        [*PUPILS[0], 3.0, 4.0],
    ]
    found = table(rows)
    assert found.header_rows == (1, 2)
    assert [column.group for column in found.columns] == ["", "", "", "HT 2026", "HT 2026", "VT 2027"]


def test_title_above_the_header_is_no_group():
    found = table([["Klass 4A, hösten"], HEADER, *PUPILS], merged=(Area(1, 1, 1, 4),))
    assert found.header_rows == (2,)
    assert found.titles == ((1, "Klass 4A, hösten"),)


def test_facts_side_by_side_above_the_header_are_no_groups():
    found = table([["Klass: 4A", None, "Mentor: Eva"], HEADER, *PUPILS])
    assert found.header_rows == (2,)


@pytest.mark.parametrize(
    "word", ["Medel", "Summa:", "Antal elever", "Gjennomsnitt", "I alt", "Average", "MEDELVÄRDE"]
)
def test_totals_are_left_out_and_said(word):
    found = table([HEADER, *PUPILS, [None], [word, None, None, 5.0]])
    assert found.data_rows == (2, 3)
    assert left_out(found) == [(5, tables.TOTALS_ROW.code)]


@pytest.mark.parametrize(
    "note", ["OBS! Arbetsmaterial", "* ny elev", "Källa: mentor", "Alla prov gjordes i vecka 38."]
)
def test_notes_are_left_out_and_said(note):
    found = table([HEADER, *PUPILS, [note]])
    assert found.data_rows == (2, 3)
    assert left_out(found) == [(4, tables.NOTE_ROW.code)]


def test_lone_text_after_a_gap_is_a_note():
    found = table([HEADER, *PUPILS, [None], ["Mentor Eva"]])
    assert left_out(found) == [(5, tables.NOTE_ROW.code)]


def test_pupil_without_any_value_is_no_note():
    found = table([HEADER, *PUPILS, [None], ["20161019TF60"], ["Ek"]])
    assert found.data_rows == (2, 3, 5, 6)


def test_header_repeated_on_the_next_page_is_left_out():
    found = table([HEADER, PUPILS[0], HEADER, PUPILS[1]])
    assert found.data_rows == (2, 4)
    assert left_out(found) == [(3, tables.REPEATED_HEADER.code)]


def test_given_header_rows_are_taken():
    found = find_table(sheet([HEADER, ["a", "b", "c", "d"], *PUPILS]), header_rows=(2,))
    assert found is not None
    assert [column.header for column in found.columns] == ["a", "b", "c", "d"]


def test_expected_headers_win_over_usual_words():
    rows = [["Elev", "Klass", "Namn"], [None], ["x9", "y9", "z9"], ["1", "2", "3"]]
    found = find_table(sheet(rows), expected=frozenset({"x9", "y9", "z9"}))
    assert found is not None
    assert found.header_rows == (3,)


@pytest.mark.parametrize("rows", [[[1.0, 2.0], [3.0, 4.0]], [["bara text"]], [[None, 1.0]]])
def test_sheet_without_a_header_has_no_table(rows):
    assert find_table(sheet(rows)) is None


def test_given_header_row_outside_the_sheet_is_no_table():
    assert find_table(sheet([HEADER, *PUPILS]), header_rows=(40,)) is None
    assert find_table(Sheet("tom", [])) is None


def test_header_without_rows_below():
    found = find_table(sheet([HEADER]))
    assert found is not None
    assert (found.data_rows, list(found.cells(1))) == ((), [])


def test_titles_and_headers_are_cut():
    rows = [["Sk" * 500_000], ["x" * 1_000_000, *HEADER[1:]], *PUPILS]
    found = find_table(sheet(rows), header_rows=[2])
    assert found is not None
    assert found.titles == ((1, "Sk" * 100),)
    assert found.columns[0].header == "x" * 500


def test_no_more_titles_are_searched_than_a_table_needs():
    found = find_table(sheet([["a", "b", "c", "d"]] * 100 + [HEADER, *PUPILS]), header_rows=[101])
    assert found is not None
    assert len(found.titles) == 200
