"""What recording promises, said slowly, and a scene in which all its cases occur: for tests with random histories."""

from __future__ import annotations

import datetime
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from colourmaps.classification import Colour, Movement
from colourmaps.models import Indicator, MeasurementRound, Result, SupersededResult, Threshold
from colourmaps.scales import Mark
from pupils.models import Enrolment, Pupil
from tests.factories.colourmaps import IndicatorFactory, RoundFactory, ThresholdFactory
from tests.factories.pupils import EnrolmentFactory, PupilFactory
from tests.fixtures import Place

Key = tuple[int, int, int]  # pupil, indicator, round


class Content(NamedTuple):
    value: int | None
    mark: int
    measured_on: datetime.date


class Stamped(NamedTuple):
    """A result as it stands in the table."""

    content: Content
    colour: int
    movement: int
    school_class: int | None
    year_group: int | None


@dataclass
class Model:
    """What record_results promises, said slowly: one result at a time, nothing remembered but the results."""

    rounds: list[MeasurementRound]
    indicators: dict[int, Indicator]
    enrolments: list[Enrolment]
    thresholds: list[Threshold]
    in_force: dict[Key, Content] = field(default_factory=dict)
    colours: dict[Key, int] = field(default_factory=dict)
    superseded: Counter[tuple[Key, Content, int]] = field(default_factory=Counter)

    def record(self, file: dict[Key, Content]) -> tuple[tuple[int, int, int], set[tuple[int, int]]]:
        """((new, changed, unchanged), touched pairs of class and round)."""
        before = self.stamped()
        new = [key for key in file if key not in self.in_force]
        changed = [key for key in file if key in self.in_force and self.in_force[key][:2] != file[key][:2]]
        for key in changed:
            self.superseded[key, self.in_force[key], self.colours[key]] += 1
        for key in new + changed:
            self.in_force[key] = file[key]
            self.colours[key] = self.colour(key, file[key])
        after = self.stamped()
        touched = {
            (stamp.school_class, key[2])
            for key, stamp in after.items()
            if before.get(key) != stamp and stamp.school_class is not None
        }
        return (len(new), len(changed), len(file) - len(new) - len(changed)), touched

    def stamped(self) -> dict[Key, Stamped]:
        return {
            key: Stamped(content, self.colours[key], self.movement(key), *self.place(key))
            for key, content in self.in_force.items()
        }

    def place(self, key: Key) -> tuple[int | None, int | None]:
        (round_,) = (round_ for round_ in self.rounds if round_.pk == key[2])
        for enrolment in self.enrolments:
            if enrolment.pupil_id == key[0] and enrolment.is_in_force(round_.ends_on):
                return enrolment.school_class_id, enrolment.year_group
        return None, None

    def colour(self, key: Key, content: Content) -> int:
        year_group = self.place(key)[1]
        for limits in self.thresholds:
            if (limits.indicator_id, limits.year_group) != (key[1], year_group):
                continue
            if content.value is None or not limits.is_in_force(content.measured_on):
                continue
            sign = 1 if self.indicators[key[1]].is_high_good else -1
            if sign * content.value >= sign * limits.green_limit:
                return Colour.GREEN
            return Colour.YELLOW if sign * content.value >= sign * limits.yellow_limit else Colour.RED
        return Colour.NONE

    def movement(self, key: Key) -> int:
        value, previous = self.in_force[key].value, None
        for round_ in self.rounds:  # in order of their first day
            if round_.pk == key[2]:
                break
            earlier = self.in_force.get((key[0], key[1], round_.pk))
            if earlier and earlier.value is not None:
                previous = earlier.value
        if value is None or previous is None:
            return Movement.NONE
        indicator = self.indicators[key[1]]
        gain = (value - previous) * (1 if indicator.is_high_good else -1)
        if abs(gain) <= indicator.measurement_error:
            return Movement.STILL
        return Movement.BETTER if gain > 0 else Movement.WORSE


@dataclass
class Scene:
    pupils: list[Pupil]
    model: Model

    def random_file(self, chance: random.Random) -> dict[Key, Content]:
        """Some results, with values that often are what is there already."""
        keys = [
            (pupil.pk, indicator, round_.pk)
            for pupil in self.pupils
            for indicator in self.model.indicators
            for round_ in self.model.rounds
        ]
        return {key: self.random_content(key, chance) for key in chance.sample(keys, chance.randint(1, 12))}

    def random_content(self, key: Key, chance: random.Random) -> Content:
        if key in self.model.in_force and chance.random() < 0.3:
            return self.model.in_force[key]
        (round_,) = (round_ for round_ in self.model.rounds if round_.pk == key[2])
        day = round_.starts_on + datetime.timedelta(days=chance.choice([0, 10]))
        mark = chance.choice([Mark.MEASURED] * 5 + [Mark.ABSENT, Mark.EXEMPT])
        value = chance.choice([900, 1000, 1100, 1200, 2000]) if mark is Mark.MEASURED else None
        return Content(value, int(mark), day)


def make_scene(place: Place) -> Scene:
    """Three rounds; high is good and low is good; a mover, a newcomer and one who leaves; limits that change."""
    rounds = [
        RoundFactory(starts_on=datetime.date(2026, month, 1), ends_on=datetime.date(2026, month, 20))
        for month in (9, 10, 11)
    ]
    high, low = IndicatorFactory(measurement_error=100), IndicatorFactory(direction="low")
    change = datetime.date(2026, 10, 5)
    ThresholdFactory(indicator=high, yellow_limit=1000, green_limit=1200, valid_to=change)
    ThresholdFactory(indicator=high, yellow_limit=900, green_limit=1100, valid_from=change)
    ThresholdFactory(indicator=high, year_group=5, yellow_limit=1100, green_limit=2000)
    ThresholdFactory(indicator=low, yellow_limit=1200, green_limit=1000)
    stays, moves, comes, leaves = PupilFactory.create_batch(4)
    EnrolmentFactory(pupil=stays, school_class=place.class_4a)
    EnrolmentFactory(pupil=moves, school_class=place.class_4a, valid_to=change)
    EnrolmentFactory(pupil=moves, school_class=place.class_5a, valid_from=change)
    EnrolmentFactory(pupil=comes, school_class=place.class_5a, valid_from=datetime.date(2026, 10, 20))
    EnrolmentFactory(pupil=leaves, school_class=place.class_4a, valid_to=datetime.date(2026, 10, 20))
    model = Model(
        rounds=rounds,
        indicators={high.pk: high, low.pk: low},
        enrolments=list(Enrolment.objects.all()),
        thresholds=list(Threshold.objects.all()),
    )
    return Scene([stays, moves, comes, leaves], model)


def stored() -> dict[Key, Stamped]:
    return {
        (row.pupil_id, row.indicator_id, row.round_id): Stamped(
            Content(row.value, row.mark, row.measured_on),
            row.colour,
            row.movement,
            row.school_class_id,
            row.year_group,
        )
        for row in Result.objects.all()
    }


def stored_history() -> Counter[tuple[Key, Content, int]]:
    return Counter(
        (
            (row.pupil_id, row.indicator_id, row.round_id),
            Content(row.value, row.mark, row.measured_on),
            row.colour,
        )
        for row in SupersededResult.objects.all()
    )


def as_frame(file: dict[Key, Content]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "pupil_id": pupil_id,
                "indicator_id": indicator_id,
                "round_id": round_id,
                "value": float("nan") if content.value is None else float(content.value),
                "mark": content.mark,
                "measured_on": content.measured_on,
            }
            for (pupil_id, indicator_id, round_id), content in file.items()
        ]
    )
