"""A small municipality in which something has happened, and a clock that goes on."""

import datetime

import pytest
from django.utils import timezone

from aggregation.rollup import recount_municipality
from aggregation.work import do_waiting_recounts
from tests.fixtures import Place

from .naive import Town, make_town
from .reorganiser import Reorganiser


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch, clock: datetime.date) -> None:
    """Each look at the clock is a second after the one before it, so that no two recounts share a moment."""
    now = timezone.now()

    def tick() -> datetime.datetime:
        nonlocal now
        now += datetime.timedelta(seconds=1)
        return now

    monkeypatch.setattr(timezone, "now", tick)


@pytest.fixture
def measured_town(in_solviken: Place, seed: int) -> Town:
    """The town of a seed, by which a test is parametrised: six files of results, all of them counted."""
    town = make_town(seed)
    for _file in range(6):
        town.import_something()
    recount_municipality()
    do_waiting_recounts()
    return town


@pytest.fixture
def reorganiser(measured_town: Town) -> Reorganiser:
    return Reorganiser(measured_town)
