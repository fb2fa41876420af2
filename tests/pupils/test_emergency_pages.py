"""Breaking the glass: what it opens, for how long, who is told, and what it never opens."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.emergencies import end_emergency, most_hours, note_emergency, open_in_emergency
from accounts.models import AuditEvent, EmergencyAccess, Level, RoleAssignment, User
from accounts.models.emergency_access import MOST_HOURS
from accounts.refusal import ActRefused
from accounts.roles import ROLES, Permission, RoleCode
from accounts.services import add_unit
from accounts.tenancy import municipality_scope
from interventions.services.telling_of_emergencies import owners_of, tell_of_emergency
from pupils.models import Protection
from pupils.protected import identity_of
from tests.architecture.permission_matrix import MATRIX, World, make_world
from tests.architecture.test_permissions import ask
from tests.factories.accounts import LONG_AGO, PersonFactory, SchoolClassFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

pytestmark = pytest.mark.usefixtures("in_english")

SignIn = Callable[[User], Client]
OPENED = ["colourmaps:class-map", "colourmaps:pupil", "colourmaps:cell-panel"]


@pytest.fixture
def world(solviken: Place) -> World:
    return make_world(solviken, "Solberg", "LAS")


@pytest.fixture
def stranger(world: World) -> User:
    """The principal of another school of the municipality."""
    with municipality_scope(world.place.municipality):
        school = add_unit(
            level=Level.SCHOOL, name="Bergsskolan", parent=world.place.area, valid_from=LONG_AGO
        )
        SchoolClassFactory(parent=school, name="1B")
        return PersonFactory(role=RoleCode.PRINCIPAL, unit=school, name="Rut Berg")


@pytest.fixture
def opened(world: World, stranger: User) -> EmergencyAccess:
    with municipality_scope(world.place.municipality):
        return open_in_emergency(unit=world.class_4a, kind="danger", reason="Akut", hours=2, by=stranger)


@pytest.fixture
def browser(stranger: User, sign_in: SignIn) -> Client:
    return sign_in(stranger)


def statuses(browser: Client, world: World, names: list[str]) -> dict[str, int]:
    return {name: ask(browser, name, world).status_code for name in names}


def test_it_opens_three_pages_that_show_and_no_other(
    world: World, stranger: User, browser: Client, opened: EmergencyAccess
) -> None:
    """Of all addresses that need a role at 4A: nothing is written, filed or decided by it."""
    with municipality_scope(world.place.municipality):
        end_by_time(opened, world)
    names = sorted(name for name, address in MATRIX.items() if address.of)
    without = statuses(browser, world, names)

    with municipality_scope(world.place.municipality):
        hours = datetime.timedelta(hours=1)
        EmergencyAccess.objects.filter(pk=opened.pk).update(open_until=timezone.now() + hours)
    by_it = statuses(browser, world, names)

    assert [name for name in names if by_it[name] != without[name]] == sorted(OPENED)
    assert {by_it[name] for name in OPENED} == {200}
    assert {without[name] for name in OPENED} == {403}


def test_class_is_shown_without_what_leads_on(world: World, browser: Client, opened: EmergencyAccess) -> None:
    page = ask(browser, "colourmaps:class-map", world).content.decode()

    assert world.pupil.shown_name in page
    key = world.class_4a.key
    for way in (
        "map.xlsx",
        f"/fill-in/{key}",
        "/type/",
        f"{key}/interventions",
        "/indicators/",
        "/unanswered",
    ):
        assert way not in page, way


def test_protected_pupil_is_not_there(world: World, browser: Client, opened: EmergencyAccess) -> None:
    hidden = world.protected_pupil
    page = ask(browser, "colourmaps:class-map", world).content.decode()

    assert hidden.key not in page
    assert hidden.shown_name not in page
    assert browser.get(reverse("colourmaps:pupil", args=[hidden.key])).status_code == 403
    assert browser.get(reverse("pupils:name", args=[hidden.key])).status_code == 403


def test_one_pupil_opens_neither_the_class_nor_another(world: World, stranger: User, browser: Client) -> None:
    with municipality_scope(world.place.municipality):
        other = PupilFactory(school_class=world.class_4a)
        open_in_emergency(
            unit=world.class_4a, pupil_id=other.pk, kind="danger", reason="Akut", hours=1, by=stranger
        )

    assert statuses(browser, world, OPENED) == dict.fromkeys(OPENED, 403)
    assert browser.get(reverse("colourmaps:pupil", args=[other.key])).status_code == 200


def end_role(access: EmergencyAccess, world: World) -> None:
    RoleAssignment.objects.filter(user=access.user).update(valid_to=timezone.localdate())


def end_by_time(access: EmergencyAccess, world: World) -> None:
    before = timezone.now() - datetime.timedelta(hours=2)
    EmergencyAccess.objects.filter(pk=access.pk).update(opened_at=before, open_until=timezone.now())


def end_by_the_code(access: EmergencyAccess, world: World) -> None:
    """A row that says more than four hours is closed after four all the same."""
    long_ago = timezone.now() - datetime.timedelta(hours=MOST_HOURS)
    later = timezone.now() + datetime.timedelta(days=9)
    EmergencyAccess.objects.filter(pk=access.pk).update(opened_at=long_ago, open_until=later)


def end_early(access: EmergencyAccess, world: World) -> None:
    end_emergency(access=access, by=access.user)


def end_account(access: EmergencyAccess, world: World) -> None:
    User.objects.filter(pk=access.user_id).update(is_active=False)


@pytest.mark.parametrize("end", [end_role, end_by_time, end_by_the_code, end_early, end_account])
def test_next_request_of_the_open_session_sees_nothing_once_it_is_over(
    world: World, browser: Client, opened: EmergencyAccess, end: Callable[..., None]
) -> None:
    assert statuses(browser, world, OPENED) == dict.fromkeys(OPENED, 200)
    with municipality_scope(world.place.municipality):
        end(opened, world)

    assert statuses(browser, world, OPENED) == dict.fromkeys(OPENED, 302 if end is end_account else 403)


def test_every_read_is_in_the_log(
    world: World, stranger: User, browser: Client, opened: EmergencyAccess
) -> None:
    browser.get(reverse("colourmaps:class-map", args=[world.class_4a.key]))
    browser.get(reverse("colourmaps:pupil", args=[world.pupil.key]))

    with municipality_scope(world.place.municipality):
        events = AuditEvent.objects.filter(actor_id=stranger.pk).exclude(action="signed in").order_by("pk")
        assert [(event.action, event.subject == opened.key) for event in events] == [
            ("opened in emergency", True),
            ("read in emergency", True),
            ("class map seen", False),
            ("read in emergency", True),
            ("pupil seen", False),
        ]
        assert events[1].facts == {"page": "colourmaps:class-map"}


def test_banner_stands_on_every_page_while_it_lasts(
    world: World, browser: Client, opened: EmergencyAccess
) -> None:
    pages = [reverse("start"), reverse("interventions:meeting-list"), reverse("pupils:emergency-list")]
    assert [
        page for page in pages if "Opened in an emergency:" not in browser.get(page).content.decode()
    ] == []

    browser.post(reverse("pupils:emergency-end", args=[opened.key]))

    assert [page for page in pages if "Opened in an emergency:" in browser.get(page).content.decode()] == []


def test_principal_is_told_on_the_start_page_until_it_is_noted(
    world: World, sign_in: SignIn, opened: EmergencyAccess
) -> None:
    principal = sign_in(world.place.principal)
    address = reverse("pupils:emergency-note", args=[opened.key])
    assert address in principal.get(reverse("start")).content.decode()
    assert "Rut Berg" in principal.get(address).content.decode()

    principal.post(address)

    assert address not in principal.get(reverse("start")).content.decode()
    with municipality_scope(world.place.municipality):
        assert EmergencyAccess.objects.get(pk=opened.pk).noted_by == world.place.principal


def test_nobody_takes_note_of_the_own_emergency(
    world: World, opened: EmergencyAccess, stranger: User
) -> None:
    with municipality_scope(world.place.municipality), pytest.raises(ActRefused, match="Somebody else"):
        note_emergency(access=opened, by=stranger)


def test_auditor_sees_all_of_them(world: World, sign_in: SignIn, opened: EmergencyAccess) -> None:
    page = sign_in(world.place.access_auditor).get(reverse("pupils:emergency-log")).content.decode()

    assert ("Rut Berg" in page, "Akut" in page, "not yet" in page) == (True, True, True)


def test_mail_tells_the_principal_without_a_name(
    world: World, opened: EmergencyAccess, settings: Settings
) -> None:
    settings.SENDS_MAIL = True
    with municipality_scope(world.place.municipality):
        User.objects.filter(pk=world.place.principal.pk).update(login="rektor@solviken.example")
        assert [each.pk for each in owners_of(opened)] == [world.place.principal.pk]
        assert tell_of_emergency(opened) == 1

    letter = mail.outbox[-1]
    assert letter.to == ["rektor@solviken.example"]
    told = f"{letter.subject} {letter.body}"
    assert [word for word in ("Lund", "Akut", "Rut", world.pupil.key) if word in told] == []


# ---- opening it on the page


@pytest.fixture
def form(world: World, browser: Client) -> Callable[..., Any]:
    address = reverse("pupils:emergency-new")

    def send(**changes: str) -> Any:
        sent = {
            "school_class": world.class_4a.key,
            "pupil": "",
            "kind": "danger",
            "reason": "Anmälan, rektor nås inte",
            "hours": "1",
        } | changes
        shown = browser.post(address, sent)
        if shown.status_code != 200 or "preview" not in (shown.context or {}):
            return shown
        return browser.post(address, sent | {"seal": shown.context["preview"].seal, "step": "do"})

    return send


def test_class_is_opened_by_the_form(world: World, form: Callable[..., Any]) -> None:
    answer = form()

    assert (answer.status_code, answer.url) == (
        302,
        reverse("colourmaps:class-map", args=[world.class_4a.key]),
    )


@pytest.mark.parametrize("words", ["own_id", "name"])
def test_pupil_is_opened_by_number_or_name(world: World, form: Callable[..., Any], words: str) -> None:
    pupil = world.pupil
    text = pupil.own_id if words == "own_id" else f"{pupil.given_name} {pupil.family_name}"

    answer = form(pupil=text)

    assert (answer.status_code, answer.url) == (302, reverse("colourmaps:pupil", args=[pupil.key]))


def test_protected_pupil_is_answered_like_nobody(world: World, form: Callable[..., Any]) -> None:
    with municipality_scope(world.place.municipality):
        PupilFactory(
            given_name="Gömd",
            family_name="Hemlig",
            school_class=world.class_4a,
            protection=Protection.PROTECTED,
        )

    hidden, nobody = form(pupil="Gömd Hemlig"), form(pupil="Ingen Alls")

    assert (hidden.status_code, nobody.status_code) == (422, 422)
    said = [str(each.context["form"].non_field_errors()) for each in (hidden, nobody)]
    assert said[0] == said[1]
    assert "Nobody in the class" in said[0]


def test_reason_without_numbers_alone(world: World, form: Callable[..., Any]) -> None:
    answer = form(reason="Gäller 201601012391")

    assert answer.status_code == 422
    with municipality_scope(world.place.municipality):
        assert EmergencyAccess.objects.count() == 1  # the world's own


def test_form_does_not_say_whether_a_name_is_one_of_the_school(
    world: World, browser: Client, form: Callable[..., Any]
) -> None:
    """Neither of a pupil nor of one whose name is sealed: who goes there is not asked by way of the reason."""
    with municipality_scope(world.place.municipality):
        sealed = identity_of(world.protected_pupil).family_name
    assert sealed

    names = (world.pupil.family_name, sealed, "Ingensomfinns")
    answers = [form(reason=f"Gäller {name}") for name in names]

    assert {answer.status_code for answer in answers} == {302}


def test_hours_are_never_more_than_the_code_allows(world: World, stranger: User, settings: Settings) -> None:
    settings.EMERGENCY_HOURS = 48

    assert most_hours() == MOST_HOURS == 4
    with municipality_scope(world.place.municipality), pytest.raises(ActRefused, match="at most 4 hours"):
        open_in_emergency(unit=world.class_4a, kind="danger", reason="x", hours=5, by=stranger)


def test_few_roles_can_open_and_all_of_them_see_pupils() -> None:
    can = {code for code, role in ROLES.items() if Permission.OPEN_IN_EMERGENCY in role.permissions}

    assert can == {RoleCode.PRINCIPAL, RoleCode.HEALTH_TEAM}
    assert all(Permission.SEE_PUPILS in ROLES[code].permissions for code in can)


def test_emergency_carries_one_permission_at_one_class(
    world: World, stranger: User, opened: EmergencyAccess
) -> None:
    from accounts.access import Sight

    with municipality_scope(world.place.municipality):
        sight = Sight(stranger)
        line = [world.place.root, world.place.area, world.school, world.class_4a]
        before = {each for each in Permission if sight.can_in_line(each, line)}
        assert sight.enter_by_emergency(world.class_4a, world.class_4a) == opened

        assert {each for each in Permission if sight.can_in_line(each, line)} - before == {
            Permission.SEE_PUPILS
        }
        assert not sight.can_in_line(Permission.SEE_PUPILS, line[:-1])
        assert not sight.can_in_line(Permission.SEE_PUPILS, [*line[:-1], world.place.class_5a])
        assert world.class_4a.pk not in sight.visible_units(Permission.SEE_PUPILS, sight.today)
