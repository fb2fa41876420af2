"""No pupil's name above the school: in no page, file, mail or feed.

Every pupil, and every free text that is written within a school, carries a word that stands nowhere else. Then every
address of the product is asked for by every role above the school, of every thing that its key can name. Addresses come
from the resolver and their keys from the permission matrix: a new address is walked too, or the test fails.
"""

from __future__ import annotations

import copy
import datetime
import html
import io
import itertools
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest
from celery import Task
from django.apps import apps
from django.core import mail
from django.db import models, transaction
from django.db.models import Q
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.models import Unit, User
from accounts.tenancy import municipality_scope
from interventions import letters, tasks
from interventions.models import (
    AnalysisMeeting,
    Evaluation,
    FollowUp,
    Intervention,
    MeetingCase,
    MeetingNote,
    MeetingSeries,
    NoteAudience,
    Outcome,
    Question,
    QuestionAnswer,
    Rung,
    Source,
    SupportQueue,
    TalkAgreement,
    TalkVoice,
)
from interventions.routine.page import RoutinePage
from pupils.identity import search_key
from pupils.models import Pupil
from tests.architecture.permission_matrix import MATRIX, QUERIES, Address, World, make_world
from tests.architecture.specimens import make_specimens
from tests.architecture.test_permissions import PATTERNS
from tests.factories.interventions import EvaluationFactory, InterventionFactory
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.factories.questions import QuestionFactory
from tests.fixtures import TODAY, Place

pytestmark = [pytest.mark.slow, pytest.mark.walk]

CANARY = "Zyxkanarie17"
ABOVE = (
    "area_head",
    "administration_head",
    "board_member",
    "collaboration_partner",
    "support_function",
    "coordinator",
    "administrator",
    "access_auditor",
    "data_protection",
)
# Whoever imports and fills in sees whose values they are: in the file, and where they are typed. Who follows the log up
# asks whether somebody read of an own child; who answers for people's rights has one pupil in front of them.
NAMES_ARE_THE_WORK = {
    "access_auditor": {"pupils:log-control", "pupils:log-control-sign", "pupils:log-pupil"},
    "data_protection": {"pupils:pupil-erasure", "pupils:register-extract"},
    "coordinator": {
        "colourmaps:fill-in-workbook",
        "colourmaps:import",
        "colourmaps:import-mapping",
        "colourmaps:typing",
    },
}
UNITS = ("root", "administration", "area", "school", "class_4a")
# Ways to look at a page that the matrix does not know: (address, query).
MORE_QUERIES = [
    ("colourmaps:search", {"q": CANARY[:6]}),
    ("interventions:question-list", {"show": "all"}),
    ("interventions:question-list", {"show": "asked"}),
    ("interventions:question-list-xlsx", {"show": "all"}),
    ("interventions:intervention-list", {"show": "all"}),
    ("interventions:unit-routine", {"year": "2025/26"}),
]
DAY = datetime.timedelta(days=1)

# ---- planting ----


@pytest.fixture
def world(solviken: Place) -> World:
    """One of everything, and what a school writes about its pupils in every state."""
    world = make_world(solviken, "Solberg", "LAS")
    User.objects.update(login=models.functions.Concat("login", models.Value("@solviken.example")))
    with municipality_scope(solviken.municipality):
        make_specimens()
        # A follow-up without an answer, which the services never leave.
        Evaluation.objects.all().delete()
        FollowUp.objects.all().delete()
        make_meetings(solviken, world.pupil)
        make_what_climbs(solviken, world.pupil)
        plant()
    return world


def make_meetings(place: Place, pupil: Pupil) -> None:
    """Of the team and of the leadership with a support function: closed, going on, planned, missed and cancelled."""
    now = timezone.now()
    for kind in (kind_of(Rung.TEAM), kind_of(Rung.SCHOOL), kind_of(Rung.SCHOOL, queue__isnull=False)):
        own = {"kind": kind, "unit": place.school, "lead": place.principal}
        own |= {"place": "Rum 3", "others_present": "En förälder"}
        closed = MeetingFactory(**own, is_closed=True)
        make_cases(place, closed, pupil)
        make_cases(place, MeetingFactory(**own, is_started=True), pupil)
        make_cases(place, MeetingFactory(**own, planned_on=TODAY + 7 * DAY), pupil)
        MeetingFactory(**own, planned_on=TODAY - 7 * DAY)
        MeetingFactory(**own, cancelled_at=now, why_cancelled="Sjukdom", cancelled_by=place.principal)
        for audience in NoteAudience:
            MeetingNote.objects.create(
                municipality=place.municipality,
                meeting=closed,
                audience=audience,
                text="Vi har sett över tiden.",
                by=place.principal,
            )
        above = MeetingFactory(
            kind=kind_of(Rung.AREA), unit=place.area, lead=place.area_head, is_started=True
        )
        CaseFactory(meeting=above, source=Source.CONCLUSION, concluded=closed, title="Från skolan")


