"""Some weeks of the log of an invented municipality, read by its own people; one control signed, one open."""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from dataclasses import dataclass

from django.utils import timezone

from accounts.audit_kinds import kind_of
from accounts.dated import midnight_of
from accounts.models import AuditEvent, AuditPupil, RoleAssignment
from accounts.roles import RoleCode
from accounts.sealing import seal_events
from accounts.tenancy import current_municipality

from ..access_log.selection import surnames_of
from ..access_log.services import judge_line, make_control, sign_control
from ..models import Judgement, LogControl, Pupil, Selection
from ..queries import home_enrolments

WEEKS, BATCH = 8, 5000
MINUTES_OF_WORK = (7 * 60 + 20, 16 * 60 + 40)
LOOKS_A_WEEK, PAGES_AFTER_A_MAP = 2, 2
# Of an evening, and of a Saturday: what makes somebody look twice.
LATE = ((9, 21 * 60 + 48), (23, 22 * 60 + 14), (14, 10 * 60 + 5))
SATURDAY = 5
MANY_PUPILS = 180


@dataclass(frozen=True)
class Look:
    """held: the role by which; on: the day; minute: of the day."""

    held: RoleAssignment
    on: datetime.date
    minute: int
    action: str
    page: str
    pupils: list[int]

    def event(self) -> AuditEvent:
        return AuditEvent(
            municipality=current_municipality(),
            at=midnight_of(self.on) + datetime.timedelta(minutes=self.minute),
            actor_id=self.held.user_id,
            kind=kind_of(self.action),
            action=self.action,
            role=self.held.role,
            role_unit_id=self.held.unit_id,
            page=self.page,
            unit_id=self.held.unit_id,
            pupil_ids=sorted(self.pupils),
        )


def write_log(*, told_on: datetime.date, seed: int) -> int:
    """Returns how many reads there are; none without somebody who looks at pupils."""
    rng = random.Random(f"{seed}/log")  # noqa: S311 – invented
    members = _members(told_on)
    held = RoleAssignment.objects.on(told_on).filter(role=RoleCode.TEACHER, unit__in=members)
    teachers = list(held.select_related("user").order_by("pk"))
    if not teachers:
        return 0
    looks = [look for held in teachers for look in _of_a_teacher(held, members[held.unit_id], told_on, rng)]
    looks += _worth_a_second_look(teachers, members, told_on, rng)
    _write(looks)
    seal_events()
    _controls(told_on)
    return len(looks)


def _members(on: datetime.date) -> dict[int, list[int]]:
    """Ids of the pupils by id of their class."""
    members: dict[int, list[int]] = defaultdict(list)
    for school_class, pupil in home_enrolments(on).order_by("pk").values_list("school_class_id", "pupil_id"):
        members[school_class].append(pupil)
    return members


def _of_a_teacher(
    held: RoleAssignment, pupils: list[int], told_on: datetime.date, rng: random.Random
) -> list[Look]:
    """The own class a few times a week, and after that the pages of one or two pupils."""
    looks = []
    for week in range(WEEKS):
        for day in rng.sample(range(5), LOOKS_A_WEEK):
            monday = told_on - datetime.timedelta(days=told_on.weekday() + 7 * week)
            on = monday + datetime.timedelta(days=day)
            minute = rng.randint(*MINUTES_OF_WORK)
            if on > told_on:
                continue
            looks.append(Look(held, on, minute, "class map seen", "colourmaps:class-map", pupils))
            for n, pupil in enumerate(
                rng.sample(pupils, min(len(pupils), rng.randint(0, PAGES_AFTER_A_MAP)))
            ):
                looks.append(Look(held, on, minute + n + 1, "pupil seen", "colourmaps:pupil", [pupil]))
    return looks


