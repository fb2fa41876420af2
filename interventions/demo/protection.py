"""Who sees whom in the demo: a person named for a protected pupil, a name that is asked for, and an emergency."""

from __future__ import annotations

import datetime

from django.utils import timezone

from accounts.demo import Town
from accounts.emergencies import record_read
from accounts.models import EmergencyAccess, EmergencyKind, RoleAssignment, Unit, User
from accounts.queries import line_of
from accounts.roles import RoleCode
from pupils.models import Protection
from pupils.protecting import ask_for_name, name_person
from pupils.queries import home_enrolments

DAYS_AGO, HOURS, MINUTES_USED = 3, 2, 25
NAMED_FOR = datetime.timedelta(days=180)
WHY_NAMED = "Mentor, har kontakten med hemmet"
WHY_ASKED = "Samtal med vårdnadshavare på fredag"
WHY_OPENED = "Orosanmälan efter skoltid, ingen på skolan svarade"
PAGES = ("colourmaps:class-map", "colourmaps:pupil")


def write_protection(town: Town, *, first_class: int, told_on: datetime.date) -> int:
    """Returns how many rows there are: none where the class has no protected pupil."""
    school_class = town.classes[first_class]
    homes = home_enrolments(told_on).filter(school_class=school_class)
    home = homes.exclude(pupil__protection=Protection.NONE).select_related("pupil").first()
    teacher = _holder(RoleCode.TEACHER, school_class, told_on)
    school = line_of(school_class, told_on)[-2]
    principal, other = _holder(RoleCode.PRINCIPAL, school, told_on), _elsewhere(school, told_on)
    if home is None or teacher is None or principal is None:
        return 0
    today = timezone.localdate()
    name_person(
        user=teacher,
        by=principal,
        reason=WHY_NAMED,
        valid_from=min(today, told_on),
        valid_to=today + NAMED_FOR,
        pupil=home.pupil,
    )
    ask_for_name(pupil=home.pupil, by=teacher, reason=WHY_ASKED, minutes=10)
    return 2 + (_write_emergency(school_class, other) if other else 0)


def _holder(role: RoleCode, unit: Unit, on: datetime.date) -> User | None:
    held = RoleAssignment.objects.on(on).filter(role=role, unit=unit).select_related("user").order_by("pk")
    return held[0].user if held else None


def _elsewhere(school: Unit, on: datetime.date) -> User | None:
    held = RoleAssignment.objects.on(on).filter(role=RoleCode.PRINCIPAL).exclude(unit=school)
    held = held.select_related("user").order_by("pk")
    return held[0].user if held else None


def _write_emergency(school_class: Unit, by: User) -> int:
    """Opened some days ago, ended early, and not noted yet."""
    opened = timezone.now() - datetime.timedelta(days=DAYS_AGO)
    access = EmergencyAccess.objects.create(
        municipality=school_class.municipality,
        user=by,
        unit=school_class,
        kind=EmergencyKind.NOBODY_REACHED,
        reason=WHY_OPENED,
        opened_at=opened,
        open_until=opened + datetime.timedelta(hours=HOURS),
        ended_at=opened + datetime.timedelta(minutes=MINUTES_USED),
    )
    for page in PAGES:
        record_read(access, by=by, page=page)
    return 1
