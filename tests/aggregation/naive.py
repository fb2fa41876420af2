"""The sums of a municipality counted slowly, pupil by pupil, from the rows: what the roll-up must equal.

Shares neither SQL nor code with the roll-up, and says for itself what due, measured and moved mean.
"""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from accounts.models import Level, Unit, UnitPlacement
from accounts.queries import root_unit
from aggregation.models import UnitSum
from aggregation.rollup import COUNTS
from colourmaps.models import BreakKind, DueIndicator, Indicator, MeasurementRound, Result, SeriesBreak
from colourmaps.scales import Mark
from colourmaps.services import add_break
from pupils.models import Enrolment, Pupil, PupilGroupMembership
from pupils.services import end_enrolment, enrol_pupil
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import (
    DueIndicatorFactory,
    IndicatorFactory,
    RoundFactory,
    ThresholdFactory,
    record,
)
from tests.factories.pupils import EnrolmentFactory, PupilFactory

Key = tuple[int, int, int, int]  # round, unit, indicator, slice
Sums = dict[Key, dict[str, int]]  # counts by name


def stored_sums() -> Sums:
    rows = UnitSum.objects.values_list("round_id", "unit_id", "indicator_id", "slice", *COUNTS)
    return {row[:4]: dict(zip(COUNTS, row[4:], strict=True)) for row in rows}


def naive_sums() -> Sums:
    sums: Sums = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    rounds = list(MeasurementRound.objects.order_by("starts_on"))
    for place, round_ in enumerate(rounds):
        for indicator in Indicator.objects.all():
            for unit_id, slices, counts in facts(round_, indicator, rounds[:place]):
                for above in units_above(unit_id, round_.ends_on):
                    for part in slices:
                        sum_ = sums[round_.pk, above, indicator.pk, part]
                        for name, count in counts.items():
                            sum_[name] += count
    return dict(sums)


Fact = tuple[int, list[int], dict[str, int]]  # class, slices, what one pupil adds to their counts


def facts(round_: MeasurementRound, indicator: Indicator, earlier: list[MeasurementRound]) -> Iterator[Fact]:
    day = round_.ends_on
    due = set(
        DueIndicator.objects.filter(round=round_, indicator=indicator).values_list("year_group", flat=True)
    )
    results = {row.pupil_id: row for row in Result.objects.filter(round=round_, indicator=indicator)}
    measured = set()
    for enrolment in Enrolment.objects.on(day).filter(is_home=True):
        result = results.get(enrolment.pupil_id)
        if result is not None or enrolment.year_group in due:
            slices = slices_of(enrolment.pupil, enrolment.year_group, day)
            yield enrolment.school_class_id, slices, counts_of(result, round_, indicator)
            if result is not None and result.value is not None:
                measured.add(enrolment.pupil_id)
    before = [each for each in earlier if DueIndicator.objects.filter(round=each, indicator=indicator)]
    if not (due and before):
        return
    of_then = Result.objects.filter(round=before[-1], indicator=indicator, value__isnull=False)
    for result in of_then.exclude(pupil__in=measured):
        home = Enrolment.objects.on(before[-1].ends_on).filter(pupil=result.pupil_id, is_home=True).first()
        heir = heir_of(home.school_class, day) if home else None
        if home is None or heir is None:
            continue
        # All of a town's school years are before the Swedish shift of year groups.
        years_up = school_year(day) - school_year(before[-1].ends_on)
        year_group = home.year_group + years_up if heir.year_group is None else heir.year_group
        if year_group in due:
            yield heir.pk, slices_of(result.pupil, year_group, day), {"left": 1}


def school_year(day: datetime.date) -> int:
    return day.year - (day.month < 8)


def heir_of(school_class: Unit, day: datetime.date) -> Unit | None:
    unit: Unit | None = school_class
    while unit is not None and unit.valid_to is not None and unit.valid_to <= day:
        unit = unit.successor
    return unit if unit is not None and unit.valid_from <= day else None


def slices_of(pupil: Pupil, year_group: int, day: datetime.date) -> list[int]:
    groups = {
        membership.group_id
        for membership in PupilGroupMembership.objects.on(day).filter(pupil=pupil, group__is_summed=True)
        if membership.group.is_in_force(day)
    }
    return [0, 100 + year_group, {"": 200, "F": 201, "M": 202}[pupil.sex], *(1000 + pk for pk in groups)]


def units_above(unit_id: int | None, day: datetime.date) -> list[int]:
    found = []
    while unit_id is not None:
        found.append(unit_id)
        placement = UnitPlacement.objects.on(day).filter(unit_id=unit_id).first()
        unit_id = placement.parent_id if placement else None
    return found


