import datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from pupils.school_years import (
    SchoolYear,
    Season,
    Term,
    cohort,
    expected_year_group,
    first_year_group,
    shifted_year_group,
    stage,
    year_group_name,
    year_group_of_class,
    year_groups,
)

DAY = datetime.timedelta(days=1)
SPRING_2028 = datetime.date(2028, 5, 20)
LAST_DAY_BEFORE_SHIFT = datetime.date(2028, 7, 31)
FIRST_DAY_OF_SHIFT = datetime.date(2028, 8, 1)
AUTUMN_2028 = datetime.date(2028, 9, 10)

days = st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 31))
countries = st.sampled_from(["SE", "NO", "DK"])


# School years and terms


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (datetime.date(2026, 7, 31), "2025/26"),
        (datetime.date(2026, 8, 1), "2026/27"),
        (datetime.date(2027, 1, 1), "2026/27"),
        (datetime.date(2099, 12, 31), "2099/00"),
    ],
)
def test_school_year_turns_on_the_first_of_august(day: datetime.date, name: str) -> None:
    assert SchoolYear.of(day).name == name


def test_school_year_has_its_days() -> None:
    year = SchoolYear(2026)
    assert (year.first_day, year.last_day, year.valid_to) == (
        datetime.date(2026, 8, 1),
        datetime.date(2027, 7, 31),
        datetime.date(2027, 8, 1),
    )
    assert (str(year), year.previous.name, year.next.name) == ("2026/27", "2025/26", "2027/28")


@pytest.mark.parametrize("name", ["2026/27", "2026/2027", "26/27", "2026-27", " 2026 / 27 "])
def test_school_year_is_found_by_its_name(name: str) -> None:
    assert SchoolYear.named(name) == SchoolYear(2026)


@pytest.mark.parametrize("name", ["2026", "2026/28", "2026/2026", "HT 2026", ""])
def test_text_that_names_no_school_year_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="school year"):
        SchoolYear.named(name)


@given(day=days)
def test_every_day_is_in_one_school_year_and_in_one_of_its_terms(day: datetime.date) -> None:
    year, term = SchoolYear.of(day), Term.of(day)
    assert [day in year.previous, day in year, day in year.next] == [False, True, False]
    assert [each for each in year.terms if day in each] == [term]
    assert SchoolYear.named(year.name) == year
    assert Term.named(term.name) == term


@given(day=days)
def test_terms_follow_each_other_without_gap(day: datetime.date) -> None:
    term = Term.of(day)
    assert term.previous < term < term.next
    assert term.next.previous == term
    assert term.last_day + DAY == term.valid_to == term.next.first_day


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (datetime.date(2026, 8, 1), "HT 2026"),
        (datetime.date(2026, 12, 31), "HT 2026"),
        (datetime.date(2027, 1, 1), "VT 2027"),
        (datetime.date(2027, 7, 31), "VT 2027"),
    ],
)
def test_term_turns_at_new_year_and_in_august(day: datetime.date, name: str) -> None:
    assert (Term.of(day).name, Term.of(day).school_year) == (name, SchoolYear(2026))


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("HT 2026", Term(SchoolYear(2026), Season.AUTUMN)),
        ("ht26", Term(SchoolYear(2026), Season.AUTUMN)),
        ("høst 2026", Term(SchoolYear(2026), Season.AUTUMN)),
        ("Efterår 2026", Term(SchoolYear(2026), Season.AUTUMN)),
        ("VT-27", Term(SchoolYear(2026), Season.SPRING)),
        ("va\N{COMBINING RING ABOVE}r_2027", Term(SchoolYear(2026), Season.SPRING)),
        ("forår 2027", Term(SchoolYear(2026), Season.SPRING)),
    ],
)
def test_term_is_found_by_its_name(name: str, term: Term) -> None:
    assert Term.named(name) == term


@pytest.mark.parametrize("name", ["2026", "HT", "XT 2026", "HT 1826", ""])
def test_text_that_names_no_term_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="term"):
        Term.named(name)


def test_term_is_told_in_the_language_of_the_moment() -> None:
    with translation.override("en"):
        assert Term(SchoolYear(2026), Season.SPRING).label == "spring term 2027"


# Year groups


@pytest.mark.parametrize(
    ("country", "on", "first", "last"),
    [
        ("SE", LAST_DAY_BEFORE_SHIFT, 0, 9),
        ("SE", FIRST_DAY_OF_SHIFT, 1, 10),
        ("NO", LAST_DAY_BEFORE_SHIFT, 1, 10),
        ("NO", FIRST_DAY_OF_SHIFT, 1, 10),
        ("DK", LAST_DAY_BEFORE_SHIFT, 0, 10),
        ("DK", FIRST_DAY_OF_SHIFT, 0, 10),
    ],
)
def test_compulsory_school_has_its_year_groups(
    country: str, on: datetime.date, first: int, last: int
) -> None:
    assert first_year_group(country, on) == first
    assert list(year_groups(country, on)) == list(range(first, last + 1))


