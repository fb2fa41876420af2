"""Whoever is shown a pupil is remembered with exactly that pupil: every address, asked by everybody who may open it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import AuditEvent, AuditKind, User
from accounts.tenancy import municipality_scope
from pupils.models import Protection, Pupil
from tests.factories.pupils import MembershipFactory, PupilFactory
from tests.fixtures import Place

from .permission_matrix import MATRIX, QUERIES, World, make_world
from .pupil_pages import ABOUT_PUPILS, FILES_AS_THEY_CAME, SHOWS_NOBODY, SHOWS_PUPILS
from .test_permissions import kwargs_of

pytestmark = pytest.mark.walk

# What stands in a pupil's names and number and nowhere else; the letters between are the id.
CANARY = re.compile(r"Kanarie([A-J]+)x")
# What an address is asked for besides what the matrix and its queries say.
BESIDE: dict[str, list[dict[str, str]]] = {
    "colourmaps:search": [{"q": "Kanarie"}],
    "pupils:group-change": [{"q": "Kanarie"}],
    "pupils:log-pupil-search": [{"q": "Kanarie"}],
}
DAYS = {"since": "2026-11-01T00:00", "until": "2026-11-30T00:00"}


@pytest.fixture
def world(solviken: Place) -> World:
    """Every pupil has a name and a number that nobody else has; one has a pseudonym."""
    world = make_world(solviken, "Solberg", "LAS")
    with municipality_scope(solviken.municipality):
        PupilFactory(school_class=solviken.class_4a, protection=Protection.CONFIDENTIAL)
        PupilFactory(school_class=solviken.class_4a)
        MembershipFactory(pupil=world.pupil, group=world.group)
        for pupil in Pupil.objects.filter(protection=""):
            pupil.family_name = pupil.own_id = f"Kanarie{letters(pupil.pk)}x"
            pupil.search_name = pupil.family_name.casefold()
            pupil.save()
        world.pupil.refresh_from_db()
    return world


def letters(number: int) -> str:
    return "".join(chr(ord("A") + int(digit)) for digit in str(number))


class Names:
    """Who is shown in an answer: by canary, and by pseudonym."""

    def __init__(self, place: Place) -> None:
        with municipality_scope(place.municipality), translation.override("en"):
            self.pseudonyms = {p.shown_name: p.pk for p in Pupil.objects.exclude(protection="")}

    def shown_in(self, response: HttpResponse) -> set[int]:
        content = b"".join(response) if response.streaming else response.content
        texts = [content.decode("utf-8", "replace"), content.decode("utf-16-le", "replace")]
        if content.startswith(b"PK"):
            with zipfile.ZipFile(BytesIO(content)) as workbook:
                texts += [workbook.read(name).decode("utf-8", "replace") for name in workbook.namelist()]
        found = {canary for text in texts for canary in CANARY.findall(text)}
        by_name = {int("".join(str(ord(letter) - ord("A")) for letter in canary)) for canary in found}
        return by_name | {pk for name, pk in self.pseudonyms.items() if any(name in text for text in texts)}


def requests_of(name: str, world: World) -> Iterator[dict[str, str]]:
    yield {}
    for address, parameter, of, field in QUERIES:
        if address == name:
            yield {parameter: getattr(getattr(world, of), field)}
    if name.endswith(("log-account", "log-account-xlsx")):
        yield {"person": world.reader.key, **DAYS}
    yield from BESIDE.get(name, [])


def ask(browser: Client, name: str, world: World, query: dict[str, str]) -> tuple[Any, list[AuditEvent]]:
    """The answer, and the events that it left; what the request changed is undone."""
    address = MATRIX[name]
    path = reverse(name, kwargs=kwargs_of(address, world))
    content = {**address.form, **({"round": world.round.key} if address.needs_round else {}), **query}
    with municipality_scope(world.place.municipality), transaction.atomic():
        before = AuditEvent.objects.latest("pk").pk
        response = getattr(browser, address.method)(path, content)
        events = list(AuditEvent.objects.filter(pk__gt=before))
        transaction.set_rollback(True)
    return response, events


def fault_in(name: str, shown: set[int], events: list[AuditEvent]) -> str:
    """What is wrong with what one answer showed and left; empty if nothing is."""
    looks = [event for event in events if event.kind in (AuditKind.READ, AuditKind.EXPORT)]
    seen = {pupil for event in looks for pupil in event.pupil_ids}
    named = {pupil for event in events for pupil in event.pupil_ids}
    said = f"shown {sorted(shown)}, remembered {[(each.action, each.pupil_ids) for each in events]}"
    if shown - named:
        return f"not remembered: {said}"
    if seen - shown and name not in ABOUT_PUPILS | FILES_AS_THEY_CAME:
        return f"remembered and not shown: {said}"
    if shown and name in SHOWS_NOBODY:
        return f"shows pupils, against pupil_pages.py: {said}"
    pages = {(event.page, bool(event.role), bool(event.role_unit_id)) for event in looks if event.pupil_ids}
    return f"remembered without page or role: {pages}" if pages - {(name, True, True)} else ""


def test_every_address_says_whom_it_shows() -> None:
    said = [*SHOWS_PUPILS, *ABOUT_PUPILS, *FILES_AS_THEY_CAME, *SHOWS_NOBODY]

    assert sorted(said) == sorted(MATRIX), "add a line to tests/architecture/pupil_pages.py"


@pytest.mark.slow
def test_who_is_shown_is_remembered(world: World, sign_in: Callable[[User], Client]) -> None:
    names, faults, showed = Names(world.place), [], set()
    for name, address in sorted(MATRIX.items()):
        for person in sorted(address.opens_to):
            browser = sign_in(world.person(person))
            for query in requests_of(name, world):
                response, events = ask(browser, name, world, query)
                shown = names.shown_in(response)
                showed |= {name} if shown or any(event.pupil_ids for event in events) else set()
                if fault := fault_in(name, shown, events):
                    faults.append((name, person, query, fault))

    assert faults == []
    assert showed >= SHOWS_PUPILS | ABOUT_PUPILS | FILES_AS_THEY_CAME, "the walk has met nobody there"


def test_look_that_nobody_remembers_is_a_fault() -> None:
    """The teeth of the walk: what it says of answers that are wrong."""
    seen = AuditEvent(action="pupil seen", kind=AuditKind.READ, pupil_ids=[1], page="colourmaps:pupil")
    whole = AuditEvent(
        action="pupil seen",
        kind=AuditKind.READ,
        pupil_ids=[1],
        page="colourmaps:pupil",
        role="teacher",
        role_unit_id=1,
    )

    assert "not remembered" in fault_in("colourmaps:pupil", {1}, [])
    assert "not remembered" in fault_in("colourmaps:pupil", {1, 2}, [whole])
    assert "not shown" in fault_in("colourmaps:pupil", set(), [whole])
    assert "without page or role" in fault_in("colourmaps:pupil", {1}, [seen])
    assert "against" in fault_in("accounts:administration", {1}, [whole])
    assert fault_in("colourmaps:pupil", {1}, [whole]) == ""
