"""Two municipalities, so that a leak has something to leak; a person per role in each; the day of the tests."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.test import Client
from django.utils import timezone, translation

from accounts.models import Level, Municipality, RoleAssignment, Unit, UnitKind, UnitPlacement, User
from accounts.roles import RoleCode
from accounts.tenancy import current_municipality, municipality_scope

from .factories.accounts import (
    LONG_AGO,
    SCHOOL_YEAR_BEGINS,
    SCHOOL_YEAR_ENDS,
    MunicipalityFactory,
)

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
    medical_health: User
    area_head: User
    administration_head: User
    board_member: User
    collaboration_partner: User
    support_function: User
    coordinator: User
    administrator: User
    access_auditor: User
    data_protection: User


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> datetime.date:
    """Makes it ten in the morning on Monday 16 November 2026, in the middle of a term. Returns the day."""
    stop_the_clock(monkeypatch)
    return TODAY


def stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    morning = datetime.datetime.combine(TODAY, datetime.time(9), datetime.UTC)
    monkeypatch.setattr(timezone, "now", lambda: morning)


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
    """Written in few statements, and not by the services, since nearly every test begins with it."""
    municipality = MunicipalityFactory(code=code, name=name)
    with municipality_scope(municipality):
        root = Unit.objects.get(level=Level.MUNICIPALITY)
        units = make_units(root, f"Barn och utbildning {name}", f"Område {name}", school_name)
        administration, area, school, class_4a, class_5a = units
        people = make_people(
            teacher=(RoleCode.TEACHER, class_4a),
            colleague=(RoleCode.TEACHER, class_5a),
            analysis_lead=(RoleCode.ANALYSIS_LEAD, school),
            principal=(RoleCode.PRINCIPAL, school),
            health_team=(RoleCode.HEALTH_TEAM, school),
            medical_health=(RoleCode.MEDICAL_HEALTH, school),
            area_head=(RoleCode.AREA_HEAD, area),
            administration_head=(RoleCode.ADMINISTRATION_HEAD, administration),
            board_member=(RoleCode.BOARD_MEMBER, root),
            collaboration_partner=(RoleCode.COLLABORATION_PARTNER, root),
            support_function=(RoleCode.SUPPORT_FUNCTION, root),
            coordinator=(RoleCode.COORDINATOR, root),
            administrator=(RoleCode.ADMINISTRATOR, root),
            access_auditor=(RoleCode.ACCESS_AUDITOR, root),
            data_protection=(RoleCode.DATA_PROTECTION, root),
        )
    return Place(municipality, root, administration, area, school, class_4a, class_5a, **people)


def make_units(root: Unit, administration: str, area: str, school: str) -> list[Unit]:
    """One below the other, with the classes 4A and 5A in the school."""
    kinds = {kind.level: kind for kind in UnitKind.objects.all()}
    above = [
        Unit(kind=kinds[level], name=name, valid_from=LONG_AGO)
        for level, name in (
            (Level.ADMINISTRATION, administration),
            (Level.AREA, area),
            (Level.SCHOOL, school),
        )
    ]
    classes = [
        Unit(
            kind=kinds[Level.SCHOOL_CLASS],
            name=f"{year_group}A",
            year_group=year_group,
            valid_from=SCHOOL_YEAR_BEGINS,
            valid_to=SCHOOL_YEAR_ENDS,
        )
        for year_group in (4, 5)
    ]
    units = [*above, *classes]
    for unit in units:
        unit.municipality, unit.level = root.municipality, unit.kind.level
    Unit.objects.bulk_create(units)
    parents = [root, *above, above[-1]]
    UnitPlacement.objects.bulk_create(
        UnitPlacement(
            municipality=root.municipality,
            unit=unit,
            parent=parent,
            valid_from=unit.valid_from,
            valid_to=unit.valid_to,
        )
        for unit, parent in zip(units, parents, strict=True)
    )
    return units


def make_people(**roles: tuple[RoleCode, Unit]) -> dict[str, User]:
    """Somebody for each role at a unit, by what they are called here."""
    municipality = current_municipality()
    people = {
        called: User(
            login=f"{called}-{municipality.code}",
            name=f"{role.value} {unit.name}",
            municipality=municipality,
            password=UNUSABLE_PASSWORD_PREFIX,
        )
        for called, (role, unit) in roles.items()
    }
    User.objects.bulk_create(people.values())
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            municipality=municipality, user=people[called], role=role, unit=unit, valid_from=LONG_AGO
        )
        for called, (role, unit) in roles.items()
    )
    return people
