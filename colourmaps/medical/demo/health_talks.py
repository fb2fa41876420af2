"""Writes what a school nurse has recorded at the demo's school, and what of it is shared. All of it invented."""

from __future__ import annotations

import datetime
import random

from django.utils import timezone

from accounts.demo import Town
from accounts.demo.sign_ins import DEMO_SCHOOL
from accounts.models import RoleAssignment, Unit, User
from accounts.roles import RoleCode
from accounts.tenancy import current_municipality
from colourmaps.drawing import sort_key
from colourmaps.models import Indicator, Threshold
from colourmaps.services import adopt_starter_set
from colourmaps.starter_sets import starter_set
from pupils.models import Pupil
from pupils.queries import members_of

from ..models import Crossing, MedicalResult, Purpose

STARTER_SET, WELL_BEING, SLEEP = "sweden_health_talks", "HSMAENDE", "HSSOMN"
# Yellow and green, in hundredths; and how many of a hundred pupils answer so, from "very badly" to "very well".
LIMITS = {WELL_BEING: (300, 400), SLEEP: (800, 900)}
ANSWERS = ((100, 4), (200, 9), (300, 20), (400, 40), (500, 27))
SHORT_NIGHT = 650
HOURS = (SHORT_NIGHT, 700, 750, 800, 850, 900, 950, 1000)
SHARE_TALKED_WITH = 0.85
DAY = datetime.timedelta(days=1)


def write_health_talks(town: Town, *, first_class: int, told_on: datetime.date, seed: int) -> int:
    """Returns how many results there are. first_class: place of the class whose teacher signs in."""
    indicators = {
        each.code: each for each in adopt_starter_set(starter=starter_set(STARTER_SET), on=told_on, by=None)
    }
    _write_limits(indicators, town, told_on)
    school = town.schools[DEMO_SCHOOL]
    nurse = _holder(school, RoleCode.MEDICAL_HEALTH)
    rng = random.Random(f"{seed}/health talks")  # noqa: S311 – invented answers
    results = []
    for place in town.classes_now(DEMO_SCHOOL):
        year_groups = set(town.plan.classes[place].year_groups)
        pupils = _in_order(town.classes[place], told_on)
        if place == first_class:
            pupils = pupils[:2]  # a talk that a pupil asked for
        for pupil in pupils:
            day = told_on - rng.randrange(10, 70) * DAY
            for code, indicator in indicators.items():
                is_asked = bool(year_groups & set(indicator.year_groups)) or place == first_class
                if is_asked and (place == first_class or rng.random() < SHARE_TALKED_WITH):
                    results.append(_result(pupil, indicator, _value(code, rng), day, nurse))
    first = _in_order(town.classes[first_class], told_on)[0]
    for result in results:
        if result.pupil == first and result.indicator.code == SLEEP:
            result.value = SHORT_NIGHT  # what is shared of it says so
    MedicalResult.objects.bulk_create(results)
    _write_crossings(town.classes[first_class], school, nurse, told_on)
    return len(results)


def _write_limits(indicators: dict[str, Indicator], town: Town, told_on: datetime.date) -> None:
    """For every year group, since a talk can be asked for in any."""
    first, last = town.plan.first_year_group, 9
    Threshold.objects.bulk_create(
        Threshold(
            municipality=current_municipality(),
            indicator=indicators[code],
            year_group=year_group,
            yellow_limit=yellow,
            green_limit=green,
            source="Elevhälsans medicinska insatser",
            valid_from=told_on.replace(month=8, day=1),
        )
        for code, (yellow, green) in LIMITS.items()
        for year_group in range(first, last + 1)
    )


def _value(code: str, rng: random.Random) -> int:
    if code == SLEEP:
        return rng.choice(HOURS)
    numbers, weights = zip(*ANSWERS, strict=True)
    return rng.choices(numbers, weights)[0]


def _result(pupil: Pupil, indicator: Indicator, value: int, day: datetime.date, nurse: User) -> MedicalResult:
    return MedicalResult(
        municipality=current_municipality(),
        pupil=pupil,
        indicator=indicator,
        measured_on=day,
        value=value,
        recorded_at=_noon(day),
        by=nurse,
    )


def _write_crossings(school_class: Unit, school: Unit, nurse: User, told_on: datetime.date) -> None:
    """One that holds, with the class's teacher; one that has ended, with whoever is principal."""
    first, second = _in_order(school_class, told_on)[:2]
    Crossing.objects.create(
        municipality=current_municipality(),
        pupil=first,
        codes=[SLEEP],
        purpose=Purpose.TEACHING,
        reason="Eleven sover lite just nu. Lägg proven efter tio.",
        ground="consent",
        ground_said="Eleven och vårdnadshavaren, vid samtalet i skolan",
        receiver=_holder(school_class, RoleCode.TEACHER),
        decided_by=nurse,
        decided_at=_noon(told_on - 14 * DAY),
        valid_from=told_on - 14 * DAY,
        valid_to=told_on + 200 * DAY,
    )
    Crossing.objects.create(
        municipality=current_municipality(),
        pupil=second,
        codes=[WELL_BEING],
        purpose=Purpose.SUPPORT,
        reason="Utredningen om särskilt stöd i september.",
        ground="consent",
        ground_said="Vårdnadshavarna, på telefon",
        role=RoleCode.PRINCIPAL,
        unit=school,
        decided_by=nurse,
        decided_at=_noon(told_on - 90 * DAY),
        valid_from=told_on - 90 * DAY,
        valid_to=told_on - 60 * DAY,
    )


def _in_order(school_class: Unit, on: datetime.date) -> list[Pupil]:
    return sorted(members_of(school_class, on), key=lambda pupil: sort_key(pupil, "sv"))


def _holder(unit: Unit, role: RoleCode) -> User:
    held = RoleAssignment.objects.filter(role=role, unit=unit).select_related("user")
    return held.order_by("valid_from", "pk")[0].user


def _noon(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(12), timezone.get_default_timezone())
