"""The name and numbers of a protected pupil: at no address, for no role, in no file, mail or line of the log.

The walk is that of tests/interventions/test_canary_names.py: every address, of everything that its key can name, by
everybody. Only who has been named, has asked and has been answered by another person finds the name, and on one page.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from django.core import mail
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client
from django.utils import timezone

from accounts.models import Job, User
from accounts.tenancy import municipality_scope
from interventions.models import Rung
from pupils.models import Pupil
from pupils.protecting import answer_request, ask_for_name, end_protection
from tests.architecture.permission_matrix import MATRIX, PEOPLE, World, make_world
from tests.factories.colourmaps import record
from tests.factories.interventions import InterventionFactory
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.factories.pupils import PupilFactory, named, protect
from tests.factories.questions import QuestionFactory
from tests.fixtures import Place
from tests.interventions.test_canary_names import answers_to, body_of, send_all_mails, words_in

pytestmark = [pytest.mark.slow, pytest.mark.walk]

FAMILY, GIVEN, NUMBER, OWN = "Zyxgömd", "Qvällrun", "201601012391", "KANARIE77"
CANARIES = tuple(word.lower() for word in (FAMILY, GIVEN, NUMBER, NUMBER[2:], OWN))
EVERYBODY = sorted(PEOPLE)


@pytest.fixture
def world(solviken: Place) -> World:
    """A pupil with results, a place in plans, meetings and questions, who became protected after all that."""
    world = make_world(solviken, "Solberg", "LAS")
    User.objects.filter(municipality=solviken.municipality).update(
        login=Concat(F("login"), Value("@solviken.example"))
    )
    with municipality_scope(solviken.municipality):
        pupil = PupilFactory(
            family_name=FAMILY,
            given_name=GIVEN,
            identity_number=NUMBER,
            own_id=OWN,
            school_class=solviken.class_4a,
        )
        record(world.round, world.indicator, {pupil: 100})
        plan = {"unit": solviken.class_4a, "responsible": solviken.teacher, "indicator": world.indicator}
        InterventionFactory(title="Läs mer", pupils=[pupil, world.pupil], **plan)
        QuestionFactory(unit=solviken.class_4a, pupil=pupil, asked_by=solviken.teacher, text="Hur?")
        meeting = MeetingFactory(
            kind=kind_of(Rung.TEAM),
            unit=solviken.class_4a,
            lead=solviken.teacher,
            round=world.round,
            is_started=True,
            started_at=timezone.now(),
        )
        CaseFactory(meeting=meeting, title="Läsning", unit=solviken.class_4a, pupil=pupil)
        protect(pupil)
    return world


def hidden_in(world: World) -> Pupil:
    with municipality_scope(world.place.municipality):
        return Pupil.objects.exclude(protection="").exclude(pk=world.protected_pupil.pk).get()


def found_at(browser: Client, world: World) -> set[str]:
    return {
        name
        for name, answer in answers_to(browser, world, sorted(MATRIX))
        if any(word in f"{words_in(body_of(answer))} {answer.headers}".lower() for word in CANARIES)
    }


@pytest.mark.parametrize("person", EVERYBODY)
def test_nobody_reads_the_name_at_any_address(
    world: World, sign_in: Callable[[User], Client], caplog: pytest.LogCaptureFixture, person: str
) -> None:
    caplog.set_level(logging.DEBUG)

    assert found_at(sign_in(world.person(person)), world) == set()
    assert [word for word in CANARIES if word in caplog.text.lower()] == []


def test_who_has_unmasked_reads_it_on_one_page(world: World, sign_in: Callable[[User], Client]) -> None:
    """And so the walk can find it."""
    place, hidden = world.place, hidden_in(world)
    with municipality_scope(place.municipality):
        named(place.teacher, hidden, by=place.principal)
        asked = ask_for_name(pupil=hidden, by=place.teacher, reason="Orosanmälan", minutes=30)
        answer_request(unmasking=asked, is_approved=True, by=place.principal)

    assert found_at(sign_in(place.teacher), world) == {"pupils:name"}
    assert found_at(sign_in(place.principal), world) == set()


def test_no_mail_and_no_job_names_the_pupil(world: World) -> None:
    send_all_mails()

    told = " ".join(f"{each.subject} {each.body}" for each in mail.outbox).lower()
    with municipality_scope(world.place.municipality):
        told += " ".join(f"{job.arguments} {job.failure}" for job in Job.objects.all()).lower()
    assert mail.outbox != []
    assert [word for word in CANARIES if word in told] == []


def test_walk_finds_the_name_while_the_pupil_is_not_protected(
    world: World, sign_in: Callable[[User], Client]
) -> None:
    """The guard off: the same pupil, protection ended, is found on many pages."""
    with municipality_scope(world.place.municipality):
        end_protection(pupil=hidden_in(world), by=world.place.principal, reason="Beslut")

    found = found_at(sign_in(world.place.principal), world)

    assert {"colourmaps:class-map", "colourmaps:class-map-xlsx", "interventions:intervention"} <= found
