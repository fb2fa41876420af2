"""What is told of families' answers, and an attack on it: no difference of what is shown is of too few."""

from __future__ import annotations

import datetime
import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Unit, User
from interventions.family.blocks import FEWEST_MEETINGS, Block, Tally, blocks_of, is_over, months_of
from interventions.family.report import Row, report_of
from interventions.models import FamilyAnswer, Felt, Rung, Who
from pupils.school_years import SchoolYear
from tests.factories.accounts import UnitFactory
from tests.factories.family import answered, family_kind, talk_kind
from tests.factories.imports import text_of
from tests.factories.meetings import kind_of
from tests.fixtures import TODAY, Place

SignIn = Callable[[User], Client]
YEAR, BEFORE = SchoolYear(2026), SchoolYear(2025)
AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (datetime.date(2026, month, 1) for month in (8, 9, 10, 11))
LAST_AUTUMN, LAST_SPRING = datetime.date(2025, 10, 1), datetime.date(2026, 3, 1)
SMALLEST = 10
# A tree by id: the municipality 1, administration 2, areas 3 and 4, schools 31 … 33 and 41 … 43, and 5 right under 2.
LINES = {
    **{school: (school, 3, 2, 1) for school in (31, 32, 33)},
    **{school: (school, 4, 2, 1) for school in (41, 42, 43)},
    5: (5, 2, 1),
}


def line_on(school: int, _day: datetime.date) -> tuple[int, ...]:
    return LINES[school]


def tally(n: int, n_meetings: int = FEWEST_MEETINGS) -> Tally:
    return Tally(n, n_meetings, Counter({("listened", 3): n}))


def blocks(
    tallies: dict[tuple[int, datetime.date], Tally], today: datetime.date = YEAR.valid_to
) -> list[Block]:
    """As they are when the whole year is over, or on a day."""
    return blocks_of(tallies, YEAR, today + datetime.timedelta(days=1), line_on, SMALLEST)


def in_short(found: list[Block]) -> list[tuple[int, list[int], int]]:
    return [(block.line[0], sorted(block.schools), block.tally.n) for block in found]


# ---- blocks ----


def test_school_with_enough_is_shown_by_itself() -> None:
    assert in_short(blocks({(31, AUGUST): tally(10)})) == [(31, [31], 10)]


@pytest.mark.parametrize(("n", "n_meetings"), [(9, 5), (12, 2), (12, 1)])
def test_too_few_answers_or_too_few_meetings_are_not_shown(n: int, n_meetings: int) -> None:
    assert blocks({(31, AUGUST): tally(n, n_meetings)}) == []


def test_what_is_too_little_waits_for_the_next_months() -> None:
    tallies = {(31, AUGUST): tally(6), (31, SEPTEMBER): tally(6), (31, OCTOBER): tally(4)}

    assert in_short(blocks(tallies, OCTOBER)) == [(31, [31], 12)]
    assert in_short(blocks(tallies)) == [(31, [31], 12)]


def test_month_is_shown_when_its_last_code_has_closed() -> None:
    days = [datetime.date(2026, 8, 31), datetime.date(2026, 9, 1), datetime.date(2026, 9, 2)]

    assert [is_over(AUGUST, day) for day in days] == [False, False, True]


def test_small_schools_of_an_area_are_shown_together_when_the_term_is_over() -> None:
    tallies = {(31, AUGUST): tally(6), (32, SEPTEMBER): tally(4, 1), (41, OCTOBER): tally(12)}
    new_year = datetime.date(2027, 1, 1)

    assert in_short(blocks(tallies, new_year - datetime.timedelta(days=2))) == [(41, [41], 12)]
    assert in_short(blocks(tallies, new_year)) == [(41, [41], 12), (3, [31, 32], 10)]


def test_one_small_school_of_an_area_is_shown_with_others_higher_up() -> None:
    tallies = {(31, AUGUST): tally(6), (41, AUGUST): tally(5), (42, AUGUST): tally(20)}

    assert in_short(blocks(tallies)) == [(42, [42], 20), (2, [31, 41], 11)]


def test_school_right_under_the_administration_is_pooled_with_what_the_areas_leave() -> None:
    assert in_short(blocks({(5, AUGUST): tally(6), (31, AUGUST): tally(6)})) == [(2, [5, 31], 12)]


def test_one_small_school_alone_is_never_shown_and_in_no_total() -> None:
    found = blocks({(31, AUGUST): tally(9), (32, AUGUST): tally(30)})

    assert in_short(found) == [(32, [32], 30)]


