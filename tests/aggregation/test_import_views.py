"""The part of an import's receipt that says how far the sums are; it has no figures in it."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from aggregation.work import do_waiting_recounts
from colourmaps.models import ImportBatch, MeasurementRound
from tests.factories.colourmaps import DueIndicatorFactory, ImportBatchFactory, RoundFactory, record
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

HTMX = {"HX-Request": "true"}


@pytest.fixture
def round_(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(starts_on=datetime.date(2026, 9, 1), ends_on=datetime.date(2026, 10, 9))


@pytest.fixture
def batch(in_solviken: Place, round_: MeasurementRound) -> ImportBatch:
    """An import that has touched 4A, whose sums are not counted yet."""
    pupil = PupilFactory(school_class=in_solviken.class_4a)
    do_waiting_recounts()
    record(round_, DueIndicatorFactory(round=round_).indicator, {pupil: 3000})
    return ImportBatchFactory(counts={"classes": [in_solviken.class_4a.pk], "rounds": [round_.pk]})


@pytest.fixture
def client(in_solviken: Place, sign_in: Callable[..., Client]) -> Client:
    return sign_in(in_solviken.coordinator)


def test_part_says_what_waits_and_asks_again_until_it_is_counted(client: Client, batch: ImportBatch) -> None:
    address = reverse("aggregation:import-sums", args=[batch.key])

    waiting = client.get(address, headers=HTMX).content.decode()
    do_waiting_recounts()
    counted = client.get(address, headers=HTMX).content.decode()

    assert "The figures are being counted: 1 class is left." in waiting
    assert f'hx-get="{address}"' in waiting
    assert "The figures of the schools are up to date (counted 11/16/2026 10 a.m.)." in counted
    assert "hx-get" not in counted


def test_work_of_other_classes_is_not_waited_for(
    client: Client, batch: ImportBatch, in_solviken: Place, round_: MeasurementRound
) -> None:
    do_waiting_recounts()
    elsewhere = PupilFactory(school_class=in_solviken.class_5a)
    record(round_, DueIndicatorFactory(round=round_, year_group=5).indicator, {elsewhere: 3000})

    part = client.get(reverse("aggregation:import-sums", args=[batch.key]), headers=HTMX)

    assert "up to date" in part.content.decode()


def test_import_that_has_touched_nothing_says_so(client: Client) -> None:
    batch = ImportBatchFactory(counts={"classes": [], "rounds": []})

    page = client.get(reverse("aggregation:import-sums", args=[batch.key]))

    assert "The import has touched no figures." in page.content.decode()


def test_as_a_plain_link_it_is_a_page_with_the_way_back(client: Client, batch: ImportBatch) -> None:
    page = client.get(reverse("aggregation:import-sums", args=[batch.key])).content.decode()

    assert "<html" in page
    assert reverse("colourmaps:import", args=[batch.key]) in page


def test_import_of_another_municipality_is_not_found(
    client: Client, fjordvik: Place, enter: Callable[[Place], None]
) -> None:
    enter(fjordvik)
    foreign = ImportBatchFactory()

    assert client.get(reverse("aggregation:import-sums", args=[foreign.key])).status_code == 404