def make_cases(place: Place, meeting: AnalysisMeeting, pupil: Pupil) -> None:
    now = timezone.now()
    decided = {"decided_at": now, "decided_by": place.principal}
    measure = {"outcome": Outcome.MEASURE, "measure": "Ny gruppering", "responsible": place.teacher}
    of_pupil = {"meeting": meeting, "unit": place.class_4a, "pupil": pupil, "source": Source.RED}
    CaseFactory(**of_pupil, said="Sagt")
    CaseFactory(**of_pupil, dropped_at=now, why_dropped="Tas nästa gång")
    CaseFactory(**of_pupil, **decided, **measure, due_on=TODAY - DAY)
    CaseFactory(**of_pupil, **decided, **measure, due_on=TODAY + DAY)
    CaseFactory(**of_pupil, **decided, outcome=Outcome.NONE, why="Prövat nyss")
    CaseFactory(**of_pupil, **decided, outcome=Outcome.OTHERWISE, why="Sköts av hälsan")


def make_what_climbs(place: Place, pupil: Pupil) -> None:
    """Questions that have left the school, and late interventions for pupils at each unit of the school."""
    asked = {"unit": place.class_4a, "pupil": pupil, "asked_by": place.teacher, "text": "Om eleven"}
    QuestionFactory(**asked, text_above="Tiden räcker inte.", rung=Rung.AREA, at=place.area)
    QuestionFactory(**asked, text_above="Tiden räcker inte.", rung=Rung.BOARD, at=place.root)
    queued = {"queue": SupportQueue.objects.first()}
    QuestionFactory(**asked, text_above="Tiden räcker inte.", rung=Rung.QUEUE, stop=queued)
    for unit in (place.class_4a, place.school):
        plan = {"unit": unit, "responsible": place.teacher, "pupils": [pupil]}
        InterventionFactory(**plan, follow_up_on=TODAY - 3 * DAY)
        EvaluationFactory(intervention=InterventionFactory(**plan, ended_on=TODAY))
    InterventionFactory(unit=place.school, responsible=place.area_head, title="För hela skolan")