def counts_of(result: Result | None, round_: MeasurementRound, indicator: Indicator) -> dict[str, int]:
    """What a pupil who is due or has a result adds to the sums of the own class."""
    counts = {"due": int(result is None or result.mark != Mark.EXEMPT)}
    if result is None or result.value is None:
        return counts
    counts |= {
        "measured": 1,
        "total": result.value,
        "total_of_squares": result.value**2,
        "green": int(result.colour == 3),
        "yellow": int(result.colour == 2),
        "red": int(result.colour == 1),
    }
    earlier = (
        Result.objects.filter(pupil=result.pupil_id, indicator=indicator, value__isnull=False)
        .filter(round__starts_on__lt=round_.starts_on)
        .select_related("round")
        .order_by("-round__starts_on")
        .first()
    )
    if earlier is None or earlier.value is None:
        return counts | {"joined": 1}
    breaks = SeriesBreak.objects.filter(indicator=indicator).select_related("round")
    if any(earlier.round.starts_on < each.round.starts_on <= round_.starts_on for each in breaks):
        return counts
    gain = (result.value - earlier.value) * (-1 if indicator.direction == "low" else 1)
    return counts | {
        "paired": 1,
        "up": int(gain > indicator.measurement_error),
        "still": int(abs(gain) <= indicator.measurement_error),
        "down": int(gain < -indicator.measurement_error),
    }


@dataclass
class Town:
    """The municipality that is entered, with two schools at different depths, and dice for what happens in it."""

    dice: random.Random
    classes: list[Unit]
    rounds: list[MeasurementRound]
    indicators: list[Indicator]
    pupils: list[Pupil]

    def import_something(self) -> None:
        """A file of one indicator and one round: new values, corrections, marks, and much that is missing."""
        round_, indicator = self.dice.choice(self.rounds), self.dice.choice(self.indicators)
        pupils = self.dice.sample(self.pupils, self.dice.randint(1, len(self.pupils)))
        record(round_, indicator, {pupil: self.value() for pupil in pupils})

    def move_somebody(self) -> None:
        """A pupil changes class or leaves, on a day that may lie before what has been measured since."""
        day = self.dice.choice(DAYS)
        open_ones = Enrolment.objects.filter(is_home=True, valid_to__isnull=True, valid_from__lt=day)
        if not open_ones:
            return
        enrolment = self.dice.choice(list(open_ones.order_by("pk")))
        if self.dice.random() < 0.3:
            end_enrolment(enrolment=enrolment, on=day)
            return
        new = self.dice.choice(self.classes)
        if new.year_group is not None:
            enrol_pupil(pupil=enrolment.pupil, school_class=new, year_group=new.year_group, on=day)

    def break_a_series(self) -> None:
        """The second round is not to be compared with the first, on the indicator that somebody is due in each time."""
        kind = BreakKind.NEW_VERSION
        add_break(indicator=self.indicators[0], round_=self.rounds[1], kind=kind, by=None)

    def value(self) -> int | Mark:
        return self.dice.choice([500, 1000, 1050, 2000, 3000, Mark.ABSENT, Mark.NO_BASIS, Mark.EXEMPT])


MOVING_DAY = datetime.date(2026, 10, 1)
# Before the first round is counted, between the rounds, and after the second.
DAYS = [datetime.date(2026, 9, 10), datetime.date(2026, 10, 15), datetime.date(2026, 11, 30)]


def make_town(seed: int) -> Town:
    """Two rounds; between them the second school leaves its area, and pupils move, come and leave."""
    dice = random.Random(seed)  # noqa: S311 – dice, not secrets
    administration = UnitFactory(level=Level.ADMINISTRATION, parent=root_unit())
    area = UnitFactory(level=Level.AREA, parent=administration)
    schools = [UnitFactory(parent=area), UnitFactory(parent=area)]
    UnitPlacement.objects.filter(unit=schools[1]).update(valid_to=MOVING_DAY)
    UnitPlacement.objects.create(
        municipality=area.municipality, unit=schools[1], parent=administration, valid_from=MOVING_DAY
    )
    classes = [SchoolClassFactory(parent=school, year_group=year) for school in schools for year in (4, 5)]
    rounds = [
        RoundFactory(starts_on=datetime.date(2026, month, 1), ends_on=datetime.date(2026, month, 20))
        for month in (9, 11)
    ]
    indicators = [IndicatorFactory(measurement_error=50), IndicatorFactory(direction="low")]
    ThresholdFactory(indicator=indicators[0], yellow_limit=1000, green_limit=2000)
    ThresholdFactory(indicator=indicators[1], yellow_limit=2000, green_limit=1000, year_group=5)
    for round_ in rounds:
        DueIndicatorFactory(round=round_, indicator=indicators[0], year_group=4)
        DueIndicatorFactory(round=round_, indicator=indicators[1], year_group=dice.choice([4, 5]))
    town = Town(dice, classes, rounds, indicators, PupilFactory.create_batch(8))
    for pupil in town.pupils:
        enrol_somehow(pupil, town)
    return town


def enrol_somehow(pupil: Pupil, town: Town) -> None:
    first, second, other = (town.dice.choice(town.classes) for _class in range(3))
    what_happens = town.dice.choice(["stays", "moves", "comes", "leaves", "is nowhere"])
    if what_happens in ("stays", "moves", "leaves"):
        ends = None if what_happens == "stays" else MOVING_DAY
        EnrolmentFactory(pupil=pupil, school_class=first, valid_to=ends)
    if what_happens in ("moves", "comes"):
        EnrolmentFactory(pupil=pupil, school_class=second, valid_from=MOVING_DAY)
    if town.dice.random() < 0.3 and other not in (first, second):
        EnrolmentFactory(pupil=pupil, school_class=other, is_home=False)
