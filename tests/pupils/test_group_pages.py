"""Registered groups on their pages: the administrator sets them up, coordinators and principals say who belongs."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, User
from pupils.group_forms import MOST_LINES
from pupils.models import Protection, Pupil, PupilGroup, PupilGroupMembership
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.imports import text_of
from tests.factories.pupils import GroupFactory, MembershipFactory, PupilFactory, protect
from tests.fixtures import Place

pytestmark = pytest.mark.usefixtures("in_english")

TODAY, DAY = datetime.date(2026, 11, 16), datetime.date(2026, 12, 1)
NUMBER = "201601012391"


@dataclass(frozen=True)
class Scene:
    """A group; Ada and Bo at Solviksskolan, Cia at another school."""

    place: Place
    group: PupilGroup
    ada: Pupil
    bo: Pupil
    cia: Pupil
    browser: Callable[[User], Client]

    def open(self, name: str, *more: str, by: str) -> str:
        """The page's text."""
        answer = self.browser(getattr(self.place, by)).get(self.address(name, *more))
        assert answer.status_code == 200
        return text_of(answer.content.decode().partition("<main")[2])

    def address(self, name: str, *more: str) -> str:
        return reverse(f"pupils:{name}", args=[self.group.key, *more])

    def preview(self, name: str, *more: str, by: str, **sent: object) -> str:
        answer = self.browser(getattr(self.place, by)).post(self.address(name, *more), {"x": "", **sent})
        return text_of(answer.content.decode().partition("<main")[2])

    def do(self, name: str, *more: str, by: str, **sent: object) -> str:
        browser, address = self.browser(getattr(self.place, by)), self.address(name, *more)
        seal = browser.post(address, {"x": "", **sent}).context["preview"].seal
        answer = browser.post(address, {**sent, "step": "do", "seal": seal}, follow=True)
        assert answer.redirect_chain
        return text_of(answer.content.decode().partition("<main")[2])

    def stays(self) -> list[tuple[str, datetime.date, datetime.date | None]]:
        rows = PupilGroupMembership.objects.filter(group=self.group).order_by("pupil__own_id", "valid_from")
        return list(rows.values_list("pupil__own_id", "valid_from", "valid_to"))


@pytest.fixture
def scene(in_solviken: Place, sign_in: Callable[[User], Client]) -> Scene:
    other_class = SchoolClassFactory(name="4A", parent=UnitFactory(name="Norra", parent=in_solviken.area))
    return Scene(
        in_solviken,
        GroupFactory(name="Nyanlända"),
        PupilFactory(
            own_id="A1",
            given_name="Ada",
            family_name="Ek",
            school_class=in_solviken.class_4a,
            identity_number=NUMBER,
        ),
        PupilFactory(own_id="B2", given_name="Bo", family_name="Ek", school_class=in_solviken.class_5a),
        PupilFactory(own_id="C3", given_name="Cia", family_name="Ek", school_class=other_class),
        sign_in,
    )


# ---- the administrator's pages


def test_group_is_registered_with_purpose_and_ground_after_a_preview(scene: Scene) -> None:
    browser, address = scene.browser(scene.place.administrator), reverse("pupils:group-new")
    sent = {
        "name": "Modersmål",
        "purpose": "Se att stödet når fram",
        "legal_ground": "Skollagen",
        "valid_from": "2026-12-01",
    }
    preview = browser.post(address, sent)
    assert "Register “Modersmål”?" in text_of(preview.content.decode())
    assert not PupilGroup.objects.filter(name="Modersmål").exists()

    browser.post(address, {**sent, "step": "do", "seal": preview.context["preview"].seal})

    group = PupilGroup.objects.get(name="Modersmål")
    assert (group.purpose, group.legal_ground, group.valid_from) == (
        "Se att stödet når fram",
        "Skollagen",
        DAY,
    )
    assert AuditEvent.objects.get(action="group registered").actor_id == scene.place.administrator.pk


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"purpose": " "}, "This field is required."),
        ({"legal_ground": ""}, "This field is required."),
        ({"name": "Nyanlända"}, "There is a group “Nyanlända” already."),
        ({"valid_from": "nonsense"}, "Enter a valid date."),
    ],
)
def test_group_without_what_is_demanded_is_refused(scene: Scene, changed: dict[str, str], why: str) -> None:
    sent = {"name": "Ny", "purpose": "Se", "legal_ground": "Lag", "valid_from": "2026-12-01", **changed}

    answer = scene.browser(scene.place.administrator).post(reverse("pupils:group-new"), sent)

    assert answer.status_code == 422
    assert why in text_of(answer.content.decode())
    assert PupilGroup.objects.count() == 1


