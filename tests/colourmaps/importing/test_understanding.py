"""What a workbook seems to be: meanings with confidence and reason, facts from titles, the proposed
mapping.
"""

import datetime
from typing import Any

import pytest
from django.utils.translation import override

from colourmaps import scales
from colourmaps.importing.headers import KnownIndicator, KnownSchool, Vocabulary
from colourmaps.importing.kinds import ColumnKind
from colourmaps.importing.mapping import Meaning
from colourmaps.importing.mapping_file import mapping_from_text
from colourmaps.importing.proposal import propose_mapping, signature
from colourmaps.importing.rows import extract
from colourmaps.importing.titles import class_in, round_in, school_in
from colourmaps.importing.understanding import UnderstoodColumn, understand
from colourmaps.importing.workbook import Sheet, Workbook, read_workbook

READING = KnownIndicator(
    "LASFORST", ("Läsförståelse", "Reading comprehension"), scales.points(40), ("LF-prov",), "svenska"
)
GRADE = KnownIndicator("BETYG-MA", ("Betyg i matematik",), scales.GRADE)
SWEDISH = KnownIndicator("SV-POANG", ("Svenska poäng",), scales.points(40))
VOCABULARY = Vocabulary(
    indicators=(READING, GRADE, SWEDISH),
    rounds=("HT 2026", "VT 2027"),
    schools=(KnownSchool("Solviksskolan", "99010001"), KnownSchool("Ekskolan")),
    classes=("4A", "Blå"),
)


def book(*sheets: tuple[str, list[list[Any]]]) -> Workbook:
    filled = []
    for name, rows in sheets:
        width = max(map(len, rows))
        filled.append(Sheet(name, [row + [None] * (width - len(row)) for row in rows]))
    return Workbook(filled, digest="0" * 64)


def understood(header: str, *cells: Any, first: str = "Förnamn") -> UnderstoodColumn:
    rows = [[first, header], *(["Liam", cell] for cell in cells)]
    return understand(book(("4A", rows)), VOCABULARY).sheets[0].columns[1]


@pytest.fixture
def solviksskolan(examples):
    """The example workbook, and the vocabulary of a municipality that has its indicators."""
    text = (examples / "solviksskolan_ht2026.mapping.json").read_text(encoding="utf-8")
    mapping = mapping_from_text(text)
    indicators = tuple(
        KnownIndicator(new.code, tuple(new.names.values()), new.scale) for new in mapping.new_indicators
    )
    vocabulary = Vocabulary(indicators, ("HT 2026",), (KnownSchool("Solviksskolan"),), ("4A", "4B", "5A"))
    return read_workbook(examples / "solviksskolan_ht2026_fargkarta.xlsx"), vocabulary, mapping


def test_solviksskolan_is_understood_without_help(solviksskolan):
    workbook, vocabulary, mapping = solviksskolan
    understanding = understand(workbook, vocabulary)
    assert [sheet.name for sheet in understanding.proposed_sheets] == ["4A", "4B", "5A"]
    assert (understanding.school, understanding.round) == ("Solviksskolan", "HT 2026")
    sheet = understanding.sheets[2]
    assert (sheet.header_rows, sheet.first_row, sheet.last_row, sheet.n_rows) == ((5, 6), 7, 30, 24)
    assert sheet.school_class == "5A"
    assert [(column.meaning, column.indicator) for column in sheet.columns] == [
        (column.meaning, column.indicator) for column in mapping.columns
    ]
    assert min(column.confidence for column in sheet.columns) >= 0.9
    assert sheet.columns[8].kind is ColumnKind.PERCENT
    assert sheet.columns[8].examples == ("31 %", "39 %", "84 %")


def test_proposed_mapping_of_solviksskolan_reads_what_the_shipped_one_reads(solviksskolan):
    workbook, vocabulary, mapping = solviksskolan
    proposed = propose_mapping(understand(workbook, vocabulary))
    assert proposed is not None
    known = {indicator.code: indicator.scale for indicator in vocabulary.indicators}
    one, other = extract(workbook, proposed, known), extract(workbook, mapping, {})
    assert one.pupils == other.pupils
    assert [column.hundredths.tolist() for column in one.columns] == [
        column.hundredths.tolist() for column in other.columns
    ]
    assert one.messages == other.messages


