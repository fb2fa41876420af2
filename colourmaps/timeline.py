"""A pupil's results over time, one series per indicator, as plain data."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Q

from accounts.queries import schools_of
from pupils.models import Pupil

from . import as_of as known
from .as_of import AsOf
from .cells import Cell, state_of
from .classification import Movement
from .grid import Decision, as_decisions, limits_on, of_school
from .limits import Limits
from .models import Indicator, MeasurementRound, Result, SeriesBreak, SupersededResult, Threshold

AnyResult = Result | SupersededResult
# Id of the class of a result, and the day on which it was counted.
Place = tuple[int | None, datetime.date]


@dataclass(frozen=True)
class Point:
    """A value of the pupil's, with the round that it belongs to.

    limits: those of its own day and year group. break_before: why it cannot be compared with the point before it.
    """

    cell: Cell
    value: int
    measured_on: datetime.date
    round_name: str
    year_group: int | None = None
    limits: Limits | None = None
    break_before: SeriesBreak | None = None


@dataclass(frozen=True)
class Series:
    """The pupil's values on one indicator, oldest first."""

    indicator: Indicator
    points: Sequence[Point]

    @property
    def last(self) -> Point:
        return self.points[-1]

    @property
    def runs(self) -> list[list[Point]]:
        """The points in stretches that can be compared: a break begins a new one."""
        runs: list[list[Point]] = []
        for point in self.points:
            if not runs or point.break_before:
                runs.append([])
            runs[-1].append(point)
        return runs


def series_of(pupil: Pupil, as_of: AsOf | None = None) -> list[Series]:
    """Every indicator that the pupil has a value on, in the map's order. The caller has asked the door.

    as_of: as they stood when a day was over; None for as they stand.
    """
    results: dict[int, list[AnyResult]] = {}
    for result in _measured(pupil) if as_of is None else _measured_as_known(pupil, as_of):
        results.setdefault(result.indicator_id, []).append(result)
    limits = _limits_then([each for found in results.values() for each in found], as_of)
    breaks: dict[int, list[SeriesBreak]] = {}
    for each in _breaks(results.keys(), as_of):
        breaks.setdefault(each.indicator_id, []).append(each)
    return [
        _series(found, limits, _breaks_before(found, breaks.get(indicator_id, [])))
        for indicator_id, found in results.items()
    ]


def _breaks(indicator_ids: Collection[int], as_of: AsOf | None) -> Iterable[SeriesBreak]:
    """Those that stand; of an earlier day those that were decided by then."""
    breaks = SeriesBreak.objects.filter(indicator_id__in=indicator_ids).select_related("round")
    return breaks if as_of is None else breaks.filter(decided_at__lte=as_of.moment)


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


def _limits_then(results: Collection[AnyResult], as_of: AsOf | None) -> dict[tuple[int, int], Limits | None]:
    """By indicator id and round id: the limits of the result's own day, year group and school."""
    decisions = _decisions(results, as_of)
    is_own = any(each.school_id is not None for found in decisions.values() for each in found)
    schools = _schools({_place(result) for result in results}, as_of) if is_own else {}
    return {
        (result.indicator_id, result.round_id): limits_on(
            of_school(decisions.get(result.indicator_id, []), schools.get(_place(result))),
            result.year_group,
            result.measured_on,
        )
        for result in results
    }


def _decisions(results: Collection[AnyResult], as_of: AsOf | None) -> Mapping[int, Sequence[Decision]]:
    concerned = Q(
        indicator__in={result.indicator_id for result in results},
        year_group__in={result.year_group for result in results} - {None},
    )
    if as_of is not None:
        return as_decisions(known.thresholds(concerned, as_of))
    return as_decisions(Threshold.objects.filter(concerned))


def _place(result: AnyResult) -> Place:
    return result.school_class_id, result.round.counted_on


def _schools(places: Collection[Place], as_of: AsOf | None) -> dict[Place, int | None]:
    if as_of is not None:
        return {place: known.school_of(*place, as_of) for place in places}
    classes: dict[datetime.date, set[int]] = defaultdict(set)
    for class_id, day in places:
        if class_id is not None:
            classes[day].add(class_id)
    found = {day: schools_of(class_ids, day) for day, class_ids in classes.items()}
    return {(class_id, day): found[day].get(class_id) for class_id, day in places if class_id is not None}


def _breaks_before(results: Sequence[AnyResult], breaks: Sequence[SeriesBreak]) -> list[SeriesBreak | None]:
    """Of each result: the last break between it and the result before it."""
    found: list[SeriesBreak | None] = [None]
    for before, after in pairwise(results):
        between = [
            each for each in breaks if before.round.starts_on < each.round.starts_on <= after.round.starts_on
        ]
        found.append(max(between, key=lambda each: each.round.starts_on, default=None))
    return found


def _series(
    results: Sequence[AnyResult],
    limits: Mapping[tuple[int, int], Limits | None],
    breaks: Sequence[SeriesBreak | None],
) -> Series:
    points = []
    for result, break_before in zip(results, breaks, strict=True):
        if result.value is None:
            continue
        cell = state_of(result, None, is_due=True, on=result.measured_on)
        if break_before:
            cell = cell._replace(movement=Movement.NONE)
        points.append(
            Point(
                cell,
                result.value,
                result.measured_on,
                result.round.name,
                result.year_group,
                limits[result.indicator_id, result.round_id],
                break_before,
            )
        )
    return Series(results[0].indicator, points)
