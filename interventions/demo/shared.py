"""Invented interventions for several units together: of a team, of a group from two classes, of a school."""

from __future__ import annotations

import datetime
from collections import Counter

from accounts.demo import Town, demo_class
from accounts.models import Country, Unit, User
from accounts.roles import RoleCode
from colourmaps.classification import Colour
from colourmaps.models import Indicator, IndicatorArea, MeasurementRound, Result
from interventions.models import Intervention, InterventionPupil, InterventionUnit, Kind, WaitingPupil
from interventions.services import freeze_baseline

from .holders import holder_of
from .plans import WEEK, plan_fields, texts_of

DAY = datetime.timedelta(days=1)
MOST_PUPILS, MOST_WAITING = 4, 3
# Title and aim.
TEAM = ("Gemensamma läspass för arbetslaget", "Alla elever i arbetslagets klasser läser med flyt.")
GROUP = ("Intensivläsning i grupp över klassgränsen", "Eleverna når minst godkänt vid nästa mättillfälle.")
SCHOOL = ("Studiero på alla lektioner", "Alla elever får arbetsro från första minuten.")


def write_shared(town: Town, *, told_on: datetime.date) -> int:
    """Around the demo's own class and the nearest one; returns how many. They are told in Swedish alone."""
    school_place = town.school_of(demo_class(town))
    school = town.schools[school_place]
    places = town.classes_now(school_place)
    own = town.classes[demo_class(town)]
    others = [town.classes[place] for place in places if town.classes[place] != own]
    if not others or town.plan.country != Country.SWEDEN:
        return 0
    classes = [own, min(others, key=lambda other: abs((other.year_group or 0) - (own.year_group or 0)))]
    round_ = MeasurementRound.objects.order_by("-starts_on")[0]
    indicator = _reddest(round_, classes)
    if indicator is None:
        return 0
    principal, teacher = holder_of(school, RoleCode.PRINCIPAL), holder_of(own, RoleCode.TEACHER)
    begun = told_on - 2 * WEEK
    team = _write(town, school, TEAM, indicator, begun, principal, teacher, parts=classes)
    group = _write(
        town, school, GROUP, indicator, begun, principal, teacher, parts=classes, is_for_pupils=True
    )
    _name(group, round_, classes, indicator)
    for started in (team, group):
        freeze_baseline(started)
    coming = _write(town, school, SCHOOL, indicator, told_on + 10 * DAY, principal, principal)
    coming.kind, coming.expected_change = Kind.ORGANISATION, None
    coming.save(update_fields=["kind", "expected_change"])
    return 3


def _reddest(round_: MeasurementRound, classes: list[Unit]) -> Indicator | None:
    """The indicator of language on which most are red in the classes."""
    red = Result.objects.filter(round=round_, school_class__in=classes, colour=Colour.RED)
    counted = Counter(red.order_by("pk").values_list("indicator_id", flat=True))
    of_language = Indicator.objects.filter(area=IndicatorArea.LANGUAGE, pk__in=counted)
    return max(of_language, key=lambda indicator: counted[indicator.pk], default=None)


def _write(
    town: Town,
    unit: Unit,
    words: tuple[str, str],
    indicator: Indicator,
    starts_on: datetime.date,
    decider: User,
    responsible: User,
    *,
    parts: list[Unit] | None = None,
    is_for_pupils: bool = False,
) -> Intervention:
    title, aim = words
    intervention = Intervention.objects.create(
        municipality=town.municipality,
        unit=unit,
        indicator=indicator,
        title=title,
        aim=aim,
        responsible=responsible,
        decided_by=decider,
        starts_on=starts_on,
        follow_up_on=starts_on + 10 * WEEK,
        **plan_fields(texts_of(town.plan.country), indicator, starts_on, is_for_pupils=is_for_pupils),
    )
    decided_at = datetime.datetime.combine(starts_on - 3 * DAY, datetime.time(14), datetime.UTC)
    Intervention.objects.filter(pk=intervention.pk).update(decided_at=decided_at)
    InterventionUnit.objects.bulk_create(
        InterventionUnit(municipality=town.municipality, intervention=intervention, unit=part)
        for part in parts or ()
    )
    return intervention


def _name(group: Intervention, round_: MeasurementRound, classes: list[Unit], indicator: Indicator) -> None:
    """The lowest red ones of each class, and those who wait: the next ones."""
    for unit in classes:
        red = Result.objects.filter(round=round_, school_class=unit, indicator=indicator, colour=Colour.RED)
        ids = list(red.order_by("value", "pupil_id").values_list("pupil_id", flat=True))
        own = {"municipality_id": group.municipality_id, "intervention": group}
        InterventionPupil.objects.bulk_create(
            InterventionPupil(**own, pupil_id=pupil_id) for pupil_id in ids[:MOST_PUPILS]
        )
        WaitingPupil.objects.bulk_create(
            WaitingPupil(**own, pupil_id=pupil_id) for pupil_id in ids[MOST_PUPILS:][:MOST_WAITING]
        )
