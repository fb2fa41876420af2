"""Random histories of a tiny municipality: what people do, and how the recounts that it asks for are delivered.

Everything goes through the real services, and nothing is counted but by the work that they ask for: done late, twice,
in any order, class by class, or begun and taken back.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from django.db import transaction

from accounts.models import Level, Unit
from accounts.reorganisation import Refused, merge_units, move_unit
from aggregation.models import RollupWork
from aggregation.rollup import recount
from aggregation.work import do_waiting_recounts
from colourmaps.models import ImportBatch, Indicator, MeasurementRound, Threshold
from colourmaps.scales import Mark
from colourmaps.services import (
    LimitsRefused,
    end_own_limits,
    plan_indicator,
    record_results,
    set_threshold,
    undo_batch,
    unplan_indicator,
)
from pupils.grouping import join_group, leave_group, stop_summing_group, sum_group
from pupils.models import Enrolment, Pupil, PupilGroup
from pupils.services import OverlappingEnrolment, end_enrolment, enrol_pupil
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import (
    DueIndicatorFactory,
    ImportBatchFactory,
    IndicatorFactory,
    RoundFactory,
    ThresholdFactory,
)
from tests.factories.pupils import GroupFactory, PupilFactory
from tests.fixtures import Place

SUMMERS = [datetime.date(year, 8, 1) for year in (2025, 2026, 2027)]
# Spring, autumn and winter; between the first two the school year changes.
ROUND_DAYS = [datetime.date(2026, 4, 1), datetime.date(2026, 10, 1), datetime.date(2027, 1, 10)]
DAYS = [
    datetime.date(2026, 2, 1),
    SUMMERS[1],
    datetime.date(2026, 9, 15),
    datetime.date(2026, 10, 5),
    datetime.date(2026, 12, 1),
    datetime.date(2027, 2, 1),
]
VALUES = [500, 1000, 1050, 2000, 3000, Mark.ABSENT, Mark.EXEMPT]


@dataclass
class SmallTown:
    """Two schools, each with a class of the spring that has an heir; one heir is mixed, one pupil is nowhere."""

    place: Place
    schools: list[Unit]
    classes: list[Unit]
    rounds: list[MeasurementRound]
    indicators: list[Indicator]
    pupils: list[Pupil]
    groups: list[PupilGroup]
    batches: list[ImportBatch] = field(default_factory=list)


def make_small_town(place: Place) -> SmallTown:
    schools = [place.school, UnitFactory(parent=place.administration)]
    classes = []
    for school, year_of_heir in zip(schools, (4, None), strict=True):
        heir = SchoolClassFactory(
            parent=school, year_group=year_of_heir, valid_from=SUMMERS[1], valid_to=SUMMERS[2]
        )
        of_then = SchoolClassFactory(
            parent=school, year_group=3, valid_from=SUMMERS[0], valid_to=SUMMERS[1], name="3A"
        )
        Unit.objects.filter(pk=of_then.pk).update(successor=heir)
        classes += [of_then, heir]
    rounds = [RoundFactory(starts_on=day, ends_on=day + datetime.timedelta(days=10)) for day in ROUND_DAYS]
    indicators = [IndicatorFactory(measurement_error=50), IndicatorFactory(direction="low")]
    ThresholdFactory(indicator=indicators[0], yellow_limit=1000, green_limit=2000, year_group=3)
    ThresholdFactory(indicator=indicators[1], yellow_limit=2000, green_limit=1000, year_group=4)
    for round_, year_group in zip(rounds, (3, 4, 4), strict=True):
        DueIndicatorFactory(round=round_, indicator=indicators[0], year_group=year_group)
    DueIndicatorFactory(round=rounds[0], indicator=indicators[1], year_group=3)
    DueIndicatorFactory(round=rounds[2], indicator=indicators[1], year_group=4)
    pupils = [PupilFactory(sex=sex) for sex in ("F", "M", "", "F", "M")]
    for pupil, at in zip(pupils, (0, 0, 2, 2), strict=False):
        enrol_pupil(pupil=pupil, school_class=classes[at], year_group=3, on=SUMMERS[0])
    for pupil, at in zip(pupils, (1, 3, 3), strict=False):
        enrol_pupil(pupil=pupil, school_class=classes[at], year_group=4, on=SUMMERS[1])
    groups = GroupFactory.create_batch(2)
    join_group(group=groups[0], pupil_ids=[pupil.pk for pupil in pupils[:3]], on=SUMMERS[0], by=None)
    town = SmallTown(place, schools, classes, rounds, indicators, pupils, groups)
    sum_group(group=groups[0], by=None)
    for round_, indicator in zip(rounds, (indicators[0],) * 3, strict=True):
        _record(town, round_, indicator, dict.fromkeys(pupils, 1500))
    do_waiting_recounts()
    return town


class History:
    """What happens next in the town, by the dice of a seed. told: what has happened, for whoever reads a failure."""

    def __init__(self, town: SmallTown, seed: int) -> None:
        self.town = town
        self.dice = random.Random(seed)  # noqa: S311 – dice, not secrets
        self.told: list[str] = []

    def run(self, n_acts: int) -> None:
        acts: list[Callable[[], object]] = [
            *(self.import_file,) * 3,
            self.correct,
            self.undo,
            *(self.move_pupil,) * 2,
            self.end_enrolment,
            self.change_group,
            self.switch_group,
            self.move_unit,
            self.merge_schools,
            self.set_limits,
            self.set_own_limits,
            self.end_own_limits,
            self.plan,
        ]
        for _act in range(n_acts):
            self.do(self.dice.choice(acts))
            self.do(self.dice.choice([*DELIVERIES, do_nothing]))
        do_waiting_recounts()

    def do(self, act: Callable[..., object]) -> None:
        self.told.append(act.__name__)
        if act in (*DELIVERIES, do_nothing):
            act(self.dice)
        else:
            act()

    def import_file(self) -> None:
        round_, indicator = self.dice.choice(self.town.rounds), self.dice.choice(self.town.indicators)
        pupils = self.dice.sample(self.town.pupils, self.dice.randint(1, len(self.town.pupils)))
        values = {pupil: self.dice.choice(VALUES) for pupil in pupils}
        self.town.batches.append(_record(self.town, round_, indicator, values))

    def correct(self) -> None:
        round_, indicator = self.dice.choice(self.town.rounds), self.dice.choice(self.town.indicators)
        values = {self.dice.choice(self.town.pupils): self.dice.choice(VALUES)}
        _record(self.town, round_, indicator, values)

    def undo(self) -> None:
        if self.town.batches:
            undo_batch(batch=self.town.batches.pop(self.dice.randrange(len(self.town.batches))))

    def move_pupil(self) -> None:
        school_class = self.dice.choice(self.town.classes)
        day = max(self.dice.choice(DAYS), school_class.valid_from)
        year_group = school_class.year_group or self.dice.choice([3, 4, 5])
        try:
            with transaction.atomic():
                enrol_pupil(
                    pupil=self.dice.choice(self.town.pupils),
                    school_class=school_class,
                    year_group=year_group,
                    on=day,
                )
        except OverlappingEnrolment:
            self.told.append("(has a class then already)")

    def end_enrolment(self) -> None:
        day = self.dice.choice(DAYS)
        homes = Enrolment.objects.filter(is_home=True, valid_to=None, valid_from__lt=day).order_by("pk")
        if homes:
            end_enrolment(enrolment=self.dice.choice(list(homes)), on=day)

    def change_group(self) -> None:
        change = self.dice.choice([join_group, leave_group])
        pupils = self.dice.sample(self.town.pupils, 2)
        change(
            group=self.dice.choice(self.town.groups),
            pupil_ids=[pupil.pk for pupil in pupils],
            on=self.dice.choice(DAYS),
            by=None,
        )

    def switch_group(self) -> None:
        group = PupilGroup.objects.get(pk=self.dice.choice(self.town.groups).pk)
        switch = stop_summing_group if group.is_summed else sum_group
        switch(group=group, by=None)

    def move_unit(self) -> None:
        unit = self.dice.choice([*self.town.schools, *self.town.classes])
        is_class = unit.level == Level.SCHOOL_CLASS
        parents = self.town.schools if is_class else [self.town.place.area, self.town.place.administration]
        self.reorganise(
            lambda: move_unit(unit=unit, parent=self.dice.choice(parents), on=self.dice.choice(DAYS), by=None)
        )

    def merge_schools(self) -> None:
        one, other = self.dice.sample(self.town.schools, 2)
        self.reorganise(lambda: merge_units(units=[one], into=other, on=self.dice.choice(DAYS), by=None))

    def reorganise(self, act: Callable[[], object]) -> None:
        try:
            with transaction.atomic():
                act()
        except Refused as refusal:
            self.told.append(f"({refusal})")

    def set_own_limits(self) -> None:
        self.set_limits(school=self.dice.choice(self.town.schools), reason="Eget beslut")

    def end_own_limits(self) -> None:
        own = Threshold.objects.filter(school__isnull=False).order_by("pk")
        if own:
            self.decide(
                lambda: end_own_limits(
                    threshold=self.dice.choice(list(own)), from_day=self.dice.choice(DAYS), by=None
                )
            )

    def set_limits(self, **whose: Any) -> None:
        yellow, green = sorted(self.dice.sample([700, 1000, 1800, 2500], 2))
        indicator = self.dice.choice(self.town.indicators)
        if not indicator.is_high_good:
            yellow, green = green, yellow
        self.decide(
            lambda: set_threshold(
                indicator=indicator,
                year_group=self.dice.choice([3, 4]),
                yellow=yellow,
                green=green,
                from_day=self.dice.choice(DAYS),
                by=None,
                **whose,
            )
        )

    def decide(self, act: Callable[[], object]) -> None:
        try:
            with transaction.atomic():
                act()
        except LimitsRefused as refusal:
            self.told.append(f"({refusal})")

    def plan(self) -> None:
        change = self.dice.choice([plan_indicator, unplan_indicator])
        change(
            round_=self.dice.choice(self.town.rounds),
            indicator_id=self.dice.choice(self.town.indicators).pk,
            year_groups=[self.dice.choice([3, 4, 5])],
        )


def _record(
    town: SmallTown,
    round_: MeasurementRound,
    indicator: Indicator,
    values: dict[Pupil, int | Mark],
) -> ImportBatch:
    batch = ImportBatchFactory()
    rows = [
        {
            "pupil_id": pupil.pk,
            "indicator_id": indicator.pk,
            "round_id": round_.pk,
            "value": float("nan") if isinstance(value, Mark) else float(value),
            "mark": int(value) if isinstance(value, Mark) else int(Mark.MEASURED),
            "measured_on": round_.starts_on,
        }
        for pupil, value in values.items()
    ]
    record_results(pd.DataFrame(rows), by=None, batch=batch)
    return batch


def do_nothing(dice: random.Random) -> None:
    """The message is late."""


def deliver(dice: random.Random) -> None:
    do_waiting_recounts()


def deliver_twice(dice: random.Random) -> None:
    do_waiting_recounts()
    do_waiting_recounts()


def deliver_some_in_any_order(dice: random.Random) -> None:
    """Class by class; some of them twice, some left for later."""
    waiting = list(RollupWork.objects.select_related("round").order_by("pk"))
    dice.shuffle(waiting)
    for work in waiting[: dice.randint(0, len(waiting))]:
        for _time in range(dice.randint(1, 2)):
            recount(work.round, [work.unit_id])
        work.delete()


def interrupt(dice: random.Random) -> None:
    """The worker dies before it has committed: what it has done is as if it had not been."""
    with transaction.atomic():
        do_waiting_recounts()
        transaction.set_rollback(True)


def count_unasked(dice: random.Random) -> None:
    """A message of long ago arrives now."""
    rounds = MeasurementRound.objects.order_by("pk")
    recount(dice.choice(list(rounds)))


DELIVERIES = (deliver, deliver_twice, deliver_some_in_any_order, interrupt, count_unasked)