@pytest.mark.parametrize(
    ("year_group", "country", "on", "name"),
    [
        (0, "SE", LAST_DAY_BEFORE_SHIFT, "F"),
        (1, "SE", FIRST_DAY_OF_SHIFT, "1"),
        (10, "SE", FIRST_DAY_OF_SHIFT, "10"),
        (9, "SE", LAST_DAY_BEFORE_SHIFT, "9"),
        (0, "DK", LAST_DAY_BEFORE_SHIFT, "0"),
        (1, "NO", LAST_DAY_BEFORE_SHIFT, "1"),
    ],
)
def test_year_group_has_the_name_of_its_country_and_time(
    year_group: int, country: str, on: datetime.date, name: str
) -> None:
    assert year_group_name(year_group, country, on) == name


@pytest.mark.parametrize(("before", "after"), [(0, 2), (1, 3), (5, 7), (8, 10)])
def test_swedish_pupils_skip_a_number_in_autumn_2028(before: int, after: int) -> None:
    assert expected_year_group(before, "SE", then=SPRING_2028, on=AUTUMN_2028) == after
    assert expected_year_group(after, "SE", then=AUTUMN_2028, on=SPRING_2028) == before


@pytest.mark.parametrize("country", ["NO", "DK"])
def test_neighbours_do_not_skip_a_number_in_autumn_2028(country: str) -> None:
    assert expected_year_group(5, country, then=SPRING_2028, on=AUTUMN_2028) == 6


def test_line_of_a_cohort_runs_unbroken_though_the_number_jumps() -> None:
    autumns = [datetime.date(year, 9, 10) for year in range(2025, 2032)]
    labels = [2, 3, 4, 6, 7, 8, 9]  # year 2 in 2025; there is no year 5 for these pupils
    assert [expected_year_group(2, "SE", then=autumns[0], on=on) for on in autumns] == labels
    assert [stage(label, "SE", on) for label, on in zip(labels, autumns, strict=True)] == [
        2,
        3,
        4,
        5,
        6,
        7,
        8,
    ]
    assert {cohort(label, "SE", on) for label, on in zip(labels, autumns, strict=True)} == {SchoolYear(2023)}


def test_same_stage_has_a_new_number_from_autumn_2028() -> None:
    assert shifted_year_group(3, "SE", then=SPRING_2028, on=AUTUMN_2028) == 4
    assert shifted_year_group(4, "SE", then=AUTUMN_2028, on=SPRING_2028) == 3
    assert shifted_year_group(3, "SE", then=LAST_DAY_BEFORE_SHIFT, on=SPRING_2028) == 3


@pytest.mark.slow
@given(country=countries, year_group=st.integers(1, 10), then=days, on=days)
def test_moving_up_keeps_the_cohort_and_moving_back_undoes_it(
    country: str, year_group: int, then: datetime.date, on: datetime.date
) -> None:
    later = expected_year_group(year_group, country, then=then, on=on)
    assert cohort(later, country, on) == cohort(year_group, country, then)
    assert expected_year_group(later, country, then=on, on=then) == year_group


def test_country_without_rules_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        year_groups("FI", AUTUMN_2028)


# Names of classes


@pytest.mark.parametrize(
    ("name", "year_group"),
    [
        ("4A", 4),
        ("9c", 9),
        (" 4 B ", 4),
        ("4-A", 4),
        ("10A", 10),
        ("0B", 0),
        ("0. klasse", 0),
        ("4. trinn", 4),
        ("3.b", 3),
        ("Åk 4", 4),
        ("A\N{COMBINING RING ABOVE}k. 4", 4),
        ("årskurs 5B", 5),
        ("Klass 4B", 4),
        ("7:2", 7),
        ("7.1", 7),
        ("7-1", 7),
        ("4a/4b", 4),
        ("4 Björnen", 4),
        ("4A HT26", 4),
        ("F", 0),
        ("FA", 0),
        ("F-klass", 0),
        ("F\N{NON-BREAKING HYPHEN}klassen A", 0),
        ("F blå", 0),
        ("Förskoleklass A", 0),
        ("åk F", 0),
        ("børnehaveklasse", 0),
    ],
)
def test_class_name_tells_its_year_group(name: str, year_group: int) -> None:
    assert year_group_of_class(name) == year_group


@pytest.mark.parametrize(
    "name", ["F-3", "F–1", "F/1", "4-5A", "7-9", "Årskurs 7–9", "4/5", "4/3A", "4a+5a", "4A 5A", "4 och 5"]
)
def test_mixed_class_has_no_year_group(name: str) -> None:
    assert year_group_of_class(name) is None


@pytest.mark.parametrize(
    "name", ["", "Björnen", "Falken", "Klassen", "F1", "11", "56A", "2026", "A4", "Språkgrupp 2"]
)
def test_name_that_does_not_say_it_gives_no_year_group(name: str) -> None:
    assert year_group_of_class(name) is None


@pytest.mark.slow
@given(
    year_group=st.integers(0, 10), letter=st.sampled_from("abcdeABCDE"), blank=st.sampled_from(["", " ", "."])
)
def test_every_year_with_a_letter_is_understood(year_group: int, letter: str, blank: str) -> None:
    assert year_group_of_class(f"{year_group}{blank}{letter}") == year_group


@given(name=st.text())
def test_any_text_gives_a_year_group_or_none(name: str) -> None:
    assert year_group_of_class(name) in {None, *range(11)}
