"""Events are sealed once each, in a chain, while others go on writing; no page waits for it."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts import sealing
from accounts.audit import record
from accounts.models import AuditEvent, AuditSeal, Municipality, SealedEvent
from accounts.sealing import digest_of, has_waiting, hash_of, seal_events, unsealed
from accounts.tasks import seal_log, sweep_log
from accounts.tenancy import municipality_scope
from tests.factories.accounts import MunicipalityFactory
from tests.fixtures import Place
from tests.walls import without_wall

postgresql_only = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time, so nothing meets"
)


def test_seal_covers_what_waits_and_goes_on_from_the_one_before(in_solviken: Place) -> None:
    record("class map seen", by=in_solviken.teacher, pupils=[1, 2])
    record("pupil seen", by=in_solviken.teacher, pupils=[2])
    n_first = seal_events()
    record("pupil seen", by=in_solviken.principal, pupils=[3])
    n_second = seal_events()

    first, second = AuditSeal.objects.order_by("number")
    last = AuditEvent.objects.latest("pk")
    assert n_first == AuditEvent.objects.count() - 1
    assert (n_second, second.n_events, second.last_event_id) == (1, 1, last.pk)
    assert (first.number, first.previous, second.number, second.previous) == (1, "", 2, first.hash)
    assert second.hash == hash_of(second, [(last.pk, digest_of(last))])
    assert not unsealed().exists()


def test_every_field_of_an_event_is_in_its_hash(in_solviken: Place) -> None:
    record("class map seen", by=in_solviken.teacher, unit=in_solviken.class_4a, pupils=[1], purpose="x", n=1)
    event = AuditEvent.objects.latest("pk")
    usual = digest_of(event)
    others = {
        "id": event.pk + 1,
        "at": event.at + datetime.timedelta(microseconds=1),
        "facts": {"n": 2},
        "pupil_ids": [1, 2],
    }

    for field in AuditEvent._meta.concrete_fields:
        if field.name == "municipality":
            continue
        changed = AuditEvent.objects.get(pk=event.pk)
        value = getattr(changed, field.attname)
        other = f"{value}x" if isinstance(value, str) else 4711
        setattr(changed, field.attname, others.get(field.name, other))
        assert digest_of(changed) != usual, field.name


def test_event_is_sealed_once(in_solviken: Place) -> None:
    record("pupil seen", by=in_solviken.teacher, pupils=[1])
    seal_events()
    sealed = SealedEvent.objects.all()[0]

    with pytest.raises(IntegrityError), transaction.atomic():
        SealedEvent.objects.create(
            municipality=in_solviken.municipality, event_id=sealed.event_id, seal_number=9, digest="x"
        )


def test_many_events_are_sealed_in_several_seals(in_solviken: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    seal_events()
    monkeypatch.setattr(sealing, "MOST_IN_A_SEAL", 2)
    for n in range(5):
        record("pupil seen", by=in_solviken.teacher, pupils=[n])

    assert seal_events() == 5
    assert [seal.n_events for seal in AuditSeal.objects.order_by("-number")[:3]] == [1, 2, 2]


def test_event_that_comes_with_a_lower_number_after_a_seal_is_sealed_by_the_next(in_solviken: Place) -> None:
    record("pupil seen", by=in_solviken.teacher, pupils=[1])
    late = AuditEvent.objects.latest("pk")
    with without_wall():
        AuditEvent.objects.filter(pk=late.pk).delete()
    record("pupil seen", by=in_solviken.teacher, pupils=[2])
    seal_events()
    late.save(force_insert=True)

    assert seal_events() == 1
    assert SealedEvent.objects.get(event_id=late.pk).seal_number == 2


def test_hour_without_events_is_sealed_too(
    in_solviken: Place, monkeypatch: pytest.MonkeyPatch, clock: datetime.date
) -> None:
    seal_events()
    assert (seal_events(), has_waiting()) == (0, False)

    now = timezone.now() + datetime.timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: now)

    assert has_waiting()
    assert seal_events() == 0
    assert AuditSeal.objects.latest("number").n_events == 0


def test_municipalities_have_chains_of_their_own(in_solviken: Place) -> None:
    record("pupil seen", by=in_solviken.teacher, pupils=[1])
    other = MunicipalityFactory()
    with municipality_scope(other):
        record("sums recounted", by=None)
        seal_events()
        assert AuditSeal.objects.get().number == 1

    assert unsealed().exists()


def test_sweep_seals_where_something_waits(in_solviken: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[int] = []
    monkeypatch.setattr(
        "accounts.tasks.wake_once", lambda task, municipality_id: woken.append(municipality_id)
    )
    record("pupil seen", by=in_solviken.teacher, pupils=[1])

    sweep_log()
    seal_log(in_solviken.municipality.pk)
    sweep_log()

    assert woken == [in_solviken.municipality.pk]
    assert not unsealed().exists()


def write(municipality: Municipality, n: int, hold: Event | None = None) -> None:
    """That many events, each with two pupils; hold: the last one's transaction ends only when it is set."""
    try:
        with municipality_scope(municipality):
            for number in range(n):
                with transaction.atomic():
                    record("pupil seen", by=None, pupils=[number, number + 1])
                    if hold is not None and number == n - 1:
                        hold.wait(30)
    finally:
        connection.close()


def seal_until(municipality: Municipality, done: Event) -> None:
    try:
        with municipality_scope(municipality):
            while not done.is_set():
                seal_events()
    finally:
        connection.close()


@postgresql_only
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_is_written_while_sealing_runs_is_sealed_once_and_none_is_left_out() -> None:
    municipality = MunicipalityFactory()
    done, hold = Event(), Event()
    with ThreadPoolExecutor(7) as threads:
        sealers = [threads.submit(seal_until, municipality, done) for _n in range(2)]
        # It takes its number first and commits last of all.
        late = threads.submit(write, municipality, 1, hold)
        writers = [threads.submit(write, municipality, 60) for _n in range(4)]
        for writer in writers:
            writer.result()
        hold.set()
        late.result()
        done.set()
        for sealer in sealers:
            sealer.result()
    with municipality_scope(municipality):
        seal_events()
        events = set(AuditEvent.objects.values_list("pk", flat=True))
        sealed = list(SealedEvent.objects.values_list("event_id", flat=True))
        seals = list(AuditSeal.objects.order_by("number"))

    assert len(events) >= 241
    assert sorted(sealed) == sorted(events)
    assert sum(seal.n_events for seal in seals) == len(events)
    assert [seal.number for seal in seals] == list(range(1, len(seals) + 1))
    assert [seal.previous for seal in seals[1:]] == [seal.hash for seal in seals[:-1]]


@postgresql_only
@pytest.mark.django_db(transaction=True)
def test_page_writes_while_a_seal_is_being_made() -> None:
    """The run of sealing holds its lock, and an event is written all the same, at once."""
    municipality = MunicipalityFactory()
    with municipality_scope(municipality), transaction.atomic():
        sealing.try_lock("log")
        seal_events()
        with ThreadPoolExecutor(1) as threads:
            threads.submit(write, municipality, 1).result(timeout=2)

    with municipality_scope(municipality):
        assert AuditEvent.objects.filter(action="pupil seen").count() == 1
