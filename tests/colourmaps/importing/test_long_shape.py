"""Tables with a row per result, and wide tables that look a little like one."""

from __future__ import annotations

from typing import Any

import pytest

from colourmaps import scales
from colourmaps.importing.headers import KnownIndicator, Vocabulary
from colourmaps.importing.mapping import Meaning
from colourmaps.importing.proposal import propose_mapping
from colourmaps.importing.understanding import Understanding, understand
from colourmaps.importing.workbook import Sheet, Workbook

VOCABULARY = Vocabulary(
    indicators=(
        KnownIndicator("LASFORST", ("Läsförståelse", "Reading"), scales.points(40), ("LF-prov",)),
        KnownIndicator("TAL", ("Taluppfattning",), scales.points(40)),
    ),
    rounds=("HT 2026",),
)
IDS = ("20160605TF60", "20160714TF18", "20161019TF60")
TESTS = ("Läsförståelse", "lf-prov", "Stavning")


def understood(
    header: list[str], rows: list[list[Any]], vocabulary: Vocabulary = VOCABULARY
) -> Understanding:
    return understand(Workbook([Sheet("", [list(header), *rows])], "0" * 64), vocabulary)


def meanings(header: list[str], rows: list[list[Any]]) -> list[Meaning]:
    return [column.meaning for column in understood(header, rows).sheets[0].columns]


def results(pupils: tuple[str, ...] = IDS, tests: tuple[str, ...] = TESTS) -> list[list[Any]]:
    return [[pupil, test, float(len(pupil) + at)] for pupil in pupils for at, test in enumerate(tests)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Prov", "Resultat"),
        ("Ämne", "Betyg"),
        ("Delprov", "Poäng"),
        ("Prøve", "Karakter"),
        ("Test_name", "Score"),
    ],
)
def test_headers_and_cells_tell_a_long_table(name: str, value: str) -> None:
    assert meanings(["Elev-ID", name, value], results()) == [
        Meaning.IDENTITY,
        Meaning.INDICATOR_NAME,
        Meaning.VALUE,
    ]


def test_round_and_day_of_the_row() -> None:
    rows = [[*row, "HT 2026", "2026-09-03"] for row in results()]
    assert meanings(["Elev-ID", "Prov", "Resultat", "Mättillfälle", "Datum"], rows)[3:] == [
        Meaning.ROUND_NAME,
        Meaning.MEASURED_ON,
    ]


def test_words_become_known_indicators_in_the_mapping() -> None:
    mapping = propose_mapping(understood(["Elev-ID", "Prov", "Resultat"], results()))
    assert mapping is not None
    assert mapping.is_long
    assert mapping.indicator_names == {"läsförståelse": "LASFORST", "lf-prov": "LASFORST", "stavning": ""}


def test_cells_alone_tell_it_with_less_confidence() -> None:
    names = ("Anna Ek", "Bo Ek", "Cia Ek")
    columns = (
        understood(["Elev", "Del", "Antal rätt"], results(names, ("Avkodning", "Ord"))).sheets[0].columns
    )
    assert [column.meaning for column in columns[1:]] == [Meaning.INDICATOR_NAME, Meaning.VALUE]
    assert max(column.confidence for column in columns[1:]) <= 0.6


def test_statistics_without_pupils_are_long_by_their_headers() -> None:
    header = ["Enhetsnavn", "Indikator/delskår", "Periode", "Verdi"]
    rows = [
        [school, part, "2020-21", 50.0] for school in ("Aspa", "Berga") for part in ("Skalapoeng", "Nivå 1")
    ]
    sheet = understood(header, rows).sheets[0]
    assert sheet.is_long
    assert not sheet.is_proposed


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        # one row per pupil
        (["Elev-ID", "Ämne", "Betyg"], [[pupil, "Matematik", "A"] for pupil in IDS]),
        # an indicator of its own in a column
        (["Elev-ID", "Prov", "Läsförståelse"], results()),
        # two columns that may be the value, neither called so
        (["Elev-ID", "Del", "Antal", "Tid"], [[*row, 4.0] for row in results()]),
        # the same pupil and word several times
        (["Elev-ID", "Del", "Antal"], [[IDS[0], "Ord", 1.0], [IDS[0], "Ord", 2.0], [IDS[0], "Tal", 3.0]] * 3),
        # as many words as rows
        (["Elev-ID", "Prov", "Resultat"], [[IDS[0], f"prov {at}", 1.0] for at in range(6)]),
    ],
)
def test_wide_tables_stay_wide(header: list[str], rows: list[list[Any]]) -> None:
    found = meanings(header, rows)
    assert Meaning.VALUE not in found
    assert Meaning.INDICATOR_NAME not in found


def test_year_group_is_not_taken_for_the_value() -> None:
    rows = [[pupil, 4.0, subject, 12.0] for pupil in IDS for subject in ("Maths", "Reading test")]
    assert meanings(["Student id", "Grade", "Subject", "Score"], rows) == [
        Meaning.IDENTITY,
        Meaning.YEAR_GROUP,
        Meaning.INDICATOR_NAME,
        Meaning.VALUE,
    ]
