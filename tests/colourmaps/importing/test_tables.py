"""Where the table is in a sheet, in the shapes that schools make."""

from typing import Any

import pytest

from colourmaps.importing import left_out as reasons
from colourmaps.importing import tables
from colourmaps.importing.messages import Level
from colourmaps.importing.tables import Table, find_headerless_table, find_table
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
    "word",
    [
        "Medel",
        "Summa:",
        "Antal elever",
        "Gjennomsnitt",
        "I alt",
        "Average",
        "MEDELVÄRDE",
        "Hovedtotal",
        "Riket",
        "Medel 4A",
    ],
)
def test_totals_are_left_out_and_said(word):
    found = table([HEADER, *PUPILS, [None], [word, None, None, 5.0]])
    assert found.data_rows == (2, 3)
    assert left_out(found) == [(5, reasons.TOTALS_ROW.code)]


@pytest.mark.parametrize(
    "note", ["OBS! Arbetsmaterial", "* ny elev", "Källa: mentor", "Alla prov gjordes i vecka 38."]
)
def test_notes_are_left_out_and_said(note):
    found = table([HEADER, *PUPILS, [note]])
    assert found.data_rows == (2, 3)
    assert left_out(found) == [(4, reasons.NOTE_ROW.code)]


def test_lone_text_after_a_gap_is_a_note():
    found = table([HEADER, *PUPILS, [None], ["Mentor Eva"]])
    assert left_out(found) == [(5, reasons.NOTE_ROW.code)]


def test_pupil_without_any_value_is_no_note():
    found = table([HEADER, *PUPILS, [None], ["20161019TF60"], ["Ek"]])
    assert found.data_rows == (2, 3, 5, 6)


def test_header_repeated_on_the_next_page_is_left_out():
    found = table([HEADER, PUPILS[0], HEADER, PUPILS[1]])
    assert found.data_rows == (2, 4)
    assert left_out(found) == [(3, reasons.REPEATED_HEADER.code)]


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


def headers(found: Table) -> list[tuple[str, str]]:
    return [(column.header, column.group) for column in found.columns]


def test_years_are_headers_over_numbers_and_not_over_years():
    found = table(
        [["Kommun", 2019.0, 2020.0, "2021"], ["Ale", 91.2, 90.1, "90,5"], ["Alvesta", 88.0, "..", "."]]
    )
    assert (found.header_rows, found.data_rows) == ((1,), (2, 3))
    assert [header for header, _group in headers(found)] == ["Kommun", "2019", "2020", "2021"]
    found = table([["Namn", "Född", "Började"], ["Anna Ek", 2015.0, 2022.0], ["Bo Ek", 2016.0, 2023.0]])
    assert found.header_rows == (1,)


def test_year_groups_that_count_on_are_headers():
    found = table([["Skola", 1.0, 2.0, 3.0], ["Ekskolan", 23.0, 24.0, 25.0], ["Alskolan", 13.0, 14.0, 12.0]])
    assert found.header_rows == (1,)


def test_numbers_over_nothing_are_no_headers():
    assert find_table(sheet([[1.0, 2.0, 3.0, 4.0]])) is None


def test_only_header_of_a_sheet_stands_over_values_and_not_at_the_left():
    assert table([[None, "Läsning"], ["Anna Ek", 5.0], ["Bo Ek", 4.0]]).header_rows == (1,)
    assert find_table(sheet([["Antal barn", None], [5.0, "Anna Ek"], [4.0, "Bo Ek"]])) is None


def test_group_row_that_repeats_its_texts_ends_where_they_end():
    group = [None, None, "Andel (%)", "Andel (%)", "Antal", "Antal", None]
    header = ["Kommun", "Ämne", "Flickor", "Pojkar", "Flickor", "Pojkar", "Anm"]
    rows = [["Statistik"], [None], group, header, ["Ale", "Bild", "98,1", "~100", "12", "..", None]]
    found = table([*rows, ["Alvesta", "Bild", "98,1", "~100", "12", "14", "x"]])
    assert found.header_rows == (3, 4)
    assert headers(found)[2:] == [
        ("Flickor", "Andel (%)"),
        ("Pojkar", "Andel (%)"),
        ("Flickor", "Antal"),
        ("Pojkar", "Antal"),
        ("Anm", ""),
    ]