def test_dutch_schools_without_a_vocabulary(examples):
    understanding = understand(read_workbook(examples / "dutch_schools_pre_post.xlsx"), Vocabulary())
    (sheet,) = understanding.sheets
    assert [column.meaning for column in sheet.columns] == [
        Meaning.SCHOOL,
        Meaning.SCHOOL_CLASS,
        Meaning.PUPIL_ID,
        Meaning.SEX,
        *[Meaning.IGNORE] * 4,
    ]
    assert (sheet.n_rows, sheet.columns[4].n_filled, sheet.columns[4].kind) == (2287, 2287, ColumnKind.NUMBER)


@pytest.mark.parametrize(
    ("header", "cells", "indicator", "least", "most"),
    [
        ("LASFORST", [12.0], "LASFORST", 1.0, 1.0),
        ("läsförståelse", [12.0], "LASFORST", 0.95, 0.99),
        ("Reading\ncomprehension", [12.0], "LASFORST", 0.95, 0.99),
        ("Läsförståelse (poäng av 40)", [12.0], "LASFORST", 0.9, 0.94),
        ("LF-prov", [12.0], "LASFORST", 0.85, 0.92),
        ("Läsförstålse", [12.0], "LASFORST", 0.6, 0.8),
        ("Matematik, betyg i", ["E"], "BETYG-MA", 0.6, 0.8),
        ("Betyg i matematik", [12.0, 13.0], "BETYG-MA", 0.3, 0.55),
    ],
)
def test_header_to_indicator_with_confidence(header, cells, indicator, least, most):
    column = understood(header, *cells)
    assert (column.meaning, column.indicator) == (Meaning.INDICATOR, indicator)
    assert least <= column.confidence <= most
    assert column.reason


def test_values_that_do_not_fit_are_in_the_reason():
    with override("en"):
        reason = understood("Betyg i matematik", 12.0, 13.0, "E").reason
    assert reason.endswith("Only 1 of 3 values fit its scale.")


def test_round_in_the_header_is_taken_from_it():
    column = understood("Läsförståelse VT 2027", 12.0)
    assert (column.indicator, column.round) == ("LASFORST", "VT 2027")


@pytest.mark.parametrize("header", ["Skonummer", "", "Längd i cm"])
def test_unknown_header_is_ignored_with_little_confidence(header):
    column = understood(header or "?", 12.0)
    assert column.meaning is Meaning.IGNORE
    assert column.confidence < 0.5


@pytest.mark.parametrize(
    ("header", "cell", "meaning"),
    [
        ("Personnummer", "201509012385", Meaning.IDENTITY),
        ("Elev-ID", "20160605TF60", Meaning.IDENTITY),
        ("Elev-ID", "17001", Meaning.PUPIL_ID),
        ("Vad som helst", "20160605-1234", Meaning.IDENTITY),
        ("Fødselsnummer", "01010112345", Meaning.IDENTITY),
        ("Klasse", "4A", Meaning.SCHOOL_CLASS),
        ("Köns", "F", Meaning.IGNORE),
        ("Kön", "F", Meaning.SEX),
        ("Årskurs", 4.0, Meaning.YEAR_GROUP),
        ("Kommentarer", "x", Meaning.IGNORE),
    ],
)
def test_columns_about_the_pupil(header, cell, meaning):
    assert understood(header, cell, cell).meaning is meaning


def test_header_and_cells_that_disagree_lower_the_confidence():
    assert (
        understood("Personnummer", "Liam").confidence < understood("Personnummer", "201509012385").confidence
    )


def test_of_two_columns_with_one_meaning_the_surer_keeps_it():
    rows = [["Elev", "Namn", "Förnamn", "Tilltalsnamn"], ["1", "Ek", "Liam", "Liam"]]
    columns = understand(book(("4A", rows)), VOCABULARY).sheets[0].columns
    meanings = [column.meaning for column in columns]
    assert meanings.count(Meaning.FULL_NAME) == 1
    assert meanings.count(Meaning.GIVEN_NAME) == 1


def test_repeated_headers_are_told_apart_by_their_groups():
    rows = [
        [None, "Svenska", "Matte"],
        ["Elev-ID", "Poäng", "Poäng"],
        ["20160605TF60", 4.0, 5.0],
        ["20160714TF18", 6.0, 7.0],
    ]
    mapping = propose_mapping(understand(book(("4A", rows)), VOCABULARY))
    assert mapping is not None
    assert [(column.header, column.group, column.indicator) for column in mapping.columns] == [
        ("Elev-ID", "", ""),
        ("Poäng", "Svenska", "SV-POANG"),
        ("Poäng", "Matte", ""),
    ]


