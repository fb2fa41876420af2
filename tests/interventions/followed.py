"""A year group that is large enough for an answer: two classes of a school, two of another, and their results."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.models import Level, Unit
from accounts.tenancy import current_municipality
from colourmaps.models import Indicator, MeasurementRound
from interventions.models import Intervention, InterventionUnit, WaitingPupil
from interventions.services import freeze_baseline
from pupils.models import Enrolment, Pupil
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import (
    DueIndicatorFactory,
    IndicatorFactory,
    RoundFactory,
    ThresholdFactory,
    record,
)
from tests.factories.interventions import InterventionFactory
from tests.fixtures import TODAY, Place

DAY = datetime.timedelta(days=1)
IN_SPRING = datetime.datetime(2027, 3, 1, 9, tzinfo=datetime.UTC)
N_IN_CLASS = 24


@dataclass(frozen=True)
class Year:
    """4A and 4B of Solviksskolan, 4C and 4D of Norrskolan: 24 pupils in each, who start at 8 to 31 points.

    Yellow from 16, green from 26, give or take 2.
    """

    place: Place
    indicator: Indicator
    autumn: MeasurementRound
    spring: MeasurementRound
    other_school: Unit
    classes: Sequence[Unit]
    pupils: Sequence[Sequence[Pupil]]

    @property
    def everybody(self) -> list[Pupil]:
        return [pupil for of_class in self.pupils for pupil in of_class]

    def lowest(self, n: int, *classes: int) -> list[Pupil]:
        """Those who started lowest in each of the classes, by their places."""
        return [pupil for place in classes for pupil in self.pupils[place][:n]]


def make_year(place: Place) -> Year:
    indicator = IndicatorFactory(code="LAS", names={"sv": "Läsförståelse"}, measurement_error=200)
    ThresholdFactory(indicator=indicator)
    autumn = RoundFactory(
        name="HT 2026", starts_on=datetime.date(2026, 9, 1), ends_on=datetime.date(2026, 10, 15)
    )
    spring = RoundFactory(
        name="VT 2027", starts_on=datetime.date(2027, 1, 15), ends_on=datetime.date(2027, 2, 20)
    )
    for round_ in (autumn, spring):
        DueIndicatorFactory(round=round_, indicator=indicator)
    other = UnitFactory(level=Level.SCHOOL, name="Norrskolan", parent=place.area)
    classes = [
        place.class_4a,
        SchoolClassFactory(name="4B", year_group=4, parent=place.school),
        SchoolClassFactory(name="4C", year_group=4, parent=other),
        SchoolClassFactory(name="4D", year_group=4, parent=other),
    ]
    pupils = [make_pupils(each) for each in classes]
    for of_class in pupils:
        record(autumn, indicator, {pupil: 800 + 100 * n for n, pupil in enumerate(of_class)})
    return Year(place, indicator, autumn, spring, other, classes, pupils)


def make_pupils(school_class: Unit, n: int = N_IN_CLASS) -> list[Pupil]:
    """Written in two statements, since there are many of them."""
    municipality = current_municipality()
    pupils = Pupil.objects.bulk_create(
        Pupil(
            municipality=municipality,
            given_name=f"Elev{place}",
            family_name=f"Kanarie{school_class.name}",
            own_id=f"{school_class.name}-{place}",
        )
        for place in range(n)
    )
    Enrolment.objects.bulk_create(
        Enrolment(
            municipality=municipality,
            pupil=pupil,
            school_class=school_class,
            year_group=school_class.year_group,
            valid_from=school_class.valid_from,
        )
        for pupil in pupils
    )
    return pupils


def begun(year: Year, pupils: Iterable[Pupil] = (), **fields) -> Intervention:
    """An intervention that begins today, with its baseline. parts, waiting: the units and pupils besides."""
    parts, waiting = fields.pop("parts", ()), fields.pop("waiting", ())
    usual = {"unit": year.place.school, "responsible": year.place.principal, "indicator": year.indicator}
    dates = {"starts_on": TODAY, "follow_up_on": TODAY + 100 * DAY}
    intervention = InterventionFactory(**usual | dates | {"pupils": list(pupils)} | fields)
    for unit in parts:
        InterventionUnit.objects.create(
            municipality=intervention.municipality, intervention=intervention, unit=unit
        )
    for pupil in waiting:
        WaitingPupil.objects.create(
            municipality=intervention.municipality, intervention=intervention, pupil=pupil
        )
    freeze_baseline(intervention)
    return intervention


def measure_in_spring(year: Year, helped: Iterable[Pupil] = (), gain: int = 0, **options) -> None:
    """Everybody gains 1 or 3 points by chance, two by two; those who were helped as much more as they gained by it."""
    helped = {pupil.pk for pupil in helped}
    values = {}
    for of_class in year.pupils:
        for n, pupil in enumerate(of_class):
            by_chance = 100 if n // 2 % 2 else 300
            values[pupil] = 800 + 100 * n + by_chance + (gain if pupil.pk in helped else 0)
    record(year.spring, year.indicator, values, **options)
