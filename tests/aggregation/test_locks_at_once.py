"""Two transactions that lock the same in two orders wait for each other; in one order neither does for long."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from accounts.models import Job, JobState, Level
from accounts.reorganisation import move_unit
from accounts.statements import work_asked_last
from accounts.tenancy import municipality_scope
from aggregation.models import RollupWork
from aggregation.verification import differences
from aggregation.work import ask_for_recount, do_waiting_recounts
from colourmaps.importing import undo
from colourmaps.importing.lifecycle import confirm_import, undo_import, upload_file
from colourmaps.models import ImportBatch, ImportState, MeasurementRound
from tests.factories.accounts import UnitFactory
from tests.factories.colourmaps import IndicatorFactory, RoundFactory, ThresholdFactory
from tests.factories.imports import fresh, upload_of, work
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="SQLite in memory has one connection, so nothing is concurrent",
    ),
]


# Looks in a row, a hundredth of a second apart: less than the second after which the server looks for deadlocks.
SEEN_WAITING = 20


class Meanwhile:
    """What somebody else does in a transaction of their own. failure: what the server answered, "" if all went well."""

    def __init__(self, place: Place, act: Callable[[], object]) -> None:
        self.failure, self.process_id = "", 0
        self._began = Event()
        self._thread = Thread(target=self._run, args=(place, act))

    def _run(self, place: Place, act: Callable[[], object]) -> None:
        try:
            with municipality_scope(place.municipality), connection.cursor() as cursor:
                cursor.execute("select pg_backend_pid()")
                self.process_id = cursor.fetchone()[0]
                self._began.set()
                act()
        except BaseException as failure:
            self.failure = str(failure)
        finally:
            self._began.set()
            connection.close()

    def begin(self) -> None:
        """Goes on until it waits for a lock, and not only for a moment, or is done."""
        self._thread.start()
        assert self._began.wait(timeout=30)
        until, n_seen = time.monotonic() + 30, 0
        while self._thread.is_alive() and n_seen < SEEN_WAITING:
            assert time.monotonic() < until
            time.sleep(0.01)
            n_seen = n_seen + 1 if self._waits() else 0

    def _waits(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "select exists (select 1 from pg_locks where pid = %s and not granted)", [self.process_id]
            )
            return bool(cursor.fetchone()[0])

    def end(self) -> None:
        self._thread.join(timeout=30)
        assert not self._thread.is_alive()


@pytest.fixture
def round_(solviken: Place, enter: Callable[[Place], None]) -> MeasurementRound:
    enter(solviken)
    return RoundFactory(name="HT 2026")


@pytest.fixture
def batch(solviken: Place, round_: MeasurementRound) -> ImportBatch:
    """An import that is to be taken back: it has a result for 4A, and has made 4C."""
    ThresholdFactory(indicator=IndicatorFactory(code="LAS", names={"sv": "Läsförståelse"}))
    PupilFactory(own_id="A1", school_class=solviken.class_4a)
    rows = [[round_.name], ["Elevnummer", "Klass", "Skola", "Läsförståelse"]]
    rows += [[own_id, name, solviken.school.name, 20] for own_id, name in (("A1", "4A"), ("D4", "4C"))]
    batch = upload_file(upload=upload_of(*rows), by=solviken.coordinator)
    ImportBatch.objects.filter(pk=batch.pk).update(adds_pupils=True)
    work()
    confirm_import(batch=fresh(batch), by=solviken.coordinator)
    work()
    do_waiting_recounts()
    undo_import(batch=fresh(batch), by=solviken.coordinator)
    return fresh(batch)


def undo_while_the_school_moves(
    place: Place, round_: MeasurementRound, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Job]:
    """The school moves when the results have been taken back, and the class is still to go."""
    area = UnitFactory(level=Level.AREA, name="Västra", parent=place.administration)
    mover = Meanwhile(place, lambda: move_unit(unit=place.school, parent=area, on=round_.counted_on, by=None))
    unmake = undo.unmake

    def unmake_meanwhile(made: dict) -> object:
        mover.begin()
        return unmake(made)

    monkeypatch.setattr(undo, "unmake", unmake_meanwhile)
    (job,) = work()
    mover.end()
    return mover.failure, job


def test_undoing_an_import_and_a_reorganisation_do_not_wait_for_each_other(
    solviken: Place, round_: MeasurementRound, batch: ImportBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure, job = undo_while_the_school_moves(solviken, round_, monkeypatch)

    assert (failure, job.state, fresh(batch).state) == ("", JobState.DONE, ImportState.UNDONE)
    assert fresh(batch).counts["undone"]["register"]["classes_removed"] == 1
    do_waiting_recounts()
    assert differences() == []


def test_recounts_asked_for_before_the_class_goes_lock_each_other_out(
    solviken: Place,
    round_: MeasurementRound,
    batch: ImportBatch,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The order that was: rows of work first, and then the locks of the tree and of sums."""
    monkeypatch.setattr(undo, "work_asked_last", nullcontext)

    failure, job = undo_while_the_school_moves(solviken, round_, monkeypatch)

    assert failure or job.state == JobState.WAITING
    assert "deadlock detected" in failure + caplog.text


def ask_in_two_steps_while_another_asks(
    place: Place, round_: MeasurementRound, *, asked_last: bool
) -> list[str]:
    """The later class first, then the earlier one; in between somebody asks for both. Returns what went wrong."""
    earlier, later = sorted((place.class_4a.pk, place.class_5a.pk))
    other = Meanwhile(place, lambda: ask_for_recount({(earlier, round_.pk), (later, round_.pk)}))
    failures = []
    try:
        with transaction.atomic(), ExitStack() as around:
            if asked_last:
                around.enter_context(work_asked_last())
            ask_for_recount({(later, round_.pk)})
            other.begin()
            ask_for_recount({(earlier, round_.pk)})
    except Exception as failure:
        failures.append(str(failure))
    other.end()
    return [failure for failure in [*failures, other.failure] if failure]


def test_several_requests_of_a_transaction_lock_their_rows_in_one_order(
    solviken: Place, round_: MeasurementRound
) -> None:
    assert ask_in_two_steps_while_another_asks(solviken, round_, asked_last=True) == []

    assert set(RollupWork.objects.values_list("unit_id", "generation")) == {
        (solviken.class_4a.pk, 2),
        (solviken.class_5a.pk, 2),
    }


def test_requests_written_one_by_one_lock_each_other_out(solviken: Place, round_: MeasurementRound) -> None:
    (failure,) = ask_in_two_steps_while_another_asks(solviken, round_, asked_last=False)

    assert "deadlock detected" in failure
