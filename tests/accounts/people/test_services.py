"""Inviting, giving roles and ending: what it does, what it refuses, and that sight ends with it."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import AuditEvent, RoleAssignment, User
from accounts.people.plan import Row, plan_of
from accounts.people.reading import here, roles_of
from accounts.people.services import carry_out_list, end_account, give_role, invite, open_account, take_role
from accounts.refusal import ActRefused
from accounts.roles import RoleCode
from tests.fixtures import TODAY, Place

DAY = datetime.timedelta(days=1)


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def new_teacher(place: Place) -> User:
    return invite(
        login="bo@solviken.example",
        name="Bo Ask",
        role=RoleCode.TEACHER,
        unit=place.class_4a,
        valid_from=TODAY,
        by=place.administrator,
    )


def test_who_is_invited_has_a_role_and_no_password(in_solviken: Place) -> None:
    user = new_teacher(in_solviken)

    assert not user.has_usable_password()
    assert [(one.role, one.unit) for one in roles_of([user.pk], TODAY)[user.pk]] == [
        (RoleCode.TEACHER, in_solviken.class_4a)
    ]
    assert actions()[-2:] == ["person invited", "role assigned"]


def test_a_user_name_of_another_municipality_is_refused_like_any_taken_one(
    in_solviken: Place, fjordvik: Place
) -> None:
    refusals = []
    for login in (fjordvik.teacher.login.upper(), in_solviken.teacher.login):
        with pytest.raises(ActRefused) as refusal:
            invite(
                login=login,
                name="Bo",
                role=RoleCode.TEACHER,
                unit=in_solviken.class_4a,
                valid_from=TODAY,
                by=in_solviken.administrator,
            )
        refusals.append(str(refusal.value))

    assert len(set(refusals)) == 1


@pytest.mark.parametrize("role", [RoleCode.TEACHER, RoleCode.PRINCIPAL, RoleCode.HEALTH_TEAM])
def test_no_role_that_sees_pupils_is_held_for_a_whole_municipality(
    in_solviken: Place, role: RoleCode
) -> None:
    with pytest.raises(ActRefused):
        give_role(
            user=in_solviken.colleague,
            role=role,
            unit=in_solviken.root,
            valid_from=TODAY,
            by=in_solviken.administrator,
        )


def test_nobody_gives_a_role_to_themselves(in_solviken: Place) -> None:
    with pytest.raises(ActRefused):
        give_role(
            user=in_solviken.administrator,
            role=RoleCode.PRINCIPAL,
            unit=in_solviken.school,
            valid_from=TODAY,
            by=in_solviken.administrator,
        )


def test_a_role_is_not_held_twice_at_once(in_solviken: Place) -> None:
    with pytest.raises(ActRefused):
        give_role(
            user=in_solviken.teacher,
            role=RoleCode.TEACHER,
            unit=in_solviken.class_4a,
            valid_from=TODAY,
            by=in_solviken.administrator,
        )


def test_a_role_that_has_not_begun_is_taken_back_whole(in_solviken: Place) -> None:
    coming = give_role(
        user=in_solviken.colleague,
        role=RoleCode.TEACHER,
        unit=in_solviken.class_4a,
        valid_from=TODAY + 10 * DAY,
        by=in_solviken.administrator,
    )

    take_role(assignment=coming, on=TODAY, by=in_solviken.administrator)

    assert not RoleAssignment.objects.filter(pk=coming.pk).exists()
    assert actions()[-1] == "role taken back"


def test_the_last_administrator_stays(in_solviken: Place) -> None:
    [held] = roles_of([in_solviken.administrator.pk], TODAY)[in_solviken.administrator.pk]

    with pytest.raises(ActRefused):
        take_role(assignment=held, on=TODAY, by=in_solviken.administrator)
    with pytest.raises(ActRefused):
        end_account(user=in_solviken.administrator, on=TODAY, by=in_solviken.principal)

    held.refresh_from_db()
    in_solviken.administrator.refresh_from_db()
    assert held.valid_to is None or held.valid_to > TODAY
    assert in_solviken.administrator.is_active


def test_nobody_ends_oneself(in_solviken: Place) -> None:
    with pytest.raises(ActRefused):
        end_account(user=in_solviken.principal, on=TODAY, by=in_solviken.principal)


def test_an_account_that_ends_is_out_at_the_next_page(
    in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(in_solviken.teacher)
    address = f"/classes/{in_solviken.class_4a.key}/"
    before = browser.get(address).status_code

    end_account(user=in_solviken.teacher, on=TODAY, by=in_solviken.administrator)
    ended = browser.get(address)
    open_account(user=in_solviken.teacher, by=in_solviken.administrator)
    opened = sign_in(in_solviken.teacher).get(address).status_code

    assert before == 200
    assert (ended.status_code, ended.headers["Location"].split("?")[0]) == (302, "/sign-in/")
    assert opened == 403, "the roles do not come back"


class TestLists:
    def read_in(self, place: Place, rows: list[Row], *, is_whole: bool = False) -> None:
        plan = plan_of(rows, here(place.administrator, TODAY), is_whole=is_whole)
        carry_out_list(plan=plan, on=TODAY, by=place.administrator)

    def test_people_come_change_and_go(self, in_solviken: Place) -> None:
        place = in_solviken
        rows = [
            Row(2, "bo@solviken.example", "Bo Ask", "teacher", place.class_4a.name),
            Row(3, place.colleague.login, "Nytt Namn", "analysis_lead", place.school.name),
            Row(4, place.teacher.login, ends=True),
        ]

        self.read_in(place, rows)

        bo = User.objects.get(login="bo@solviken.example")
        place.colleague.refresh_from_db()
        place.teacher.refresh_from_db()
        assert bo.municipality == place.municipality
        assert place.colleague.name == "Nytt Namn"
        assert {one.role for one in roles_of([place.colleague.pk], TODAY)[place.colleague.pk]} == {
            RoleCode.TEACHER,
            RoleCode.ANALYSIS_LEAD,
        }
        assert not place.teacher.is_active
        assert roles_of([place.teacher.pk], TODAY)[place.teacher.pk] == []
        assert actions()[-1] == "list of people read in"

    def test_the_same_list_again_changes_nothing(self, in_solviken: Place) -> None:
        rows = [Row(2, "bo@solviken.example", "Bo Ask", "teacher", in_solviken.class_4a.name)]
        self.read_in(in_solviken, rows)

        plan = plan_of(rows, here(in_solviken.administrator, TODAY))

        assert not plan.does_something

    def test_a_whole_list_leaves_the_reader_and_nobody_of_elsewhere(
        self, in_solviken: Place, fjordvik: Place
    ) -> None:
        rows = [Row(2, "bo@solviken.example", "Bo Ask", "teacher", in_solviken.class_4a.name)]

        self.read_in(in_solviken, rows, is_whole=True)

        active = User.objects.filter(is_active=True)
        assert set(active.filter(municipality=in_solviken.municipality).values_list("login", flat=True)) == {
            "bo@solviken.example",
            in_solviken.administrator.login,
        }
        assert active.filter(municipality=fjordvik.municipality).count() == len(
            User.objects.filter(municipality=fjordvik.municipality)
        )

    def test_a_list_is_done_whole_or_not_at_all(
        self, in_solviken: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(**_facts: object) -> None:
            raise RuntimeError("the disk is full")

        monkeypatch.setattr("accounts.people.services.end_account", fails)
        rows = [
            Row(2, "bo@solviken.example", "Bo Ask", "teacher", in_solviken.class_4a.name),
            Row(3, in_solviken.teacher.login, ends=True),
        ]

        with pytest.raises(RuntimeError):
            self.read_in(in_solviken, rows)

        assert not User.objects.filter(login="bo@solviken.example").exists()
