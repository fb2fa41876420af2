"""A small municipality in which something has happened, and a clock that goes on."""

import datetime

import pytest
from django.utils import timezone


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch, clock: datetime.date) -> None:
    """Each look at the clock is a second after the one before it, so that no two recounts share a moment."""
    now = timezone.now()

    def tick() -> datetime.datetime:
        nonlocal now
        now += datetime.timedelta(seconds=1)
        return now

    monkeypatch.setattr(timezone, "now", tick)
