"""Two at once in one tree: a class is made under a school at the moment in which the school gives way to another."""

from __future__ import annotations

import datetime
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from accounts import services
from accounts.models import Level, Unit, UnitPlacement
from accounts.reorganisation import merge_units
from accounts.tenancy import municipality_scope
from tests.factories.accounts import UnitFactory
from tests.fixtures import Place

DAY = datetime.date(2026, 11, 1)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="SQLite in memory has one connection, so nothing is concurrent",
    ),
]


def parent_of_a_class_made_meanwhile(place: Place) -> str:
    """Merges Solviksskolan into another school, and while that is not committed makes a class of Solviksskolan."""
    begun, failures = Event(), []

    def make_class() -> None:
        try:
            with municipality_scope(place.municipality):
                begun.wait(timeout=30)
                services.add_unit(
                    level=Level.SCHOOL_CLASS,
                    name="6A",
                    parent=place.school,
                    valid_from=DAY,
                    valid_to=datetime.date(2027, 8, 1),
                )
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    thread = Thread(target=make_class)
    thread.start()
    with municipality_scope(place.municipality):
        other = UnitFactory(name="Norra", parent=place.area)
        with transaction.atomic():
            merge_units(units=[place.school], into=other, on=DAY, by=None)
            begun.set()
            thread.join(timeout=1)  # done by now, unless it waits for us
        thread.join(timeout=30)
        assert failures == []
        return UnitPlacement.objects.get(unit=Unit.objects.get(name="6A")).parent.name


def test_class_waits_and_stands_under_the_successor(solviken: Place) -> None:
    assert parent_of_a_class_made_meanwhile(solviken) == "Norra"


def test_without_the_lock_it_stands_under_what_has_ended(
    solviken: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "hold_lock", lambda name: None)

    assert parent_of_a_class_made_meanwhile(solviken) == "Solviksskolan"