def test_nothing_is_carried_into_the_next_school_year() -> None:
    spring = datetime.date(2027, 6, 1)

    assert blocks({(31, spring): tally(9)}) == []


CELLS = [(school, month) for school in LINES for term in YEAR.terms for month in months_of(term)]
TALLIES = st.dictionaries(
    st.sampled_from(CELLS), st.builds(tally, st.integers(1, 25), st.integers(1, 6)), max_size=40
)


@settings(max_examples=150)
@given(TALLIES)
def test_any_town_is_cut_into_blocks_that_share_nothing_and_are_large_enough(tallies: Any) -> None:
    found = blocks(tallies)

    assert all(block.tally.n >= SMALLEST for block in found)
    assert all(block.tally.n_meetings >= FEWEST_MEETINGS for block in found)
    assert all(len(block.schools) == 1 or block.line[0] not in block.schools for block in found)
    by_school = Counter(school for school, _month in tallies)
    shown = sum(block.tally.n for block in found)
    assert shown <= sum(each.n for each in tallies.values())
    assert {school for block in found for school in block.schools} <= set(by_school)


@settings(max_examples=60)
@given(TALLIES)
def test_blocks_only_ever_become_more(tallies: Any) -> None:
    """What was shown on a day stays as it was: two days' pages differ by whole blocks."""
    days = [month for term in YEAR.terms for month in months_of(term)] + [YEAR.valid_to]
    growing = [blocks(tallies, day) for day in days]

    for earlier, later in itertools.pairwise(growing):
        assert later[: len(earlier)] == earlier


# ---- the attack ----


@settings(max_examples=60)
@given(TALLIES)
def test_no_unit_on_any_day_differs_from_what_it_contains_by_fewer_than_the_minimum(tallies: Any) -> None:
    """Everything that can be read in a year, as sets of answers: what is left of one without another it contains."""
    marked = {
        cell: Tally(each.n, each.n_meetings, Counter({("cell", f"{cell}"): each.n}))
        for cell, each in tallies.items()
    }
    days = [month for term in YEAR.terms for month in months_of(term)] + [YEAR.valid_to]
    readable = set()
    for day in days:
        found = blocks(marked, day)
        for unit in {unit for line in LINES.values() for unit in line}:
            inside = [block for block in found if unit in block.line]
            together = [block for block in found if len(block.schools) > 1 and block.line[0] == unit]
            for row in (inside, together):
                readable.add(frozenset(cell for block in row for cell in block.tally.counts))

    of_cell = {("cell", f"{cell}"): each for cell, each in tallies.items()}
    for one, other in itertools.permutations(readable, 2):
        if other < one:
            left = [of_cell[cell] for cell in one - other]
            assert sum(each.n for each in left) >= SMALLEST
            assert sum(each.n_meetings for each in left) >= FEWEST_MEETINGS