def free_texts(model: type[models.Model]) -> list[str]:
    """The fields that somebody writes into."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and field.name not in ("key", "own_id", "identity_number")
        and not field.choices
        and not field.unique
        and (field.max_length or 1000) >= len(CANARY)
    ]


def write_over(model: type[models.Model], condition: Q, fields: list[str] | None = None) -> int:
    """Puts the word in the place of what is written there; what is empty by a rule of the table stays so."""
    for name in fields or free_texts(model):
        model._default_manager.filter(condition).exclude(**{name: ""}).update(**{name: CANARY})
    return model._default_manager.filter(condition).count()


def plant() -> None:
    inside = Q(meeting__kind__rung__lte=Rung.SCHOOL)
    of_pupils = Intervention.objects.filter(intervention_pupils_lookup())
    planted = [
        Pupil.objects.filter(protection="").update(
            given_name=CANARY, family_name=CANARY, search_name=search_key(CANARY)
        ),
        write_over(MeetingCase, inside),
        write_over(
            AnalysisMeeting, Q(kind__rung__lte=Rung.SCHOOL), ["place", "others_present", "why_cancelled"]
        ),
        write_over(MeetingSeries, Q(kind__rung__lte=Rung.SCHOOL), ["place"]),
        write_over(TalkVoice, Q()),
        write_over(TalkAgreement, Q()),
        write_over(MeetingNote, inside & ~Q(audience=NoteAudience.SHARED)),
        write_over(Question, Q(school__isnull=False), ["text"]),
        write_over(QuestionAnswer, Q(is_for_above=False), ["text"]),
        write_over(Intervention, Q(pk__in=list(of_pupils.values_list("pk", flat=True)))),
    ]
    assert 0 not in planted
    for model in apps.get_app_config("interventions").get_models():
        links = {field.name for field in model._meta.concrete_fields if field.is_relation}
        if model not in (MeetingCase, Question) and "pupil" in links:
            write_over(model, Q())
        if "intervention" in links and model not in (MeetingCase, FollowUp):  # its words are codes
            write_over(model, Q(intervention__in=of_pupils))


def intervention_pupils_lookup() -> Q:
    return Q(pk__in=apps.get_model("interventions", "InterventionPupil").objects.values("intervention_id"))


# ---- walking ----


def addresses() -> list[str]:
    """Every address that the resolver knows."""
    return [name for name, _pattern in PATTERNS]


def kwargs_of(address: Address, world: World) -> Iterator[dict[str, str]]:
    """The parts of an address, once for everything that its key can name in the municipality."""
    if not address.of:
        yield dict(address.more)
        return
    thing = getattr(world, address.of)
    if isinstance(thing, Unit):
        things = [getattr(world.place, name) for name in UNITS]
    else:
        with municipality_scope(world.place.municipality):
            things = list(type(thing)._default_manager.all())
    for each in things:
        yield {"key": getattr(each, address.named_by), **address.more}


def queries_of(name: str, world: World) -> Iterator[dict[str, str]]:
    address = MATRIX[name]
    needed = {"round": world.round.key} if address.needs_round else {}
    yield needed
    for of_address, parameter, of, field in QUERIES:
        if of_address == name:
            yield needed | {parameter: getattr(getattr(world, of), field)}
    for of_address, query in MORE_QUERIES:
        if of_address == name:
            yield needed | query


def answers_to(browser: Client, world: World, names: list[str] | None = None) -> Iterator[tuple[str, Any]]:
    """(name of the address, answer) of all that can be asked for; what a request changes is undone."""
    for name in names or addresses():
        assert name in MATRIX, f"{name}: add a line to tests/architecture/permission_matrix.py"
        address = MATRIX[name]
        for kwargs, query in itertools.product(kwargs_of(address, world), queries_of(name, world)):
            path, content = reverse(name, kwargs=kwargs), {**address.form, **query}
            for headers in ({}, {"HX-Request": "true"}) if address.part else ({},):
                signed_in = copy.deepcopy(browser.cookies)
                with transaction.atomic():
                    asked = getattr(browser, address.method)
                    yield name, asked(path, content, headers=headers, follow=not headers)
                    transaction.set_rollback(True)
                browser.cookies = signed_in  # signing out is an address too


def words_in(content: bytes) -> str:
    """All that a person can read in an answer, and what stands in a file beside it."""
    if not content.startswith(b"PK"):
        return html.unescape(content.decode("utf-8", "replace"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        raw = " ".join(archive.read(each).decode("utf-8", "replace") for each in archive.namelist())
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = (cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return f"{raw} {' '.join(str(cell) for cell in cells if cell is not None)}"


def found_at(browser: Client, world: World, names: list[str] | None = None) -> set[str]:
    """The pages and files that have the word in them, or in their heads or their address."""
    return {
        resolve(answer.request["PATH_INFO"]).view_name
        for _name, answer in answers_to(browser, world, names)
        if CANARY.lower() in f"{words_in(body_of(answer))} {answer.headers} {answer.request}".lower()
    }


def body_of(answer: Any) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


def send_all_mails() -> None:
    """Runs every task of the app that needs to be told nothing: reminders, digests, and whatever comes."""
    for task in vars(tasks).values():
        if isinstance(task, Task) and not task.run.__code__.co_argcount - hasattr(task.run, "__self__"):
            task()


def mails_with_the_word() -> list[str]:
    return [
        each.subject
        for each in mail.outbox
        if CANARY.lower()
        in f"{each.subject} {each.body} {each.message()} {getattr(each, 'alternatives', '')}".lower()
    ]


# ---- what must hold ----


@pytest.mark.parametrize("person", ABOVE)
def test_no_pupils_name_is_read_above_the_school(
    world: World, sign_in: Callable[[User], Client], person: str
) -> None:
    browser = sign_in(world.person(person))

    assert found_at(browser, world) - NAMES_ARE_THE_WORK.get(person, set()) == set()


def test_no_pupils_name_is_read_by_who_has_not_signed_in(world: World) -> None:
    assert found_at(Client(), world) == set()


@pytest.mark.parametrize("person", sorted(NAMES_ARE_THE_WORK))
def test_exceptions_are_still_needed(world: World, sign_in: Callable[[User], Client], person: str) -> None:
    names = NAMES_ARE_THE_WORK[person]

    assert found_at(sign_in(world.person(person)), world, sorted(names)) == names


def test_no_pupils_name_is_in_a_mail(world: World) -> None:
    send_all_mails()

    assert mail.outbox != []
    assert mails_with_the_word() == []


# ---- that the tests can fail ----


def test_the_word_is_there_for_those_who_see_the_pupils(
    world: World, sign_in: Callable[[User], Client]
) -> None:
    found = found_at(sign_in(world.place.principal), world)

    assert {
        "start",
        "colourmaps:class-map",
        "colourmaps:class-map-xlsx",
        "colourmaps:pupil",
        "colourmaps:search",
        "interventions:evaluation",
        "interventions:intervention",
        "interventions:intervention-list-xlsx",
        "interventions:question",
        "interventions:question-list",
    } <= found


def test_walk_finds_a_word_that_is_planted_in_a_page_and_its_file(
    world: World, sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [name for name in addresses() if "routine" in name]
    monkeypatch.setattr(RoutinePage, "facts", property(lambda page: [CANARY]))
    monkeypatch.setattr("interventions.routine.exporting._heads", lambda page: [CANARY.upper()])

    for person in ("area_head", "coordinator"):
        assert found_at(sign_in(world.person(person)), world, pages) == set(pages)


def test_walk_finds_a_word_that_is_planted_in_a_mail(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "render_to_string", lambda *args, **kwargs: f"Om {CANARY}")

    send_all_mails()

    assert mails_with_the_word() != []


def test_address_that_the_matrix_does_not_know_fails_the_walk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(MATRIX, "interventions:routine")

    with pytest.raises(AssertionError, match="interventions:routine: add a line"):
        list(answers_to(Client(), world))
