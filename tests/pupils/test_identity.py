"""No number written here belongs to a person: they are Skolverket's examples, coordination numbers without a
month, temporary numbers, Norwegian numbers with the mark of test persons (month + 80), and Danish birth
dates that have not come."""

import datetime
import math

import personnummer.personnummer as swedish_register
import pytest
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st

from pupils.identity import (
    Identity,
    IdentityKind,
    NotAnIdentity,
    Remark,
    Status,
    Unreadable,
    display_identity,
    parse_identity,
)

ON = datetime.date(2026, 8, 20)
FIGURES = "0123456789"

births = st.dates(datetime.date(1990, 1, 1), datetime.date(2026, 8, 20))
serials = st.integers(1, 999).map("{:03}".format)


def parsed(cell: object, country: str = "SE", on: datetime.date = ON) -> Identity:
    identity = parse_identity(cell, country, on=on)
    assert identity is not None
    return identity


def fault_of(cell: object, country: str = "SE") -> Unreadable:
    with pytest.raises(NotAnIdentity) as caught:
        parse_identity(cell, country, on=ON)
    return caught.value.fault


def read_or_refused(cell: object, country: str) -> Identity | Unreadable | None:
    try:
        return parse_identity(cell, country, on=ON)
    except NotAnIdentity as refusal:
        return refusal.fault


def luhn_digit(nine_figures: str) -> str:
    """By hand, so that the tests do not lean on the library that the code leans on."""
    doubled = [int(figure) * (2 - place % 2) for place, figure in enumerate(nine_figures)]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def coordination_number(born: datetime.date, serial: str) -> str:
    twelve_but_last = f"{born:%Y%m}{born.day + 60}{serial}"
    return twelve_but_last + luhn_digit(twelve_but_last[2:])


