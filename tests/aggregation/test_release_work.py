"""Releases that wait: written with the recount, done when the round is counted, never lost between two changes."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.roles import Tier
from accounts.tenancy import across_municipalities
from aggregation import release_work
from aggregation.models import HeldBack, Release, ReleaseCheck, ReleaseWork, RollupWork
from aggregation.release_requests import RELEASE, ask_for_releases
from aggregation.release_work import PATIENCE, do_waiting_releases, wake_waiting_releases
from aggregation.rollup import recount
from aggregation.tasks import release_rounds, release_rounds_that_are_over, sweep_release_work
from aggregation.work import ask_for_recount, do_waiting_recounts
from colourmaps.models import Indicator, MeasurementRound
from tests.factories.colourmaps import DueIndicatorFactory, RoundFactory, record
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place

pytestmark = pytest.mark.usefixtures("ticking")


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[Any]]]:
    """What has been rung for: (task, arguments), in order."""
    rung: list[tuple[str, list[Any]]] = []
    for module in ("accounts.bells", "aggregation.release_work", "aggregation.work"):
        monkeypatch.setattr(
            f"{module}.wake", lambda task, *arguments, **_when: rung.append((task, list(arguments)))
        )
    return rung


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(starts_on=datetime.date(2026, 9, 1), ends_on=datetime.date(2026, 9, 30))


@pytest.fixture
def reading(autumn: MeasurementRound) -> Indicator:
    return DueIndicatorFactory(round=autumn).indicator


@pytest.fixture
def measured(in_solviken: Place, autumn: MeasurementRound, reading: Indicator) -> None:
    """A class that is counted, and nothing that waits."""
    pupils = [PupilFactory(school_class=in_solviken.class_4a) for _pupil in range(30)]
    record(autumn, reading, dict.fromkeys(pupils, 1000))
    do_waiting_recounts()


def waiting() -> list[tuple[MeasurementRound, int]]:
    return [(work.round, work.generation) for work in ReleaseWork.objects.order_by("pk")]


def test_recount_asks_for_the_release_in_its_own_transaction(
    measured: None, autumn: MeasurementRound
) -> None:
    [(round_, _generation)] = waiting()

    assert round_ == autumn
    with transaction.atomic():
        ask_for_releases([autumn.pk])
        transaction.set_rollback(True)
    assert waiting() == [(autumn, _generation)]


def test_recount_that_changes_nothing_asks_for_nothing(measured: None, autumn: MeasurementRound) -> None:
    ReleaseWork.objects.all().delete()

    recount(autumn)

    assert waiting() == []


def test_worker_is_woken_after_commit(
    in_solviken: Place, autumn: MeasurementRound, rung: list, django_capture_on_commit_callbacks: Callable
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ask_for_releases([autumn.pk])
        assert rung == []

    assert rung == [(RELEASE, [in_solviken.municipality.pk])]


def test_what_waits_is_released_and_no_longer_waits(measured: None) -> None:
    do_waiting_releases()

    assert (waiting(), Release.objects.exists()) == ([], True)


def test_round_that_is_being_counted_waits_but_not_for_ever(
    measured: None, in_solviken: Place, autumn: MeasurementRound
) -> None:
    ask_for_recount({(in_solviken.class_4a.pk, autumn.pk)})

    do_waiting_releases()
    assert (len(waiting()), Release.objects.exists()) == (1, False)

    ReleaseWork.objects.update(queued_at=timezone.now() - PATIENCE)
    do_waiting_releases()
    assert (waiting(), Release.objects.exists(), RollupWork.objects.exists()) == ([], True, True)


def overtaken(
    monkeypatch: pytest.MonkeyPatch, happens: Callable[[MeasurementRound], None]
) -> list[MeasurementRound]:
    """While the worker releases a round for the first time, something happens. Returns the rounds it releases."""
    release_round, released = release_work.release_round, []

    def release_and_be_overtaken(round_: MeasurementRound) -> int:
        n_new = release_round(round_)
        if not released:
            happens(round_)
        released.append(round_)
        return n_new

    monkeypatch.setattr(release_work, "release_round", release_and_be_overtaken)
    return released


def test_recount_during_the_release_is_released_again(
    measured: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the next sweep, so that a municipality in which much happens does not keep the worker."""
    released = overtaken(monkeypatch, lambda round_: ask_for_releases([round_.pk]))

    do_waiting_releases()
    assert (len(released), len(waiting())) == (1, 1)

    do_waiting_releases()
    assert (len(released), waiting()) == (2, [])


