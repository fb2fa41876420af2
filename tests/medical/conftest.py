"""A pupil of 4A with a medical result, and those who do and do not stand on its side of the wall."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from colourmaps.medical.models import MedicalResult
from colourmaps.models import Indicator
from pupils.models import Pupil
from tests.factories.colourmaps import ThresholdFactory
from tests.factories.medical import MedicalIndicatorFactory, MedicalResultFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place


@dataclass(frozen=True)
class Clinic:
    place: Place
    pupil: Pupil
    other_pupil: Pupil
    thriving: Indicator  # in four steps, yellow from "bra"
    sleep: Indicator  # hours, of years 4 and 5 alone
    result: MedicalResult


@pytest.fixture
def clinic(in_solviken: Place) -> Clinic:
    pupil = PupilFactory(school_class=in_solviken.class_4a, given_name="Alva", family_name="Ek")
    other = PupilFactory(school_class=in_solviken.class_4a, given_name="Bo", family_name="Ask")
    thriving = MedicalIndicatorFactory(code="TRIVS", names={"sv": "Trivsel i skolan"}, position=1)
    ThresholdFactory(indicator=thriving, yellow_limit=300, green_limit=400)
    sleep = MedicalIndicatorFactory(
        code="SOMN",
        names={"sv": "Sömn"},
        position=2,
        value_type="number",
        steps=[],
        minimum=0,
        maximum=2400,
        unit="tim",
        year_groups=[4, 5],
    )
    result = MedicalResultFactory(pupil=pupil, indicator=thriving, by=in_solviken.medical_health)
    return Clinic(in_solviken, pupil, other, thriving, sleep, result)