def test_figures_are_switched_on_and_off(scene: Scene) -> None:
    MembershipFactory(group=scene.group, pupil=scene.ada)

    shown = scene.open("group-act", "figures-on", by="administrator")
    assert "Give “Nyanlända” figures of its own?" in shown
    assert "Pupils who belong or have belonged to it fewer than 10 pupils" in shown
    assert "Classes, of all years, that are counted anew 1" in shown
    scene.do("group-act", "figures-on", by="administrator")
    assert PupilGroup.objects.get(pk=scene.group.pk).is_summed

    scene.do("group-act", "figures-off", by="administrator")
    assert not PupilGroup.objects.get(pk=scene.group.pk).is_summed


def test_group_that_ends_takes_its_memberships_along(scene: Scene) -> None:
    MembershipFactory(group=scene.group, pupil=scene.ada)
    MembershipFactory(group=scene.group, pupil=scene.bo, valid_from=datetime.date(2027, 1, 1))

    scene.do("group-act", "end", by="administrator", on=DAY.isoformat())

    assert PupilGroup.objects.get(pk=scene.group.pk).valid_to == DAY
    assert scene.stays() == [("A1", datetime.date(2026, 8, 1), DAY)]
    assert AuditEvent.objects.filter(action="group ended").exists()
    again = scene.preview("group-act", "end", by="administrator", on=DAY.isoformat())
    assert "“Nyanlända” ends on Dec. 1, 2026. Choose an earlier day." in again


def test_group_cannot_end_on_its_first_day(scene: Scene) -> None:
    said = scene.preview("group-act", "end", by="administrator", on=scene.group.valid_from.isoformat())

    assert "It can end a day later at the earliest." in said


def test_act_that_there_is_not_is_not_found(scene: Scene) -> None:
    for by, name in (("administrator", "group-act"), ("principal", "group-change")):
        answer = scene.browser(getattr(scene.place, by)).get(scene.address(name, "nonsense"))
        assert answer.status_code == 404


def test_administrator_sees_no_names_and_no_small_number(scene: Scene) -> None:
    MembershipFactory(group=scene.group, pupil=scene.ada)

    said = scene.open("group-setup", by="administrator")

    assert "Members today fewer than 10 pupils" in said
    assert "Ek" not in said


# ---- who belongs to it


def test_principal_finds_own_pupils_by_name_and_lets_them_join(scene: Scene) -> None:
    browser, address = scene.browser(scene.place.principal), scene.address("group-change", "join")

    found = browser.post(address, {"q": "ek", "on": DAY.isoformat(), "step": "search"})

    offered = [label for _key, label in found.context["form"].fields["pupil"].choices]
    assert offered == ["Ek, Ada", "Ek, Bo"]
    assert AuditEvent.objects.get(action="pupils found").pupil_ids == sorted([scene.ada.pk, scene.bo.pk])
    scene.do("group-change", "join", by="principal", q="ek", pupil=[scene.ada.key], on=DAY.isoformat())
    assert scene.stays() == [("A1", DAY, None)]
    assert AuditEvent.objects.get(action="group joined").pupil_ids == [scene.ada.pk]


def test_pupil_with_protected_identity_is_not_found_by_name(scene: Scene) -> None:
    protect(scene.ada, Protection.CONFIDENTIAL)

    said = scene.preview("group-change", "join", by="principal", q="ada", on=DAY.isoformat(), step="search")

    assert "Nobody found among your pupils." in said


