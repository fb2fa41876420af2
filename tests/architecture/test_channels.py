"""The same answer in all channels (I9): page, part, file, feed and command line ask one question of the same roles."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.keys import new_key
from accounts.models import Level, RoleAssignment, Unit, User
from accounts.roles import ROLES, Permission
from accounts.tenancy import municipality_scope
from pupils.models import Pupil
from tests.fixtures import TODAY, Place

from .permission_matrix import MATRIX, PEOPLE, World, make_world
from .walk import HTMX, Walker, kwargs_of, words_in

pytestmark = [pytest.mark.slow, pytest.mark.walk]

# A file stands beside its page under the same name with an ending.
TWINS = sorted(
    (name.rpartition("-")[0], name)
    for name in MATRIX
    if name.endswith(("-xlsx", "-csv")) and name.rpartition("-")[0] in MATRIX
)
NOT_THERE = ("another municipality's", "missing")
UNITS = ("class_4a", "class_5a", "school", "area")
# One of each kind of sight: a class, another class, a school, an area, shares, files, setting up.
ASKING = ("teacher", "colleague", "principal", "area_head", "board_member", "coordinator", "administrator")


@pytest.fixture
def walker(solviken: Place, fjordvik: Place, sign_in: Callable[[User], Client]) -> Walker:
    return Walker(make_world(solviken, "Solberg", "LAS"), sign_in)


@pytest.fixture
def other_world(fjordvik: Place) -> World:
    return make_world(fjordvik, "Fjordberg", "FJORD")


def keys_for(name: str, walker: Walker, other: World) -> Iterator[tuple[str, str]]:
    """(whose, key): one's own unit or thing, others of the municipality, another municipality's, and none at all."""
    address, world = MATRIX[name], walker.world
    if not address.of:
        yield "own", ""
        return
    thing = getattr(world, address.of)
    if isinstance(thing, Unit):
        for unit in UNITS:
            yield unit, getattr(world.place, unit).key
    else:
        yield "own", getattr(thing, address.named_by)
    yield "another municipality's", getattr(getattr(other, address.of), address.named_by)
    yield "missing", new_key()


def decision(walker: Walker, name: str, person: str, key: str, headers: dict[str, str] | None = None) -> int:
    path = reverse(name, kwargs=kwargs_of(name, key))
    return walker.ask(name, person=person, path=path, headers=headers).response.status_code


def test_file_and_part_are_decided_like_their_page(walker: Walker, other_world: World) -> None:
    differing, asked = {}, 0
    for page, file in TWINS:
        for whose, key in keys_for(page, walker, other_world):
            for person in ASKING:
                of_page = decision(walker, page, person, key)
                others = [decision(walker, file, person, key)]
                if whose in ("own", "class_5a", "missing"):
                    others.append(decision(walker, page, person, key, HTMX))
                asked += 1
                if whose in NOT_THERE:
                    assert {of_page, *others} <= {403, 404}, (page, whose, person)
                if {is_shown(of_page, whose)} != {is_shown(each, whose) for each in others}:
                    differing[page, file, whose, person] = (of_page, *others)

    assert differing == {}
    assert asked > 200


def is_shown(status: int, whose: str) -> str:
    """What it comes to. Of one's own municipality a page may be empty, or lead on, where a file is not there at all."""
    if status == 403:
        return "refused"
    return "not there" if whose in NOT_THERE else "open"


def test_pages_and_files_are_found_in_pairs() -> None:
    assert ("colourmaps:class-map", "colourmaps:class-map-csv") in TWINS
    assert ("aggregation:unit-map", "aggregation:unit-map-xlsx") in TWINS
    assert len(TWINS) >= 8


def test_page_file_and_part_name_the_same_pupils(walker: Walker) -> None:
    """Every pupil by a word of their own: who stands on the page stands in both files, and nobody else."""
    place = walker.world.place
    with municipality_scope(place.municipality):
        named_ones = Pupil.objects.filter(protection="").order_by("pk")
        for n, pupil in enumerate(named_ones):
            Pupil.objects.filter(pk=pupil.pk).update(family_name=f"Kanarie{n}q", given_name="Elev")
        words = [f"Kanarie{n}q" for n in range(named_ones.count())]
    channels = ("colourmaps:class-map", "colourmaps:class-map-xlsx", "colourmaps:class-map-csv")

    named = {}
    for person in ("teacher", "colleague", "principal", "health_team", "coordinator", "area_head"):
        answers = [walker.ask(name, person=person) for name in channels]
        seen = [{word for word in words if word in words_in(answer.body)} for answer in answers]
        assert seen[0] == seen[1] == seen[2], person
        named[person] = len(seen[0])
    assert named == dict.fromkeys(named, 0) | {"teacher": 1, "principal": 1, "health_team": 1}


def published(place: Place, role: str, unit: Unit) -> Any:
    """What the command writes for a role held at a unit; None where it refuses."""
    out = StringIO()
    try:
        call_command(
            "published", municipality=place.municipality.code, role=role, unit=unit.key, json=True, stdout=out
        )
    except CommandError:
        return None
    return json.loads(out.getvalue())


def test_command_decides_like_the_page(walker: Walker) -> None:
    """For each person at the unit of the own role: sums are written where the page of the unit opens."""
    place = walker.world.place
    with municipality_scope(place.municipality):
        held = {
            person: RoleAssignment.objects.select_related("unit").get(user=walker.world.person(person))
            for person in PEOPLE
        }

    for person, assignment in held.items():
        page = (
            "colourmaps:class-map" if assignment.unit.level == Level.SCHOOL_CLASS else "aggregation:unit-map"
        )
        opens = decision(walker, page, person, assignment.unit.key)
        assert (published(place, assignment.role, assignment.unit) is not None) == (opens == 200), person
        assert (opens == 200) == (Permission.SEE_SUMS in ROLES[assignment.role].permissions), person


def test_command_takes_no_unit_of_another_municipality(walker: Walker, fjordvik: Place) -> None:
    for role in ROLES:
        assert published(walker.world.place, role, fjordvik.school) is None
    missing = Unit(key=new_key(), level=Level.SCHOOL)
    assert published(walker.world.place, "area_head", missing) is None


def test_calendar_has_the_meetings_of_the_page_and_ends_with_the_role(walker: Walker) -> None:
    """The feed is read without a sign-in, and still asks anew what the person may enter today."""
    place = walker.world.place
    made = walker.ask("interventions:calendar-feed", person="teacher", method="post", keeps=True)
    (secret,) = set(re.findall(r"/calendar/([^\s/\"]+)\.ics", made.body.decode()))
    path = reverse("interventions:calendar-file", args=[secret])
    before = Client().get(path).content.decode()
    assert before.count("BEGIN:VEVENT") > 0

    with municipality_scope(place.municipality):
        RoleAssignment.objects.filter(user=place.teacher).update(valid_to=TODAY)

    assert Client().get(path).content.decode().count("BEGIN:VEVENT") == 0
    assert Client().get("/calendar/wrong-secret.ics").status_code == 404
