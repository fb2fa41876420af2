"""Pure: ages, the division of costs, and what may be told."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interventions.early_effort import (
    Ages,
    First,
    Limits,
    Spent,
    age_from_birth,
    age_from_stage,
    ages_of,
    is_told,
    may_be_told,
    resources_of,
)
from pupils.school_years import SchoolYear

YEAR = SchoolYear(2026)
LIMITS = Limits(smallest_base=10, smallest_count=5)
NOVEMBER = datetime.date(2026, 11, 1)


def first(age):
    return First(YEAR, place=1, age=age)


def spent(money, hours, *ages):
    return Spent(YEAR, 1, money, hours, dict(enumerate(ages)))


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (datetime.date(2016, 11, 1), NOVEMBER, 10.0),
        (datetime.date(2016, 11, 2), NOVEMBER, 9.997),
        (datetime.date(2017, 5, 2), NOVEMBER, 9.5),
    ],
)
def test_age_is_counted_from_birth(born, on, age):
    assert age_from_birth(born, on) == pytest.approx(age, abs=0.003)


@pytest.mark.parametrize(
    ("stage", "on", "age"),
    [
        (0, datetime.date(2026, 8, 1), 6.08),
        (0, datetime.date(2027, 7, 1), 7.0),
        (4, datetime.date(2027, 1, 1), 10.5),
    ],
)
def test_age_of_a_year_group_is_of_somebody_born_in_the_middle_of_the_year(stage, on, age):
    assert age_from_stage(stage, on) == pytest.approx(age, abs=0.01)


def test_mean_and_median_are_of_those_whose_age_is_known():
    assert ages_of([first(6), first(7), first(14), first(None)]) == Ages(n=3, mean=9, median=7)


@pytest.mark.parametrize("firsts", [[], [first(None)]])
def test_nobody_of_known_age_has_no_mean(firsts):
    assert ages_of(firsts) is None


def test_costs_are_divided_equally_among_the_pupils():
    found = resources_of([spent(900, 30, 8, 12, None)])

    assert (found.money.early, found.money.late, found.money.unknown) == (300, 300, 300)
    assert (found.hours.early, found.hours.late, found.hours.unknown) == (10, 10, 10)
    assert (found.money.early_share, found.n_reached) == (0.5, 3)


@pytest.mark.parametrize(("age", "share"), [(9.99, 1), (10, 0), (10.01, 0)])
def test_ten_is_not_before_ten(age, share):
    assert resources_of([spent(100, 0, age)]).money.early_share == share


def test_cost_for_nobody_in_particular_is_of_unknown_age():
    found = resources_of([spent(500, 0)])

    assert (found.money.unknown, found.money.early_share, found.hours.early_share) == (500, None, None)


def test_child_reached_twice_is_one_child():
    assert resources_of([spent(1, 0, 8, 9), spent(1, 0, 8)]).n_reached == 2


amounts = st.integers(0, 10**6)
ages = st.lists(st.one_of(st.none(), st.floats(3, 19)), max_size=8)


@given(st.lists(st.tuples(amounts, amounts, ages), max_size=6))
def test_parts_add_up_to_the_whole(lines):
    found = resources_of(spent(money, hours, *each) for money, hours, each in lines)

    assert found.money.total == pytest.approx(sum(money for money, _hours, _ages in lines))
    assert found.hours.total == pytest.approx(sum(hours for _money, hours, _ages in lines))


# --- what may be told ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by_place", "expected"),
    [
        ({1: (10,)}, True),
        ({1: (9,)}, False),
        ({1: (10,), 2: (10,)}, True),
        ({1: (10,), 2: (9,)}, False),  # the first school subtracts itself and is left with nine
        ({1: (30,), 2: (5,), 3: (5,)}, True),
        ({1: (5, 5)}, True),
        ({1: (6, 4)}, False),
        ({1: (0, 10)}, True),
        ({1: (10, 10), 2: (14, 6)}, True),
        ({1: (10, 10), 2: (16, 4)}, False),
    ],
)
def test_figure_needs_enough_pupils_also_without_any_one_school(by_place, expected):
    assert may_be_told(by_place, LIMITS) == expected


WHOLE = {1: (20,), 2: (20,), 3: (20,)}
ONE, TWO, THREE = {1: (20,)}, {2: (20,)}, {3: (20,)}


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([[WHOLE]], True),
        ([[WHOLE], [ONE, TWO, THREE]], True),
        ([[WHOLE], [ONE, TWO, THREE, {}]], True),
        ([[WHOLE | {4: (3,)}]], True),
        ([[WHOLE | {4: (3,)}], [ONE, TWO, THREE, {4: (3,)}]], False),
        ([[{1: (3,)}], [{1: (3,)}]], False),
        ([[WHOLE | {4: (3,)}], [ONE, TWO, THREE, {4: (3,)}], [ONE]], False),
        ([[{}]], True),
    ],
)
def test_sibling_that_is_hidden_hides_them_all(levels, expected):
    """Else it would follow from the unit above less the others."""
    assert is_told(levels, LIMITS) == expected
