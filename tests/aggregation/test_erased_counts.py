"""Whoever is erased, in whatever order: the sums of rounds that are over stay, to the byte, and can be verified."""

from __future__ import annotations

import random

import pytest
from django.db.models import Q
from django.utils import timezone

from aggregation import erased_counts
from aggregation.models import ErasedCount, UnitSum
from aggregation.rollup import recount_municipality
from aggregation.verification import differences
from aggregation.work import do_waiting_recounts
from colourmaps.models import MeasurementRound, Result
from pupils.erasure import decide_erasure, erase, keeping
from pupils.models import Enrolment, Pupil
from tests.fixtures import Place

from .naive import make_town

pytestmark = [pytest.mark.usefixtures("ticking"), pytest.mark.slow]


def erased(pupil: Pupil, place: Place) -> None:
    decision = {"decided_by": "nämnden", "reference": "1", "ground": "begäran", "by": place.principal}
    erase(decide_erasure(pupil=pupil, decided_on=timezone.localdate(), **decision))


def sums() -> list[dict]:
    return list(UnitSum.objects.order_by("pk").values())


def town_of(seed: int, *, n_files: int = 4) -> None:
    town = make_town(seed)
    for _file in range(n_files):
        town.import_something()
    recount_municipality()


@pytest.mark.parametrize("seed", range(2))
def test_sums_of_rounds_that_are_over_stay(in_solviken: Place, seed: int) -> None:
    town_of(seed)
    MeasurementRound.objects.update(closed_at=timezone.now())
    before = sums()
    measured = set(Result.objects.values_list("pupil_id", flat=True))
    chosen = random.Random(seed).sample(sorted(measured), 4)  # noqa: S311 – dice, not secrets

    for pupil in Pupil.objects.filter(pk__in=chosen):
        erased(pupil, in_solviken)
        assert differences() == []
    recount_municipality()

    assert sums() == before
    assert differences() == []
    assert not Result.objects.filter(pupil__in=chosen).exists()


def test_with_nothing_kept_the_sums_would_differ(in_solviken: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_around", [])
    town_of(1)
    MeasurementRound.objects.update(closed_at=timezone.now())

    erased(Pupil.objects.get(pk=Result.objects.exclude(school_class=None)[0].pupil_id), in_solviken)

    assert differences() != []


def test_what_is_kept_tells_no_child_apart(in_solviken: Place) -> None:
    """Added up over those who have gone: as many rows for two of a class as for one."""
    town_of(2)
    MeasurementRound.objects.update(closed_at=timezone.now())
    home = Enrolment.objects.filter(is_home=True).values_list("school_class_id", flat=True)[0]
    two = Pupil.objects.filter(enrolments__school_class=home).distinct()[:2]
    for pupil in list(two):
        erased(pupil, in_solviken)

    keys = list(ErasedCount.objects.values_list("unit_id", "round_id", "indicator_id", "slice"))

    assert len(keys) == len(set(keys))
    assert {field.name for field in ErasedCount._meta.concrete_fields if field.is_relation} == {
        "municipality",
        "unit",
        "round",
        "indicator",
    }


def test_round_that_goes_on_loses_the_pupil(in_solviken: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erased_counts, "is_over", lambda: Q(pk__in=[]))
    town_of(3)
    before = sums()

    erased(Pupil.objects.get(pk=Result.objects.exclude(school_class=None)[0].pupil_id), in_solviken)
    do_waiting_recounts()

    assert sums() != before
    assert not ErasedCount.objects.exists()
    assert differences() == []
