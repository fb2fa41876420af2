"""Recounts that wait: written with the change, done once, never lost between two changes."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import bells
from accounts.models import Unit, User
from accounts.tenancy import across_municipalities
from aggregation import tasks, work
from aggregation.models import RollupWork, UnitSum
from aggregation.slices import ALL_PUPILS
from aggregation.tasks import roll_up, sweep_rollup_work
from aggregation.work import (
    Ended,
    ask_for_recount,
    do_waiting_recounts,
    waiting_recounts,
    wake_waiting_recounts,
    want_first,
)
from colourmaps.models import MeasurementRound
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import DueIndicatorFactory, RoundFactory, record
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

pytestmark = pytest.mark.usefixtures("ticking")
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="on SQLite a page does not write while a worker may be writing"
)

ROLL_UP = "aggregation.tasks.roll_up"


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[Any]]]:
    """What has been rung for: (task, arguments), in order."""
    rung: list[tuple[str, list[Any]]] = []
    monkeypatch.setattr(
        bells.current_app, "send_task", lambda task, args, retry, **when: rung.append((task, list(args)))
    )
    return rung


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

    assert do_waiting_recounts() is Ended.ALL_DONE
    assert (n_waiting, waiting()) == (2, [])
    assert UnitSum.objects.get(unit=in_solviken.root, slice=ALL_PUPILS).due == 1


def test_more_than_a_portion_is_done_in_portions(
    in_solviken: Place, autumn: MeasurementRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "PORTION", 1)
    PupilFactory(school_class=in_solviken.class_4a)
    PupilFactory(school_class=in_solviken.class_5a)

    assert do_waiting_recounts() is Ended.ALL_DONE
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


def test_class_that_cannot_be_counted_keeps_no_other_waiting(
    in_solviken: Place,
    autumn: MeasurementRound,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = SchoolClassFactory(name="4B", year_group=4, parent=in_solviken.school)
    for school_class in (in_solviken.class_4a, other):
        PupilFactory(school_class=school_class)
    recount = work.recount

    def count_or_fail(round_: MeasurementRound, class_ids: list[int]) -> None:
        if in_solviken.class_4a.pk in class_ids:
            raise ValueError("out of range")
        recount(round_, class_ids)

    monkeypatch.setattr(work, "recount", count_or_fail)

    do_waiting_recounts()

    left = RollupWork.objects.get()
    assert left.unit == in_solviken.class_4a
    assert UnitSum.objects.filter(unit=other).exists()
    assert "cannot be counted" in caplog.text

    monkeypatch.setattr(work, "recount", recount)
    do_waiting_recounts()
    assert RollupWork.objects.exists()
    RollupWork.objects.update(queued_at=left.queued_at - work.BEFORE_ANOTHER_TRY)
    do_waiting_recounts()
    assert not RollupWork.objects.exists()


def test_thirty_changes_in_a_school_count_each_of_its_nodes_once(
    in_solviken: Place, autumn: MeasurementRound
) -> None:
    """As many statements as after one change, and each of the sums written once."""
    PupilFactory(school_class=in_solviken.class_4a)
    do_waiting_recounts()

    after_one = statements_after_changes(in_solviken, autumn, n_changes=1)
    after_thirty = statements_after_changes(in_solviken, autumn, n_changes=30)

    assert after_thirty == after_one
    assert sum("insert into aggregation_unitsum" in statement for statement in after_one) == 1
    assert waiting() == []


def statements_after_changes(place: Place, round_: MeasurementRound, *, n_changes: int) -> list[str]:
    """The beginnings of the statements that count two classes of a school after so many changes in both."""
    for _n in range(n_changes):
        ask_for_recount({(place.class_4a.pk, round_.pk), (place.class_5a.pk, round_.pk)})
    with CaptureQueriesContext(connection) as captured:
        do_waiting_recounts()
    statements = [query["sql"].strip() for query in captured]
    return [each[:60] for each in statements if "SAVEPOINT" not in each]


def test_what_somebody_looks_at_is_counted_first(
    in_solviken: Place, autumn: MeasurementRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (SchoolClassFactory(parent=in_solviken.school) for _n in range(3))
    for school_class in (first, second, third):
        ask_for_recount({(school_class.pk, autumn.pk)})
    RollupWork.objects.filter(unit=third).update(wanted_at=timezone.now())
    RollupWork.objects.filter(unit=second).update(wanted_at=timezone.now())

    assert counted_one_by_one(monkeypatch) == [third.pk, second.pk, first.pk]


def counted_one_by_one(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of the classes in the order in which a worker takes them, one a portion."""
    counted: list[int] = []
    monkeypatch.setattr(work, "PORTION", 1)
    monkeypatch.setattr(work, "recount", lambda round_, class_ids: counted.extend(class_ids))
    do_waiting_recounts()
    return counted


