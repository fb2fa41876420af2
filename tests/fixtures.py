"""Two municipalities, so that a leak has something to leak; a person per role in each; the day of the tests."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.models import Level, Municipality, Unit, User
from accounts.roles import RoleCode
from accounts.tenancy import municipality_scope

from .factories.accounts import MunicipalityFactory, PersonFactory, SchoolClassFactory, UnitFactory

TODAY = datetime.date(2026, 11, 16)


@dataclass(frozen=True)
class Place:
    """A municipality with one line of units down to two classes, and one person per role."""

    municipality: Municipality
    root: Unit
    administration: Unit
    area: Unit
    school: Unit
    class_4a: Unit
    class_5a: Unit
    teacher: User  # of 4A
    colleague: User  # teacher of 5A
    analysis_lead: User  # of the school
    principal: User
    health_team: User
    area_head: User
    administration_head: User
    board_member: User
    collaboration_partner: User
    coordinator: User
    administrator: User
    access_auditor: User


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> datetime.date:
    """Makes it ten in the morning on Monday 16 November 2026, in the middle of a term. Returns the day."""
    morning = datetime.datetime.combine(TODAY, datetime.time(9), datetime.UTC)
    monkeypatch.setattr(timezone, "now", lambda: morning)
    return TODAY


@pytest.fixture
def solviken(db: None, clock: datetime.date) -> Place:
    """The municipality that the tests are about. Made, not entered: see `in_solviken` and `enter`."""
    return make_place("9901", "Solviken", "Solviksskolan")


@pytest.fixture
def fjordvik(db: None, clock: datetime.date) -> Place:
    """Another municipality, of the same shape: whatever shows up from it has leaked."""
    return make_place("9902", "Fjordvik", "Fjordskolan")


@pytest.fixture
def enter() -> Iterator[Callable[[Place | Municipality], None]]:
    """`enter(place)` stays in the municipality until the end of the test."""
    with ExitStack() as entered:
        yield lambda place: entered.enter_context(
            municipality_scope(place if isinstance(place, Municipality) else place.municipality)
        )


@pytest.fixture
def in_solviken(solviken: Place, enter: Callable[[Place], None]) -> Place:
    """Solviken, entered: for tests of queries and services."""
    enter(solviken)
    return solviken


@pytest.fixture
def in_english() -> Iterator[None]:
    """Sentences and dates in English, whatever is translated."""
    with translation.override("en"):
        yield


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """`sign_in(person)` is an English-speaking browser in which the person has signed in."""

    def signed_in(person: User) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(person)
        return client

    return signed_in


def make_place(code: str, name: str, school_name: str) -> Place:
    municipality = MunicipalityFactory(code=code, name=name)
    with municipality_scope(municipality):
        administration = UnitFactory(level=Level.ADMINISTRATION, name=f"Barn och utbildning {name}")
        area = UnitFactory(level=Level.AREA, name=f"Område {name}", parent=administration)
        school = UnitFactory(name=school_name, parent=area)
        class_4a = SchoolClassFactory(name="4A", year_group=4, parent=school)
        class_5a = SchoolClassFactory(name="5A", year_group=5, parent=school)
        root = Unit.objects.get(level=Level.MUNICIPALITY)

        def person(role: RoleCode, unit: Unit) -> User:
            return PersonFactory(name=f"{role.value} {unit.name}", role=role, unit=unit)

        return Place(
            municipality=municipality,
            root=root,
            administration=administration,
            area=area,
            school=school,
            class_4a=class_4a,
            class_5a=class_5a,
            teacher=person(RoleCode.TEACHER, class_4a),
            colleague=person(RoleCode.TEACHER, class_5a),
            analysis_lead=person(RoleCode.ANALYSIS_LEAD, school),
            principal=person(RoleCode.PRINCIPAL, school),
            health_team=person(RoleCode.HEALTH_TEAM, school),
            area_head=person(RoleCode.AREA_HEAD, area),
            administration_head=person(RoleCode.ADMINISTRATION_HEAD, administration),
            board_member=person(RoleCode.BOARD_MEMBER, root),
            collaboration_partner=person(RoleCode.COLLABORATION_PARTNER, root),
            coordinator=person(RoleCode.COORDINATOR, root),
            administrator=person(RoleCode.ADMINISTRATOR, root),
            access_auditor=person(RoleCode.ACCESS_AUDITOR, root),
        )
