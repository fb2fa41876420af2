"""A pupil's results over time, one series per indicator, as plain data."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from pupils.models import Pupil

from .cells import Cell, state_of
from .limits import Limits
from .models import Indicator, Result
from .queries import limits_of_class


@dataclass(frozen=True)
class Point:
    """A value of the pupil's, with the round that it belongs to."""

    cell: Cell
    value: int
    measured_on: datetime.date
    round_name: str


@dataclass(frozen=True)
class Series:
    """The pupil's values on one indicator, oldest first; limits: those that hold for the latest of them."""

    indicator: Indicator
    points: Sequence[Point]
    limits: Limits | None

    @property
    def last(self) -> Point:
        return self.points[-1]


def series_of(pupil: Pupil) -> list[Series]:
    """Every indicator that the pupil has a value on, in the map's order. The caller has asked the door."""
    measured = Result.objects.filter(pupil=pupil, value__isnull=False).select_related("indicator", "round")
    results: dict[int, list[Result]] = {}
    for result in measured.order_by("indicator__position", "indicator__code", "round__starts_on"):
        results.setdefault(result.indicator_id, []).append(result)
    limits = _limits_of_latest([found[-1] for found in results.values()])
    return [_series(found, limits[indicator_id]) for indicator_id, found in results.items()]


def _limits_of_latest(latest: Sequence[Result]) -> dict[int, Limits | None]:
    """By indicator id, the limits of the result's own day and year group; one query a day of measurement."""
    limits: dict[int, Limits | None] = {}
    for day in {result.measured_on for result in latest}:
        that_day = {result.indicator_id: result.year_group for result in latest if result.measured_on == day}
        found = limits_of_class(
            that_day.keys(), {group for group in that_day.values() if group is not None}, day
        )
        limits |= {
            indicator_id: None if year_group is None else found[indicator_id].get(year_group)
            for indicator_id, year_group in that_day.items()
        }
    return limits


def _series(results: Sequence[Result], limits: Limits | None) -> Series:
    points = [
        Point(
            state_of(result, None, is_due=True, on=result.measured_on),
            result.value,
            result.measured_on,
            result.round.name,
        )
        for result in results
        if result.value is not None
    ]
    return Series(results[0].indicator, points, limits)
