"""Sheets and a mapping to pupils and arrays of values; the two example workbooks go through whole."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from colourmaps import scales
from colourmaps.importing import chosen_sheets, left_out, pupil_cells, rows, values
from colourmaps.importing import columns as columns_module
from colourmaps.importing.columns import BLANK, REFUSED, WITHHELD, parse_column
from colourmaps.importing.mapping import HiddenRows, MappedColumn, Mapping, MappingError, Meaning, PercentAs
from colourmaps.importing.mapping_file import mapping_from_text
from colourmaps.importing.messages import Level, with_level
from colourmaps.importing.pupil_cells import PupilRow
from colourmaps.importing.rows import Extraction, extract
from colourmaps.importing.tables import find_table
from colourmaps.importing.values import Number, Refused, parse_value
from colourmaps.importing.workbook import CellError, Sheet, Workbook, read_workbook
from colourmaps.scales import Mark, Scale, ValueType

POINTS = scales.points(40)
ID = MappedColumn("Elev-ID", Meaning.IDENTITY)

pytestmark = pytest.mark.usefixtures("in_english")
READING = MappedColumn("Läsning", Meaning.INDICATOR, indicator="LAS")


def book(*sheets: Sheet) -> Workbook:
    return Workbook(list(sheets), digest="0" * 64)


def sheet(header: list[str], *data: list[Any], name: str = "4A", **parts: Any) -> Sheet:
    return Sheet(name, [list(header), *(list(row) for row in data)], **parts)


def read(columns: list[MappedColumn], *sheets: Sheet, scale: Scale = POINTS, **parts: Any) -> Extraction:
    mapping = Mapping(tuple(columns), **{"round": "HT 2026", **parts})
    return extract(book(*sheets), mapping, dict.fromkeys(mapping.indicator_codes(), scale))


def said(extraction: Extraction) -> list[tuple[str, str]]:
    return [(message.code, message.place) for message in extraction.messages]


def column_of(cells: list[Any], scale: Scale, percent_as: PercentAs = PercentAs.AUTOMATIC, **parts: Any):
    table = find_table(sheet(["Elev-ID", "Läsning"], *(["x1", cell] for cell in cells), **parts))
    assert table is not None
    return parse_column(table, table.columns[1], scale, percent_as)


# --- the examples -------------------------------------------------------------------------------------------


def extract_example(examples, name: str, mapping: str) -> Extraction:
    text = (examples / f"{mapping}.mapping.json").read_text(encoding="utf-8")
    return extract(read_workbook(examples / f"{name}.xlsx"), mapping_from_text(text), {})


@pytest.mark.slow
def test_dutch_schools_go_through_whole(examples):
    extraction = extract_example(examples, "dutch_schools_pre_post", "dutch_schools_pre_post")
    assert extraction.messages == []
    assert len(extraction.pupils) == 2287
    assert len({pupil.own_id for pupil in extraction.pupils}) == 2287
    assert len({pupil.school for pupil in extraction.pupils}) == 131
    assert Counter(pupil.sex for pupil in extraction.pupils)["girl"] == 1093
    assert extraction.pupils[0] == PupilRow(
        "results", 2, own_id="17001", school_class="180", school="School 1", sex="boy", year_group=5
    )
    assert [(column.indicator, column.round, column.n_results) for column in extraction.columns] == [
        ("DUTCH-LANGUAGE", "Start of year", 2287),
        ("DUTCH-LANGUAGE", "End of year", 2287),
        ("DUTCH-ARITHMETIC", "Start of year", 2287),
        ("DUTCH-ARITHMETIC", "End of year", 2287),
    ]
    assert [int(column.hundredths[0]) for column in extraction.columns] == [3600, 4600, 1400, 2400]


def test_solviksskolan_goes_through_but_for_one_value(examples, in_english):
    extraction = extract_example(examples, "solviksskolan_ht2026_fargkarta", "solviksskolan_ht2026")
    assert extraction.sheets == ["4A", "4B", "5A"]
    assert Counter(pupil.school_class for pupil in extraction.pupils) == {"4A": 22, "4B": 22, "5A": 24}
    assert {pupil.school for pupil in extraction.pupils} == {"Solviksskolan"}
    assert extraction.pupils[1] == PupilRow(
        "4A",
        8,
        identity="20160714TF18",
        family_name="Öberg",
        given_name="Jonathan",
        school_class="4A",
        school="Solviksskolan",
    )
    marks = {column.indicator: Counter(column.marks.tolist()) for column in extraction.columns}
    assert marks == {
        "LASETTAN": {Mark.MEASURED: 65, BLANK: 3},
        "LASHASTIGHET": {Mark.MEASURED: 65, Mark.ABSENT: 3},
        "SKRIVNING": {Mark.MEASURED: 68},
        "TALUPPFATTNING": {Mark.MEASURED: 65, Mark.NO_BASIS: 3},
        "PROBLEMLOSNING": {Mark.MEASURED: 65, WITHHELD: 3},
        "FRANVARO": {Mark.MEASURED: 68},
        "TRYGGHET": {Mark.MEASURED: 67, REFUSED: 1},
    }
    first = {column.indicator: int(column.hundredths[0]) for column in extraction.columns}
    assert first == {
        "LASETTAN": 500,
        "LASHASTIGHET": 8700,
        "SKRIVNING": 1000,
        "TALUPPFATTNING": 3380,
        "PROBLEMLOSNING": 2400,
        "FRANVARO": 850,
        "TRYGGHET": 300,
    }
    (problem,) = with_level(extraction.messages, Level.ERROR)
    with override("en"):
        assert (problem.place, problem.value, problem.text) == (
            "5A!K27",
            "14",
            "14 is outside the scale whole numbers 1–10. Correct the cell.",
        )


def test_full_marks_shown_as_percent_are_hundred(examples):
    extraction = extract_example(examples, "solviksskolan_ht2026_fargkarta", "solviksskolan_ht2026")
    column = next(column for column in extraction.columns if column.indicator == "PROBLEMLOSNING")
    assert (extraction.written(1, column), int(column.hundredths[1])) == ("100 %", 10000)


# --- sheets and columns -------------------------------------------------------------------------------------


def test_sheets_are_joined_and_missing_columns_are_blank():
    other = MappedColumn("Tal", Meaning.INDICATOR, indicator="TAL")
    extraction = read(
        [ID, READING, other],
        sheet(["Elev-ID", "Läsning"], ["a1", 5.0], name="4A"),
        sheet(["Tal", "Elev-ID"], [7.0, "b1"], [8.0, "b2"], name="4B"),
    )
    assert [(pupil.sheet, pupil.row, pupil.identity) for pupil in extraction.pupils] == [
        ("4A", 2, "a1"),
        ("4B", 2, "b1"),
        ("4B", 3, "b2"),
    ]
    reading, numbers = extraction.columns
    assert (reading.marks.tolist(), reading.hundredths.tolist()) == ([0, BLANK, BLANK], [500, 0, 0])
    assert (numbers.marks.tolist(), numbers.hundredths.tolist()) == ([BLANK, 0, 0], [0, 700, 800])
    assert extraction.n_results == 3
    assert said(extraction) == [(rows.MISSING_COLUMN.code, "4A"), (rows.MISSING_COLUMN.code, "4B")]


def test_one_indicator_in_two_rounds():
    later = MappedColumn("Läsning vår", Meaning.INDICATOR, indicator="LAS", round="VT 2027")
    extraction = read([ID, READING, later], sheet(["Elev-ID", "Läsning", "Läsning vår"], ["a1", 5.0, 6.0]))
    assert [(column.round, column.hundredths.tolist()) for column in extraction.columns] == [
        ("HT 2026", [500]),
        ("VT 2027", [600]),
    ]


def test_hidden_sheet_with_pupils_is_left_out_with_a_warning():
    hidden = sheet(["Elev-ID", "Läsning"], ["b1", 5.0], ["b2", 6.0], name="gömd", hidden=True)
    extraction = read([ID, READING], sheet(["Elev-ID", "Läsning"], ["a1", 5.0]), hidden)
    assert [pupil.identity for pupil in extraction.pupils] == ["a1"]
    assert said(extraction) == [(chosen_sheets.HIDDEN_PUPILS.code, "gömd")]
    (message,) = extraction.messages
    assert (message.level, message.parameters) == (Level.WARNING, {"count": 2})


def test_hidden_sheet_without_pupils_is_a_note():
    hidden = sheet(["Fråga", "Svar"], ["x", "y"], name="gömd", hidden=True)
    extraction = read([ID, READING], sheet(["Elev-ID", "Läsning"], ["a1", 5.0]), hidden)
    assert said(extraction) == [(chosen_sheets.HIDDEN_SHEET.code, "gömd")]
    assert extraction.messages[0].level is Level.NOTE


def test_named_sheets_are_read_even_if_hidden():
    hidden = sheet(["Elev-ID", "Läsning"], ["b1", 5.0], name="gömd", hidden=True)
    extraction = read(
        [ID, READING], sheet(["Elev-ID", "Läsning"], ["a1", 5.0]), hidden, sheets=("gömd", "4C")
    )
    assert [pupil.identity for pupil in extraction.pupils] == ["b1"]
    assert said(extraction) == [
        (chosen_sheets.MISSING_SHEET.code, "4C"),
        (chosen_sheets.NOT_CHOSEN.code, "4A"),
    ]


def test_sheet_of_another_kind_is_left_out_and_said():
    extraction = read(
        [ID, READING],
        sheet(["Elev-ID", "Läsning"], ["a1", 5.0]),
        sheet(["Fråga", "Svar"], ["x", "y"], name="Info"),
    )
    assert said(extraction) == [(chosen_sheets.SHEET_LEFT_OUT.code, "Info")]


def test_sheet_of_a_chart_with_its_title_is_no_warning():
    extraction = read(
        [ID, READING],
        sheet(["Elev-ID", "Läsning"], ["a1", 5.0]),
        Sheet("Diagram", [[None, "Läsning i höst"], [None, None], ["Källa: provet", None]]),
    )
    [message] = extraction.messages
    assert (message.code, message.place, message.level) == ("rows.no_table_in_sheet", "Diagram", Level.NOTE)


def test_sheet_without_rows_is_said():
    extraction = read(
        [ID, READING], sheet(["Elev-ID", "Läsning"]), sheet(["Elev-ID", "Läsning"], ["a1", 5.0], name="4B")
    )
    assert said(extraction) == [(chosen_sheets.NO_ROWS.code, "4A")]
    assert [column.hundredths.tolist() for column in extraction.columns] == [[500]]


def test_file_without_any_fitting_sheet_is_an_error():
    extraction = read([ID, READING], sheet(["Fråga", "Svar"], ["x", "y"]))
    assert (extraction.pupils, extraction.columns) == ([], [])
    assert said(extraction) == [(chosen_sheets.SHEET_LEFT_OUT.code, "4A"), (chosen_sheets.NO_TABLE.code, "")]


def test_column_that_the_mapping_does_not_know_is_said():
    extraction = read([ID, READING], sheet(["Elev-ID", "Läsning", "Nytt\nprov"], ["a1", 5.0, 6.0]))
    assert said(extraction) == [(rows.UNMAPPED_COLUMN.code, "4A!C1")]
    assert extraction.messages[0].value == "Nytt prov"


def test_ignored_column_is_not_said():
    ignored = MappedColumn("Övrigt", Meaning.IGNORE)
    extraction = read([ID, READING, ignored], sheet(["Elev-ID", "Läsning", "Övrigt"], ["a1", 5.0, "x"]))
    assert extraction.messages == []


def test_repeated_column_is_a_warning_and_the_first_is_read():
    extraction = read([ID, READING], sheet(["Elev-ID", "Läsning", "Läsning"], ["a1", 5.0, 6.0]))
    assert extraction.columns[0].hundredths.tolist() == [500]
    assert said(extraction) == [(rows.REPEATED_COLUMN.code, "4A!C1")]
    assert extraction.messages[0].level is Level.WARNING


def with_hidden_rows(hidden_rows: HiddenRows) -> Extraction:
    """Pupils a1–a4, the second and the fourth hidden."""
    data = [["a1", 5.0], ["a2", 6.0], ["a3", 7.0], ["a4", 8.0]]
    hidden = sheet(["Elev-ID", "Läsning"], *data, hidden_rows=frozenset({3, 5, 9}))
    return read([ID, READING], hidden, hidden_rows=hidden_rows)


def test_hidden_rows_are_refused_until_somebody_has_said_what_to_do():
    extraction = with_hidden_rows(HiddenRows.ASK)
    assert said(extraction) == [
        (chosen_sheets.HIDDEN_ROW.code, "4A!3"),
        (chosen_sheets.HIDDEN_ROW.code, "4A!5"),
    ]
    assert {message.level for message in extraction.messages} == {Level.ERROR}
    assert extraction.messages[0].text == (
        "Row 3 is hidden in the file. Say below whether hidden rows are to be read."
    )


@pytest.mark.parametrize(
    ("answer", "ids", "values", "kind"),
    [
        (
            HiddenRows.READ,
            ["a1", "a2", "a3", "a4"],
            [500, 600, 700, 800],
            chosen_sheets.HIDDEN_ROWS_READ,
        ),
        (HiddenRows.LEAVE_OUT, ["a1", "a3"], [500, 700], chosen_sheets.HIDDEN_ROWS_LEFT_OUT),
    ],
)
def test_hidden_rows_are_counted_once_somebody_has_said_what_to_do(answer, ids, values, kind):
    extraction = with_hidden_rows(answer)
    assert [pupil.identity for pupil in extraction.pupils] == ids
    assert extraction.columns[0].hundredths.tolist() == values
    (message,) = extraction.messages
    assert (message.kind, message.place, message.parameters) == (kind, "4A", {"count": 2})
    assert message.level is Level.NOTE


def test_row_without_a_pupil_is_refused_only_if_it_has_values():
    data = [["a1", "4A", 5.0], [None, "4A", 6.0], [None, "4A", None], ["a2", "4A", 7.0]]
    columns = [ID, MappedColumn("Klass", Meaning.SCHOOL_CLASS), READING]
    extraction = read(columns, sheet(["Elev-ID", "Klass", "Läsning"], *data))
    assert [pupil.row for pupil in extraction.pupils] == [2, 5]
    assert extraction.columns[0].hundredths.tolist() == [500, 700]
    assert said(extraction) == [(rows.NO_PUPIL.code, "4A!3")]


def test_refused_value_in_a_row_without_a_pupil_is_not_said_twice():
    data = [["a1", "4A", 5.0], [None, "4A", 99.0]]
    columns = [ID, MappedColumn("Klass", Meaning.SCHOOL_CLASS), READING]
    extraction = read(columns, sheet(["Elev-ID", "Klass", "Läsning"], *data))
    assert said(extraction) == [(rows.NO_PUPIL.code, "4A!3")]


def test_indicator_without_a_scale_is_refused():
    with pytest.raises(MappingError, match="LAS"):
        extract(book(sheet(["Elev-ID", "Läsning"], ["a1", 5.0])), Mapping((ID, READING)), {})


def test_messages_name_the_cell_as_written():
    extraction = read(
        [ID, READING], sheet(["Elev-ID", "Läsning"], ["a1", "12,5"], first_row=4, first_column=2)
    )
    message = extraction.message(values.NOT_EXACT, 0, extraction.columns[0])
    assert (message.place, message.value) == ("4A!C5", "12,5")
    assert extraction.message(rows.NO_PUPIL, 0).place == "4A!5"


# --- pupils -------------------------------------------------------------------------------------------------


def pupils(header: list[str], meanings: list[Meaning], *data: list[Any], **parts: Any) -> Extraction:
    columns = [MappedColumn(name, meaning) for name, meaning in zip(header, meanings, strict=True)]
    return read(columns, sheet(header, *data, name="5B"), **parts)


def test_number_cells_of_pupils_are_whole_texts():
    extraction = pupils(["Elev-ID", "Klass"], [Meaning.IDENTITY, Meaning.SCHOOL_CLASS], [201501018888.0, 4.0])
    assert (extraction.pupils[0].identity, extraction.pupils[0].school_class) == ("201501018888", "4")


def test_class_and_school_of_the_mapping_fill_the_gaps():
    meanings = [Meaning.PUPIL_ID, Meaning.SCHOOL_CLASS]
    extraction = pupils(
        ["Elev", "Klass"], meanings, ["a1", "4A"], ["a2", None], class_from_sheet_name=True, school="Viken"
    )
    assert [(pupil.school_class, pupil.school) for pupil in extraction.pupils] == [
        ("4A", "Viken"),
        ("5B", "Viken"),
    ]


@pytest.mark.parametrize(
    ("written", "family", "given"),
    [
        ("Svensson, Liam", "Svensson", "Liam"),
        ("Liam  Svensson", "Svensson", "Liam"),
        ("Eva Liv Ek", "Ek", "Eva Liv"),
        ("Liam", "Liam", ""),
    ],
)
def test_full_name_is_kept_and_split(written, family, given):
    extraction = pupils(["Namn", "Klass"], [Meaning.FULL_NAME, Meaning.SCHOOL_CLASS], [written, "4A"])
    (pupil,) = extraction.pupils
    assert (pupil.family_name, pupil.given_name) == (family, given)
    assert pupil.full_name == " ".join(written.split())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["flicka", "Pojke"], ["girl", "boy"]),
        (["F", "M"], ["girl", "boy"]),
        (["F", "P"], ["girl", "boy"]),
        (["P", "D"], ["girl", "boy"]),
        (["jente", "gutt"], ["girl", "boy"]),
        (["K", None], ["girl", ""]),
    ],
)
def test_sex_in_the_languages(words, expected):
    extraction = pupils(["Namn", "Kön"], [Meaning.FULL_NAME, Meaning.SEX], *(["Ek", word] for word in words))
    assert [pupil.sex for pupil in extraction.pupils] == expected
    assert extraction.messages == []


def test_unknown_sex_and_year_group_are_said():
    meanings = [Meaning.FULL_NAME, Meaning.SEX, Meaning.YEAR_GROUP]
    extraction = pupils(["Namn", "Kön", "Åk"], meanings, ["Ek", "?", "mellan"])
    assert said(extraction) == [
        (pupil_cells.UNKNOWN_SEX.code, "5B!B2"),
        (pupil_cells.UNKNOWN_YEAR_GROUP.code, "5B!C2"),
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [(4.0, 4), ("4", 4), ("åk 4", 4), ("Årskurs 9", 9), ("F", 0), ("förskoleklass", 0), ("8. trinn", 8)],
)
def test_year_group_in_the_usual_forms(written, expected):
    extraction = pupils(["Namn", "Åk"], [Meaning.FULL_NAME, Meaning.YEAR_GROUP], ["Ek", written])
    assert (extraction.pupils[0].year_group, extraction.messages) == (expected, [])


def test_error_value_in_a_name_is_refused_and_no_name():
    meanings = [Meaning.PUPIL_ID, Meaning.FAMILY_NAME]
    extraction = pupils(["Id", "Efternamn"], meanings, ["a1", CellError("#REF!")])
    assert extraction.pupils[0].family_name == ""
    assert said(extraction) == [(values.AN_ERROR.code, "5B!B2")]


# --- values -------------------------------------------------------------------------------------------------


def test_column_of_mixed_cells():
    parsed = column_of([5.0, "12,5", None, "frånv.", "..", "~100", 41.0, "-", CellError("#N/A"), 0.0], POINTS)
    assert parsed.marks.tolist() == [0, 0, BLANK, 1, WITHHELD, REFUSED, REFUSED, 2, REFUSED, 0]
    assert parsed.hundredths.tolist() == [500, 1250, 0, 0, 0, 0, 0, 0, 0, 0]
    assert [(message.code, message.place) for message in parsed.messages] == [
        (columns_module.CELL_WITHHELD.code, "4A!B6"),
        (values.NOT_EXACT.code, "4A!B7"),
        (values.OUTSIDE_SCALE.code, "4A!B8"),
        (values.AN_ERROR.code, "4A!B10"),
    ]


def test_rounding_is_said_once_per_column():
    parsed = column_of([1.234, 2.345, "3,456", 4.5], POINTS)
    assert parsed.hundredths.tolist() == [123, 234, 346, 450]
    (message,) = parsed.messages
    assert (message.code, message.place, message.parameters) == (
        columns_module.ROUNDED.code,
        "4A!B",
        {"count": 3},
    )


def test_shares_without_a_format_are_assumed_and_said():
    parsed = column_of([0.24, 1.0, "0,5", 0.0, None], scales.PERCENT)
    assert parsed.hundredths.tolist() == [2400, 10000, 5000, 0, 0]
    assert [message.code for message in parsed.messages] == [columns_module.SHARES_ASSUMED.code]


@pytest.mark.parametrize("cells", [[0.24, 1.0, 8.5], [0.0, 1.0], ["0,5", "12"]])
def test_percent_numbers_that_are_no_shares_stay(cells):
    parsed = column_of(cells, scales.PERCENT)
    expected = [parse_value(cell, scales.PERCENT) for cell in cells]
    assert [Number(int(value)) for value in parsed.hundredths] == expected
    assert parsed.messages == []


def test_percent_text_does_not_make_shares():
    parsed = column_of(["0,5 %", "12 %"], scales.PERCENT)
    assert parsed.hundredths.tolist() == [50, 1200]


@pytest.mark.parametrize(
    ("percent_as", "expected"), [(PercentAs.SHARE, [2400, 10000]), (PercentAs.PERCENT, [24, 100])]
)
def test_mapping_decides_about_shares(percent_as, expected):
    parsed = column_of([0.24, 1.0], scales.PERCENT, percent_as)
    assert (parsed.hundredths.tolist(), parsed.messages) == (expected, [])


def test_cell_that_is_shown_otherwise_than_its_column_is_said():
    parsed = column_of([0.24, 8.5, 0.0, 1.0, "12"], scales.PERCENT, percent_runs={2: ((2, 2),)})
    assert parsed.hundredths.tolist() == [2400, 850, 0, 100, 1200]
    assert [(message.code, message.place) for message in parsed.messages] == [
        (columns_module.NOT_SHOWN_AS_PERCENT.code, "4A!B3"),
        (columns_module.NOT_SHOWN_AS_PERCENT.code, "4A!B5"),
    ]
    assert parsed.messages[0].text.endswith("write the number with its percent sign in the file.")


def test_share_or_percent_beside_percent_cells_is_refused_and_says_what_to_write():
    cells = [0.24, 0.5, "0,125", "0,5 %"]
    parsed = column_of(cells, scales.PERCENT, percent_runs={2: ((2, 2),)})
    assert parsed.hundredths.tolist() == [2400, 0, 0, 50]
    assert parsed.marks.tolist() == [0, REFUSED, REFUSED, 0]
    assert [(message.level, message.place) for message in parsed.messages] == [
        (Level.ERROR, "4A!B3"),
        (Level.ERROR, "4A!B4"),
    ]
    assert parsed.messages[0].text.endswith("0.5 can mean two things. Write it as 50 % or as 0.5 %.")
    assert parsed.messages[1].text.endswith("0,125 can mean two things. Write it as 12.5 % or as 0.125 %.")


@pytest.mark.parametrize(("percent_as", "expected"), [(PercentAs.SHARE, 5000), (PercentAs.PERCENT, 50)])
def test_mapping_decides_what_would_mean_two_things(percent_as, expected):
    parsed = column_of([0.24, 0.5], scales.PERCENT, percent_as, percent_runs={2: ((2, 2),)})
    assert (parsed.hundredths.tolist(), parsed.messages) == ([2400, expected], [])


def test_percent_cells_on_a_scale_of_points_are_refused():
    parsed = column_of([0.24], POINTS, percent_runs={2: ((2, 2),)})
    (message,) = parsed.messages
    with override("en"):
        assert message.text.startswith("24 % is a percentage, but the scale is 0–40.")


def test_percent_cells_are_found_by_row_where_rows_are_left_out():
    data = [["a1", 2.0], ["Summa", 0.9], ["a2", 0.3]]
    mapping = [ID, MappedColumn("Andel", Meaning.INDICATOR, indicator="A")]
    extraction = read(
        mapping, sheet(["Elev-ID", "Andel"], *data, percent_runs={2: ((4, 4),)}), scale=scales.PERCENT
    )
    assert extraction.columns[0].hundredths.tolist() == [200, 3000]
    assert said(extraction)[0] == (left_out.TOTALS_ROW.code, "4A!3")


SCALES = [
    POINTS,
    scales.PERCENT,
    scales.STANINE,
    scales.GRADE,
    scales.YES_NO,
    Scale(ValueType.NUMBER),
    Scale(ValueType.GRADE, steps=scales.DANISH_GRADES),
]
CELLS = st.one_of(
    st.none(),
    st.floats(),
    st.floats(-5, 105),
    st.integers(-5, 105),
    st.integers(-500, 10500).map(lambda n: n / 100),
    st.integers(-5000, 105000).map(lambda n: n / 1000),
    st.booleans(),
    st.sampled_from(["E", "12,5", "8,5 %", "-", "frånv.", "..", "~100", "ja", "02", "x y", "1.234"]),
)


@given(st.lists(CELLS, min_size=1, max_size=12), st.sampled_from(SCALES))
def test_a_column_says_the_same_as_its_cells_one_by_one(cells, scale):
    parsed = column_of(cells, scale, PercentAs.PERCENT)
    for cell, mark, hundredths in zip(cells, parsed.marks.tolist(), parsed.hundredths.tolist(), strict=True):
        value = parse_value(cell, scale)
        if isinstance(value, Number):
            assert (mark, hundredths) == (Mark.MEASURED, value.hundredths)
        elif isinstance(value, Mark):
            assert (mark, hundredths) == (value, 0)
        else:
            assert (mark == REFUSED, hundredths) == (isinstance(value, Refused), 0)
    refused = [message for message in parsed.messages if message.level is Level.ERROR]
    assert len(refused) == parsed.marks.tolist().count(REFUSED)


def test_arrays_are_small():
    parsed = column_of([5.0], POINTS)
    assert (parsed.hundredths.dtype, parsed.marks.dtype) == (np.int32, np.int8)