def test_table_without_pupils_is_understood_but_no_mapping_is_proposed():
    understanding = understand(
        book(("Blad1", [["Kommun", "Andel"], ["Ale", 4.0], ["Bjuv", 5.0]])), VOCABULARY
    )
    assert propose_mapping(understanding) is None
    assert len(understanding.sheets[0].columns) == 2


def test_sheet_name_is_the_class_where_no_column_says_it():
    rows = [["Elev-ID", "Läsförståelse"], ["20160605TF60", 4.0]]
    mapping = propose_mapping(understand(book(("4A", rows), ("4B", rows)), VOCABULARY))
    assert mapping is not None
    assert mapping.class_from_sheet_name


def test_signature_is_of_the_headers_and_not_of_order_or_rows():
    one = book(("4A", [["Elev-ID", "Läsning"], ["20160605TF60", 4.0]]))
    same = book(
        ("5B", [["rubrik", None], ["LÄSNING ", "elev-id"], [9.0, "20160714TF18"], [8.0, "20161019TF60"]])
    )
    other = book(("4A", [["Elev-ID", "Skrivning"], ["20160605TF60", 4.0]]))
    signatures = [signature(understand(workbook, VOCABULARY)) for workbook in (one, same, other)]
    assert signatures[0] == signatures[1] != signatures[2]


@pytest.mark.parametrize(
    ("titles", "school", "round_name"),
    [
        (["Färgkarta underlag – Solviksskolan", "Mättillfälle: HT 2026"], "Solviksskolan", "HT 2026"),
        (["Enhet 99010001, vt 2027"], "Solviksskolan", "VT 2027"),
        (["Nya skolan, VT25"], "Nya skolan", "VT 2025"),
        (["Solviksskolan – resultat höstterminen 2026"], "Solviksskolan", "HT 2026"),
        (["Prov i svenska våren -27"], "", "VT 2027"),
        (["Vårt resultat 2026", "Höstlov 2026"], "", ""),
        (["Skole: Nordlys"], "Nordlys", ""),
        (["Måletidspunkt: vår"], "", "vår"),
        (["Grundskola - betyg"], "", ""),
        ([], "", ""),
    ],
)
def test_facts_in_titles(titles, school, round_name):
    assert (school_in(titles, VOCABULARY), round_in(titles, VOCABULARY)) == (school, round_name)


@pytest.mark.parametrize(
    ("sheet_name", "titles", "expected"),
    [
        ("4A", [], "4A"),
        ("blå", [], "Blå"),
        ("F-2", [], "F-2"),
        ("Blad1", ["Klass: 6C"], "6C"),
        ("Klass 3B", [], "3B"),
        ("Blad1", [], ""),
    ],
)
def test_class_of_a_sheet(sheet_name, titles, expected):
    assert class_in(titles, sheet_name, VOCABULARY) == expected


HT, VT = "HT 2026", "VT 2027"


def rounds_of(*header_rows: list[Any], vocabulary: Vocabulary = VOCABULARY) -> list[tuple[str, str]]:
    """Indicator and round of the columns after the first, which holds the pupil."""
    n_columns = len(header_rows[-1])
    rows = [["20160605TF60", *[4.0] * (n_columns - 1)], ["20160714TF18", *[5.0] * (n_columns - 1)]]
    sheet = understand(book(("4A", [*header_rows, *rows])), vocabulary).sheets[0]
    assert len(sheet.header_rows) == len(header_rows)
    return [(column.indicator, column.round) for column in sheet.columns[1:]]


def test_rounds_in_the_row_above_the_indicators():
    found = rounds_of(
        [None, HT, None, VT, None],
        ["Elev-ID", "Läsförståelse", "Svenska poäng", "Läsförståelse", "Svenska poäng"],
    )
    assert found == [("LASFORST", HT), ("SV-POANG", HT), ("LASFORST", VT), ("SV-POANG", VT)]


def test_rounds_below_the_indicators():
    found = rounds_of([None, "Läsförståelse", None, "Svenska poäng", None], ["Elev-ID", HT, VT, HT, VT])
    assert found == [("LASFORST", HT), ("LASFORST", VT), ("SV-POANG", HT), ("SV-POANG", VT)]


