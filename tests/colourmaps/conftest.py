"""An autumn of results to import, and a coordinator who imports them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tenancy import municipality_scope
from colourmaps.importing.definitions import make_definitions
from colourmaps.importing.lifecycle import upload_file
from colourmaps.importing.mapping_file import mapping_from_text
from colourmaps.models import ImportBatch
from colourmaps.signals import results_changed
from tests.factories.colourmaps import IndicatorFactory, RoundFactory, ThresholdFactory
from tests.factories.imports import EXAMPLES, Autumn, Browser, fresh, upload_of, work
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place

from .recording_scene import Scene, round_in


@pytest.fixture
def autumn(solviken: Place, in_english: None) -> Autumn:
    """Solviken in the autumn, its sentences in English. Made, not entered."""
    with municipality_scope(solviken.municipality):
        reading = IndicatorFactory(code="LAS", names={"sv": "Läsförståelse"})
        ThresholdFactory(indicator=reading)
        ada, bo, cia = (
            PupilFactory(own_id=own_id, given_name=name, family_name="Ek", school_class=solviken.class_4a)
            for own_id, name in [("A1", "Ada"), ("B2", "Bo"), ("C3", "Cia")]
        )
        round_ = RoundFactory(
            name="HT 2026", starts_on=datetime.date(2026, 8, 17), ends_on=datetime.date(2026, 12, 18)
        )
    return Autumn(solviken.coordinator, round_, reading, ada, bo, cia)


@pytest.fixture
def example_indicators(autumn: Autumn, solviken: Place) -> None:
    """The indicators and the round of the example workbook of Solviksskolan; its pupils are not there."""
    mapping = mapping_from_text((EXAMPLES / "solviksskolan_ht2026.mapping.json").read_bytes())
    with municipality_scope(solviken.municipality):
        make_definitions(mapping, TODAY)


@pytest.fixture
def browser(autumn: Autumn, in_solviken: Place, sign_in: Callable[[User], Client]) -> Browser:
    return Browser(sign_in(autumn.coordinator))


@pytest.fixture
def send(autumn: Autumn, in_solviken: Place) -> Callable[..., ImportBatch]:
    """`send(A1=20)` uploads a table of results and lets the worker read it."""

    def sent(**values: object) -> ImportBatch:
        batch = upload_file(upload=upload_of(*autumn.rows(**values)), by=autumn.coordinator)
        work()
        return fresh(batch)

    return sent


@pytest.fixture
def scene(in_solviken: Place) -> Iterator[Scene]:
    announced: list[set[tuple[int, int]]] = []

    def listen(touched: set[tuple[int, int]], **_kwargs: object) -> None:
        announced.append(touched)

    indicator = IndicatorFactory(measurement_error=100)
    ThresholdFactory(indicator=indicator)
    pupil = PupilFactory(school_class=in_solviken.class_4a)
    results_changed.connect(listen)
    yield Scene(in_solviken, pupil, indicator, round_in(9), round_in(10), round_in(11), announced)
    results_changed.disconnect(listen)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, clock: datetime.date) -> Callable[[], None]:
    """`later()` moves the clock on by a quarter of an hour: sessions live on."""

    def move() -> None:
        moment = timezone.now() + datetime.timedelta(minutes=15)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return move