@on_postgresql
def test_looking_at_a_unit_wants_what_waits_below_it_once(
    in_solviken: Place, autumn: MeasurementRound
) -> None:
    elsewhere = SchoolClassFactory(parent=UnitFactory(parent=in_solviken.area))
    ask_for_recount({(unit.pk, autumn.pk) for unit in (in_solviken.class_4a, elsewhere)})

    assert want_first(in_solviken.school, autumn) == 1
    wanted = RollupWork.objects.get(unit=in_solviken.class_4a).wanted_at
    assert want_first(in_solviken.school, autumn) == 0
    assert RollupWork.objects.get(unit=in_solviken.class_4a).wanted_at == wanted
    assert RollupWork.objects.get(unit=elsewhere).wanted_at is None


@on_postgresql
def test_figures_that_ask_for_themselves_are_wanted_and_the_page_alone_writes_nothing(
    in_solviken: Place, autumn: MeasurementRound, sign_in: Callable[[User], Client]
) -> None:
    PupilFactory(school_class=in_solviken.class_4a)
    principal = sign_in(in_solviken.principal)
    page, figures = (
        f"{reverse(f'aggregation:{name}', args=[in_solviken.school.key])}?round={autumn.key}"
        for name in ("unit-map", "unit-figures")
    )

    principal.get(page)
    assert RollupWork.objects.get().wanted_at is None
    principal.get(figures, headers={"HX-Request": "true"})
    assert RollupWork.objects.get().wanted_at is not None


def test_municipality_gives_its_worker_away_after_a_turn(
    in_solviken: Place, autumn: MeasurementRound, monkeypatch: pytest.MonkeyPatch, rung: list
) -> None:
    ask_for_recount({(in_solviken.class_4a.pk, autumn.pk), (in_solviken.class_5a.pk, autumn.pk)})
    monkeypatch.setattr(work, "PORTION", 1)
    monkeypatch.setattr(tasks, "SECONDS_OF_A_TURN", 0)

    roll_up(in_solviken.municipality.pk)

    assert len(waiting()) == 1
    assert rung == [(ROLL_UP, [in_solviken.municipality.pk])]


def test_bells_do_not_multiply_while_another_worker_is_at_it(
    in_solviken: Place,
    autumn: MeasurementRound,
    monkeypatch: pytest.MonkeyPatch,
    rung: list,
    django_capture_on_commit_callbacks,
) -> None:
    """Each change rings, each worker who hears it finds another at it: one bell is left, which rings a little later."""
    monkeypatch.setattr(work, "try_lock", lambda name: False)
    for _n in range(5):
        with django_capture_on_commit_callbacks(execute=True):
            ask_for_recount({(in_solviken.class_4a.pk, autumn.pk)})
            ask_for_recount({(in_solviken.class_5a.pk, autumn.pk)})

    assert len(rung) == 1
    for _n in range(5):
        roll_up(in_solviken.municipality.pk)
    assert len(rung) == 2


def test_what_waits_is_told_with_the_age_of_the_oldest(in_solviken: Place, autumn: MeasurementRound) -> None:
    assert waiting_recounts() == (0, None)

    ask_for_recount({(in_solviken.class_4a.pk, autumn.pk)})
    ask_for_recount({(in_solviken.class_4a.pk, RoundFactory().pk), (in_solviken.class_5a.pk, autumn.pk)})

    oldest = RollupWork.objects.order_by("queued_at")[0].queued_at
    assert waiting_recounts() == (2, oldest)


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
