"""Random histories: every map of every day, and of every moment, can be drawn again as it was then, byte for byte."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Unit
from colourmaps.as_of import AsOf, at_moment
from colourmaps.drawing import draw_rows
from colourmaps.grid import Grid, class_grid, group_grid
from colourmaps.models import MeasurementRound
from colourmaps.ordering import by_name
from colourmaps.timeline import series_of
from tests.fixtures import TODAY, Place

from .histories import History, SmallTown, make_small_town

pytestmark = pytest.mark.slow

N_ACTS = 16
A_DAY = datetime.timedelta(days=1)


class Clock:
    """Each look is a millisecond after the one before it."""

    def __init__(self) -> None:
        self.day = TODAY
        self.now = datetime.datetime.combine(TODAY, datetime.time(9), datetime.UTC)

    def __call__(self) -> datetime.datetime:
        self.now += datetime.timedelta(milliseconds=1)
        return self.now

    def go_on(self) -> None:
        self.day += A_DAY
        self.now = datetime.datetime.combine(self.day, datetime.time(9), datetime.UTC)


@pytest.fixture
def flying(monkeypatch: pytest.MonkeyPatch, clock: datetime.date) -> Clock:
    flying = Clock()
    monkeypatch.setattr(timezone, "now", flying)
    return flying


@pytest.fixture
def town(flying: Clock, in_solviken: Place) -> SmallTown:
    return make_small_town(in_solviken)


def drawn(town: SmallTown, day: datetime.date, as_of: AsOf | None = None) -> dict[Any, Any]:
    """The grid, the limits and the plan of every class and of all, by round, and the time lines of every pupil."""
    shown: dict[Any, Any] = {}
    classes = list(Unit.objects.filter(pk__in=[each.pk for each in town.classes]).order_by("pk"))
    for round_ in MeasurementRound.objects.all():
        for school_class in classes:
            shown[school_class.pk, round_.pk] = drawn_grid(class_grid(school_class, round_, day, as_of=as_of))
        together = group_grid(town.place.root, classes, round_, day, as_of=as_of)
        shown["all", round_.pk] = drawn_grid(together, with_class=True)
    for pupil in town.pupils:
        shown[pupil.pk] = [(series.indicator.pk, list(series.points)) for series in series_of(pupil, as_of)]
    return shown


def drawn_grid(grid: Grid, *, with_class: bool = False) -> tuple[str, list[Any]]:
    columns = [(column.indicator.pk, column.limits, column.own, column.due_in) for column in grid.columns]
    return str(draw_rows(grid, by_name(grid.rows, "sv"), "sv", with_class=with_class)), columns


@pytest.mark.parametrize("seed", range(5))
def test_every_day_can_be_drawn_again_as_it_was(town: SmallTown, flying: Clock, seed: int) -> None:
    history = History(town, seed)
    kept = {}
    for _act in range(N_ACTS):
        kept[flying.day] = drawn(town, flying.day)
        flying.go_on()
        history.run(1)

    for day, shown in kept.items():
        again = drawn(town, flying.day, AsOf(day))
        assert {key for key in shown if again[key] != shown[key]} == set(), (day, history.told)
    assert len({str(shown) for shown in kept.values()}) > N_ACTS / 4, history.told


@pytest.mark.parametrize("seed", range(100, 105))
def test_every_moment_of_a_day_can_be_drawn_again_as_it_was(
    town: SmallTown, flying: Clock, seed: int
) -> None:
    history = History(town, seed)
    kept = []
    for _act in range(N_ACTS):
        kept.append((flying(), drawn(town, flying.day)))
        flying.now += datetime.timedelta(seconds=1)
        history.run(1)
    flying.go_on()

    for moment, shown in kept:
        again = drawn(town, flying.day, at_moment(moment))
        assert {key for key in shown if again[key] != shown[key]} == set(), (moment, history.told)
    assert len({str(shown) for _moment, shown in kept}) >= N_ACTS / 4, history.told
