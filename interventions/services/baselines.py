"""The baseline: how it stood for the population when the intervention began. Written once, never again.

It is as of the first day: what was measured up to and on it, in the latest round, as it is known when it is frozen.
What was measured before the start and is imported or corrected afterwards does not come in: the decision rested on
what was known. One exception: a baseline without any value is nothing to compare with. It can be frozen anew, still as
of the first day, until something has been followed up.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Level, Municipality, User
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
    # Of two workers at once one writes, and the other finds it written.
    Baseline.objects.bulk_create([_baseline_of(intervention)], ignore_conflicts=True)


@transaction.atomic
def freeze_baseline_anew(*, intervention: Intervention, by: User) -> Baseline:
    """The baseline again, as of the first day, since it had no value. Raises ValidationError if it may not be."""
    intervention = Intervention.objects.select_for_update().get(pk=intervention.pk)
    check_baseline_anew(intervention)
    Baseline.objects.filter(intervention=intervention).delete()
    baseline = _baseline_of(intervention)
    if baseline.round is None:
        raise ValidationError(
            _("There is still no result of these pupils from the first day or before. Import it first.")
        )
    baseline.save()
    record("baseline frozen anew", by=by, unit=intervention.unit, subject=intervention.key)
    return baseline


def check_baseline_anew(intervention: Intervention) -> None:
    """Raises ValidationError unless the baseline has no value and nothing has been followed up."""
    baseline = Baseline.objects.filter(intervention=intervention).first()
    if baseline is None:
        raise ValidationError(_("It has not begun, so there is no start to compare with yet."))
    if baseline.has_values:
        raise ValidationError(_("The results at the start are kept, and stay as they are."))
    if intervention.follow_ups.exists():
        raise ValidationError(_("It has been followed up, so the start stays as it is."))


def _baseline_of(intervention: Intervention) -> Baseline:
    year_groups = population_of(intervention)
    round_, results = latest_results(year_groups, intervention.indicator, until=intervention.starts_on)
    return Baseline(
        municipality_id=intervention.municipality_id,
        intervention=intervention,
        round=round_,
        frozen_at=timezone.now(),
        values=[entry_of(pupil_id, results.get(pupil_id)) for pupil_id in sorted(year_groups)],
        limits=limits_judging(intervention, year_groups, list(results.values())),
        analysis=intervention.background,
    )


def entry_of(pupil_id: int, result: Result | None) -> dict[str, int | None]:
    """A pupil of Baseline.values."""
    if result is None:
        return {"pupil": pupil_id, "value": None, "mark": None, "colour": 0}
    return {"pupil": pupil_id, "value": result.value, "mark": result.mark, "colour": result.colour}


def limits_judging(
    intervention: Intervention, year_groups: Mapping[int, int | None], results: Collection[Result]
) -> dict[str, list[int]]:
    """The limits by which the values were judged, and those of the year groups of the pupils; see Baseline.limits."""
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
