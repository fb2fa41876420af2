"""Rights end when they end: the next request of an open session, the files on disk, the feed, and jobs under way.

Of roles test_permissions tells; here it is what else can end: an account, a class, a naming, and what was begun before.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import Sight
from accounts.background import JobRefused
from accounts.models import Job, RoleAssignment, Unit, User
from accounts.roles import Permission
from accounts.tenancy import municipality_scope
from colourmaps.importing.jobs import apply_import
from colourmaps.importing.lifecycle import confirm_import, undo_import
from colourmaps.importing.undo import run_undo
from colourmaps.models import ImportBatch, ImportState, Result
from interventions.services.calendar_feed import make_feed
from pupils.models import ProtectedAccess, Unmasking
from pupils.protecting import answer_request
from tests.fixtures import Place

from .permission_matrix import MATRIX, World, make_world
from .test_permissions import ask

pytestmark = pytest.mark.usefixtures("in_english")

SignIn = Callable[[User], Client]
OF_4A = sorted(
    name for name, address in MATRIX.items() if address.of == "class_4a" and "teacher" in address.opens_to
)
IMPORTS_FILES = ["colourmaps:import-file", "colourmaps:import-refused", "colourmaps:import"]
WORKBOOKS = ["colourmaps:class-map-xlsx", "colourmaps:class-map-csv", "colourmaps:fill-in-workbook"]


@pytest.fixture
def world(solviken: Place) -> World:
    return make_world(solviken, "Solberg", "LAS")


def statuses(browser: Client, world: World, names: list[str]) -> dict[str, int]:
    return {name: ask(browser, name, world).status_code for name in names}


def expected(names: list[str]) -> dict[str, int]:
    return {name: MATRIX[name].answer for name in names}


@pytest.mark.slow
def test_class_that_has_ended_is_closed_to_its_teacher_in_an_open_session(
    world: World, clock: datetime.date, sign_in: SignIn
) -> None:
    browser = sign_in(world.place.teacher)
    assert statuses(browser, world, OF_4A) == expected(OF_4A)

    with municipality_scope(world.place.municipality):
        Unit.objects.filter(pk=world.class_4a.pk).update(valid_to=clock)

    assert statuses(browser, world, OF_4A) == dict.fromkeys(OF_4A, 403)


@pytest.mark.slow
def test_principal_still_sees_a_class_that_has_ended(
    world: World, clock: datetime.date, sign_in: SignIn
) -> None:
    with municipality_scope(world.place.municipality):
        Unit.objects.filter(pk=world.class_4a.pk).update(valid_to=clock)

    assert ask(sign_in(world.place.principal), "colourmaps:class-map", world).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("who", ["teacher", "principal", "coordinator"])
def test_account_that_has_ended_is_signed_out_everywhere(world: World, sign_in: SignIn, who: str) -> None:
    browser = sign_in(world.person(who))
    names = sorted(
        name for name, address in MATRIX.items() if who in address.opens_to and not address.is_public
    )
    names = [name for name in names if name in {*OF_4A, *IMPORTS_FILES, *WORKBOOKS, "start"}]
    assert statuses(browser, world, names) == expected(names)

    User.objects.filter(pk=world.person(who).pk).update(is_active=False)

    assert statuses(browser, world, names) == dict.fromkeys(names, 302)


def test_sight_of_an_account_that_has_ended_is_nothing(world: World) -> None:
    """Also where nobody signs in: for a job, a mail or a feed."""
    with municipality_scope(world.place.municipality):
        teacher = User.objects.get(pk=world.place.teacher.pk)
        assert Sight(teacher).has(Permission.SEE_PUPILS)

        teacher.is_active = False

        assert [each for each in Permission if Sight(teacher).has(each)] == []


@pytest.mark.slow
@pytest.mark.parametrize("names", [IMPORTS_FILES, WORKBOOKS])
def test_files_are_closed_with_the_role(
    world: World, clock: datetime.date, sign_in: SignIn, names: list[str]
) -> None:
    browser = sign_in(world.place.coordinator if names is IMPORTS_FILES else world.place.teacher)
    assert statuses(browser, world, names) == dict.fromkeys(names, 200)

    with municipality_scope(world.place.municipality):
        RoleAssignment.objects.update(valid_to=clock)

    assert statuses(browser, world, names) == dict.fromkeys(names, 403)


@pytest.mark.slow
def test_part_of_a_page_is_closed_like_the_page(world: World, clock: datetime.date, sign_in: SignIn) -> None:
    browser = sign_in(world.place.teacher)
    parts = ["interventions:unit-interventions", "interventions:unit-unanswered", "colourmaps:cell-panel"]
    htmx = {"HX-Request": "true"}
    assert {ask(browser, name, world, htmx).status_code for name in parts} == {200}

    with municipality_scope(world.place.municipality):
        RoleAssignment.objects.update(valid_to=clock)

    assert {ask(browser, name, world, htmx).status_code for name in parts} == {403}


def end_account(person: User, on: datetime.date) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def end_roles(person: User, on: datetime.date) -> None:
    RoleAssignment.objects.filter(user=person).update(valid_to=on)


@pytest.mark.parametrize("end", [end_account, end_roles])
def test_calendar_of_whoever_has_ended_tells_of_no_meeting(
    world: World, clock: datetime.date, end: Callable[..., None]
) -> None:
    with municipality_scope(world.place.municipality):
        secret = make_feed(by=world.place.analysis_lead)
    address = reverse("interventions:calendar-file", args=[secret])
    assert b"BEGIN:VEVENT" in Client().get(address).content

    with municipality_scope(world.place.municipality):
        end(world.place.analysis_lead, clock)

    answer = Client().get(address)
    assert b"BEGIN:VEVENT" not in answer.content
    assert answer.status_code == (404 if end is end_account else 200)


# ---- jobs


def waiting(world: World, state: str) -> tuple[Job, ImportBatch]:
    """An import of the coordinator's that is asked for and has not begun."""
    batch = world.refused_import
    with municipality_scope(world.place.municipality):
        confirm_import(batch=batch, by=world.place.coordinator)
        batch.refresh_from_db()
        if state == ImportState.UNDOING:
            apply_import(Job.objects.get(pk=batch.job_id), batch)
            batch.refresh_from_db()
            undo_import(batch=batch, by=world.place.coordinator)
        return Job.objects.select_related("by").get(pk=batch.job_id), ImportBatch.objects.get(pk=batch.pk)


