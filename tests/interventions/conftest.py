"""Class 4A in the middle of a term: five pupils, one indicator, a round behind it and one to come."""

import datetime
from dataclasses import dataclass

import pytest
from django.utils import timezone

from accounts.tenancy import municipality_scope
from colourmaps.models import Indicator, MeasurementRound
from colourmaps.scales import Mark
from pupils.models import Protection, Pupil
from tests.factories.colourmaps import (
    DueIndicatorFactory,
    IndicatorFactory,
    RoundFactory,
    ThresholdFactory,
    record,
)
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

from .followed import IN_SPRING, Year, make_year


@pytest.fixture(autouse=True)
def _in_english(in_english: None) -> None:
    """The sentences of these tests are the ones in the code."""


@dataclass(frozen=True)
class Measured:
    """Reading in 4A in autumn: Ada 12, red; Bo 20, yellow; Cia 30, green; Dag absent; Eva, protected, missing."""

    reading: Indicator
    autumn: MeasurementRound
    spring: MeasurementRound
    ada: Pupil
    bo: Pupil
    cia: Pupil
    dag: Pupil
    eva: Pupil

    @property
    def pupils(self) -> list[Pupil]:
        return [self.ada, self.bo, self.cia, self.dag, self.eva]


@pytest.fixture
def measured(solviken: Place) -> Measured:
    with municipality_scope(solviken.municipality):
        return measure(solviken)


def measure(place: Place) -> Measured:
    reading = IndicatorFactory(code="LAS", names={"sv": "Läsförståelse"}, measurement_error=200)
    ThresholdFactory(indicator=reading)
    autumn = RoundFactory(
        name="HT 2026", starts_on=datetime.date(2026, 9, 1), ends_on=datetime.date(2026, 10, 15)
    )
    spring = RoundFactory(
        name="VT 2027", starts_on=datetime.date(2027, 1, 15), ends_on=datetime.date(2027, 2, 28)
    )
    for round_ in (autumn, spring):
        DueIndicatorFactory(round=round_, indicator=reading)
    names = ["Ada", "Bo", "Cia", "Dag"]
    ada, bo, cia, dag = (
        PupilFactory(given_name=name, family_name="Ek", school_class=place.class_4a) for name in names
    )
    eva = PupilFactory(
        given_name="Eva", family_name="Ek", school_class=place.class_4a, protection=Protection.PROTECTED
    )
    record(autumn, reading, {ada: 1200, bo: 2000, cia: 3000, dag: Mark.ABSENT})
    return Measured(reading, autumn, spring, ada, bo, cia, dag, eva)


@pytest.fixture
def year(in_solviken: Place) -> Year:
    """Solviken entered, with a year group of 96 pupils."""
    return make_year(in_solviken)


@pytest.fixture
def in_spring(monkeypatch):
    """`in_spring()` lets the test go on on 1 March, after the spring round."""

    def pass_winter():
        monkeypatch.setattr(timezone, "now", lambda: IN_SPRING)

    return pass_winter
