"""Reads of the people of a municipality and of the roles they hold."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import override

from ..models import RoleAssignment, Unit, UnitCode, UnitPlacement, User
from ..roles import RoleCode
from ..tenancy import current_municipality
from .plan import Held, Here, Known, UnitNamed


@dataclass(frozen=True)
class Filters:
    """What a list of people shows. role, unit_ids: of roles in force today; text: in a name or a user name."""

    role: str = ""
    unit_ids: frozenset[int] | None = None
    is_ended: bool = False
    text: str = ""


def people_of(filters: Filters, on: datetime.date) -> QuerySet[User]:
    """People of the municipality, by name."""
    people = User.objects.filter(municipality=current_municipality(), is_active=not filters.is_ended)
    if filters.text:
        people = people.filter(Q(name__icontains=filters.text) | Q(login__icontains=filters.text))
    if filters.role or filters.unit_ids is not None:
        held = RoleAssignment.objects.on(on)
        held = held.filter(role=filters.role) if filters.role else held
        held = held.filter(unit__in=filters.unit_ids) if filters.unit_ids is not None else held
        people = people.filter(pk__in=held.values("user"))
    return people.order_by("name", "login")


def person_by_key(key: str) -> User | None:
    """Of the municipality; users stand outside the scope, so it is asked for here."""
    return User.objects.filter(key=key, municipality=current_municipality()).first()


def roles_of(user_ids: list[int], on: datetime.date) -> dict[int, list[RoleAssignment]]:
    """By person, the roles in force on a day or later, the first to begin first."""
    held = RoleAssignment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), user__in=user_ids)
    by_person: dict[int, list[RoleAssignment]] = defaultdict(list)
    for assignment in held.select_related("unit").order_by("valid_from", "unit__level", "unit__name"):
        by_person[assignment.user_id].append(assignment)
    return by_person


def former_roles_of(user: User, on: datetime.date) -> QuerySet[RoleAssignment]:
    """The roles that have ended, the last to end first."""
    ended = RoleAssignment.objects.filter(user=user, valid_to__lte=on)
    return ended.select_related("unit").order_by("-valid_to", "unit__name")


def here(reader: User, on: datetime.date) -> Here:
    """What a list of people is compared with. reader: who reads it in, and is never ended by it."""
    people = list(User.objects.filter(municipality=current_municipality()))
    held = roles_of([person.pk for person in people], on)
    known = {
        person.login.casefold(): Known(
            person.login,
            person.name,
            person.is_active,
            tuple(
                Held(one.role, one.unit_id, one.valid_from, one.valid_to, one.pk) for one in held[person.pk]
            ),
            is_safe=person.pk == reader.pk,
        )
        for person in people
    }
    others = User.objects.exclude(municipality=current_municipality()).values_list("login", flat=True)
    taken = {login.casefold() for login in others}
    return Here(known, units_named(on), words_for_roles(), taken, on)


def units_named(on: datetime.date) -> list[UnitNamed]:
    """The units of a day, each with the name of what it stands under and its official codes."""
    above = dict(UnitPlacement.objects.on(on).values_list("unit_id", "parent__name"))
    codes: dict[int, list[str]] = defaultdict(list)
    for unit_id, code in UnitCode.objects.on(on).values_list("unit_id", "code"):
        codes[unit_id].append(code.casefold())
    return [
        UnitNamed(unit.pk, unit.name, unit.level, above.get(unit.pk, ""), tuple(codes[unit.pk]))
        for unit in Unit.objects.on(on).order_by("level", "name")
    ]


@cache
def words_for_roles() -> dict[str, str]:
    """{what people write in small letters: code of the role}: the code, and its name in each language."""
    return dict(_words_for_roles())


def _words_for_roles() -> Iterator[tuple[str, str]]:
    for role in RoleCode:
        yield role.value, role.value
    for language, _name in settings.LANGUAGES:
        with override(language):
            for role in RoleCode:
                yield str(role.label).casefold(), role.value