def test_three_header_rows_give_joined_groups():
    rows = [
        ["Tabell 1. Betyg efter kön och år"],
        [None],
        [None, 2023.0, None, None, None, 2024.0, None, None, None],
        [None, "Flickor", None, "Pojkar", None, "Flickor", None, "Pojkar", None],
        ["Kommun", *["Antal", "Andel"] * 4],
        ["Ale", *[1.0, 2.5] * 4],
    ]
    spans = [Area(3, 2, 3, 5), Area(3, 6, 3, 9), *(Area(4, at, 4, at + 1) for at in (2, 4, 6, 8))]
    found = table(rows, merged=tuple(spans))
    assert (found.header_rows, found.data_rows) == ((3, 4, 5), (6,))
    assert headers(found)[0] == ("Kommun", "")
    assert headers(found)[3:6] == [
        ("Antal", "2023 – Pojkar"),
        ("Andel", "2023 – Pojkar"),
        ("Antal", "2024 – Flickor"),
    ]


def test_lower_header_row_fills_the_gaps_of_the_upper_one():
    rows = [
        ["Kommun", "Antal", None, "Andel", None],
        [None, *["Flickor", "Pojkar"] * 2],
        ["Ale", 1.0, 2.0, 3.1, 4.1],
    ]
    found = table(rows)
    assert found.header_rows == (1, 2)
    assert headers(found)[:3] == [("Kommun", ""), ("Flickor", "Antal"), ("Pojkar", "Antal")]


def test_row_of_texts_below_a_header_with_a_gap_is_data():
    found = table([[None, "Svar", "Kommentar"], ["Ale", "ja", "bra"], ["Alvesta", "nej", "sent"]])
    assert (found.header_rows, found.data_rows) == ((1,), (2, 3))


def test_merged_title_over_the_whole_table_is_no_group():
    found = table([[None, "Färgkarta 4A"], [None, *HEADER], [1.0, *PUPILS[0]]], merged=(Area(1, 2, 1, 5),))
    assert found.header_rows == (2,)


def test_row_of_units_is_left_out_and_said():
    rows = [
        ["Elev", "Läsning", "Frånvaro"],
        [None, "poäng", "%"],
        ["Anna Ek", 12.0, 3.4],
        ["Bo Ek", 11.0, 2.0],
    ]
    found = table(rows)
    assert found.data_rows == (3, 4)
    assert [column.unit for column in found.columns] == ["", "poäng", "%"]
    assert left_out(found) == [(2, tables.UNITS_ROW.code)]


def test_words_for_units_below_a_group_are_headers():
    rows = [
        ["Kommun", 2019.0, None, 2020.0, None],
        [None, *["antal", "andel"] * 2],
        ["Ale", 4.0, 5.1, 6.0, 7.1],
    ]
    found = table([*rows, ["Alvesta", 8.0, 9.1, 8.0, 9.1]])
    assert (found.header_rows, found.data_rows) == ((1, 2), (3, 4))
    assert headers(found)[:3] == [("Kommun", ""), ("antal", "2019"), ("andel", "2019")]


def test_row_of_grades_is_no_row_of_units():
    found = table([["Elev", "Svenska", "Matte"], ["Anna Ek", "A", "F"], ["Bo Ek", "C", "E"]])
    assert found.data_rows == (2, 3)


def test_column_without_a_header_is_called_by_its_letters():
    found = table(
        [[None, "Läsning", "Tal", None], ["Anna Ek", 5.0, 3.0, None], ["Bo Ek", 4.0, 2.0, None]],
        first_column=3,
    )
    assert [(column.number, column.header, column.is_unnamed) for column in found.columns] == [
        (3, "[C]", True),
        (4, "Läsning", False),
        (5, "Tal", False),
    ]


def test_our_own_remark_is_no_column():
    found = table([[*HEADER, f"{tables.OWN_REMARK} Varför"], [*PUPILS[0], "Skriv ett tal."]])
    assert [column.number for column in found.columns] == [1, 2, 3, 4]


def test_words_for_totals_that_begin_many_rows_are_a_category():
    rows = [["KÖN", "OMRÅDE", "INDHOLD"], *(["I alt", f"Kommune {at}", float(at)] for at in range(6))]
    assert table(rows).data_rows == (2, 3, 4, 5, 6, 7)