def test_second_worker_leaves_it_to_the_first(measured: None, monkeypatch: pytest.MonkeyPatch) -> None:
    released = overtaken(monkeypatch, lambda _round: do_waiting_releases())

    do_waiting_releases()

    assert (len(released), waiting()) == (1, [])


def test_without_a_cache_it_is_done_all_the_same(measured: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(release_work.cache, "add", fail)
    monkeypatch.setattr(release_work.cache, "delete", fail)

    do_waiting_releases()

    assert waiting() == []


def test_without_the_generation_it_would_be_lost(measured: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault that the guard is there for: here the recount does not raise the generation."""

    def happens(round_: MeasurementRound) -> None:
        before = ReleaseWork.objects.get().generation
        ask_for_releases([round_.pk])
        ReleaseWork.objects.update(generation=before)

    released = overtaken(monkeypatch, happens)

    do_waiting_releases()

    assert (len(released), waiting()) == (1, [])


def test_what_was_too_early_is_asked_for_when_the_round_is_over(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    going_on = RoundFactory(starts_on=TODAY, ends_on=TODAY)
    for round_ in (autumn, going_on):
        ReleaseCheck.objects.create(
            municipality=in_solviken.municipality,
            round=round_,
            indicator=reading,
            split="all",
            tier=Tier.HEADS,
            checked_at=timezone.now(),
            held_back=HeldBack.EARLY,
        )

    release_rounds_that_are_over()

    assert waiting() == [(autumn, 1)]


@pytest.mark.parametrize("reason", [HeldBack.LEAK, HeldBack.NO_SAFE_SPLIT])
def test_what_leaked_is_asked_for_every_night_since_the_code_may_have_changed(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, reason: HeldBack
) -> None:
    check = ReleaseCheck(
        municipality=in_solviken.municipality,
        round=autumn,
        indicator=reading,
        split="year_group",
        tier=Tier.HEADS,
        checked_at=timezone.now(),
        held_back=HeldBack.FEW_CHANGED,
    )
    check.save()
    release_rounds_that_are_over()
    assert waiting() == []

    check.held_back = reason
    check.save()
    release_rounds_that_are_over()
    assert waiting() == [(autumn, 1)]


def test_task_delivered_twice_releases_once(measured: None, in_solviken: Place) -> None:
    release_rounds(in_solviken.municipality.pk)
    first = list(Release.objects.values())
    ask_for_releases(MeasurementRound.objects.values_list("pk", flat=True))
    release_rounds(in_solviken.municipality.pk)

    assert first
    assert list(Release.objects.values()) == first


def test_sweep_wakes_each_municipality_in_which_something_waits(
    measured: None, in_solviken: Place, fjordvik: Place, rung: list, enter: Callable
) -> None:
    enter(fjordvik)
    ask_for_releases([RoundFactory().pk])
    rung.clear()

    sweep_release_work()

    assert sorted(rung) == sorted((RELEASE, [place.municipality.pk]) for place in (in_solviken, fjordvik))


def test_sweep_has_nothing_to_wake_when_nothing_waits(solviken: Place, rung: list) -> None:
    assert (wake_waiting_releases(), rung) == (0, [])
    with across_municipalities():
        assert not ReleaseWork.objects.exists()
