"""A pupil's results over time, one series per indicator, as plain data."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pupils.models import Pupil

from .cells import Cell, state_of
from .classification import Movement
from .limits import Limits
from .models import Indicator, Result, SeriesBreak
from .queries import limits_then


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


def series_of(pupil: Pupil) -> list[Series]:
    """Every indicator that the pupil has a value on, in the map's order. The caller has asked the door."""
    measured = Result.objects.filter(pupil=pupil, value__isnull=False).select_related("indicator", "round")
    results: dict[int, list[Result]] = {}
    for result in measured.order_by("indicator__position", "indicator__code", "round__starts_on"):
        results.setdefault(result.indicator_id, []).append(result)
    limits = limits_then(
        {moment for found in results.values() for result in found if (moment := _moment(result)) is not None}
    )
    breaks: dict[int, list[SeriesBreak]] = {}
    for each in SeriesBreak.objects.filter(indicator_id__in=results).select_related("round"):
        breaks.setdefault(each.indicator_id, []).append(each)
    return [
        _series(found, limits, _breaks_before(found, breaks.get(indicator_id, [])))
        for indicator_id, found in results.items()
    ]


def _moment(result: Result) -> tuple[int, int, datetime.date] | None:
    """What the limits hang on: indicator, year group and day; None for a pupil who was in no class."""
    if result.year_group is None:
        return None
    return result.indicator_id, result.year_group, result.measured_on


def _breaks_before(results: Sequence[Result], breaks: Sequence[SeriesBreak]) -> list[SeriesBreak | None]:
    """Of each result: the last break between it and the result before it."""
    found: list[SeriesBreak | None] = [None]
    for before, after in pairwise(results):
        between = [
            each for each in breaks if before.round.starts_on < each.round.starts_on <= after.round.starts_on
        ]
        found.append(max(between, key=lambda each: each.round.starts_on, default=None))
    return found


def _series(
    results: Sequence[Result],
    limits: dict[tuple[int, int, datetime.date], Limits],
    breaks: Sequence[SeriesBreak | None],
) -> Series:
    points = []
    for result, break_before in zip(results, breaks, strict=True):
        if result.value is None:
            continue
        cell = state_of(result, None, is_due=True, on=result.measured_on)
        if break_before:
            cell = cell._replace(movement=Movement.NONE)
        moment = _moment(result)
        points.append(
            Point(
                cell,
                result.value,
                result.measured_on,
                result.round.name,
                result.year_group,
                limits.get(moment) if moment else None,
                break_before,
            )
        )
    return Series(results[0].indicator, points)
