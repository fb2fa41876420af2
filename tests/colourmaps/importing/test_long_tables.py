"""Tables with a row per result, and tables whose rows say of which round they are."""

from __future__ import annotations

from typing import Any

import pytest

from colourmaps import scales
from colourmaps.importing import columns as columns_module
from colourmaps.importing import long_tables, row_rounds, rows, values
from colourmaps.importing.columns import BLANK, REFUSED
from colourmaps.importing.mapping import MappedColumn, Mapping, MappingError, Meaning, PercentAs
from colourmaps.importing.messages import Level
from colourmaps.importing.rows import Extraction, extract
from colourmaps.importing.workbook import Sheet, Workbook
from colourmaps.scales import Mark

pytestmark = pytest.mark.usefixtures("in_english")

HEADER = ["Elev", "Prov", "Omgång", "Resultat"]
MEANINGS = [Meaning.PUPIL_ID, Meaning.INDICATOR_NAME, Meaning.ROUND_NAME, Meaning.VALUE]
SCALES = {"LAS": scales.points(40), "MATTE": scales.points(20), "NARVARO": scales.PERCENT}


def read(
    *data: list[Any], header: list[str] = HEADER, percent_as: PercentAs = PercentAs.AUTOMATIC, **parts: Any
):
    columns = tuple(
        MappedColumn(text, MEANINGS[HEADER.index(text)], percent_as=percent_as) for text in header
    )
    mapping = Mapping(columns, **{"round": "HT 2026", **parts})
    workbook = Workbook([Sheet("Alla", [header, *data])], digest="0" * 64)
    return extract(workbook, mapping, SCALES, {"läsförståelse": "LAS", "närvaro": "NARVARO"})


def values_of(extraction: Extraction) -> dict[tuple[str, str], list[int | None]]:
    """Hundredths by indicator and round; None in a row without a number."""
    return {
        (column.indicator, column.round): [
            value if mark == Mark.MEASURED else None
            for value, mark in zip(column.hundredths.tolist(), column.marks.tolist(), strict=True)
        ]
        for column in extraction.columns
    }


def said(extraction: Extraction) -> list[tuple[str, str]]:
    return [(message.code, message.place) for message in extraction.messages]


def test_row_per_result_gives_a_column_per_indicator_and_round() -> None:
    extraction = read(
        ["a1", "Läsförståelse", "HT 2026", 12.5],
        ["a1", "MATTE", "HT 2026", "7"],
        ["a1", "Läsförståelse", "ht  2026", 30.0],
        ["a2", "las", "VT 2027", "frånv."],
    )
    assert values_of(extraction) == {
        ("LAS", "HT 2026"): [1250, None, 3000, None],
        ("LAS", "VT 2027"): [None, None, None, None],
        ("MATTE", "HT 2026"): [None, 700, None, None],
    }
    assert extraction.columns[1].marks.tolist() == [BLANK, BLANK, BLANK, Mark.ABSENT]
    assert [pupil.own_id for pupil in extraction.pupils] == ["a1", "a1", "a1", "a2"]
    assert extraction.messages == []


def test_words_of_the_mapping_come_before_those_of_the_municipality() -> None:
    extraction = read(
        ["a1", "Läsförståelse", None, 12],
        ["a2", "Delprov  B", None, 13],
        indicator_names={"läsförståelse": "MATTE", "delprov b": "LAS"},
    )
    assert values_of(extraction) == {
        ("MATTE", "HT 2026"): [1200, None],
        ("LAS", "HT 2026"): [None, 1300],
    }


def test_word_that_is_not_to_be_read_is_counted_once() -> None:
    extraction = read(
        ["a1", "Skonummer", None, 36],
        ["a2", "skonummer", None, 37],
        ["a3", "LAS", None, 13],
        indicator_names={"skonummer": ""},
    )
    assert values_of(extraction) == {("LAS", "HT 2026"): [None, None, 1300]}
    assert said(extraction) == [(long_tables.NOT_READ.code, "Alla!B2")]
    assert extraction.messages[0].text == "“Skonummer” is not to be read; 2 rows are left out."


def test_unknown_and_missing_words_refuse_the_rows_that_have_a_value() -> None:
    extraction = read(
        ["a1", "Hopp", None, 1],
        ["a2", None, None, 2],
        ["a3", "Hopp", None, None],
        ["a4", None, None, " "],
        ["a5", "LAS", None, 13],
    )
    assert said(extraction) == [
        (long_tables.UNKNOWN_WORD.code, "Alla!B2"),
        (long_tables.NO_WORD.code, "Alla!B3"),
    ]
    assert {message.level for message in extraction.messages} == {Level.ERROR}
    assert extraction.messages[0].text.startswith("“Hopp” is no indicator that is known.")


