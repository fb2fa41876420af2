"""Writes the people of an invented municipality and the roles that they hold."""

from __future__ import annotations

import datetime
import re
import unicodedata
from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.hashers import make_password

from accounts.models import RoleAssignment, Unit, User
from accounts.roles import RoleCode

from .layout import first_day
from .names import adult_name, stock_of
from .tree import BATCH, Town

# A team is the classes of a school up to, but not including, these stages. Year 6, the first with grades, is one.
TEAM_ENDS = (4, 6, 7)


@dataclass
class Holding:
    """A role at a unit, and until when; None is until further notice."""

    role: RoleCode
    unit: Unit
    valid_from: datetime.date
    valid_to: datetime.date | None = None


@dataclass
class Post:
    """One person's work: the roles that come with it."""

    holdings: list[Holding]


def write_people(
    town: Town, sign_ins: dict[tuple[RoleCode, Unit], str], *, domain: str, password: str, seed: int
) -> int:
    """A person for every post; returns how many. Those of `sign_ins` have the password, nobody else can sign in.

    sign_ins: {a role and a unit at which it is held: login without domain}.
    """
    rng = np.random.default_rng([seed, 1])
    stock = stock_of(town.plan.country)
    logins = _Logins(taken=sign_ins.values())
    # Hashing is slow on purpose: the one password is hashed once.
    hashed = make_password(password) if sign_ins else ""
    held: list[tuple[User, list[Holding]]] = []
    for post in posts_of(town):
        name = adult_name(stock, rng)
        keys = [(holding.role, holding.unit) for holding in post.holdings]
        chosen = next((sign_ins[key] for key in keys if key in sign_ins), None)
        user = User(login=f"{chosen or logins.new(name)}@{domain}", name=name, municipality=town.municipality)
        user.password = hashed if chosen else make_password(None)
        held.append((user, post.holdings))
    User.objects.bulk_create([user for user, _holdings in held], batch_size=BATCH)
    _write_roles(town, held)
    return len(held)


def _write_roles(town: Town, held: Iterable[tuple[User, list[Holding]]]) -> None:
    RoleAssignment.objects.bulk_create(
        [
            RoleAssignment(
                municipality=town.municipality,
                user=user,
                role=holding.role,
                unit=holding.unit,
                valid_from=holding.valid_from,
                valid_to=holding.valid_to,
            )
            for user, holdings in held
            for holding in holdings
        ],
        batch_size=BATCH,
    )


class _Logins:
    """User names made of names: asta.lind, asta.lind2 …"""

    def __init__(self, taken: Iterable[str]) -> None:
        self.times_used = dict.fromkeys(taken, 1)

    def new(self, name: str) -> str:
        plain = unicodedata.normalize(
            "NFKD", name.lower().replace("ø", "o").replace("ı", "i").replace("æ", "ae")
        )
        login = re.sub(r"[^a-z0-9]+", ".", "".join(c for c in plain if not unicodedata.combining(c)))
        self.times_used[login] = used = self.times_used.get(login, 0) + 1
        return login if used == 1 else f"{login}{used}"


def posts_of(town: Town) -> list[Post]:
    """Everybody whom a municipality has: mentors and analysis leads of classes, heads of units, and the few above."""
    since = first_day(town.plan.autumns[0])

    def at(units: Iterable[Unit], role: RoleCode) -> list[Post]:
        return [Post([Holding(role, unit, since)]) for unit in units]

    return [
        *mentor_posts(town),
        *analysis_lead_posts(town),
        *at(town.schools, RoleCode.PRINCIPAL),
        *at(town.schools, RoleCode.HEALTH_TEAM),
        *at(town.areas, RoleCode.AREA_HEAD),
        *at(town.administrations, RoleCode.ADMINISTRATION_HEAD),
        *at([town.root], RoleCode.BOARD_MEMBER),
        *at([town.root], RoleCode.SUPPORT_FUNCTION),
        *at([town.root], RoleCode.COORDINATOR),
        *at([town.root], RoleCode.ADMINISTRATOR),
        *at([town.root], RoleCode.ACCESS_AUDITOR),
        *at([town.root], RoleCode.COLLABORATION_PARTNER),
        *at(town.schools, RoleCode.MEDICAL_HEALTH),
        *at([town.root], RoleCode.DATA_PROTECTION),
    ]


def mentor_posts(town: Town) -> list[Post]:
    """One mentor per class, who stays with it as it moves up."""
    post_of_unit: dict[int, Post] = {}
    for unit in town.classes:
        post = post_of_unit.get(unit.pk) or Post([])
        post.holdings.append(class_holding(RoleCode.TEACHER, unit))
        post_of_unit[unit.pk] = post
        if unit.successor_id is not None:
            post_of_unit[unit.successor_id] = post
    return list({id(post): post for post in post_of_unit.values()}.values())


def analysis_lead_posts(town: Town) -> list[Post]:
    """One analysis lead per team of a school, for the team's classes year after year."""
    posts: dict[tuple[int, int], Post] = {}
    for plan, unit in zip(town.plan.classes, town.classes, strict=True):
        stage = plan.year_groups[-1] - town.plan.first_year_group
        post = posts.setdefault((plan.school, bisect(TEAM_ENDS, stage)), Post([]))
        post.holdings.append(class_holding(RoleCode.ANALYSIS_LEAD, unit))
    return list(posts.values())


def class_holding(role: RoleCode, school_class: Unit) -> Holding:
    """A role at a class, for as long as the class is there."""
    return Holding(role, school_class, school_class.valid_from, school_class.valid_to)
