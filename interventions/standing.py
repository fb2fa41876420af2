"""How pupils stand on an indicator: the results of the latest round that has a value for any of them."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from colourmaps.models import Indicator, MeasurementRound, Result
from colourmaps.scales import Mark


def latest_results(
    pupil_ids: Collection[int],
    indicator: Indicator,
    *,
    until: datetime.date,
    after: MeasurementRound | None = None,
) -> tuple[MeasurementRound | None, dict[int, Result]]:
    """The round and its results by pupil id, of what was measured up to and on a day; else (None, {}).

    after: only rounds that began after this one.
    """
    results = Result.objects.filter(pupil_id__in=pupil_ids, indicator=indicator, measured_on__lte=until)
    measured = results.filter(mark=Mark.MEASURED)
    rounds = MeasurementRound.objects.filter(pk__in=measured.values("round_id"))
    if after is not None:
        rounds = rounds.filter(starts_on__gt=after.starts_on)
    round_ = rounds.order_by("-starts_on").first()
    if round_ is None:
        return None, {}
    return round_, {result.pupil_id: result for result in results.filter(round=round_)}
