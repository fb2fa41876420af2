"""Cells to values: what is a number, a mark, nothing, or refused. No cell ever becomes zero by accident."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from colourmaps import scales
from colourmaps.importing import values
from colourmaps.importing.values import NoValue, Number, Refused, cell_text, parse_value
from colourmaps.importing.workbook import CellError
from colourmaps.scales import Mark, Scale, Step, ValueType, format_value

POINTS = scales.points(40)
ANY = Scale(ValueType.NUMBER)
DANISH = Scale(ValueType.GRADE, steps=scales.DANISH_GRADES)
NORWEGIAN = Scale(ValueType.GRADE, steps=scales.NORWEGIAN_GRADES)
STEPS = Scale(ValueType.STEPS, steps=(Step("På väg", 100), Step("Nått", 200), Step("Väl nått", 300)))


@pytest.mark.parametrize(
    ("cell", "scale", "hundredths"),
    [
        ("12,5", POINTS, 1250),
        ("12.5", POINTS, 1250),
        (" 12,5\u00a0", POINTS, 1250),
        ("12 p", POINTS, 1200),
        ("12 poäng", POINTS, 1200),
        (0, POINTS, 0),
        ("0", POINTS, 0),
        (0.0, POINTS, 0),
        (40.0, POINTS, 4000),
        ("1 234,5", ANY, 123450),
        ("1\u202f234", ANY, 123400),
        ("1.234,5", ANY, 123450),
        ("1,234.5", ANY, 123450),
        ("1.234.567", ANY, 123456700),
        ("−3", ANY, -300),
        ("– 3", ANY, -300),
        ("+3", ANY, 300),
        ("8,5 %", scales.PERCENT, 850),
        ("24%", scales.PERCENT, 2400),
        ("24", scales.PERCENT, 2400),
        (24.0, scales.PERCENT, 2400),
        ("24 procent", scales.PERCENT, 2400),
        ("105 ord/min", Scale(ValueType.NUMBER, unit="ord/min"), 10500),
        ("90 min", scales.MINUTES, 9000),
        ("5", scales.STANINE, 500),
        (9.0, scales.STANINE, 900),
        ("e", scales.GRADE, 1000),
        (" A ", scales.GRADE, 2000),
        ("F", scales.GRADE, 0),
        ("02", DANISH, 200),
        ("2", DANISH, 200),
        (2.0, DANISH, 200),
        ("−3", DANISH, -300),
        (-3.0, DANISH, -300),
        ("00", DANISH, 0),
        (0.0, DANISH, 0),
        (4.0, NORWEGIAN, 400),
        ("4", NORWEGIAN, 400),
        ("väl nått", STEPS, 300),
        (2.0, STEPS, 200),
        ("Ja", scales.YES_NO, 100),
        ("nei", scales.YES_NO, 0),
        ("x", scales.YES_NO, 100),
        (True, scales.YES_NO, 100),
        (False, scales.YES_NO, 0),
        (1.0, scales.YES_NO, 100),
        (0.0, scales.YES_NO, 0),
    ],
)
def test_value_on_its_scale(cell, scale, hundredths):
    assert parse_value(cell, scale) == Number(hundredths)


@pytest.mark.parametrize(
    ("share", "hundredths"), [(0.24, 2400), (1, 10000), (1.0, 10000), (0.59, 5900), (0.0, 0)]
)
def test_number_shown_as_percent_is_a_share(share, hundredths):
    assert parse_value(share, scales.PERCENT, is_percent_cell=True) == Number(hundredths)


def test_text_with_percent_sign_is_no_share():
    assert parse_value("24 %", scales.PERCENT, is_percent_cell=True) == Number(2400)


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        ("frånv.", Mark.ABSENT),
        ("Frånvarande", Mark.ABSENT),
        ("FRV", Mark.ABSENT),
        ("fravær", Mark.ABSENT),
        ("absent", Mark.ABSENT),
        ("-", Mark.NO_BASIS),
        ("–", Mark.NO_BASIS),
        ("—", Mark.NO_BASIS),
        ("IV", Mark.NO_BASIS),
        ("befriad", Mark.EXEMPT),
        ("undantag", Mark.EXEMPT),
        ("Fritatt", Mark.EXEMPT),
        ("fritaget", Mark.EXEMPT),
        ("exempt", Mark.EXEMPT),
    ],
)
@pytest.mark.parametrize("scale", [POINTS, scales.PERCENT, scales.GRADE, scales.STANINE, DANISH])
def test_word_for_no_number_is_a_mark_on_every_scale(cell, mark, scale):
    assert parse_value(cell, scale) is mark


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (None, NoValue.BLANK),
        ("", NoValue.BLANK),
        (" \u00a0\n", NoValue.BLANK),
        ("..", NoValue.WITHHELD),
        (".", NoValue.WITHHELD),
    ],
)
def test_cell_without_a_value(cell, expected):
    assert parse_value(cell, POINTS) is expected


@pytest.mark.parametrize(
    ("cell", "scale", "kind"),
    [
        ("~100", scales.PERCENT, values.NOT_EXACT),
        ("cirka 370", ANY, values.NOT_EXACT),
        ("ca 12", POINTS, values.NOT_EXACT),
        ("<5", POINTS, values.NOT_EXACT),
        ("5-6", POINTS, values.NOT_EXACT),
        ("5–6", POINTS, values.NOT_EXACT),
        ("minst 10", POINTS, values.NOT_EXACT),
        (41.0, POINTS, values.OUTSIDE_SCALE),
        ("41", POINTS, values.OUTSIDE_SCALE),
        (-1, POINTS, values.OUTSIDE_SCALE),
        (14.0, scales.SURVEY, values.OUTSIDE_SCALE),
        (4.5, scales.STANINE, values.OUTSIDE_SCALE),
        (4.001, scales.STANINE, values.OUTSIDE_SCALE),
        (10.0, scales.GRADE, values.OUTSIDE_SCALE),
        (3.0, DANISH, values.OUTSIDE_SCALE),
        (1e300, ANY, values.OUTSIDE_SCALE),
        ("99999999999", ANY, values.OUTSIDE_SCALE),
        ("Fx", scales.GRADE, values.NOT_A_VALUE),
        ("n/a", POINTS, values.NOT_A_VALUE),
        ("33²", POINTS, values.NOT_A_VALUE),
        ("12½", POINTS, values.NOT_A_VALUE),
        ("5*", POINTS, values.NOT_A_VALUE),
        ("1e3", ANY, values.NOT_A_VALUE),
        ("8/10", POINTS, values.NOT_A_VALUE),
        ("1 23", ANY, values.NOT_A_VALUE),
        ("١٢", POINTS, values.NOT_A_VALUE),
        ("nan", ANY, values.NOT_A_VALUE),
        ("12 kg", POINTS, values.NOT_A_VALUE),
        (True, POINTS, values.NOT_A_VALUE),
        ("1.234", ANY, values.AMBIGUOUS),
        ("1,234", ANY, values.AMBIGUOUS),
        (date(2026, 5, 4), POINTS, values.A_DATE),
        (datetime(2026, 5, 4, 8), POINTS, values.A_DATE),  # noqa: DTZ001  # cells have no time zone
        (time(8), scales.MINUTES, values.A_DATE),
        (timedelta(minutes=5), scales.MINUTES, values.A_DATE),
        (CellError("#N/A"), POINTS, values.AN_ERROR),
        (CellError("=SUM(A1:A2)"), POINTS, values.UNCALCULATED),
        (float("nan"), POINTS, values.AN_ERROR),
        (float("inf"), ANY, values.AN_ERROR),
        (10**400, ANY, values.OUTSIDE_SCALE),
        (-(10**400), POINTS, values.OUTSIDE_SCALE),
        ("24 %", POINTS, values.PERCENT_UNEXPECTED),
    ],
)
def test_refused_with_its_reason(cell, scale, kind):
    value = parse_value(cell, scale)
    assert isinstance(value, Refused)
    assert value.kind is kind


def test_number_beyond_all_floats_is_refused_as_percent_too():
    assert parse_value(10**400, ANY, is_percent_cell=True).kind is values.OUTSIDE_SCALE


def test_seven_meanings_of_a_cell_stay_seven():
    cells = ["12,5", "~100", "cirka 370", "..", ".", "-", 0]
    scale = Scale(ValueType.NUMBER)
    assert [parse_value(cell, scale) for cell in cells] == [
        Number(1250),
        Refused(values.NOT_EXACT),
        Refused(values.NOT_EXACT),
        NoValue.WITHHELD,
        NoValue.WITHHELD,
        Mark.NO_BASIS,
        Number(0),
    ]
    assert parse_value(None, scale) is NoValue.BLANK


@pytest.mark.parametrize(
    ("text", "hundredths"),
    [("8,5\u00a0%", 850), ("8.5%", 850), ("\u00a0100\u202f%", 10000), ("0,24", 24), ("0 %", 0)],
)
def test_percent_as_text(text, hundredths):
    assert parse_value(text, scales.PERCENT) == Number(hundredths)


@pytest.mark.parametrize("text", ["1\u00a0234,5", "1\u202f234,5", "1\u2009234.5", "1 234,50", "1.234,5"])
def test_thousands_apart_by_any_space(text):
    assert parse_value(text, ANY) == Number(123450)


def test_percent_cell_on_another_scale_is_refused_as_it_is_shown():
    value = parse_value(0.24, POINTS, is_percent_cell=True)
    assert isinstance(value, Refused)
    assert (value.kind, value.parameters["value"]) == (values.PERCENT_UNEXPECTED, "24 %")


def test_whole_number_shown_as_percent_is_outside_the_scale():
    value = parse_value(24.0, scales.PERCENT, is_percent_cell=True)
    assert isinstance(value, Refused)
    assert (value.kind, value.parameters["value"]) == (values.OUTSIDE_SCALE, "2400 %")


def test_three_decimals_that_cannot_be_thousands_are_rounded():
    assert parse_value("1.234", POINTS) == Number(123, is_rounded=True)


def test_noise_of_floats_is_not_called_rounding():
    assert parse_value(0.1 + 0.2, ANY) == Number(30)


@pytest.mark.parametrize(
    ("cell", "expected"), [(None, ""), (201501018888.0, "201501018888"), (4.5, "4.5"), (" a ", "a")]
)
def test_cell_text(cell, expected):
    assert cell_text(cell) == expected


@given(st.integers(-10_000_000, 10_000_000), st.sampled_from(["sv", "en", "nb", "da"]), st.integers(0, 2))
def test_formatted_number_is_read_back(hundredths, language, decimals):
    scale = Scale(ValueType.NUMBER, decimals=decimals)
    with override(language):
        assert parse_value(format_value(hundredths, scale), scale) == Number(hundredths)


@given(st.integers(0, 10_000), st.sampled_from(["sv", "en", "nb", "da"]))
def test_formatted_percent_with_unit_is_read_back(hundredths, language):
    with override(language):
        assert parse_value(
            format_value(hundredths, scales.PERCENT, with_unit=True), scales.PERCENT
        ) == Number(hundredths)


@given(st.sampled_from([scales.GRADE, DANISH, NORWEGIAN, STEPS, scales.YES_NO]), st.data())
def test_formatted_step_is_read_back(scale, data):
    step = data.draw(st.sampled_from(scale.steps))
    assert parse_value(format_value(step.number, scale), scale) == Number(step.number)


@given(st.text(max_size=12))
def test_text_becomes_zero_only_if_it_says_zero(text):
    value = parse_value(text, ANY)
    if isinstance(value, Number) and value.hundredths == 0:
        assert "0" in text
        assert Decimal(
            text.replace("−", "-").replace(",", ".").replace(" ", "").strip("+- \t\n\xa0")
        ) < Decimal("0.01")


@given(st.floats(0, 40))
def test_float_is_the_nearest_hundredth(number):
    value = parse_value(number, POINTS)
    assert isinstance(value, Number)
    assert abs(value.hundredths / 100 - number) <= 0.005 + 1e-9


@pytest.mark.parametrize("cell", ["9" * 5_000_000, "0." + "0" * 40, "1" + "." * 50_000 + "x1"])
def test_text_that_is_too_long_is_no_number(cell):
    assert parse_value(cell, POINTS) == Refused(values.NOT_A_VALUE, {"scale": POINTS.in_words()})
