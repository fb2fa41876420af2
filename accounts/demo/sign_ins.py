"""The few people of the demo as whom one can sign in, and what each of them comes to see."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Level, Unit, User
from accounts.queries import assignments_of, line_of
from accounts.roles import ROLES, RoleCode
from accounts.second_factor import has_factor

from .tree import Town

PASSWORD = "fargkarta-demo"  # noqa: S105 – printed at every start: it opens nothing but invented people
OPERATOR = "operator@example"
# The one who shows a second factor as well; the key is printed, to be typed into an authenticator app.
WITH_FACTOR = "administrator@fjordvik.example"
FACTOR_KEY = "FARGKARTAFARGKARTAFARGKARTAFARGK"
# Where the demo's people work: the first school of the plan.
DEMO_SCHOOL = 0


def demo_class(town: Town) -> int:
    """Place of the class whose mentor signs in: the first of the oldest classes of the demo's school."""
    classes = town.plan.classes
    places = [place for place in town.classes_now(DEMO_SCHOOL) if classes[place].has_pupils]
    oldest = max(classes[place].year_groups[-1] for place in places)
    return next(place for place in places if classes[place].year_groups[-1] == oldest)


def solviken_sign_ins(town: Town) -> dict[tuple[RoleCode, Unit], str]:
    """A sign-in per role, all along one line of units; and the mentor of the class that waits for its file."""
    own_class = town.classes[demo_class(town)]
    area = town.plan.area_of(DEMO_SCHOOL)
    awaited = next(
        place for place in town.classes_now(DEMO_SCHOOL) if not town.plan.classes[place].has_pupils
    )
    return {
        (RoleCode.TEACHER, own_class): "larare",
        (RoleCode.TEACHER, town.classes[awaited]): "mentor4a",
        (RoleCode.ANALYSIS_LEAD, own_class): "analysledare",
        (RoleCode.PRINCIPAL, town.schools[DEMO_SCHOOL]): "rektor",
        (RoleCode.HEALTH_TEAM, town.schools[DEMO_SCHOOL]): "elevhalsa",
        (RoleCode.MEDICAL_HEALTH, town.schools[DEMO_SCHOOL]): "skolskoterska",
        (RoleCode.AREA_HEAD, town.areas[area]): "omradeschef",
        (RoleCode.ADMINISTRATION_HEAD, town.administrations[0]): "forvaltningschef",
        (RoleCode.BOARD_MEMBER, town.root): "namnd",
        (RoleCode.COLLABORATION_PARTNER, town.root): "samverkan",
        (RoleCode.SUPPORT_FUNCTION, town.root): "stod",
        (RoleCode.COORDINATOR, town.root): "samordnare",
        (RoleCode.ADMINISTRATOR, town.root): "administrator",
        (RoleCode.ACCESS_AUDITOR, town.root): "loggkontroll",
        (RoleCode.DATA_PROTECTION, town.root): "dataskydd",
    }


def fjordvik_sign_ins(town: Town) -> dict[tuple[RoleCode, Unit], str]:
    return {
        (RoleCode.TEACHER, town.classes[demo_class(town)]): "larer",
        (RoleCode.PRINCIPAL, town.schools[DEMO_SCHOOL]): "rektor",
        (RoleCode.ADMINISTRATION_HEAD, town.administrations[0]): "skolesjef",
        (RoleCode.COORDINATOR, town.root): "koordinator",
        (RoleCode.ADMINISTRATOR, town.root): "administrator",
    }


def ensure_operator() -> None:
    """The platform operator, who sees the admin site and no municipality."""
    if not User.objects.filter(login=OPERATOR).exists():
        User.objects.create_superuser(OPERATOR, PASSWORD, name="Operator")


def ensure_second_factor() -> None:
    """One sign-in of the demo shows how it is with an authenticator app; all others have none."""
    user = User.objects.filter(login=WITH_FACTOR).first()
    if user is not None and not has_factor(user):
        TOTP.activate(user, FACTOR_KEY)


@dataclass(frozen=True)
class SignIn:
    """A line of the table that the demo prints."""

    role: str
    login: str
    sees: str


def sign_ins_of(logins: Iterable[str]) -> list[SignIn]:
    """Who can sign in to the entered municipality with the demo's password: in English, for a terminal."""
    people = {user.login: user for user in User.objects.filter(login__in=logins)}
    today = timezone.localdate()
    with override("en"):
        return [
            SignIn(str(ROLES[role].code.label), login, f"{where}: {ROLES[role].purpose}")
            for login in logins
            if login in people
            for role, where in _held_by(people[login], today).items()
        ]


def _held_by(user: User, today: datetime.date) -> dict[str, str]:
    """{role: the units at which the person holds it today}."""
    places: dict[str, list[str]] = {}
    for held in assignments_of(user, today):
        above = line_of(held.unit, today)[:-1]
        is_class = held.unit.level == Level.SCHOOL_CLASS and above
        places.setdefault(held.role, []).append(
            f"{held.unit.name} {above[-1].name}" if is_class else held.unit.name
        )
    return {role: ", ".join(names) for role, names in places.items()}
