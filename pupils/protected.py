"""Who protected pupils are, and who may know it. Reads only; whoever shows what is read here has asked the door.

A pupil with protected identity has no name and no number in the register. Both are sealed (sealed/, ProtectedIdentity);
everything here that opens them needs the key of the installation.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.access import Sight
from accounts.models import Level, Unit, UnitPlacement, User
from accounts.queries import line_of
from accounts.roles import Permission
from accounts.tenancy import current_municipality

from .identity import search_key
from .models import Enrolment, ProtectedAccess, ProtectedIdentity, Protection, Pupil, Unmasking
from .queries import class_of, home_enrolments
from .sealed import Sealed, mac, macs, open_sealed

# An answer that comes later answers another day's need.
ASKED_FOR_HOURS = 24
LOCATOR, NUMBER, OWN_ID = "pupil", "number", "own id"


@dataclass(frozen=True)
class Identity:
    """What is sealed of a pupil."""

    family_name: str = ""
    given_name: str = ""
    identity_number: str = ""
    own_id: str = ""

    def as_sealed(self) -> dict[str, str]:
        return asdict(self)

    @property
    def words(self) -> frozenset[str]:
        """The parts of the name, folded, and the numbers: what must not stand in a text about the pupil."""
        parts = search_key(f"{self.family_name} {self.given_name}").split()
        numbers = [number for number in (self.identity_number.lower(), self.own_id.lower()) if number]
        short = [self.identity_number[2:].lower()] if self.identity_number else []
        return frozenset([*parts, *numbers, *short])


def locator_of(pupil_key: str) -> str:
    return mac(current_municipality().code, LOCATOR, pupil_key)


def locators_of(pupil_key: str) -> list[str]:
    return macs(current_municipality().code, LOCATOR, pupil_key)


def number_mac(what: str, number: str) -> str:
    return mac(current_municipality().code, what, number) if number else ""


def place_of(pupil_key: str) -> str:
    """What the sealed text is bound to, so that a row that somebody gives another locator does not open."""
    return f"{current_municipality().code} {pupil_key}"


def sealed_rows(pupil_keys: Iterable[str]) -> dict[str, ProtectedIdentity]:
    """The sealed rows by the pupils' keys."""
    by_locator = {locator: key for key in pupil_keys for locator in locators_of(key)}
    if not by_locator:
        return {}
    rows = ProtectedIdentity.objects.filter(locator__in=by_locator)
    return {by_locator[row.locator]: row for row in rows}


def identities_of(pupil_keys: Iterable[str]) -> dict[str, Identity]:
    """By pupils' keys, who they are. Opens what is sealed: for acts, imports and what an unmasking shows."""
    return {
        key: Identity(**open_sealed(Sealed(row.sealed, row.sealed_with), place=place_of(key)))
        for key, row in sealed_rows(pupil_keys).items()
    }


def identity_of(pupil: Pupil) -> Identity:
    """Empty where nothing is sealed."""
    return identities_of([pupil.key]).get(pupil.key, Identity())


def protected_pupils() -> QuerySet[Pupil]:
    return Pupil.objects.exclude(protection=Protection.NONE)


def numbered(numbers: Collection[str], what: str) -> dict[str, int]:
    """By number (what: NUMBER or OWN_ID), the protected pupil who has it; found by digest, nothing is opened."""
    code = current_municipality().code
    number_of = {digest: number for number in numbers for digest in macs(code, what, number)}
    column = "number_mac" if what == NUMBER else "own_id_mac"
    found = dict(
        ProtectedIdentity.objects.filter(**{f"{column}__in": number_of}).values_list("locator", column)
    )
    if not found:
        return {}
    pupils = protected_pupils().values_list("pk", "key")
    return {
        number_of[found[locator]]: pk
        for pk, key in pupils
        for locator in locators_of(key)
        if locator in found
    }


# ---- who may know


def school_of(school_class: Unit, on: datetime.date) -> Unit | None:
    """The school above a class."""
    return next((unit for unit in line_of(school_class, on) if unit.level == Level.SCHOOL), None)


def accesses_to(pupil: Pupil, school: Unit | None, on: datetime.date) -> QuerySet[ProtectedAccess]:
    """The decisions in force by which somebody is named for the pupil."""
    of_school = Q(school=school) if school else Q(pk__in=())
    return ProtectedAccess.objects.on(on).filter(Q(pupil=pupil) | of_school)


def is_named(user: User, pupil: Pupil, line: Collection[Unit], on: datetime.date) -> bool:
    """Whether a decision in force today names the person. line: of the pupil's class."""
    school = next((unit for unit in line if unit.level == Level.SCHOOL), None)
    return accesses_to(pupil, school, on).filter(user=user).exists()


def may_ask(sight: Sight, pupil: Pupil, line: list[Unit]) -> bool:
    """Named, and still with a role that sees the pupil: both are looked up in every request."""
    return (
        pupil.is_protected
        and sight.can_in_line(Permission.SEE_PUPILS, line)
        and is_named(sight.user, pupil, line, sight.today)
    )


def may_answer(sight: Sight, unmasking: Unmasking, line: list[Unit]) -> bool:
    """Another person than the one who asks: who answers for the school's pupils, or is named for this one."""
    if unmasking.asked_by_id == sight.user.pk or not sight.can_in_line(Permission.SEE_PUPILS, line):
        return False
    guards = sight.can_in_line(Permission.GUARD_PUPILS, line)
    return guards or is_named(sight.user, unmasking.pupil, line, sight.today)


def open_requests(now: datetime.datetime | None = None) -> QuerySet[Unmasking]:
    """What has been asked and waits for its second person."""
    since = (now or timezone.now()) - datetime.timedelta(hours=ASKED_FOR_HOURS)
    return Unmasking.objects.filter(answered_by=None, asked_at__gt=since)


def shown_now(sight: Sight, pupil: Pupil, line: list[Unit]) -> Unmasking | None:
    """The unmasking by which the person sees the name at this moment; None for everybody else."""
    if not may_ask(sight, pupil, line):
        return None
    mine = Unmasking.objects.filter(pupil=pupil, asked_by=sight.user, shown_until__gt=timezone.now())
    return mine.order_by("-shown_until").first()


def pupils_of_school(school: Unit, on: datetime.date) -> list[Enrolment]:
    """The protected pupils whose home class is in the school on a day, with the class; in no order of names."""
    classes = UnitPlacement.objects.on(on).filter(parent=school, unit__level=Level.SCHOOL_CLASS)
    homes = home_enrolments(on).filter(school_class__in=classes.values("unit_id"))
    homes = homes.exclude(pupil__protection=Protection.NONE).select_related("pupil", "school_class")
    return list(homes.order_by("school_class__name", "pupil__key"))


def answering_for(unmaskings: Iterable[Unmasking], sight: Sight) -> Mapping[int, list[Unit]]:
    """By id of the unmasking, the line of the pupil's class today, where the person may answer it."""
    found = {}
    for unmasking in unmaskings:
        school_class = class_of(unmasking.pupil, sight.today)
        if school_class is None:
            continue
        line = sight.line_of(school_class)
        if may_answer(sight, unmasking, line):
            found[unmasking.pk] = line
    return found