@pytest.mark.parametrize(
    "row", [["Max", "Berg", "4A", 3.0], ["Min", "Berg", "4A", 3.0], ["Max", None, None, 3.0]]
)
def test_child_who_is_called_like_a_total_is_no_total(row):
    found = table(
        [["Förnamn", "Efternamn", "Klass", "Poäng"], ["Ada", "Ek", "4A", 5.0], row, ["Bo", "Al", "4A", 4.0]]
    )
    assert (found.data_rows, left_out(found)) == ((2, 3, 4), [])


def test_least_and_most_below_a_table_are_totals():
    below = [["Medel", None, None, 4.5], ["Min", None, None, 4.0], ["Max:", None, None, 5.0]]
    found = table([HEADER, *PUPILS, *below])
    assert found.data_rows == (2, 3)
    assert left_out(found) == [(row, reasons.TOTALS_ROW.code) for row in (4, 5, 6)]


def test_subtotals_are_left_out():
    rows = [
        ["Klass", "Elev", "Poäng"],
        ["4A", "Anna Ek", 12.0],
        ["4A", "Bo Ek", 11.0],
        ["Summa 4A", None, 23.0],
    ]
    found = table(
        [*rows, ["4B", "Cia Ek", 9.0], ["4B", "Do Ek", 8.0], ["Summa 4B", None, 17.0], ["Riket", None, 40.0]]
    )
    assert found.data_rows == (2, 3, 5, 6)
    assert left_out(found) == [(row, reasons.TOTALS_ROW.code) for row in (4, 7, 8)]


def test_explanations_below_the_table_are_notes_also_in_two_columns():
    values = [["Ale", "1440", "Samtliga", 1.0, 2.0], ["Alvesta", "0764", "Samtliga", 3.0, 4.0]]
    below = [
        ["Rapportbeskrivning"],
        ["Samtliga uppgifter avser"],
        [" "],
        ["Antal elever", "Elever som fått betyg"],
    ]
    found = table([["Kommun", "Kod", "Huvudman", "Antal elever", "Andel"], *values, [None], *below])
    assert found.data_rows == (2, 3)
    assert left_out(found) == [(row, reasons.NOTE_ROW.code) for row in (5, 6, 8)]


def test_second_table_below_is_said_and_not_read():
    first = [["Skola", "Antal", "Andel"], ["Ekskolan", 12.0, 44.2], ["Alskolan", 13.0, 42.2], [None]]
    found = table(
        [*first, ["Lärare", "Tjänster", "Behöriga"], ["Ekskolan", 12.0, 11.0], ["Alskolan", 9.0, 9.0]]
    )
    assert found.data_rows == (2, 3)
    assert left_out(found) == [(5, reasons.OTHER_TABLE.code)]
    assert found.notes[0].level is Level.WARNING


def test_pupil_with_marks_below_a_gap_is_no_second_table():
    found = table(
        [
            ["Elev", "Läsning", "Tal"],
            ["Anna Ek", 1.0, 2.0],
            [None],
            ["Bo Ek", "frånv.", "sjuk"],
            ["Cia Ek", 3.0, 4.0],
        ]
    )
    assert found.data_rows == (2, 4, 5)


def test_rows_without_a_header_are_a_table_to_look_at():
    found = find_headerless_table(
        sheet([["201501018888", "Anna Ek", "4A", 12.0], ["201502028888", "Bo Al", "4A", 13.0]])
    )
    assert found is not None
    assert (found.header_rows, found.data_rows) == ((), (1, 2))
    assert [column.header for column in found.columns] == ["[A]", "[B]", "[C]", "[D]"]
    assert left_out(found) == [(0, tables.NO_HEADER.code)]


@pytest.mark.parametrize(
    "rows",
    [[["Läs mig"], ["Så här gör du."]], [["Steg", "öppna filen"], ["Sedan", "spara den"]], [[1.0, 2.0]]],
)
def test_running_text_is_no_table_to_look_at(rows):
    assert find_headerless_table(sheet(rows)) is None


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


def test_hidden_row_of_codes_above_the_heads_is_no_header():
    codes = [f"#k{n}" for n in range(len(HEADER))]
    found = find_table(sheet([codes, ["Resultat"], HEADER, *PUPILS], hidden_rows=frozenset({1})))
    assert found is not None
    assert found.header_rows == (3,)


def test_hidden_header_is_better_than_none():
    found = find_table(sheet([HEADER, *PUPILS], hidden_rows=frozenset({1})))
    assert found is not None
    assert found.header_rows == (1,)