@pytest.mark.slow
@pytest.mark.parametrize("end", [end_account, end_roles])
def test_import_of_whoever_has_ended_writes_nothing_and_waits_for_another(
    world: World, clock: datetime.date, end: Callable[..., None]
) -> None:
    job, batch = waiting(world, ImportState.CONFIRMED)
    with municipality_scope(world.place.municipality):
        before = list(Result.objects.values_list("pk", "value", "recorded_at"))
        end(world.place.coordinator, clock)
        job = Job.objects.select_related("by").get(pk=job.pk)

        with pytest.raises(JobRefused, match="no right to it any more"):
            apply_import(job, batch)

        assert list(Result.objects.values_list("pk", "value", "recorded_at")) == before
        assert ImportBatch.objects.get(pk=batch.pk).state == ImportState.UNDERSTOOD


@pytest.mark.slow
def test_undoing_of_whoever_has_ended_takes_nothing_back(world: World, clock: datetime.date) -> None:
    job, batch = waiting(world, ImportState.UNDOING)
    with municipality_scope(world.place.municipality):
        end_roles(world.place.coordinator, clock)

        with pytest.raises(JobRefused, match="no right to it any more"):
            run_undo(job, batch)

        assert ImportBatch.objects.get(pk=batch.pk).state == ImportState.IMPORTED


@pytest.mark.slow
def test_import_of_whoever_has_not_ended_is_done(world: World) -> None:
    job, batch = waiting(world, ImportState.CONFIRMED)
    with municipality_scope(world.place.municipality):
        apply_import(job, batch)

        assert ImportBatch.objects.get(pk=batch.pk).state == ImportState.IMPORTED


# ---- the name of a protected pupil


NAME_ENDS: dict[str, Any] = {
    "naming": lambda world, day: ProtectedAccess.objects.update(valid_to=day),
    "minutes": lambda world, day: Unmasking.objects.update(shown_until=timezone.now()),
    "role": lambda world, day: RoleAssignment.objects.update(valid_to=day),
}


@pytest.mark.parametrize("what", NAME_ENDS)
def test_name_is_gone_in_the_next_request(
    world: World, clock: datetime.date, sign_in: SignIn, what: str
) -> None:
    with municipality_scope(world.place.municipality):
        answer_request(unmasking=world.unmasking, is_approved=True, by=world.place.principal)
    browser, address = sign_in(world.place.teacher), reverse("pupils:name", args=[world.protected_pupil.key])
    assert "HemligSolberg" in browser.get(address).content.decode()

    with municipality_scope(world.place.municipality):
        NAME_ENDS[what](world, clock)

    assert "HemligSolberg" not in browser.get(address).content.decode()
