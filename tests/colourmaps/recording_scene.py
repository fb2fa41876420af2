"""A pupil whose results are recorded, corrected and compared."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import pandas as pd

from colourmaps.classification import Movement
from colourmaps.models import Indicator, MeasurementRound, Result
from colourmaps.scales import Mark
from colourmaps.services import Recorded
from pupils.models import Pupil
from tests.factories.colourmaps import RoundFactory, record
from tests.fixtures import Place


def round_in(month: int) -> MeasurementRound:
    """A round of the autumn of 2026, from the first to the twentieth of the month."""
    return RoundFactory(starts_on=datetime.date(2026, month, 1), ends_on=datetime.date(2026, month, 20))


@dataclass
class Scene:
    """A pupil of 4A, and an indicator with limits that is measured in September, October and November."""

    place: Place
    pupil: Pupil
    indicator: Indicator
    september: MeasurementRound
    october: MeasurementRound
    november: MeasurementRound
    announced: list[set[tuple[int, int]]]

    def record(self, round_: MeasurementRound, value: int | Mark, **options) -> Recorded:
        return record(round_, self.indicator, {self.pupil: value}, **options)

    def result(self, round_: MeasurementRound) -> Result:
        return Result.objects.get(pupil=self.pupil, indicator=self.indicator, round=round_)

    def movement(self, round_: MeasurementRound) -> Movement:
        return Movement(self.result(round_).movement)


def frame(rows: list[tuple[Pupil, Indicator, MeasurementRound, float, Mark]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "pupil_id": pupil.pk,
                "indicator_id": indicator.pk,
                "round_id": round_.pk,
                "value": float(value),
                "mark": int(mark),
                "measured_on": round_.starts_on,
            }
            for pupil, indicator, round_, value, mark in rows
        ]
    )


def counts(recorded: Recorded) -> tuple[int, int, int]:
    return recorded.n_new, recorded.n_changed, recorded.n_unchanged
