"""What a list of people comes to: pure, so every case is a few lines."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Level
from accounts.people.plan import Change, Held, Here, Known, ListPlan, Row, UnitNamed, plan_of

TODAY = datetime.date(2026, 11, 16)
DAY = datetime.timedelta(days=1)
ROOT = UnitNamed(1, "Solviken", Level.MUNICIPALITY)
SCHOOL = UnitNamed(2, "Solviksskolan", Level.SCHOOL, "Område Centrum", ("12345678",))
OTHER = UnitNamed(3, "Bergskolan", Level.SCHOOL, "Område Centrum")
CLASS = UnitNamed(4, "4A", Level.SCHOOL_CLASS, "Solviksskolan")
SAME_NAME = UnitNamed(5, "4A", Level.SCHOOL_CLASS, "Bergskolan")
ROLES = {"teacher": "teacher", "lärare": "teacher", "rektor": "principal", "administratör": "administrator"}
TEACHES = Held("teacher", 4, TODAY - 100 * DAY, None, pk=71)
ANNA = Known("anna@solviken.example", "Anna Ek", True, (TEACHES,))
ADMIN = Known("admin@solviken.example", "Ada Min", True, is_safe=True)
HERE = Here(
    {known.login: known for known in (ANNA, ADMIN)},
    (ROOT, SCHOOL, OTHER, CLASS, SAME_NAME),
    ROLES,
    frozenset({"taken@elsewhere.example"}),
    TODAY,
)


def row(number: int = 2, **values: object) -> Row:
    usual: dict = {
        "login": "bo@solviken.example",
        "name": "Bo Ask",
        "role": "lärare",
        "unit": "Solviksskolan/4A",
    }
    return Row(number, **usual | values)


def reasons(plan: ListPlan) -> list[tuple[int, str]]:
    return [(refusal.row, refusal.reason) for refusal in plan.refusals]


@pytest.mark.usefixtures("in_english")
class TestRows:
    def test_somebody_new_gets_what_the_row_says(self) -> None:
        plan = plan_of([row(valid_from=TODAY + DAY, valid_to=TODAY + 10 * DAY)], HERE)

        [person] = plan.people
        [role] = person.gives
        assert (person.change, person.name) == (Change.NEW, "Bo Ask")
        assert (role.role, role.unit_id) == ("teacher", CLASS.pk)
        assert (role.valid_from, role.valid_to) == (TODAY + DAY, TODAY + 11 * DAY)

    def test_a_role_that_is_held_is_not_given_twice(self) -> None:
        plan = plan_of([row(login=ANNA.login, name=ANNA.name)], HERE)

        assert [person.change for person in plan.people] == [Change.SAME]
        assert not plan.does_something
        assert not plan.can_be_done

    def test_a_last_day_ends_a_role_that_is_held(self) -> None:
        plan = plan_of([row(login=ANNA.login, name="", valid_to=TODAY)], HERE)

        assert plan.people[0].ends == ((TEACHES, TODAY + DAY),)

    def test_two_rows_of_a_person_are_two_roles(self) -> None:
        plan = plan_of([row(), row(3, role="rektor", unit="12345678")], HERE)

        [person] = plan.people
        assert {role.unit_id for role in person.gives} == {CLASS.pk, SCHOOL.pk}

    def test_user_names_are_the_same_whatever_the_size_of_their_letters(self) -> None:
        plan = plan_of([row(login="ANNA@solviken.example", name="")], HERE)

        assert [person.login for person in plan.people] == [ANNA.login]

    @pytest.mark.parametrize(
        ("values", "reason"),
        [
            ({"login": ""}, "The user name is missing."),
            ({"name": ""}, "bo@solviken.example is new: write the name as well."),
            ({"login": "taken@elsewhere.example"}, "The user name cannot be used here. Choose another."),
            ({"role": "kung"}, "There is no role “kung”."),
            ({"unit": ""}, "The unit is missing."),
            ({"unit": "Dalskolan"}, "There is no unit “Dalskolan” today."),
            (
                {"unit": "4A"},
                "2 units are called “4A”. Write the school and the class, as “Solviksskolan/4A”.",
            ),
            ({"unit": "Solviken"}, "The role “lärare” cannot be held at Solviken."),
            ({"valid_from": TODAY, "valid_to": TODAY - DAY}, "The last day is before the first."),
            ({"wrong": "“soon” is no day."}, "“soon” is no day."),
            (
                {"ends": True},
                "There is nobody with the user name bo@solviken.example who could end.",
            ),
            ({"name": "x" * 151}, "A user name and a name have at most 150 characters."),
        ],
    )
    def test_a_row_that_is_not_understood_is_refused_with_the_reason(
        self, values: dict[str, object], reason: str
    ) -> None:
        plan = plan_of([row(7, **values)], HERE)

        assert reasons(plan) == [(7, reason)]
        assert [role for person in plan.people for role in person.gives] == []

    def test_two_names_for_one_user_name_are_refused(self) -> None:
        plan = plan_of([row(), row(3, name="Bo Alm")], HERE)

        assert [number for number, _reason in reasons(plan)] == [2, 3]

    def test_nobody_ends_oneself(self) -> None:
        plan = plan_of([row(login=ADMIN.login, ends=True)], HERE)

        assert reasons(plan) == [(2, "You cannot end your own account.")]


@pytest.mark.usefixtures("in_english")
class TestWholeLists:
    def test_who_is_not_named_ends_but_never_the_reader(self) -> None:
        plan = plan_of([row()], HERE, is_whole=True)

        assert {person.login: person.change for person in plan.people} == {
            "bo@solviken.example": Change.NEW,
            ANNA.login: Change.ENDED,
        }

    def test_a_role_that_is_not_named_ends_today(self) -> None:
        plan = plan_of(
            [row(login=ANNA.login, name="", role="rektor", unit="Bergskolan")], HERE, is_whole=True
        )

        assert plan.people[0].ends == ((TEACHES, TODAY),)

    def test_a_slip_of_the_pen_ends_nobody(self) -> None:
        plan = plan_of([row(login=ANNA.login, name="", role="läräre")], HERE, is_whole=True)

        assert plan.people[0].ends == ()
        assert not plan.can_be_done

    def test_without_it_nothing_ends_that_the_list_does_not_name(self) -> None:
        plan = plan_of([row()], HERE)

        assert [person.login for person in plan.people] == ["bo@solviken.example"]


def test_nobody_gives_a_role_to_themselves_by_a_list() -> None:
    plan = plan_of([row(login=ADMIN.login, name="", role="rektor", unit="Solviksskolan")], HERE)

    assert [person.gives for person in plan.people if person.login == ADMIN.login] == [()]
    assert len(plan.refusals) == 1


def test_the_account_of_who_is_named_again_is_opened() -> None:
    here = replace(HERE, people={ANNA.login: replace(ANNA, is_active=False, held=())})

    plan = plan_of([row(login=ANNA.login, name="")], here)

    assert plan.people[0].is_opened
    assert plan.people[0].change is Change.CHANGED


ROWS = st.builds(
    Row,
    number=st.integers(2, 50),
    login=st.sampled_from(["", ANNA.login, ADMIN.login, "bo@solviken.example", "taken@elsewhere.example"]),
    name=st.sampled_from(["", "Anna Ek", "Bo Ask"]),
    role=st.sampled_from(["", "lärare", "rektor", "kung", "administratör"]),
    unit=st.sampled_from(["", "4A", "Solviksskolan/4A", "Bergskolan", "Solviken"]),
    valid_from=st.sampled_from([None, TODAY, TODAY + DAY]),
    valid_to=st.sampled_from([None, TODAY - DAY, TODAY + 9 * DAY]),
    ends=st.booleans(),
)


@given(st.lists(ROWS, max_size=8), st.booleans())
def test_whatever_a_list_says(rows: list[Row], is_whole: bool) -> None:
    plan = plan_of(rows, HERE, is_whole=is_whole)

    assert plan == plan_of(list(reversed(rows)), HERE, is_whole=is_whole) or any(
        rows.count(one) > 1 for one in rows
    )
    logins = [person.login.casefold() for person in plan.people]
    assert len(logins) == len(set(logins)), "each person once"
    assert all(person.change is not Change.ENDED for person in plan.people if person.login == ADMIN.login)
    assert all(not person.ends for person in plan.people if person.login == ADMIN.login)
    assert {refusal.row for refusal in plan.refusals} <= {row.number for row in rows}
