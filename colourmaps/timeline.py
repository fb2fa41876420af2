"""A pupil's results over time, one series per indicator, as plain data."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from accounts.queries import schools_of
from pupils.models import Pupil

from . import as_of as known
from .as_of import AsOf
from .cells import Cell, state_of
from .limits import Limits
from .models import Indicator, MeasurementRound, Result, SupersededResult, Threshold
from .queries import limits_of_class

AnyResult = Result | SupersededResult
# Day of measurement, id of the class, day on which the round was counted.
Place = tuple[datetime.date, int | None, datetime.date | None]


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


def series_of(pupil: Pupil, as_of: AsOf | None = None) -> list[Series]:
    """Every indicator that the pupil has a value on, in the map's order. The caller has asked the door.

    as_of: as they stood when a day was over; None for as they stand.
    """
    results: dict[int, list[AnyResult]] = {}
    for result in _measured(pupil) if as_of is None else _measured_as_known(pupil, as_of):
        results.setdefault(result.indicator_id, []).append(result)
    limits = _limits_of_latest([found[-1] for found in results.values()], as_of)
    return [_series(found, limits[indicator_id]) for indicator_id, found in results.items()]


def _measured(pupil: Pupil) -> Iterable[AnyResult]:
    measured = Result.objects.filter(pupil=pupil, value__isnull=False).select_related("indicator", "round")
    return measured.order_by("indicator__position", "indicator__code", "round__starts_on")


def _measured_as_known(pupil: Pupil, as_of: AsOf) -> list[AnyResult]:
    measured = [result for result in known.results([pupil.pk], as_of) if result.value is not None]
    indicators = Indicator.objects.in_bulk([result.indicator_id for result in measured])
    rounds = MeasurementRound.objects.in_bulk([result.round_id for result in measured])
    for result in measured:
        result.indicator, result.round = indicators[result.indicator_id], rounds[result.round_id]
    return sorted(measured, key=lambda result: (result.indicator.position, result.indicator.code))


def _limits_of_latest(latest: Sequence[AnyResult], as_of: AsOf | None) -> dict[int, Limits | None]:
    """By indicator id, the limits of the result's own day, year group and school; one query a day of measurement."""
    limits: dict[int, Limits | None] = {}
    own = Threshold.objects.filter(school__isnull=False, indicator__in=[each.indicator_id for each in latest])
    asks_school = as_of is not None or own.exists()
    by_place: dict[Place, dict[int, int | None]] = defaultdict(dict)
    for each in latest:
        place = (each.school_class_id, each.round.counted_on) if asks_school else (None, None)
        by_place[each.measured_on, *place][each.indicator_id] = each.year_group
    for (day, class_id, counted_on), there in by_place.items():
        found = _limits_at(there, day, class_id, counted_on, as_of)
        limits |= {
            indicator_id: None if year_group is None else found.get(indicator_id, {}).get(year_group)
            for indicator_id, year_group in there.items()
        }
    return limits


def _limits_at(
    year_groups: Mapping[int, int | None],
    day: datetime.date,
    class_id: int | None,
    counted_on: datetime.date | None,
    as_of: AsOf | None,
) -> Mapping[int, Mapping[int, Limits]]:
    """The limits of the day by indicator id and year group, of the school where the class stood when it was counted."""
    groups = {group for group in year_groups.values() if group is not None}
    if as_of is not None and counted_on is not None:
        return known.limits(groups, day, known.school_of(class_id, counted_on, as_of), as_of).limits
    school_id = schools_of([class_id], counted_on).get(class_id) if class_id and counted_on else None
    return limits_of_class(year_groups.keys(), groups, day, school_id)


def _series(results: Sequence[AnyResult], limits: Limits | None) -> Series:
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
