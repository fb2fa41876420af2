"""An area with six schools, one of which has two classes; two indicators in three rounds, counted and released."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from accounts.models import Unit
from aggregation.disclosure import Colours, Figures, Moves
from aggregation.models import UnitSum
from aggregation.releasing import release_round
from colourmaps.models import Indicator, IndicatorArea, MeasurementRound
from tests.factories.accounts import UnitFactory
from tests.factories.colourmaps import IndicatorFactory, RoundFactory
from tests.fixtures import TODAY, Place

from ..scene import store_sums
from ..towns import summed

LARGE = Figures(Colours(90, 60, 40), Moves(50, 60, 30), 12)
FEW_RED = Figures(Colours(30, 14, 2), Moves(12, 15, 8), 6)
CLASS = Figures(Colours(15, 7, 1), Moves(6, 8, 4), 3)


@dataclass(frozen=True)
class Scene:
    """schools: the place's own first, with few red; then five large ones. rounds: oldest first."""

    place: Place
    schools: list[Unit]
    rounds: list[MeasurementRound]
    reading: Indicator
    mathematics: Indicator

    @property
    def now(self) -> MeasurementRound:
        return self.rounds[-1]

    def units(self) -> dict[int, Unit]:
        """By node, as `parents` and `figures` name them."""
        place = self.place
        line = [place.root, place.administration, place.area]
        return dict(enumerate([*line, *self.schools, place.class_4a, place.class_5a]))

    def parents(self) -> dict[int, int]:
        n_schools = len(self.schools)
        return {1: 0, 2: 1, **dict.fromkeys(range(3, 3 + n_schools), 2), **dict.fromkeys((9, 10), 3)}

    def store(
        self, indicator: Indicator, round_: MeasurementRound, schools: Mapping[int, Figures] | None = None
    ) -> None:
        """schools: figures by node, of those that are not as usual."""
        leaves = {**dict.fromkeys(range(4, 9), LARGE), 9: CLASS, 10: CLASS, **(schools or {})}
        store_sums(self.units(), summed(self.parents(), leaves), round_, indicator)


@pytest.fixture
def scene(in_solviken: Place) -> Scene:
    place = in_solviken
    more = [UnitFactory(parent=place.area, name=f"Skola {letter}") for letter in "ABCDE"]
    rounds = [
        RoundFactory(name=name, starts_on=TODAY - datetime.timedelta(days=days))
        for name, days in (("HT 2025", 400), ("VT 2026", 220), ("HT 2026", 40))
    ]
    scene = Scene(
        place,
        [place.school, *more],
        rounds,
        IndicatorFactory(code="LAS", names={"en": "Reading"}),
        IndicatorFactory(code="MA", names={"en": "Number sense"}, area=IndicatorArea.MATHEMATICS),
    )
    for round_ in rounds:
        for indicator in (scene.reading, scene.mathematics):
            scene.store(indicator, round_)
    return scene


@pytest.fixture
def released(scene: Scene) -> Scene:
    for round_ in scene.rounds:
        release_round(round_)
    return scene


@pytest.fixture
def store_slice(scene: Scene) -> Callable[..., None]:
    """`store_slice(unit, number, measured, indicator=…)`: a part of a unit's pupils in the last round, half red."""

    def store(unit: Unit, number: int, measured: int, indicator: Indicator = scene.reading) -> None:
        whole = UnitSum.objects.get(unit=unit, round=scene.now, indicator=indicator, slice=0)
        UnitSum.objects.create(
            municipality_id=whole.municipality_id,
            unit=unit,
            round=scene.now,
            indicator=indicator,
            slice=number,
            due=measured,
            measured=measured,
            green=measured - measured // 2,
            yellow=0,
            red=measured // 2,
            paired=0,
            up=0,
            still=0,
            down=0,
            total=0,
            total_of_squares=0,
            computed_at=whole.computed_at,
        )

    return store
