"""A class with every kind of cell in its map, hostile names, and a pupil who is in no file."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl.workbook import Workbook

from accounts.models import User
from colourmaps.scales import SWEDISH_GRADES, Mark
from pupils.models import Protection
from tests.factories.colourmaps import (
    DueIndicatorFactory,
    IndicatorFactory,
    RoundFactory,
    ThresholdFactory,
    record,
)
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

from .scene import SECRET, ClassWithMap, opened


@pytest.fixture
def mapped(in_solviken: Place, in_english: None) -> ClassWithMap:
    august = RoundFactory(starts_on=datetime.date(2026, 8, 2), ends_on=datetime.date(2026, 8, 10))
    autumn = RoundFactory(
        name="HT 2026", starts_on=datetime.date(2026, 8, 17), ends_on=datetime.date(2026, 10, 31)
    )
    steps = [[step.label, step.number] for step in SWEDISH_GRADES]
    reading = IndicatorFactory(code="LAS", names={"sv": "Läsförståelse"}, decimals=1, unit="ord/min")
    attendance = IndicatorFactory(
        code="NARV",
        names={"sv": "Närvaro"},
        value_type="percent",
        maximum=100_00,
        unit="%",
        area="attendance",
    )
    grade = IndicatorFactory(
        code="BETYG",
        names={"sv": "Betyg"},
        value_type="grade",
        minimum=None,
        maximum=None,
        steps=steps,
        area="attendance",
    )
    swimming = IndicatorFactory(code="SIM", names={"sv": "Simning"}, area="health")
    for indicator, limits in ((reading, (1600, 2600)), (attendance, (8000, 9000)), (grade, (1000, 1500))):
        ThresholdFactory(indicator=indicator, yellow_limit=limits[0], green_limit=limits[1])
        DueIndicatorFactory(indicator=indicator, round=autumn)
    ada, bo = (
        PupilFactory(own_id=own_id, given_name=name, family_name="Ek", school_class=in_solviken.class_4a)
        for own_id, name in (("A1", "Ada"), ("B2", "Bo"))
    )
    secret = PupilFactory(
        own_id="SKYDD9",
        given_name="Gömda",
        family_name=SECRET,
        protection=Protection.PROTECTED,
        school_class=in_solviken.class_4a,
    )
    record(august, reading, {ada: 2000, bo: 3050})
    record(autumn, reading, {ada: 2650, secret: 100})
    record(autumn, attendance, {ada: 8550, bo: Mark.ABSENT})
    record(autumn, grade, {ada: 0})
    record(autumn, swimming, {secret: 1000})
    return ClassWithMap(in_solviken, autumn, reading, attendance, grade, swimming, ada, bo, secret)


@pytest.fixture
def download(mapped: ClassWithMap, sign_in: Callable[[User], Client]) -> Callable[..., HttpResponse]:
    """`download("xlsx")` is the file that the teacher of 4A gets in the round, or somebody else of the place."""

    def answer(file_type: str, person: str = "teacher", language: str = "en") -> HttpResponse:
        browser = sign_in(getattr(mapped.place, person))
        address = reverse(f"colourmaps:class-map-{file_type}", args=[mapped.school_class.key])
        return browser.get(address, {"round": mapped.round.key}, headers={"accept-language": language})

    return answer


@pytest.fixture
def workbook(download: Callable[..., HttpResponse]) -> Workbook:
    return opened(download("xlsx"))
