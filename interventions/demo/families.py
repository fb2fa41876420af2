"""Writes what families have answered after meetings, and a talk with a pupil, in a Swedish municipality."""

from __future__ import annotations

import datetime
import random

from django.utils import timezone

from accounts.demo import Town
from accounts.models import Country, RoleAssignment, Unit, User
from accounts.roles import RoleCode
from interventions.family.seen import seen
from interventions.models import FamilyAnswer, MeetingKind
from interventions.models.family_voice import Felt, Who
from interventions.models.talk import Voice
from interventions.services.family.talks import Facts, Line, Said, Written, begin_talk, write_talk
from pupils.models import Protection, Pupil
from pupils.queries import home_enrolments

# The last two terms, month by month: so many families answered, at each school.
MONTHS_BACK, FEWEST, MOST = 14, 0, 5
SAID = {
    (1, Voice.PUPIL): "Jag tycker om att läsa om djur.",
    (1, Voice.GUARDIAN): "Läser själv på kvällarna nu.",
    (1, Voice.STAFF): "Läser säkrare och frågar mer.",
    (2, Voice.PUPIL): "Jag hinner inte klart på proven.",
    (2, Voice.STAFF): "Skriver kort när tiden är knapp.",
    (3, Voice.PUPIL): "Att få börja lite tidigare.",
    (3, Voice.GUARDIAN): "Att vi vet i förväg när det är prov.",
}
AGREED = (
    ("Längre tid på proven i svenska", "Klassläraren", 14),
    ("Läser tillsammans på söndagar", "Hemma", 28),
)


def write_families(town: Town, *, first_class: int, told_on: datetime.date, seed: int) -> int:
    """Returns how many answers there are; none where nobody has written the language."""
    if town.plan.country != Country.SWEDEN:
        return 0
    kinds = list(MeetingKind.objects.filter(asks_family=True).order_by("position"))
    rng = random.Random(f"{seed}/families")  # noqa: S311 – invented answers
    rows = [
        row
        for school in town.schools
        for kind in kinds
        for month in _months(told_on)
        for row in _answers(town, school, kind, month, rng)
    ]
    FamilyAnswer.objects.bulk_create(rows)
    _write_talk(town.classes[first_class], told_on)
    return sum(row.n for row in rows)


def _months(told_on: datetime.date) -> list[datetime.date]:
    """The first days of the months that are over, but for July."""
    found, month = [], told_on.replace(day=1)
    for _n in range(MONTHS_BACK):
        month = (month - datetime.timedelta(days=1)).replace(day=1)
        found.append(month)
    return [month for month in found if month.month != 7]


def _answers(
    town: Town, school: Unit, kind: MeetingKind, month: datetime.date, rng: random.Random
) -> list[FamilyAnswer]:
    alike: dict[tuple[Who, Felt, Felt, Felt], int] = {}
    for _n in range(rng.randint(FEWEST, MOST)):
        who = rng.choice([Who.PUPIL, Who.GUARDIAN])
        said = rng.choices([Felt.YES, Felt.PARTLY, Felt.NO], [6, 3, 1], k=3)
        key = (who, said[0], said[1], said[2])
        alike[key] = alike.get(key, 0) + 1
    return [
        FamilyAnswer(
            municipality=town.municipality,
            kind=kind,
            school=school,
            month=month,
            who=who,
            listened=listened,
            influenced=influenced,
            understood=understood,
            n=n,
        )
        for (who, listened, influenced, understood), n in alike.items()
    ]


def _write_talk(school_class: Unit, told_on: datetime.date) -> None:
    teacher = _teacher_of(school_class, told_on)
    pupil = _first_pupil(school_class, told_on)
    talk = begin_talk(
        pupil=pupil,
        unit=school_class,
        kind=MeetingKind.objects.filter(is_talk=True).order_by("position")[0],
        held_on=told_on,
        present="Eleven, en vårdnadshavare och klassläraren",
        by=teacher,
    )
    said = [Said(prompt, voice, text, None, seen("", None)) for (prompt, voice), text in SAID.items()]
    lines = [
        Line(None, what, who, timezone.localdate() + datetime.timedelta(days=days), "")
        for what, who, days in AGREED
    ]
    facts = Facts(talk.held_on, talk.present, "", "")
    write_talk(talk=talk, written=Written(facts, said, lines), by=teacher)


def _teacher_of(school_class: Unit, told_on: datetime.date) -> User:
    held = RoleAssignment.objects.on(told_on).filter(role=RoleCode.TEACHER, unit=school_class)
    return held.select_related("user").order_by("pk")[0].user


def _first_pupil(school_class: Unit, told_on: datetime.date) -> Pupil:
    enrolments = home_enrolments(told_on).filter(school_class=school_class, pupil__protection=Protection.NONE)
    return enrolments.select_related("pupil").order_by("pupil__family_name", "pupil_id")[0].pupil
