"""The baseline: how it stood for the population when the intervention began. Written once, never again."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts.models import Level, Municipality
from accounts.queries import schools_of
from accounts.tenancy import municipality_scope
from colourmaps.models import Result
from colourmaps.queries import limits_of_class

from ..models import Baseline, Intervention
from ..population import population_of
from ..standing import latest_results

log = logging.getLogger(__name__)


def freeze_baseline(intervention: Intervention) -> None:
    """Writes the baseline of an intervention that has begun, as of its first day; once only."""
    year_groups = population_of(intervention)
    round_, results = latest_results(year_groups, intervention.indicator, until=intervention.starts_on)
    baseline = Baseline(
        municipality_id=intervention.municipality_id,
        intervention=intervention,
        round=round_,
        frozen_at=timezone.now(),
        values=[_entry(pupil_id, results.get(pupil_id)) for pupil_id in sorted(year_groups)],
        limits=_limits_of(intervention, year_groups, list(results.values())),
        analysis=intervention.background,
    )
    # Of two workers at once one writes, and the other finds it written.
    Baseline.objects.bulk_create([baseline], ignore_conflicts=True)


def _entry(pupil_id: int, result: Result | None) -> dict[str, int | None]:
    if result is None:
        return {"pupil": pupil_id, "value": None, "mark": None, "colour": 0}
    return {"pupil": pupil_id, "value": result.value, "mark": result.mark, "colour": result.colour}


def _limits_of(
    intervention: Intervention, year_groups: dict[int, int | None], results: Collection[Result]
) -> dict[str, list[int]]:
    """The limits by which the values were judged, and those of the year groups that the pupils are in now."""
    judged_on = max((result.measured_on for result in results), default=intervention.starts_on)
    of_results = {result.year_group for result in results}
    groups = {group for group in of_results | set(year_groups.values()) if group is not None}
    school_id = _school_of(intervention, judged_on)
    found = limits_of_class([intervention.indicator_id], groups, judged_on, school_id)
    limits = found[intervention.indicator_id]
    return {str(group): [limit.yellow, limit.green] for group, limit in sorted(limits.items())}


def _school_of(intervention: Intervention, on: datetime.date) -> int | None:
    """The id of the school whose own limits judge the pupils; None above the schools."""
    unit = intervention.unit
    return unit.pk if unit.level == Level.SCHOOL else schools_of([unit.pk], on).get(unit.pk)


def freeze_due_baselines() -> int:
    """Freezes what has begun, has not ended and has no baseline, in all municipalities; returns how many.

    Safe to run twice.
    """
    return sum(_freeze_due(municipality) for municipality in Municipality.objects.order_by("pk"))


def _freeze_due(municipality: Municipality) -> int:
    with municipality_scope(municipality):
        due = Intervention.objects.filter(
            baseline__isnull=True, ended_on__isnull=True, starts_on__lte=timezone.localdate()
        )
        return sum(_freeze_alone(intervention) for intervention in due.select_related("indicator"))


def _freeze_alone(intervention: Intervention) -> bool:
    """One that fails is logged and tried again the next day; it does not stand in the way of the others."""
    try:
        with transaction.atomic():
            freeze_baseline(intervention)
    except Exception:
        log.exception("the baseline of intervention %s could not be frozen", intervention.pk)
        return False
    return True
