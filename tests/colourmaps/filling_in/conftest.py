"""A class whose map is filled in with a spreadsheet program."""

from __future__ import annotations

import datetime

import pytest

from accounts.models import User
from colourmaps.scales import GRADE, PERCENT, SURVEY, YES_NO
from tests.factories.colourmaps import DueIndicatorFactory, IndicatorFactory, RoundFactory, ThresholdFactory
from tests.factories.filling_in import FillingIn
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

NAMES = ("Ada", "Bo", "Cia", "Dan", "Eva", "Finn", "Gro", "Hans")


def steps_of(scale) -> list[list]:
    return [[step.label, step.number] for step in scale.steps]


@pytest.fixture
def filling_in(in_solviken: Place, in_english: None) -> FillingIn:
    indicators = {
        indicator.code: indicator
        for indicator in (
            IndicatorFactory(code="LAS", names={"sv": "Läsförståelse"}, decimals=1),
            IndicatorFactory(code="BETYG", names={"sv": "Betyg"}, value_type="grade", steps=steps_of(GRADE)),
            IndicatorFactory(
                code="NARV", names={"sv": "Närvaro"}, value_type="percent", maximum=PERCENT.maximum, unit="%"
            ),
            IndicatorFactory(
                code="TRIV", names={"sv": "Trivsel"}, value_type="survey", minimum=100, maximum=SURVEY.maximum
            ),
            IndicatorFactory(
                code="SIM", names={"sv": "Simkunnig"}, value_type="yes_no", steps=steps_of(YES_NO)
            ),
        )
    }
    round_ = RoundFactory(
        name="HT 2026", starts_on=datetime.date(2026, 8, 17), ends_on=datetime.date(2026, 12, 18)
    )
    for indicator in indicators.values():
        DueIndicatorFactory(round=round_, indicator=indicator)
    ThresholdFactory(indicator=indicators["LAS"])
    pupils = [
        PupilFactory(given_name=name, family_name="Ek", school_class=in_solviken.class_4a) for name in NAMES
    ]
    return FillingIn(in_solviken, round_, indicators, pupils)


@pytest.fixture
def teacher(in_solviken: Place) -> User:
    return in_solviken.teacher
