"""The limits by which values were judged, whenever that was: a value is near the limits of its own day."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.db.models import Q

from ..classification import is_near
from ..limits import Limits, OwnLimits
from ..models import Indicator, Threshold
from .results import KeptResult


class Decision(NamedTuple):
    """Limits of a year group, from a day up to, but not including, another.

    school_id: whose own limits they are, and the reason for them; None for the municipality's.
    """

    year_group: int
    valid_from: datetime.date
    valid_to: datetime.date | None
    limits: Limits
    school_id: int | None = None
    reason: str = ""

    def holds(self, year_group: int | None, on: datetime.date) -> bool:
        is_begun = self.year_group == year_group and self.valid_from <= on
        return is_begun and (self.valid_to is None or on < self.valid_to)


def of_school(decisions: Sequence[Decision], school_id: int | None) -> list[Decision]:
    """The school's own and the municipality's."""
    return [each for each in decisions if each.school_id in (None, school_id)]


def limits_on(decisions: Sequence[Decision], year_group: int | None, on: datetime.date) -> Limits | None:
    """The limits of a year group on a day, a school's own before the municipality's.

    decisions: of one school, oldest first; should two hold, the later one does.
    """
    holding = [each for each in reversed(decisions) if each.holds(year_group, on)]
    return min(holding, key=_goes_after).limits if holding else None


def _goes_after(decision: Decision) -> bool:
    """The municipality's limits give way to a school's own."""
    return decision.school_id is None


def own_limits_on(
    decisions: Sequence[Decision], year_group: int | None, on: datetime.date
) -> OwnLimits | None:
    """Why limits are the school's own; None where the municipality's hold. decisions: as above."""
    own = [each for each in decisions if each.school_id is not None and each.holds(year_group, on)]
    return OwnLimits(own[-1].reason, limits_on(of_school(decisions, None), year_group, on)) if own else None


def is_near_its_limits(
    result: KeptResult, indicator: Indicator, decisions: Sequence[Decision], year_group: int | None
) -> bool:
    """Whether a value is within the measurement error of one of the limits by which it was judged."""
    if result.value is None or not indicator.measurement_error:
        return False
    limits = limits_on(decisions, year_group, result.measured_on)
    return limits is not None and is_near(result.value, *limits, indicator.measurement_error)


def decisions_on(
    indicator_ids: Collection[int], year_groups: Collection[int], school_ids: Collection[int]
) -> defaultdict[int, list[Decision]]:
    """By indicator id, all limits that there have been for the year groups at the schools, oldest first."""
    thresholds = Threshold.objects.filter(
        Q(school__isnull=True) | Q(school__in=school_ids),
        indicator__in=indicator_ids,
        year_group__in=year_groups,
    )
    return as_decisions(thresholds)


def as_decisions(thresholds: Iterable[Threshold]) -> defaultdict[int, list[Decision]]:
    """By indicator id, oldest first."""
    found: defaultdict[int, list[Decision]] = defaultdict(list)
    for each in sorted(thresholds, key=lambda each: each.valid_from):
        limits = Limits(each.yellow_limit, each.green_limit)
        found[each.indicator_id].append(
            Decision(each.year_group, each.valid_from, each.valid_to, limits, each.school_id, each.reason)
        )
    return found
