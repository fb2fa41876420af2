"""An intervention is decided, and ends."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import Unit, User
from accounts.tenancy import current_municipality
from colourmaps.models import Indicator
from pupils.models import Pupil

from ..models import Intervention, InterventionPupil
from ..rules import Plan, check_end, check_plan
from .baselines import freeze_baseline


@transaction.atomic
def decide_intervention(
    *,
    unit: Unit,
    pupils: Iterable[Pupil],
    indicator: Indicator,
    title: str,
    aim: str,
    responsible: User,
    starts_on: datetime.date,
    follow_up_on: datetime.date,
    by: User,
) -> Intervention:
    """An intervention for the pupils, or the whole unit if there are none; its baseline too if it has begun.

    Raises ValidationError with a sentence per field if a rule is broken (rules.check_plan).
    """
    pupils = list({pupil.pk: pupil for pupil in pupils}.values())
    check_plan(Plan(unit, pupils, indicator, title, aim, responsible, starts_on, follow_up_on))
    municipality = current_municipality()
    intervention = Intervention.objects.create(
        municipality=municipality,
        unit=unit,
        indicator=indicator,
        title=title,
        aim=aim,
        responsible=responsible,
        starts_on=starts_on,
        follow_up_on=follow_up_on,
        decided_by=by,
    )
    InterventionPupil.objects.bulk_create(
        InterventionPupil(municipality=municipality, intervention=intervention, pupil=pupil)
        for pupil in pupils
    )
    if starts_on <= timezone.localdate():
        freeze_baseline(intervention)
    record(
        "intervention decided",
        by=by,
        unit=unit,
        subject=intervention.key,
        pupils=[pupil.pk for pupil in pupils],
        indicator=indicator.code,
        responsible=responsible.pk,
    )
    return intervention


@transaction.atomic
def end_intervention(*, intervention: Intervention, on: datetime.date, by: User) -> Intervention:
    """The day is its last. Raises ValidationError if it cannot end then, or has ended already."""
    intervention = Intervention.objects.select_for_update().get(pk=intervention.pk)
    check_end(intervention, on)
    intervention.ended_on = on
    intervention.save(update_fields=["ended_on"])
    record("intervention ended", by=by, unit=intervention.unit, subject=intervention.key, on=on.isoformat())
    return intervention