def test_value_is_read_on_the_scale_of_its_own_indicator() -> None:
    extraction = read(["a1", "LAS", None, 30], ["a2", "MATTE", None, 30], ["a3", "MATTE", None, "~15"])
    assert [column.marks.tolist() for column in extraction.columns] == [
        [Mark.MEASURED, BLANK, BLANK],
        [BLANK, REFUSED, REFUSED],
    ]
    assert said(extraction) == [(values.OUTSIDE_SCALE.code, "Alla!D3"), (values.NOT_EXACT.code, "Alla!D4")]
    assert extraction.written(1, extraction.columns[1]) == "30"


def test_shares_are_judged_among_the_rows_of_the_indicator() -> None:
    extraction = read(["a1", "LAS", None, 30], ["a2", "Närvaro", None, 0.9], ["a3", "Närvaro", None, 1])
    assert values_of(extraction)["NARVARO", "HT 2026"] == [None, 9000, 10000]
    (message,) = extraction.messages
    assert (message.kind, message.value) == (columns_module.SHARES_ASSUMED, "Resultat: Närvaro")


def test_mapping_says_how_percent_is_written() -> None:
    extraction = read(["a2", "Närvaro", None, 0.9], percent_as=PercentAs.PERCENT)
    assert values_of(extraction) == {("NARVARO", "HT 2026"): [90]}


def test_row_without_a_pupil_is_said_once() -> None:
    extraction = read([None, "LAS", "HT 2026", 99], ["a1", "LAS", "HT 2026", 3])
    assert said(extraction) == [(rows.NO_PUPIL.code, "Alla!2")]
    assert values_of(extraction) == {("LAS", "HT 2026"): [300]}


def test_column_of_far_too_many_rounds_is_refused_row_by_row() -> None:
    data = [["a1", "LAS", f"Omgång {n}", 3] for n in range(row_rounds.MOST_ROUNDS + 2)]
    extraction = read(*data)
    assert len(extraction.columns) == row_rounds.MOST_ROUNDS
    assert said(extraction) == [
        (row_rounds.TOO_MANY_ROUNDS.code, f"Alla!C{row_rounds.MOST_ROUNDS + 2}"),
        (row_rounds.TOO_MANY_ROUNDS.code, f"Alla!C{row_rounds.MOST_ROUNDS + 3}"),
    ]


def test_wide_table_can_name_its_rounds_by_row() -> None:
    columns = (
        MappedColumn("Elev", Meaning.PUPIL_ID),
        MappedColumn("Omgång", Meaning.ROUND_NAME),
        MappedColumn("Läsning", Meaning.INDICATOR, indicator="LAS"),
        MappedColumn("Matte vår", Meaning.INDICATOR, indicator="MATTE", round="VT 2027"),
    )
    table = [
        ["Elev", "Omgång", "Läsning", "Matte vår"],
        ["a1", "HT 2026", 3, 4],
        ["a1", "VT 2027", 5, 6],
        ["a2", None, 41, 8],
    ]
    workbook = Workbook([Sheet("Alla", table)], digest="0" * 64)
    extraction = extract(workbook, Mapping(columns, round="HT 2026"), SCALES)
    assert values_of(extraction) == {
        ("LAS", "HT 2026"): [300, None, None],
        ("LAS", "VT 2027"): [None, 500, None],
        ("MATTE", "VT 2027"): [400, 600, 800],
    }
    assert said(extraction) == [(values.OUTSIDE_SCALE.code, "Alla!C4")]


def test_indicator_with_a_column_and_a_word_is_refused() -> None:
    columns = (
        *(MappedColumn(text, meaning) for text, meaning in zip(HEADER, MEANINGS, strict=True)),
        MappedColumn("Läsning", Meaning.INDICATOR, indicator="LAS"),
    )
    workbook = Workbook([Sheet("Alla", [[*HEADER, "Läsning"], ["a1", "LAS", None, 3, 4]])], digest="0" * 64)
    with pytest.raises(MappingError, match="the indicator “LAS” has a column of its own and rows too"):
        extract(workbook, Mapping(columns), SCALES)


def test_indicator_of_a_word_must_be_known() -> None:
    with pytest.raises(MappingError, match="“HOPP” is not known"):
        read(["a1", "Hopp", None, 1], indicator_names={"hopp": "HOPP"})
