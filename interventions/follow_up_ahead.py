"""What stands between an intervention and its answer: the next round, and whether it can be followed up now."""

from __future__ import annotations

import datetime
from typing import Any

from accounts.access import Sight
from colourmaps.models import DueIndicator, MeasurementRound
from colourmaps.scales import Mark
from pupils.school_years import SchoolYear

from .models import Baseline, FollowUp, Intervention
from .population import population_of
from .standing import results_to_follow_up


def ahead_of(
    intervention: Intervention,
    baseline: Baseline | None,
    latest: FollowUp | None,
    sight: Sight,
    sees_pupils: bool,
) -> dict[str, Any]:
    """ready: the round in which it can be followed up now, or None; n_measured: of its pupils in it, for those who see
    them. next_round: the next one that measures it, or None. lacks_start: nothing was measured before the start.
    """
    found: dict[str, Any] = {
        "ready": None,
        "n_measured": None,
        "n_pupils": len(baseline.values) if baseline and sees_pupils else None,
        "lacks_start": baseline is not None and not baseline.has_values,
        "next_round": next_round(intervention, latest or baseline, sight.today),
    }
    if baseline is None or not baseline.has_values:
        return found
    round_, results = results_to_follow_up(intervention, baseline, sight.today)
    if round_ is None or (latest is not None and latest.round_id == round_.pk):
        return found
    n_measured = sum(result.mark == Mark.MEASURED for result in results.values())
    return found | {"ready": round_, "n_measured": n_measured if sees_pupils else None}


def next_round(
    intervention: Intervention, after: FollowUp | Baseline | None, today: datetime.date
) -> MeasurementRound | None:
    """The next round, not over yet and later than what is kept, in which the indicator is due for pupils of it, a year
    older if need be."""
    rounds = MeasurementRound.objects.filter(ends_on__gte=max(today, intervention.starts_on))
    if after is not None and after.round is not None:
        rounds = rounds.filter(starts_on__gt=after.round.starts_on)
    due = DueIndicator.objects.filter(indicator=intervention.indicator_id, round__in=rounds)
    year_groups = {group for group in population_of(intervention).values() if group is not None}
    begins = SchoolYear.of(intervention.starts_on).start_year
    for row in due.select_related("round").order_by("round__starts_on", "year_group"):
        years_later = SchoolYear.of(row.round.ends_on).start_year - begins
        if row.year_group - years_later in year_groups:
            return row.round
    return None