@pytest.fixture
def town(in_solviken: Place) -> list[Unit]:
    """Two areas with schools of all sizes, whose answers come in over a school year. The units from the top."""
    north = UnitFactory(level=30, name="Område Norr", parent=in_solviken.administration)
    schools = [in_solviken.school, *(UnitFactory(parent=in_solviken.area) for _n in range(3))]
    schools += [UnitFactory(parent=north) for _n in range(2)]
    months = (AUGUST, SEPTEMBER, OCTOBER, datetime.date(2027, 2, 1), datetime.date(2027, 5, 1))
    sizes = itertools.cycle((3, 14, 0, 9, 1, 5, 0, 22, 4, 1, 7))
    for school, month in itertools.product(schools, months):
        n = next(sizes)
        for felt, of_felt in ((Felt.YES, n - n // 3), (Felt.NO, n // 3)):
            if of_felt:
                answered(school, month, of_felt, in_solviken.principal, n_meetings=2, felt=felt)
    return [in_solviken.root, in_solviken.administration, in_solviken.area, north, *schools]


def n_of(row: Row | None) -> int:
    return row.now.n if row and row.now else 0


@pytest.mark.slow
def test_no_total_without_some_of_its_rows_is_of_fewer_than_the_minimum(town: list[Unit]) -> None:
    n_left = []
    for unit in town[:4]:
        found = report_of(unit, YEAR, YEAR.valid_to + datetime.timedelta(days=1), SMALLEST)[0]
        rows = [
            n_of(row) for row in [*found.rows, *([found.together] if found.together else [])] if n_of(row)
        ]
        assert sum(rows) == n_of(found.total)
        for size in range(len(rows) + 1):
            n_left += [n_of(found.total) - sum(some) for some in itertools.combinations(rows, size)]

    assert [n for n in n_left if 0 < n < SMALLEST] == []
    assert max(n_left) > 50


@pytest.mark.slow
def test_no_page_differs_from_its_earlier_self_by_fewer_than_the_minimum(town: list[Unit]) -> None:
    days = [datetime.date(2026, 9, 5), datetime.date(2026, 10, 5), datetime.date(2026, 11, 5)]
    days += [
        datetime.date(2027, 1, 5),
        datetime.date(2027, 3, 5),
        datetime.date(2027, 6, 5),
        datetime.date(2027, 8, 5),
    ]
    changes = []
    for unit in town:
        shown = [report_of(unit, YEAR, day, SMALLEST)[0] for day in days]
        for row in (lambda each: each.total, lambda each: each.together):
            counted = [n_of(row(each)) for each in shown]
            changes += [later - earlier for earlier, later in itertools.combinations(counted, 2)]

    assert [n for n in changes if n < 0 or 0 < n < SMALLEST] == []
    assert len([n for n in changes if n]) > 20


@pytest.mark.slow
def test_total_is_the_sum_of_the_rows_and_leaves_out_a_single_hidden_school(in_solviken: Place) -> None:
    hidden = UnitFactory(parent=in_solviken.area, name="Lilla skolan")
    answered(in_solviken.school, AUGUST, 20, in_solviken.principal)
    answered(hidden, AUGUST, 9, in_solviken.principal)

    found = next(each for each in report_of(in_solviken.area, YEAR, YEAR.valid_to, SMALLEST))

    by_name = {row.unit.name: row.now for row in found.rows if row.unit}
    assert n_of(found.total) == 20
    assert by_name["Lilla skolan"] is None
    assert found.together is None


@pytest.mark.slow
def test_report_of_a_school_tells_with_whom_it_is_shown(in_solviken: Place) -> None:
    other = UnitFactory(parent=in_solviken.area, name="Ängsskolan")
    answered(in_solviken.school, AUGUST, 5, in_solviken.principal)
    answered(other, AUGUST, 6, in_solviken.principal, felt=Felt.NO)

    found = report_of(in_solviken.school, YEAR, YEAR.valid_to + datetime.timedelta(days=1), SMALLEST)[0]

    assert found.total.now is None
    assert found.together
    assert n_of(found.together) == 11
    assert [school.name for school in found.together.schools] == [in_solviken.school.name, "Ängsskolan"]


@pytest.mark.slow
def test_sums_are_those_of_the_raw_rows(in_solviken: Place) -> None:
    for felt, n in ((Felt.YES, 7), (Felt.PARTLY, 4), (Felt.NO, 2)):
        answered(in_solviken.school, AUGUST, n, in_solviken.principal, felt=felt, who=Who.GUARDIAN)

    found = report_of(in_solviken.root, YEAR, TODAY, SMALLEST)[0]

    counts = found.total.now.counts if found.total.now else Counter()
    by_hand = Counter({("who", "guardian"): sum(FamilyAnswer.objects.values_list("n", flat=True))})
    for row in FamilyAnswer.objects.all():
        for field in ("listened", "influenced", "understood"):
            by_hand[field, getattr(row, field)] += row.n
    assert counts == by_hand


@pytest.mark.slow
def test_school_that_has_moved_counts_where_it_stood_then(in_solviken: Place) -> None:
    """So what was shown of a term is shown of it for good."""
    other_area = UnitFactory(level=30, name="Område Norr", parent=in_solviken.administration)
    answered(in_solviken.school, LAST_AUTUMN, 20, in_solviken.principal)
    placement = in_solviken.school.placements.get()
    placement.valid_to = datetime.date(2026, 8, 1)
    placement.save()
    in_solviken.school.placements.create(
        municipality=in_solviken.municipality, parent=other_area, valid_from=datetime.date(2026, 8, 1)
    )
    answered(in_solviken.school, AUGUST, 30, in_solviken.principal)

    totals = {
        unit.name: (row.before and row.before.n, row.now and row.now.n)
        for unit in (in_solviken.area, other_area)
        for row in [report_of(unit, YEAR, TODAY, SMALLEST)[0].total]
    }

    assert totals == {in_solviken.area.name: (20, None), "Område Norr": (None, 30)}


# ---- the page ----


def page(browser: Client, unit: Unit, **query: str) -> Any:
    return browser.get(reverse("interventions:family-report", args=[unit.key]), query)


@pytest.mark.slow
def test_page_shows_shares_and_the_year_before(in_solviken: Place, sign_in: SignIn) -> None:
    answered(in_solviken.school, AUGUST, 15, in_solviken.principal)
    answered(in_solviken.school, AUGUST, 5, in_solviken.principal, felt=Felt.NO)
    answered(in_solviken.school, LAST_SPRING, 40, in_solviken.principal, felt=Felt.PARTLY)

    text = text_of(page(sign_in(in_solviken.principal), in_solviken.school).content.decode())

    assert "75 % yes, 0 % a little, 25 % no" in text
    assert "0 % yes, 100 % a little, 0 % no" in text
    assert text.index("2026/27") < text.index("2025/26")


@pytest.mark.slow
def test_answers_of_this_month_are_not_shown_yet(in_solviken: Place, sign_in: SignIn) -> None:
    """Whoever looks before a meeting and after it learns nothing of it."""
    answered(in_solviken.school, AUGUST, 15, in_solviken.principal)
    browser = sign_in(in_solviken.principal)
    before = page(browser, in_solviken.school).content
    answered(in_solviken.school, NOVEMBER, 12, in_solviken.principal, felt=Felt.NO)

    assert page(browser, in_solviken.school).content.count(b"<svg") == before.count(b"<svg")
    assert text_of(page(browser, in_solviken.school).content.decode()) == text_of(before.decode())


@pytest.mark.slow
def test_too_few_are_said_to_be_too_few_and_look_like_none(in_solviken: Place, sign_in: SignIn) -> None:
    browser = sign_in(in_solviken.principal)
    none = text_of(page(browser, in_solviken.school).content.decode())
    answered(in_solviken.school, AUGUST, 9, in_solviken.principal)

    few = text_of(page(browser, in_solviken.school).content.decode())

    assert "Too few yet (fewer than 10)." in few
    assert few == none


@pytest.mark.slow
def test_minimum_is_the_municipalitys(in_solviken: Place, sign_in: SignIn) -> None:
    answered(in_solviken.school, AUGUST, 14, in_solviken.principal)
    in_solviken.municipality.smallest_base = 15
    in_solviken.municipality.save()
    in_solviken.principal.refresh_from_db()

    text = text_of(page(sign_in(in_solviken.principal), in_solviken.school).content.decode())

    assert "Too few yet (fewer than 15)." in text


@pytest.mark.slow
def test_kinds_are_apart_and_only_those_with_families(in_solviken: Place, sign_in: SignIn) -> None:
    answered(in_solviken.school, AUGUST, 12, in_solviken.principal, kind=talk_kind())

    text = text_of(page(sign_in(in_solviken.principal), in_solviken.school).content.decode())

    assert [kind.name in text for kind in (talk_kind(), family_kind(), kind_of(Rung.TEAM))] == [
        True,
        True,
        False,
    ]
    assert text.count("100 % yes") == 3


@pytest.mark.slow
def test_class_has_no_report(in_solviken: Place, sign_in: SignIn) -> None:
    answers = {
        who: page(sign_in(getattr(in_solviken, who)), in_solviken.class_4a).status_code
        for who in ("teacher", "principal", "colleague")
    }

    assert answers == {"teacher": 404, "principal": 404, "colleague": 403}


@pytest.mark.slow
@pytest.mark.parametrize("year", ["2025/26", "nonsense", "2031/32", ""])
def test_any_year_of_the_address_is_a_page(in_solviken: Place, sign_in: SignIn, year: str) -> None:
    answered(in_solviken.school, LAST_AUTUMN, 12, in_solviken.principal)

    assert page(sign_in(in_solviken.principal), in_solviken.school, year=year).status_code == 200


@pytest.mark.slow
def test_queries_do_not_grow_with_schools_and_months(
    in_solviken: Place, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    for _n in range(4):
        school = UnitFactory(parent=in_solviken.area)
        for month in (LAST_AUTUMN, AUGUST, SEPTEMBER):
            answered(school, month, 11, in_solviken.principal)
    browser = sign_in(in_solviken.area_head)
    page(browser, in_solviken.area)

    with django_assert_max_num_queries(15):
        response = page(browser, in_solviken.area)

    assert response.status_code == 200
