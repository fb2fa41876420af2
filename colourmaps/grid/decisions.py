"""The limits by which values were judged, whenever that was: a value is near the limits of its own day."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from ..classification import is_near
from ..limits import Limits
from ..models import Indicator, Threshold
from .results import KeptResult


class Decision(NamedTuple):
    """Limits of a year group, from a day up to, but not including, another."""

    year_group: int
    valid_from: datetime.date
    valid_to: datetime.date | None
    limits: Limits

    def holds(self, year_group: int | None, on: datetime.date) -> bool:
        is_begun = self.year_group == year_group and self.valid_from <= on
        return is_begun and (self.valid_to is None or on < self.valid_to)


def limits_on(decisions: Sequence[Decision], year_group: int | None, on: datetime.date) -> Limits | None:
    """The limits of a year group on a day; should two decisions hold, the later one does. decisions: oldest first."""
    return next((each.limits for each in reversed(decisions) if each.holds(year_group, on)), None)


def is_near_its_limits(
    result: KeptResult, indicator: Indicator, decisions: Sequence[Decision], year_group: int | None
) -> bool:
    """Whether a value is within the measurement error of one of the limits by which it was judged."""
    if result.value is None or not indicator.measurement_error:
        return False
    limits = limits_on(decisions, year_group, result.measured_on)
    return limits is not None and is_near(result.value, *limits, indicator.measurement_error)


def decisions_on(
    indicator_ids: Collection[int], year_groups: Collection[int]
) -> defaultdict[int, list[Decision]]:
    """By indicator id, all limits that there have been for the year groups, oldest first."""
    found: defaultdict[int, list[Decision]] = defaultdict(list)
    thresholds = Threshold.objects.filter(indicator__in=indicator_ids, year_group__in=year_groups)
    for each in thresholds.order_by("valid_from"):
        limits = Limits(each.yellow_limit, each.green_limit)
        found[each.indicator_id].append(Decision(each.year_group, each.valid_from, each.valid_to, limits))
    return found
