"""The days of a series: what each rule gives, and what no rule ever gives."""

from __future__ import annotations

import datetime
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interventions.meetings.calendar.rules import days_of, is_in_spring, is_school_day, next_school_day
from interventions.models import Rule
from pupils.school_years.terms import Season, Term

DAY = datetime.timedelta(days=1)
DAYS = st.dates(datetime.date(2020, 1, 1), datetime.date(2032, 12, 31))
LENGTHS = st.integers(0, 1500).map(lambda n: n * DAY)
BY_THE_CALENDAR = [rule for rule in Rule if rule != Rule.EACH_ROUND]


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def days(rule: Rule, first: str, until: str, **more: object) -> list[str]:
    found = days_of(rule, day(first), day(until), **more)  # type: ignore[arg-type]  # as the test gives them
    return [each.isoformat() for each in found]


def test_every_month_is_the_same_weekday_in_the_month_and_none_in_july() -> None:
    assert days(Rule.MONTHLY, "2026-09-08", "2027-08-31") == [
        "2026-09-08",
        "2026-10-13",
        "2026-11-10",
        "2026-12-08",
        "2027-01-12",
        "2027-02-09",
        "2027-03-09",
        "2027-04-13",
        "2027-05-11",
        "2027-06-08",
        "2027-08-10",
    ]


def test_fifth_weekday_is_the_last_of_each_month() -> None:
    assert days(Rule.MONTHLY, "2026-09-29", "2026-11-30") == ["2026-09-29", "2026-10-27", "2026-11-24"]


def test_day_in_the_christmas_holiday_goes_to_the_week_before_if_its_month_has_no_later_one() -> None:
    assert days(Rule.MONTHLY, "2026-11-24", "2026-12-31") == ["2026-11-24", "2026-12-15"]


def test_day_in_the_christmas_holiday_goes_to_the_week_after_in_january() -> None:
    assert days(Rule.MONTHLY, "2026-12-07", "2027-01-31") == ["2026-12-07", "2027-01-11"]


def test_every_quarter_begins_with_the_first_day_and_leaves_july_for_august() -> None:
    assert days(Rule.QUARTERLY, "2026-10-14", "2027-10-31") == [
        "2026-10-14",
        "2027-01-13",
        "2027-04-14",
        "2027-08-04",
        "2027-10-13",
    ]


def test_every_term_is_as_far_into_each_term() -> None:
    assert days(Rule.EACH_TERM, "2026-09-15", "2028-01-31") == ["2026-09-15", "2027-02-16", "2027-09-21"]


def test_june_has_its_counterpart_in_december() -> None:
    assert days(Rule.EACH_TERM, "2027-06-16", "2027-12-31") == ["2027-06-16", "2027-12-15"]


def test_every_spring_is_in_the_same_month() -> None:
    assert days(Rule.EACH_SPRING, "2027-04-21", "2029-06-30") == ["2027-04-21", "2028-04-19", "2029-04-18"]


def test_after_a_round_is_the_next_school_day() -> None:
    rounds = [day("2026-10-16"), day("2026-12-11"), day("2027-06-18")]

    found = days(Rule.EACH_ROUND, "2026-09-01", "2027-12-31", rounds_end=rounds, days_after=14)

    assert found == ["2026-10-30", "2027-01-07", "2027-08-02"]


def test_rounds_before_the_first_day_give_none() -> None:
    rounds = [day("2026-05-15")]

    assert days(Rule.EACH_ROUND, "2026-09-01", "2027-12-31", rounds_end=rounds, days_after=14) == []


def test_first_day_at_a_weekend_is_taken_as_the_monday_after() -> None:
    assert days(Rule.MONTHLY, "2026-09-05", "2026-10-31") == ["2026-09-07", "2026-10-05"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-18", True),
        ("2026-12-21", False),
        ("2027-01-06", False),
        ("2027-01-07", True),
        ("2027-06-30", True),
        ("2027-07-01", False),
        ("2026-07-31", False),
        ("2026-08-03", True),
        ("2026-11-14", False),
    ],
)
def test_school_day_is_none_at_weekends_in_july_and_at_christmas(text: str, expected: bool) -> None:
    assert is_school_day(day(text)) == expected


def test_spring_is_from_epiphany_to_june() -> None:
    assert [is_in_spring(day(text)) for text in ("2027-01-06", "2027-01-07", "2027-06-30", "2027-08-02")] == [
        False,
        True,
        True,
        False,
    ]


@given(rule=st.sampled_from(BY_THE_CALENDAR), first=DAYS, length=LENGTHS)
def test_days_lie_between_the_first_and_the_last_in_order_each_once_on_school_days(
    rule: Rule, first: datetime.date, length: datetime.timedelta
) -> None:
    found = days_of(rule, first, first + length)

    assert [each for each in found if not first <= each <= first + length] == []
    assert all(earlier < later for earlier, later in pairwise(found))
    assert [each for each in found if not is_school_day(each)] == []
    assert {each.weekday() for each in found} <= {next_school_day(first).weekday()}


@given(rounds=st.lists(DAYS, max_size=12), first=DAYS, length=LENGTHS, days_after=st.integers(0, 60))
def test_days_after_rounds_lie_between_the_first_and_the_last_on_school_days_after_the_round(
    rounds: list[datetime.date], first: datetime.date, length: datetime.timedelta, days_after: int
) -> None:
    found = days_of(Rule.EACH_ROUND, first, first + length, rounds_end=rounds, days_after=days_after)

    assert [each for each in found if not first <= each <= first + length] == []
    assert all(earlier < later for earlier, later in pairwise(found))
    assert [each for each in found if not is_school_day(each)] == []
    assert set(found) <= {next_school_day(each + days_after * DAY) for each in rounds}


@given(first=DAYS)
def test_each_month_but_july_has_one_meeting(first: datetime.date) -> None:
    begins = next_school_day(first)
    found = days_of(Rule.MONTHLY, first, first + 1200 * DAY)

    # the first and the last month may be cut
    months = [(each.year, each.month) for each in found]
    expected = {
        (each.year, each.month) for each in (begins + n * DAY for n in range(1150)) if each.month != 7
    }
    assert len(months) == len(set(months))
    assert expected - set(months) <= {(begins.year, begins.month)}


@given(first=DAYS)
def test_each_term_has_one_meeting(first: datetime.date) -> None:
    found = days_of(Rule.EACH_TERM, first, first + 1500 * DAY)

    by_term = {term: len(list(group)) for term, group in groupby(found, key=Term.of)}
    inside = [term for term in _terms(first, first + 1500 * DAY) if term.first_day >= first]
    assert set(by_term.values()) <= {1}
    assert [term.name for term in inside if term not in by_term] == []


@given(first=DAYS)
def test_each_spring_has_one_meeting(first: datetime.date) -> None:
    found = days_of(Rule.EACH_SPRING, first, first + 1500 * DAY)

    inside = [term for term in _terms(first, first + 1500 * DAY) if term.first_day >= first]
    springs = [term.year for term in inside if term.season == Season.SPRING]
    years = [each.year for each in found]
    assert len(years) == len(set(years))
    assert set(springs) - set(years) == set()
    assert {Term.of(each).season for each in found} <= {Season.SPRING}


def _terms(first: datetime.date, last: datetime.date) -> list[Term]:
    """Those that end by the last day."""
    term, found = Term.of(first), []
    while term.last_day <= last:
        found.append(term)
        term = term.next
    return found