def _worth_a_second_look(
    teachers: list[RoleAssignment], members: dict[int, list[int]], told_on: datetime.date, rng: random.Random
) -> list[Look]:
    """Late reads, a name like the reader's own, somebody protected, and a day of many pupils."""
    looks = []
    for n, (days, minute) in enumerate(LATE):
        held = teachers[n % len(teachers)]
        on = told_on - datetime.timedelta(days=days)
        pupil = rng.choice(members[held.unit_id])
        looks.append(Look(held, on, minute, "pupil seen", "colourmaps:pupil", [pupil]))
    if (namesakes := _namesakes(teachers)) is not None:
        held, pupil = namesakes
        on = told_on - datetime.timedelta(days=11)
        looks.append(Look(held, on, 9 * 60 + 12, "pupil seen", "colourmaps:pupil", [pupil]))
    protected = Pupil.objects.exclude(protection="").order_by("pk").first()
    health = (
        RoleAssignment.objects.filter(role=RoleCode.HEALTH_TEAM).select_related("user").order_by("pk").first()
    )
    if protected is not None and health is not None:
        on = told_on - datetime.timedelta(days=4)
        looks.append(Look(health, on, 10 * 60 + 31, "pupil seen", "colourmaps:pupil", [protected.pk]))
    everybody = [pupil for pupils in members.values() for pupil in pupils]
    many = everybody[:MANY_PUPILS]
    on = told_on - datetime.timedelta(days=5)
    page = "colourmaps:team-map-xlsx"
    looks.append(Look(teachers[-1], on, 15 * 60 + 2, "team map downloaded", page, many))
    return looks


def _namesakes(teachers: list[RoleAssignment]) -> tuple[RoleAssignment, int] | None:
    by_name = {
        name.casefold(): pk
        for pk, name in Pupil.objects.filter(protection="").values_list("pk", "family_name")
    }
    for held in teachers:
        for surname in surnames_of(held.user.name.split()[-1:]):
            if surname in by_name:
                return held, by_name[surname]
    return None


def _write(looks: list[Look]) -> None:
    looks = sorted(looks, key=lambda look: (look.on, look.minute))
    events = AuditEvent.objects.bulk_create([look.event() for look in looks], batch_size=BATCH)
    municipality = current_municipality()
    AuditPupil.objects.bulk_create(
        (
            AuditPupil(municipality_id=municipality.pk, pupil_id=pupil, event_id=event.pk)
            for event in events
            for pupil in event.pupil_ids
        ),
        batch_size=BATCH,
    )


def _controls(told_on: datetime.date) -> None:
    """Last month's, judged and signed; this month's, begun."""
    auditor = (
        RoleAssignment.objects.filter(role=RoleCode.ACCESS_AUDITOR)
        .select_related("user")
        .order_by("pk")
        .first()
    )
    if auditor is None:
        return
    this_month = told_on.replace(day=1)
    last_month_ends = this_month - datetime.timedelta(days=1)
    usual = {
        "selections": list(Selection.values),
        "n_random": 10,
        "day_begins": 6,
        "day_ends": 19,
        "by": auditor.user,
    }
    signed = make_control(first_on=last_month_ends.replace(day=1), last_on=last_month_ends, seed=1, **usual)
    for line in signed.lines.all():
        judge_line(line=line, judgement=Judgement.JUSTIFIED, note="", by=auditor.user)
    outcome = "Läsningarna stämmer med uppdragen. Läsningen på kvällen är förklarad: förberedelse av utvecklingssamtal."
    sign_control(control=signed, outcome=outcome, by=auditor.user)
    open_one = make_control(first_on=this_month, last_on=told_on, seed=2, **usual)
    for line in list(open_one.lines.order_by("event_id"))[:3]:
        judge_line(line=line, judgement=Judgement.JUSTIFIED, note="Egen klass.", by=auditor.user)
    signed_at = midnight_of(this_month) + datetime.timedelta(days=2, hours=14, minutes=10)
    LogControl.objects.filter(pk=signed.pk).update(
        made_at=signed_at - datetime.timedelta(minutes=50), signed_at=min(signed_at, timezone.now())
    )
