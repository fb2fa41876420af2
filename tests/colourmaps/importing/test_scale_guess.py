"""Which scale a column gets that is to become a new indicator."""

from __future__ import annotations

from typing import Any

import pytest

from colourmaps import scales
from colourmaps.importing.scale_guess import explained_scale
from colourmaps.scales import HUNDREDTHS, Scale, ValueType


def scale(header: str, *cells: Any, is_percent: bool = False) -> Scale:
    return explained_scale(cells, header, is_percent=is_percent).scale


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("Skrivning", ["E", "D", "-", "A"], scales.GRADE),
        ("Dansk", ["02", "7", "12"], Scale(ValueType.GRADE, steps=scales.DANISH_GRADES)),
        ("Klar?", ["ja", "nej"], scales.YES_NO),
        ("Godkänd?", [1.0, 0.0], scales.YES_NO),
        ("Närvaro (%)", [99.0, 80.0], scales.PERCENT),
        ("Andel rätt", ["88 %", "7 %"], scales.PERCENT),
        ("Läsning stanine", [1.0, 9.0], scales.STANINE),
        ("LäsEttan\n(stanine)", [5.0], scales.STANINE),
        ("Taluppfattning (max 40)", [12.0, 40.0], scales.points(40)),
        ("Taluppfattning (poäng av 40)", ["33,8", 29.5], scales.points(40, decimals=1)),
        ("Tal (0–40)", [12.0], scales.points(40)),
        ("Tal 0-20 poäng", [12.0], scales.points(20)),
        ("Trygghet (1–10)", [1.0, 10.0], Scale(ValueType.SURVEY, HUNDREDTHS, 10 * HUNDREDTHS)),
        ("Tid (min)", [12.0, 30.0], scales.MINUTES),
        ("Tid minuter", [12.5], Scale(ValueType.MINUTES, 0, unit="min", decimals=1)),
        ("Läshastighet (ord/min)", [87.0], Scale(ValueType.NUMBER, 0, unit="ord/min")),
        ("Läsning poäng", [87.0], Scale(ValueType.POINTS, 0)),
        ("Läsning", [87.0, -1.0], Scale(ValueType.NUMBER)),
    ],
)
def test_scale_of_header_and_cells(header: str, cells: list[Any], expected: Scale) -> None:
    assert scale(header, *cells) == expected


@pytest.mark.parametrize(
    ("header", "cells", "value_type"),
    [
        ("Läsning", [1.0, 9.0], ValueType.NUMBER),  # stanine only if the header says so
        ("Läsning stanine", [1.0, 14.0], ValueType.NUMBER),
        ("Elever, årskurs 1-9", [462.0], ValueType.NUMBER),  # the range is of year groups
        ("Förändring (%)", [120.0, -4.0], ValueType.NUMBER),
        ("Tal (max 10)", [33.0, 38.0, 29.0], ValueType.NUMBER),
        ("Läsning", [0.0, 1.0], ValueType.NUMBER),
        ("Kod", ["0180", "0114"], ValueType.NUMBER),
        ("Tomt", [], ValueType.NUMBER),
        ("Fritext", [f"svar nummer {at}" for at in range(20)], ValueType.NUMBER),
    ],
)
def test_what_is_not_said_is_not_guessed(header: str, cells: list[Any], value_type: ValueType) -> None:
    assert scale(header, *cells).value_type is value_type


def test_single_mistakes_do_not_change_the_scale_of_the_header(in_english: None) -> None:
    guessed = explained_scale([*map(float, range(1, 11)), 12.0], "Trygghet (1–10)")
    assert guessed.scale.value_type is ValueType.SURVEY
    assert guessed.reason == "The header says 1–10, but some values lie outside."


@pytest.mark.parametrize(
    ("cells", "labels"),
    [
        (["hög", "låg", "Medel"], ["låg", "Medel", "hög"]),
        (["3 säker", "1 osäker", "2 på väg"], ["1 osäker", "2 på väg", "3 säker"]),
        (["G", "MVG", "VG"], ["IG", "G", "VG", "MVG"]),
        (["blå", "Ask"], ["Ask", "blå"]),
    ],
)
def test_steps_rise(cells: list[str], labels: list[str]) -> None:
    found = scale("Nivå", *cells)
    assert found.value_type is ValueType.STEPS
    assert [step.label for step in found.steps] == labels


def test_percent_format_of_the_spreadsheet_counts() -> None:
    assert scale("Lösning", 0.24, 0.5, is_percent=True).value_type is ValueType.PERCENT


def test_every_proposal_has_a_reason(in_english: None) -> None:
    for header, cells in {"a": ["A"], "b": [1.0], "c (max 4)": [2.0], "d": [], "e": ["x", "hej"]}.items():
        assert explained_scale(cells, header).reason.endswith(".")
