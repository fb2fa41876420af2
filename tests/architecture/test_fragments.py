"""A fragment put into the old page is the fresh page: page and part are the same markup."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from aggregation.work import do_waiting_recounts
from colourmaps.models import MeasurementRound
from tests.factories.colourmaps import DueIndicatorFactory, RoundFactory, record
from tests.factories.interventions import InterventionFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

pytestmark = pytest.mark.slow


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    """A round with a result that is counted."""
    round_ = RoundFactory(starts_on=datetime.date(2026, 9, 1), ends_on=datetime.date(2026, 10, 9))
    pupil = PupilFactory(school_class=in_solviken.class_4a)
    record(round_, DueIndicatorFactory(round=round_).indicator, {pupil: 3000})
    do_waiting_recounts()
    return round_


def test_figures_part_is_the_one_of_the_unit_page(
    in_solviken: Place, autumn: MeasurementRound, sign_in
) -> None:
    client: Client = sign_in(in_solviken.principal)
    page = client.get(reverse("aggregation:unit-map", args=[in_solviken.school.key]))

    part = client.get(reverse("aggregation:unit-figures", args=[in_solviken.school.key]))

    assert part.status_code == 200
    assert part.content.strip() in page.content


def test_part_asks_again_only_while_something_is_on_its_way(
    in_solviken: Place, autumn: MeasurementRound, sign_in
) -> None:
    client: Client = sign_in(in_solviken.principal)
    address = reverse("aggregation:unit-figures", args=[in_solviken.school.key])
    before = client.get(address).content
    PupilFactory(school_class=in_solviken.class_4a)
    waiting = client.get(address).content
    do_waiting_recounts()

    after = client.get(address).content

    assert [b"hx-get" in content for content in (before, waiting, after)] == [False, True, False]


def test_interventions_part_is_the_one_of_its_page(in_solviken: Place, sign_in) -> None:
    InterventionFactory(unit=in_solviken.class_4a, responsible=in_solviken.teacher)
    client: Client = sign_in(in_solviken.teacher)
    address = reverse("interventions:unit-interventions", args=[in_solviken.class_4a.key])

    part = client.get(address, headers={"hx-request": "true"})

    assert (part.status_code, b"<html" in part.content) == (200, False)
    assert part.content.strip() in client.get(address).content