def test_terms_in_other_spellings_and_unknown_ones():
    found = rounds_of(["Elev-ID", "Läsförståelse HT26", "vt-27 läsförståelse", "Läsförståelse (VT 25)"])
    assert found == [("LASFORST", HT), ("LASFORST", VT), ("LASFORST", "VT 2025")]


def test_round_alone_in_a_header_is_no_indicator():
    assert rounds_of(["Elev-ID", "Läsförståelse", HT]) == [("LASFORST", ""), ("", "")]


def test_both_rounds_of_an_indicator_are_in_the_mapping():
    rows = [
        [None, HT, VT],
        ["Elev-ID", "Läsförståelse", "Läsförståelse"],
        ["20160605TF60", 4.0, 5.0],
        ["20160714TF18", 6.0, 7.0],
    ]
    mapping = propose_mapping(understand(book(("4A", rows)), VOCABULARY))
    assert mapping is not None
    assert [(column.group, column.indicator, column.round) for column in mapping.columns[1:]] == [
        (HT, "LASFORST", HT),
        (VT, "LASFORST", VT),
    ]


@pytest.mark.parametrize(
    ("cell", "least"), [("2026-09-03", 0.9), (datetime.date(2026, 9, 3), 0.9), ("i september", 0.0)]
)
def test_day_of_measurement(cell, least):
    column = understood("Provdatum", cell, cell)
    assert column.meaning is Meaning.MEASURED_ON
    assert column.confidence >= least
    assert (column.confidence >= 0.5) == (least > 0)


def test_names_of_places_are_hardly_names_of_persons():
    def confidence(*names: str) -> float:
        rows = [["code", "name"], *([f"011{at}", name] for at, name in enumerate(names))]
        return understand(book(("", rows)), Vocabulary()).sheets[0].columns[1].confidence

    assert confidence("Ale", "Alvesta") <= 0.5
    assert confidence("Västra skolan", "Bollnäs skola") <= 0.5
    assert confidence("Anna Ek", "Bo Alm") > 0.8


def test_stray_cells_beside_the_table_make_no_other_kind_of_file():
    plain = [["Elev-ID", "Läsning"], ["20160605TF60", 4.0], ["20160714TF18", 4.0]]
    stray = [["Elev-ID", "Läsning", None], ["20160605TF60", 4.0, "flyttat"], ["20160714TF18", 4.0, None]]
    one, other = (understand(book(("4A", rows)), VOCABULARY) for rows in (plain, stray))
    assert signature(one) == signature(other)
    assert [column.header for column in other.sheets[0].columns] == ["Elev-ID", "Läsning", "[C]"]


def test_pupils_in_a_column_without_a_header_can_be_mapped():
    rows = [[None, "Läsförståelse"], ["20160605TF60", 4.0], ["20160714TF18", 5.0]]
    mapping = propose_mapping(understand(book(("4A", rows)), VOCABULARY))
    assert mapping is not None
    assert [(column.header, column.meaning) for column in mapping.columns] == [
        ("[A]", Meaning.IDENTITY),
        ("Läsförståelse", Meaning.INDICATOR),
    ]
    extraction = extract(book(("4A", rows)), mapping, {"LASFORST": scales.points(40)})
    assert (len(extraction.pupils), extraction.columns[0].hundredths.tolist()) == (2, [400, 500])


def test_pupils_without_any_header_are_shown_and_not_proposed():
    rows = [["201501018888", "Anna Ek", 12.0], ["201502028888", "Bo Al", 13.0]]
    understanding = understand(book(("4A", rows)), VOCABULARY)
    sheet = understanding.sheets[0]
    assert (sheet.header_rows, sheet.n_rows, sheet.columns[0].meaning) == ((), 2, Meaning.IDENTITY)
    assert propose_mapping(understanding) is None


def test_hidden_sheets_are_not_proposed():
    rows = [["Elev-ID", "Läsförståelse"], ["20160605TF60", 4.0]]
    sheets = [Sheet("4A", rows), Sheet("4B", rows, hidden=True, hidden_rows=frozenset({2}))]
    understanding = understand(Workbook(sheets, digest="0" * 64), VOCABULARY)
    assert [sheet.name for sheet in understanding.proposed_sheets] == ["4A"]
    assert [sheet.n_hidden_rows for sheet in understanding.sheets] == [0, 1]