def norwegian_number(nine_figures: str, remainder: int) -> str | None:
    """The number whose first check digit leaves the remainder; None where a digit would have to be 10."""
    first = (remainder - weighted(nine_figures, (3, 7, 6, 1, 8, 9, 4, 5, 2))) % 11
    if first == 10:
        return None
    second = -weighted(f"{nine_figures}{first}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return None if second == 10 else f"{nine_figures}{first}{second}"


def weighted(figures: str, weights: tuple[int, ...]) -> int:
    return sum(weight * int(figure) for weight, figure in zip(weights, figures, strict=True))


# Sweden


def test_personnummer_of_skolverket_is_in_order() -> None:
    assert parsed("200901272385") == Identity(
        IdentityKind.REGISTERED, "200901272385", datetime.date(2009, 1, 27), "F"
    )


@pytest.mark.parametrize(
    "cell",
    [
        "20090127-2385",
        " 2009 01 27 23 85 ",
        "2009-01-27-2385",
        "20090127\N{EN DASH}2385",
        "20090127\N{NO-BREAK SPACE}2385\N{ZERO WIDTH SPACE}",
        "'200901272385",
        "200901272385.0",
        "200901272385,0",
        200901272385,
        200901272385.0,
        "090127-2385",
        "0901272385",
        "２００９０１２７２３８５",
    ],
)
def test_personnummer_in_any_spelling_becomes_twelve_figures(cell: object) -> None:
    assert (parsed(cell).number, parsed(cell).status) == ("200901272385", Status.OK)


@pytest.mark.parametrize("cell", [901272385, 901272385.0, "901272385"])
def test_zero_dropped_by_the_spreadsheet_is_put_back_with_a_note(cell: object) -> None:
    identity = parsed(cell)
    assert (identity.number, identity.status, identity.remark) == (
        "200901272385",
        Status.OK,
        Remark.ZERO_RESTORED,
    )
    assert identity.reason == Remark.ZERO_RESTORED.label


def test_zero_put_back_does_not_hide_a_failing_check_digit() -> None:
    assert parsed(901272386).remark == Remark.CHECK_DIGIT


def test_coordination_number_failing_luhn_is_held_and_not_dropped() -> None:
    identity = parsed("200901872385")
    assert (identity.kind, identity.number, identity.status, identity.remark) == (
        IdentityKind.COORDINATION,
        "200901872385",
        Status.DOUBTFUL,
        Remark.CHECK_DIGIT,
    )


@pytest.mark.parametrize("number", ["191500722390", "191500882392"])
def test_coordination_number_without_month_is_in_order(number: str) -> None:
    identity = parsed(number)
    assert (identity.kind, identity.birth_date, identity.status) == (
        IdentityKind.COORDINATION,
        None,
        Status.OK,
    )


def test_coordination_number_without_day_is_in_order() -> None:
    number = "20150160238" + luhn_digit("150160238")
    assert (parsed(number).birth_date, parsed(number).status) == (None, Status.OK)


@pytest.mark.parametrize(
    ("number", "sex"), [("20090127TF20", "F"), ("20090127TF12", "M"), ("20090127tf2x", "F")]
)
def test_temporary_number_needs_no_check_digit(number: str, sex: str) -> None:
    assert parsed(number) == Identity(
        IdentityKind.TEMPORARY, number.upper(), datetime.date(2009, 1, 27), "M" if sex == "M" else "F"
    )


@pytest.mark.parametrize("cell", ["20090127-T123", "20090127T123", "090127-T123"])
def test_regional_temporary_number_does_not_tell_the_sex(cell: str) -> None:
    identity = parsed(cell)
    assert (identity.number, identity.sex, identity.status) == ("20090127T123", None, Status.OK)


@pytest.mark.parametrize(
    ("number", "remark"), [("20090127A123", Remark.UNKNOWN_FORM), ("20090231TF20", Remark.DATE)]
)
def test_odd_temporary_number_is_held(number: str, remark: Remark) -> None:
    assert (parsed(number).number, parsed(number).remark) == (number, remark)


@pytest.mark.parametrize(
    ("cell", "on", "year"),
    [
        ("150160-2380", datetime.date(2026, 1, 1), "2015"),
        ("150160+2380", datetime.date(2026, 1, 1), "1915"),
        ("260160-2380", datetime.date(2026, 12, 31), "2026"),
        ("260160+2380", datetime.date(2026, 12, 31), "1926"),
        ("270160-2380", datetime.date(2026, 12, 31), "1927"),
        ("150160-2380", datetime.date(2014, 12, 31), "1915"),
        ("990160-2380", datetime.date(2100, 1, 1), "2099"),
    ],
)
def test_century_of_ten_figures_is_settled_by_the_day_and_the_sign(
    cell: str, on: datetime.date, year: str
) -> None:
    assert parsed(cell, on=on).number[:4] == year


def test_date_that_does_not_exist_is_held() -> None:
    number = "20090230238" + luhn_digit("090230238")
    assert (parsed(number).birth_date, parsed(number).remark) == (None, Remark.DATE)


@pytest.mark.parametrize(
    ("on", "remark"),
    [(datetime.date(2009, 1, 26), Remark.BORN_LATER), (datetime.date(2009, 1, 27), None)],
)
def test_birth_after_the_day_of_the_list_is_held(on: datetime.date, remark: Remark | None) -> None:
    assert parsed("200901272385", on=on).remark == remark


def test_mistyped_century_is_held() -> None:
    # The check digit covers the ten last figures only, so it cannot tell.
    assert parsed("100901272385").remark == Remark.DATE


def test_placeholder_is_held_even_when_the_check_digit_happens_to_match() -> None:
    number = "20150161000" + luhn_digit("150161000")
    assert parsed(number).remark == Remark.PLACEHOLDER


@given(born=births, serial=serials)
def test_every_coordination_number_is_in_order(born: datetime.date, serial: str) -> None:
    number = coordination_number(born, serial)
    assert parsed(number) == Identity(
        IdentityKind.COORDINATION, number, born, "M" if int(serial) % 2 else "F"
    )


@given(born=births, serial=serials)
def test_long_and_short_forms_agree(born: datetime.date, serial: str) -> None:
    number = coordination_number(born, serial)
    assert parsed(f"{number[2:8]}-{number[8:]}") == parsed(number)


@given(born=births, serial=serials, place=st.integers(2, 11), step=st.integers(1, 9))
def test_one_mistyped_figure_makes_the_number_doubtful(
    born: datetime.date, serial: str, place: int, step: int
) -> None:
    number = coordination_number(born, serial)
    wrong = str((int(number[place]) + step) % 10)
    identity = parsed(number[:place] + wrong + number[place + 1 :])
    assert identity.status == Status.DOUBTFUL


@given(number=st.text(FIGURES, min_size=12, max_size=12))
def test_twelve_figures_are_never_dropped_and_the_library_is_never_contradicted(number: str) -> None:
    identity = parsed(number)
    assert identity.number == number
    if identity.status == Status.OK and identity.birth_date is not None:
        assert swedish_register.valid(number)


# Norway


@given(born=births, serial=st.integers(1, 999), remainder=st.integers(0, 3))
def test_norwegian_number_is_accepted_with_every_remainder_of_2032(
    born: datetime.date, serial: int, remainder: int
) -> None:
    number = norwegian_number(f"{born:%d}{born.month + 80}{born:%y}{serial:03}", remainder)
    assume(number is not None)
    identity = parsed(number, "NO", on=datetime.date(2032, 9, 1))
    assert (identity.number, identity.status) == (number, Status.OK)
    assert (identity.birth_date, identity.sex) == (None, None)


@pytest.mark.parametrize("on", [ON, datetime.date(2033, 1, 1)])
def test_norwegian_number_with_remainder_2_is_accepted(on: datetime.date) -> None:
    number = norwegian_number("019215502", 2)
    assert number == "01921550258"
    assert parsed(number, "NO", on=on) == Identity(IdentityKind.TEMPORARY, number, None, None)


@pytest.mark.parametrize(
    ("number", "kind", "born", "sex", "remark"),
    [
        # day 27, month 12 + 80 and 12 + 40
        ("27921550389", IdentityKind.TEMPORARY, datetime.date(2015, 12, 27), "M", None),
        ("27521550487", IdentityKind.TEMPORARY, datetime.date(2015, 12, 27), "F", None),
        # day 27 + 40
        ("67921550291", IdentityKind.TEMPORARY, datetime.date(2015, 12, 27), "F", None),
        # born in December 2039: a D-number, and an ordinary one
        ("41123950370", IdentityKind.COORDINATION, datetime.date(2039, 12, 1), "M", Remark.BORN_LATER),
        ("01123950468", IdentityKind.REGISTERED, datetime.date(2039, 12, 1), "F", Remark.BORN_LATER),
        # a joint auxiliary number says nothing about its holder
        ("80000000179", IdentityKind.TEMPORARY, None, None, None),
        # 31 November, by the old rules and by the new; 1945 with a serial of no century
        ("31911550280", IdentityKind.TEMPORARY, None, None, Remark.DATE),
        ("01924560289", IdentityKind.TEMPORARY, None, "F", Remark.DATE),
        ("01921500000", IdentityKind.TEMPORARY, None, None, Remark.PLACEHOLDER),
    ],
)
def test_norwegian_number_says_what_its_kind_can(
    number: str, kind: IdentityKind, born: datetime.date | None, sex: str | None, remark: Remark | None
) -> None:
    identity = parsed(number, "NO")
    assert (identity.kind, identity.birth_date, identity.sex, identity.remark) == (kind, born, sex, remark)


def test_norwegian_sex_and_birth_date_are_not_guessed_from_2032() -> None:
    last_day, first_day = datetime.date(2031, 12, 31), datetime.date(2032, 1, 1)
    assert parsed("27921550389", "NO", on=last_day).birth_date == datetime.date(2015, 12, 27)
    assert parsed("27921550389", "NO", on=first_day) == Identity(
        IdentityKind.TEMPORARY, "27921550389", None, None
    )


@pytest.mark.parametrize("cell", ["019215 50258", "019215-50258", 1921550258.0])
def test_norwegian_number_in_any_spelling_becomes_eleven_figures(cell: object) -> None:
    assert (parsed(cell, "NO").number, parsed(cell, "NO").status) == ("01921550258", Status.OK)


# Denmark


@given(
    serial=st.integers(0, 999).map("{:03}".format),
    born=st.dates(datetime.date(2036, 1, 1), datetime.date(2036, 12, 31)),
)
def test_cpr_is_accepted_whatever_modulus_11_says(serial: str, born: datetime.date) -> None:
    number = f"{born:%d%m%y}4{serial}"
    identity = parsed(number, "DK", on=datetime.date(2037, 1, 1))
    assert identity == Identity(IdentityKind.REGISTERED, number, born, "M" if int(serial) % 2 else "F")


def test_cpr_failing_modulus_11_is_accepted() -> None:
    weights = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
    assert weighted("0101364001", weights) % 11 != 0
    assert parsed("010136-4001", "DK", on=datetime.date(2037, 1, 1)).status == Status.OK


@pytest.mark.parametrize(
    ("cell", "number", "remark"),
    [
        ("310236-4001", "3102364001", Remark.DATE),
        ("010136-4001", "0101364001", Remark.BORN_LATER),
        ("010115-0000", "0101150000", Remark.PLACEHOLDER),
        ("010115-4AB1", "0101154AB1", Remark.UNKNOWN_FORM),
        ("610115-4001", "6101154001", Remark.UNKNOWN_FORM),
    ],
)
def test_odd_cpr_is_held(cell: str, number: str, remark: Remark) -> None:
    assert (parsed(cell, "DK").number, parsed(cell, "DK").remark) == (number, remark)


def test_cpr_with_a_lost_zero_is_held_since_no_check_digit_confirms_it() -> None:
    identity = parsed(101364001.0, "DK", on=datetime.date(2037, 1, 1))
    assert (identity.number, identity.remark, identity.status) == (
        "0101364001",
        Remark.ZERO_GUESSED,
        Status.DOUBTFUL,
    )


# What is no identity number


@pytest.mark.parametrize("cell", [None, "", "  ", "\N{NO-BREAK SPACE}", "'", math.nan])
@pytest.mark.parametrize("country", ["SE", "NO", "DK"])
def test_empty_cell_is_no_identity_and_no_fault(cell: object, country: str) -> None:
    assert parse_identity(cell, country, on=ON) is None


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("Anna", Unreadable.NOT_SWEDISH),
        ("20090127238", Unreadable.NOT_SWEDISH),
        ("2009-01-27", Unreadable.NOT_SWEDISH),
        ("٢٠٠٩٠١٢٧٢٣٨٥", Unreadable.NOT_SWEDISH),
        (-200901272385, Unreadable.NOT_SWEDISH),
        (0, Unreadable.NOT_SWEDISH),
        ("2,00901E+11", Unreadable.SHORTENED),
        ("2e+11", Unreadable.SHORTENED),
        (200901272385.5, Unreadable.NOT_TEXT),
        (math.inf, Unreadable.NOT_TEXT),
        (True, Unreadable.NOT_TEXT),
        (datetime.date(2009, 1, 27), Unreadable.NOT_TEXT),
    ],
)
def test_other_content_is_refused_with_its_reason(cell: object, fault: Unreadable) -> None:
    assert fault_of(cell) == fault


