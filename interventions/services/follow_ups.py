"""The follow-up: how it stands for the pupils of the baseline in a later round, with whom they are compared, and the
answer. Written once, never again; what is corrected afterwards does not change what was said."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Level, Unit, User
from accounts.queries import schools_of, subtree_ids
from colourmaps.classification import Colour
from colourmaps.models import MeasurementRound, Result

from ..comparison import Between, Measured
from ..effect import movements
from ..figures import break_between
from ..frozen_answer import Moves
from ..judgement import Judged, judge
from ..models import Baseline, FollowUp, Intervention
from ..population import unit_ids_of
from ..standing import results_to_follow_up
from .baselines import entry_of, limits_judging


@transaction.atomic
def freeze_follow_up(
    *, intervention: Intervention, by: User | None, on: datetime.date | None = None
) -> FollowUp:
    """The follow-up in the latest round. Raises ValidationError, with a sentence, while there is none to be had.

    on: the day of the follow-up, for what is written as history; without one, today.
    """
    on = on or timezone.localdate()
    intervention = (
        Intervention.objects.select_for_update().select_related("indicator").get(pk=intervention.pk)
    )
    baseline, start = _baseline_to_compare_with(intervention)
    round_, results = results_to_follow_up(intervention, baseline, on)
    if round_ is None:
        raise ValidationError(
            _("Nothing has been measured for these pupils since the start. Wait for the next round.")
        )
    if intervention.follow_ups.filter(round=round_).exists():
        raise ValidationError(
            _("It has been followed up in %(round)s. Wait for the next round.") % {"round": round_.name}
        )
    follow_up = _follow_up_of(baseline, Between(intervention, start, round_), results, by)
    follow_up.frozen_at = _moment(on)
    follow_up.save()
    record(
        "intervention followed up",
        by=by,
        unit=intervention.unit,
        subject=intervention.key,
        pupils=[entry["pupil"] for entry in follow_up.values],
        round=round_.key,
        verdict=follow_up.verdict,
        n_compared=len(follow_up.comparison),
    )
    return follow_up


def _moment(on: datetime.date) -> datetime.datetime:
    """Now, or noon of a day that has been."""
    if on == timezone.localdate():
        return timezone.now()
    return timezone.make_aware(datetime.datetime.combine(on, datetime.time(12)))


def _baseline_to_compare_with(intervention: Intervention) -> tuple[Baseline, MeasurementRound]:
    """With its round."""
    baseline = Baseline.objects.filter(intervention=intervention).select_related("round").first()
    if baseline is None:
        raise ValidationError(_("It has not begun, so there is no start to compare with yet."))
    if baseline.round is None or not baseline.has_values:
        raise ValidationError(
            _("Nothing had been measured for these pupils at the start, so no change can be told.")
        )
    return baseline, baseline.round


def _follow_up_of(
    baseline: Baseline, between: Between, results: Mapping[int, Result], by: User | None
) -> FollowUp:
    intervention, round_ = between.intervention, between.follow_up
    staying = _still_there(intervention, results, round_.counted_on)
    judged = _judge(baseline, between, staying)
    moved = results.keys() - staying.keys()
    values = [
        _entry(pupil, staying.get(pupil), has_moved=pupil in moved)
        for pupil in (entry["pupil"] for entry in baseline.values)
    ]
    answer = replace(
        judged.answer,
        moves=_moves(baseline.values, values),
        n_population=len(values),
        n_moved=len(moved),
    )
    year_groups = {pupil: result.year_group for pupil, result in staying.items()}
    return FollowUp(
        municipality_id=intervention.municipality_id,
        intervention=intervention,
        round=round_,
        frozen_by=by,
        values=values,
        limits=limits_judging(intervention, year_groups, list(staying.values())),
        comparison=[_pair(row) for row in judged.comparison],
        answer=answer.to_plain(),
        verdict=answer.effect.verdict,
        reason=answer.effect.reason,
    )


def _judge(baseline: Baseline, between: Between, results: Mapping[int, Result]) -> Judged:
    starts = {entry["pupil"]: entry["value"] for entry in baseline.values if entry["value"] is not None}
    follow_ups = {pupil: result.value for pupil, result in results.items() if result.value is not None}
    series_break = break_between(between.start, between.follow_up, between.intervention.indicator)
    return judge(between, starts, follow_ups, series_break)


def _still_there(
    intervention: Intervention, results: Mapping[int, Result], on: datetime.date
) -> dict[int, Result]:
    """The results of the pupils who are still at the intervention's schools, or in its units above the schools.

    What became of somebody elsewhere is for the people there. A unit that has closed since tells nothing: all count.
    """
    there = subtree_ids(_homes(intervention), on)
    units = Unit.objects.filter(pk__in=_homes(intervention))
    if not all(unit.is_in_force(on) for unit in units):
        return dict(results)
    return {pupil: result for pupil, result in results.items() if result.school_class_id in there}


def _homes(intervention: Intervention) -> Collection[int]:
    """Ids of the intervention's units, and of the schools of those that are classes."""
    ids = unit_ids_of(intervention)
    classes = Unit.objects.filter(pk__in=ids, level=Level.SCHOOL_CLASS).values_list("pk", flat=True)
    schools = schools_of(list(classes), intervention.starts_on)
    return {schools.get(unit, unit) for unit in ids}


def _entry(pupil: int, result: Result | None, *, has_moved: bool) -> dict[str, Any]:
    """A pupil of FollowUp.values."""
    school_class = None if result is None else result.school_class_id
    return entry_of(pupil, result) | {"class": school_class, "has_moved": has_moved}


def _pair(row: Measured) -> dict[str, int]:
    """A pupil of FollowUp.comparison."""
    return {
        "pupil": row.pupil,
        "start": row.start,
        "follow_up": row.follow_up,
        "year_group": row.year_group,
        "class": row.school_class,
    }


def _moves(starts: Collection[Mapping[str, Any]], follow_ups: Collection[Mapping[str, Any]]) -> Moves:
    colours = {entry["pupil"]: Colour(entry["colour"]) for entry in follow_ups}
    before = [Colour(entry["colour"]) for entry in starts]
    after = [colours[entry["pupil"]] for entry in starts]
    counted: Moves = movements(before, after).tolist()
    return counted
