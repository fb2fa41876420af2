"""Recounts that wait: written with the change, done once, never lost between two changes."""

import datetime
from typing import Any

import pytest
from django.db import transaction

from accounts import background
from accounts.models import Unit
from accounts.tenancy import across_municipalities
from aggregation import work
from aggregation.models import RollupWork, UnitSum
from aggregation.slices import ALL_PUPILS
from aggregation.tasks import roll_up, sweep_rollup_work
from aggregation.work import ask_for_recount, do_waiting_recounts, wake_waiting_recounts
from colourmaps.models import MeasurementRound
from tests.factories.colourmaps import DueIndicatorFactory, RoundFactory, record
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

pytestmark = pytest.mark.usefixtures("ticking")

ROLL_UP = "aggregation.tasks.roll_up"


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[Any]]]:
    """What has been rung for: (task, arguments), in order."""
    bells: list[tuple[str, list[Any]]] = []
    monkeypatch.setattr(
        background.current_app, "send_task", lambda task, args, retry: bells.append((task, list(args)))
    )
    return bells


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    round_ = RoundFactory(starts_on=datetime.date(2026, 10, 1), ends_on=datetime.date(2026, 10, 31))
    DueIndicatorFactory(round=round_)
    return round_


def waiting() -> list[tuple[Unit, MeasurementRound, int]]:
    return [(row.unit, row.round, row.generation) for row in RollupWork.objects.order_by("pk")]


def test_changes_of_one_class_become_one_recount(in_solviken: Place, autumn: MeasurementRound) -> None:
    one, other = in_solviken.class_4a, in_solviken.class_5a

    ask_for_recount({(one.pk, autumn.pk)})
    ask_for_recount({(one.pk, autumn.pk), (other.pk, autumn.pk)})

    assert waiting() == [(one, autumn, 2), (other, autumn, 1)]


def test_worker_is_woken_after_commit(
    in_solviken: Place, autumn: MeasurementRound, rung: list, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ask_for_recount({(in_solviken.class_4a.pk, autumn.pk)})
        assert rung == []

    assert rung == [(ROLL_UP, [in_solviken.municipality.pk])]


def test_change_that_is_rolled_back_leaves_nothing_to_recount(
    in_solviken: Place, autumn: MeasurementRound
) -> None:
    pupil = PupilFactory(school_class=in_solviken.class_4a)
    do_waiting_recounts()

    with transaction.atomic():
        record(autumn, DueIndicatorFactory(round=autumn).indicator, {pupil: 1000})
        transaction.set_rollback(True)

    assert waiting() == []


def test_recording_writes_its_recount_in_the_same_transaction(
    in_solviken: Place, autumn: MeasurementRound
) -> None:
    pupil = PupilFactory(school_class=in_solviken.class_4a)
    do_waiting_recounts()

    record(autumn, DueIndicatorFactory(round=autumn).indicator, {pupil: 1000})

    assert waiting() == [(in_solviken.class_4a, autumn, 1)]


def test_what_waits_is_recounted_and_no_longer_waits(in_solviken: Place, autumn: MeasurementRound) -> None:
    PupilFactory(school_class=in_solviken.class_4a)
    PupilFactory(school_class=in_solviken.class_5a)
    n_waiting = RollupWork.objects.count()

    assert do_waiting_recounts()
    assert (n_waiting, waiting()) == (2, [])
    assert UnitSum.objects.get(unit=in_solviken.root, slice=ALL_PUPILS).due == 1


def test_more_than_a_portion_is_done_in_portions(
    in_solviken: Place, autumn: MeasurementRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "PORTION", 1)
    PupilFactory(school_class=in_solviken.class_4a)
    PupilFactory(school_class=in_solviken.class_5a)

    assert do_waiting_recounts()
    assert waiting() == []


def test_change_during_the_recount_is_recounted_again(
    in_solviken: Place, autumn: MeasurementRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change comes after its class was counted and before the worker strikes the row off."""
    PupilFactory(school_class=in_solviken.class_4a)
    counted: list[list[int]] = []

    def count_and_be_overtaken(round_: MeasurementRound, class_ids: list[int]) -> None:
        counted.append(class_ids)
        recount(round_, class_ids)
        if len(counted) == 1:
            PupilFactory(school_class=in_solviken.class_4a)

    recount = work.recount
    monkeypatch.setattr(work, "recount", count_and_be_overtaken)

    do_waiting_recounts()

    assert counted == [[in_solviken.class_4a.pk]] * 2
    assert UnitSum.objects.get(unit=in_solviken.root, slice=ALL_PUPILS).due == 2
    assert waiting() == []


def test_without_the_generation_the_change_would_be_lost(
    in_solviken: Place, autumn: MeasurementRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault that the guard is there for: here the change does not raise the generation."""
    PupilFactory(school_class=in_solviken.class_4a)
    recount, overtaken = work.recount, False

    def count_and_be_overtaken(round_: MeasurementRound, class_ids: list[int]) -> None:
        nonlocal overtaken
        recount(round_, class_ids)
        if not overtaken:
            overtaken = True
            PupilFactory(school_class=in_solviken.class_4a)
            RollupWork.objects.update(generation=1)

    monkeypatch.setattr(work, "recount", count_and_be_overtaken)

    do_waiting_recounts()

    assert UnitSum.objects.get(unit=in_solviken.root, slice=ALL_PUPILS).due == 1


def test_task_delivered_twice_counts_the_same(in_solviken: Place, autumn: MeasurementRound) -> None:
    PupilFactory(school_class=in_solviken.class_4a)

    roll_up(in_solviken.municipality.pk)
    first = list(UnitSum.objects.values())
    roll_up(in_solviken.municipality.pk)

    assert first
    assert list(UnitSum.objects.values()) == first


def test_task_recounts_its_own_municipality_alone(
    in_solviken: Place, fjordvik: Place, autumn: MeasurementRound, enter
) -> None:
    PupilFactory(school_class=in_solviken.class_4a)
    enter(fjordvik)

    roll_up(fjordvik.municipality.pk)

    enter(in_solviken)
    assert len(waiting()) == 1


def test_sweep_wakes_each_municipality_in_which_something_waits(
    in_solviken: Place, fjordvik: Place, autumn: MeasurementRound, rung: list, enter
) -> None:
    PupilFactory.create_batch(2, school_class=in_solviken.class_4a)
    PupilFactory(school_class=in_solviken.class_5a)
    enter(fjordvik)
    RoundFactory()
    PupilFactory(school_class=fjordvik.class_4a)

    sweep_rollup_work()

    assert sorted(rung) == [
        (ROLL_UP, [in_solviken.municipality.pk]),
        (ROLL_UP, [fjordvik.municipality.pk]),
    ]


def test_sweep_has_nothing_to_wake_when_nothing_waits(solviken: Place, rung: list) -> None:
    assert (wake_waiting_recounts(), rung) == (0, [])
    with across_municipalities():
        assert not RollupWork.objects.exists()
