"""How pupils stand on an indicator: the results of one round, and which round that is."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from colourmaps.models import Indicator, MeasurementRound, Result
from colourmaps.scales import Mark

from .models import Baseline, Intervention

# Where fewer than this share of them are measured, the round before tells more.
ENOUGH = 0.5


def latest_results(
    pupil_ids: Collection[int],
    indicator: Indicator,
    *,
    until: datetime.date,
    after: MeasurementRound | None = None,
    since: datetime.date | None = None,
) -> tuple[MeasurementRound | None, dict[int, Result]]:
    """The round and its results by pupil id, of what was measured up to and on a day; else (None, {}).

    Of the rounds the latest in which at least half of those are measured who are in any round, so that a round that
    has just begun does not stand for all. after: only rounds that began after this one. since: only what was measured
    after this day.
    """
    results = Result.objects.filter(pupil_id__in=pupil_ids, indicator=indicator, measured_on__lte=until)
    if since is not None:
        results = results.filter(measured_on__gt=since)
    round_ = _latest_round(results, after)
    if round_ is None:
        return None, {}
    return round_, {result.pupil_id: result for result in results.filter(round=round_)}


def results_to_follow_up(
    intervention: Intervention, baseline: Baseline, on: datetime.date
) -> tuple[MeasurementRound | None, dict[int, Result]]:
    """Of the latest round after the baseline's, by pupil: what was measured by a day, after the first and the decision.

    Whoever decides when the results are there can choose the pupils for whom it went well.
    """
    since = max(intervention.starts_on, timezone.localdate(intervention.decided_at))
    pupils = [entry["pupil"] for entry in baseline.values]
    return latest_results(pupils, intervention.indicator, until=on, after=baseline.round, since=since)


def _latest_round(results: QuerySet[Result], after: MeasurementRound | None) -> MeasurementRound | None:
    is_after = Q() if after is None else Q(starts_on__gt=after.starts_on)
    measured = results.filter(mark=Mark.MEASURED).order_by()
    n_of = dict(measured.values_list("round_id").annotate(n=Count("pupil_id")))
    rounds = list(MeasurementRound.objects.filter(is_after, pk__in=n_of).order_by("-starts_on"))
    most = max((n_of[round_.pk] for round_ in rounds), default=0)
    return next((round_ for round_ in rounds if n_of[round_.pk] >= ENOUGH * most), None)