def test_numbers_of_others_are_answered_like_numbers_of_nobody(scene: Scene) -> None:
    sent = {"numbers": "A1\nC3\nZ9\n", "on": DAY.isoformat()}

    said = scene.preview("group-change", "join", by="principal", **sent)
    assert "Who join 1 pupil" in said
    assert "2: “C3”, “Z9”. They are left out." in said

    scene.do("group-change", "join", by="principal", **sent)
    assert scene.stays() == [("A1", DAY, None)]


def test_ticked_pupil_of_another_school_is_no_choice(scene: Scene) -> None:
    said = scene.preview(
        "group-change", "join", by="principal", q="ek", pupil=[scene.cia.key], on=DAY.isoformat()
    )

    assert "Select a valid choice." in said
    assert scene.stays() == []


def test_coordinator_sets_everybodys_by_number_and_searches_nobody(scene: Scene) -> None:
    said = scene.open("group-change", "join", by="coordinator")
    assert "Search by name" not in said

    # As it is written, and once more: the same pupil.
    numbers = f"20160101-2391\n{NUMBER}\nC3"
    scene.do("group-change", "join", by="coordinator", numbers=numbers, on=DAY.isoformat())

    assert scene.stays() == [("A1", DAY, None), ("C3", DAY, None)]


def test_pupils_leave_from_a_day_on(scene: Scene) -> None:
    for pupil in (scene.ada, scene.bo):
        MembershipFactory(group=scene.group, pupil=pupil)
    said = scene.preview("group-change", "leave", by="coordinator", numbers="A1\nC3", on=DAY.isoformat())
    assert "Who leave 1 pupil" in said
    assert "Who do not belong to it then in any case 1 pupil" in said

    scene.do("group-change", "leave", by="principal", pupil=[scene.bo.key], on=DAY.isoformat())

    begun = datetime.date(2026, 8, 1)
    assert scene.stays() == [("A1", begun, None), ("B2", begun, DAY)]


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"numbers": ""}, "Choose pupils, or write their numbers."),
        ({"numbers": "Z9"}, "None of the lines means a pupil whose groups you set."),
        ({"numbers": "A1", "on": ""}, "This field is required."),
        ({"numbers": "A1", "on": "2019-12-31"}, "“Nyanlända” begins on Jan. 1, 2020."),
        ({"numbers": "x\n" * (MOST_LINES + 1)}, f"At most {MOST_LINES} lines at a time."),
    ],
)
def test_what_is_impossible_is_said_and_not_done(scene: Scene, sent: dict[str, str], why: str) -> None:
    said = scene.preview("group-change", "join", by="coordinator", **{"on": DAY.isoformat(), **sent})

    assert why in said
    assert scene.stays() == []


def test_members_are_named_to_those_who_see_them_and_reading_is_recorded(scene: Scene) -> None:
    for pupil in (scene.ada, scene.cia):
        MembershipFactory(group=scene.group, pupil=pupil)

    said = scene.open("group-members", by="principal")
    assert "Ek, Ada" in said
    assert "Cia" not in said
    assert "Members today, of your pupils 1 pupil" in said
    assert AuditEvent.objects.get(action="group members seen").pupil_ids == [scene.ada.pk]

    said = scene.open("group-members", by="coordinator")
    assert "Members today, of your pupils 2 pupils" in said
    assert "Ek" not in said


def test_group_that_has_ended_is_not_offered_any_more(scene: Scene) -> None:
    PupilGroup.objects.filter(pk=scene.group.pk).update(valid_to=TODAY)

    answer = scene.browser(scene.place.coordinator).get(reverse("pupils:group-list"))

    assert answer.context["rows"] == []


def test_lists_ask_as_often_for_many_groups_as_for_few(
    scene: Scene, django_assert_max_num_queries: Callable
) -> None:
    pages = (("administrator", "pupils:group-registry"), ("coordinator", "pupils:group-list"))
    browsers = [(scene.browser(getattr(scene.place, by)), reverse(name)) for by, name in pages]
    for browser, address in browsers:
        with django_assert_max_num_queries(12) as few:
            browser.get(address)
        created = GroupFactory.create_batch(2)
        with django_assert_max_num_queries(len(few)):
            browser.get(address)
        PupilGroup.objects.filter(pk__in=[group.pk for group in created]).delete()