@pytest.mark.parametrize(
    ("country", "fault"), [("NO", Unreadable.NOT_NORWEGIAN), ("DK", Unreadable.NOT_DANISH)]
)
def test_number_of_another_country_is_refused(country: str, fault: Unreadable) -> None:
    assert fault_of("200901272385", country) == fault


def test_country_without_rules_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        parse_identity("200901272385", "FI", on=ON)


@pytest.mark.slow
@given(cell=st.text() | st.floats() | st.integers(-(10**15), 10**15) | st.booleans() | st.none())
@pytest.mark.parametrize(("country", "length"), [("SE", 12), ("NO", 11), ("DK", 10)])
def test_any_cell_gives_a_number_of_the_right_length_or_a_reason(
    cell: object, country: str, length: int
) -> None:
    outcome = read_or_refused(cell, country)
    assert outcome is None or isinstance(outcome, Unreadable) or len(outcome.number) == length


@pytest.mark.slow
@given(number=st.from_regex(r"[0-9]{8}[0-9A-Z]{4}", fullmatch=True))
def test_reading_a_normalised_number_again_changes_nothing(number: str) -> None:
    assert parsed(parsed(number).number) == parsed(number)


# Showing


def test_reason_is_told_in_the_language_of_the_moment() -> None:
    with translation.override("en"):
        assert str(parsed("200901872385").reason).startswith("The check digit does not match.")
    assert parsed("200901272385").reason == ""


def test_numbers_stay_out_of_errors_and_representations() -> None:
    assert "2385" not in repr(parsed("200901872385"))
    assert "1872" not in repr(parsed("200901872385"))
    with pytest.raises(NotAnIdentity) as caught:
        parse_identity("20090187238", "SE", on=ON)
    assert "200901" not in str(caught.value)


@pytest.mark.parametrize(
    ("number", "masked", "plain"),
    [
        ("200901272385", "20090127-••••", "20090127-2385"),
        ("20090127TF20", "20090127-••••", "20090127-TF20"),
        ("01921550258", "019215 •••••", "019215 50258"),
        ("0101364001", "010136-••••", "010136-4001"),
        ("X-12", "••••", "X-12"),
        ("", "", ""),
    ],
)
def test_number_is_masked_unless_asked_for(number: str, masked: str, plain: str) -> None:
    assert display_identity(number) == masked
    assert display_identity(number, masked=False) == plain
