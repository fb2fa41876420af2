"""An intervention is decided, and ends."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.keys import new_key
from accounts.models import User
from accounts.tenancy import current_municipality

from ..models import Intervention
from ..plans import Plan
from ..rules import check_end, check_plan
from .baselines import freeze_baseline
from .lines import write_related


@transaction.atomic
def decide_intervention(*, by: User, key: str = "", **plan: Any) -> Intervention:
    """What the plan says (plans.Plan, by its names); its baseline too if it has begun. key: of accounts/once.py.

    Raises ValidationError with a sentence per field if a rule is broken (rules.check_plan).
    """
    wanted = Plan(**plan)
    check_plan(wanted)
    intervention = Intervention.objects.create(
        municipality=current_municipality(), key=key or new_key(), decided_by=by, **wanted.values()
    )
    write_related(intervention, wanted)
    if wanted.starts_on <= timezone.localdate():
        freeze_baseline(intervention)
    record(
        "intervention decided",
        by=by,
        unit=wanted.unit,
        subject=intervention.key,
        pupils=[pupil.pk for pupil in [*wanted.pupils, *wanted.waiting]],
        indicator=wanted.indicator.code,
        responsible=wanted.responsible.pk,
        units=[unit.pk for unit in wanted.parts],
        entry=wanted.entry.key if wanted.entry else "",
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
