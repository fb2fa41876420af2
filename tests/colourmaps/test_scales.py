"""Scales: what they contain, how values are written."""

import pytest
from django.utils.translation import override

from colourmaps import scales
from colourmaps.scales import Scale, Step, ValueType, format_value


@pytest.mark.parametrize(
    ("language", "hundredths", "scale", "expected"),
    [
        ("sv", 1250, scales.points(40), "12,5"),
        ("en", 1250, scales.points(40), "12.5"),
        ("sv", 1200, scales.points(40), "12"),
        ("sv", 1200, scales.points(40, decimals=1), "12,0"),
        ("sv", 1234, scales.points(40, decimals=1), "12,34"),
        ("sv", 5, scales.points(40), "0,05"),
        ("sv", 0, scales.points(40), "0"),
        ("sv", -50, Scale(ValueType.NUMBER), "−0,5"),
        ("sv", 1000, scales.GRADE, "E"),
        ("da", 200, Scale(ValueType.GRADE, steps=scales.DANISH_GRADES), "02"),
        ("sv", 1125, scales.GRADE, "11,25"),
    ],
)
def test_format_value_in_a_language(language, hundredths, scale, expected):
    with override(language):
        assert format_value(hundredths, scale) == expected


def test_format_value_with_unit_keeps_it_on_the_line():
    with override("sv"):
        assert format_value(850, scales.PERCENT, with_unit=True) == "8,5\u00a0%"


@pytest.mark.parametrize(
    ("scale", "inside", "outside"),
    [
        (scales.points(40), [0, 1, 4000], [-1, 4001]),
        (scales.STANINE, [100, 900], [0, 150, 1000]),
        (scales.GRADE, [0, 1000, 2000], [500, 1001]),
        (Scale(ValueType.NUMBER), [-99999, 99999], []),
    ],
)
def test_contains_at_the_ends(scale, inside, outside):
    assert all(scale.contains(value) for value in inside)
    assert not any(scale.contains(value) for value in outside)


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        (scales.points(40), "0–40"),
        (scales.PERCENT, "0–100\u00a0%"),
        (scales.STANINE, "whole numbers 1–9"),
        (scales.GRADE, "A, B, C, D, E, F"),
        (scales.MINUTES, "at least 0"),
        (Scale(ValueType.NUMBER, maximum=500), "at most 5"),
        (Scale(ValueType.NUMBER), "any number"),
    ],
)
def test_in_words(scale, words):
    with override("en"):
        assert scale.in_words() == words


@pytest.mark.parametrize(
    "parts",
    [
        {"value_type": ValueType.POINTS, "minimum": 2, "maximum": 1},
        {"value_type": ValueType.POINTS, "decimals": 3},
        {"value_type": ValueType.GRADE},
        {"value_type": ValueType.POINTS, "steps": scales.SWEDISH_GRADES},
        {"value_type": ValueType.STEPS, "steps": (Step("b", 2), Step("a", 1))},
        {"value_type": ValueType.STEPS, "steps": (Step("a", 1), Step("b", 1))},
    ],
)
def test_contradicting_scale_is_refused(parts, in_english):
    with pytest.raises(ValueError, match="scale"):
        Scale(**parts)
