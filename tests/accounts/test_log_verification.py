"""Whoever changes the log afterwards is found, and what was changed is named."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.audit import record
from accounts.log_retention import clear_log, kept_since
from accounts.log_verification import Fault, Finding, check_log, newest_check, verify_log
from accounts.models import AuditEvent, AuditPupil, AuditSeal, SealedEvent
from accounts.refusal import ActRefused
from accounts.sealing import seal_events
from accounts.tasks import verify_log_of_municipality
from tests.fixtures import Place
from tests.walls import without_wall

N_SEALS, N_IN_A_SEAL = 4, 9


@pytest.fixture(autouse=True)
def as_the_owner(db: None) -> Iterator[None]:
    """Whoever changes the log here has what no process of the product has: the right to."""
    with without_wall():
        yield


@pytest.fixture
def sealed_log(in_solviken: Place, clock: datetime.date) -> Place:
    """Events in four seals; nothing wrong with them."""
    seal_events()
    AuditEvent.objects.all().delete()
    SealedEvent.objects.all().delete()
    AuditSeal.objects.all().delete()
    AuditPupil.objects.all().delete()
    for n in range(N_SEALS):
        for pupil in range(N_IN_A_SEAL):
            record("pupil seen", by=in_solviken.teacher, unit=in_solviken.class_4a, pupils=[pupil, 99], n=n)
        seal_events()
    assert verify_log().findings == []
    return in_solviken


def found() -> list[tuple[Fault, int, int]]:
    return [(each.fault, each.seal, each.event) for each in verify_log().findings]


def some_event(seal: int = 2) -> AuditEvent:
    ids = SealedEvent.objects.filter(seal_number=seal).order_by("event_id").values_list("event_id", flat=True)
    return AuditEvent.objects.get(pk=list(ids)[6])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("actor_id", 4711),
        ("action", "class map seen"),
        ("at", datetime.datetime(2026, 11, 16, 9, 0, 0, 1, tzinfo=datetime.UTC)),
        ("kind", "write"),
        ("role", "principal"),
        ("role_unit_id", 1),
        ("page", "start"),
        ("unit_id", None),
        ("subject", "x"),
        ("purpose", "x"),
        ("facts", {"n": 7}),
    ],
)
def test_one_field_of_one_event_is_changed(sealed_log: Place, field: str, value: object) -> None:
    event = some_event()
    AuditEvent.objects.filter(pk=event.pk).update(**{field: value})

    assert found() == [(Fault.CHANGED, 2, event.pk)]


def test_pupil_is_taken_out_of_an_event_everywhere(sealed_log: Place) -> None:
    event = some_event()
    AuditEvent.objects.filter(pk=event.pk).update(pupil_ids=[99])
    AuditPupil.objects.filter(event_id=event.pk).exclude(pupil_id=99).delete()

    assert found() == [(Fault.CHANGED, 2, event.pk)]


def test_event_is_removed(sealed_log: Place) -> None:
    event = some_event()
    AuditPupil.objects.filter(event_id=event.pk).delete()
    AuditEvent.objects.filter(pk=event.pk).delete()

    assert found() == [(Fault.REMOVED, 2, event.pk)]


def test_event_is_removed_with_its_line_in_the_seal(sealed_log: Place) -> None:
    event = some_event()
    AuditPupil.objects.filter(event_id=event.pk).delete()
    AuditEvent.objects.filter(pk=event.pk).delete()
    SealedEvent.objects.filter(event_id=event.pk).delete()

    assert found() == [(Fault.BROKEN_SEAL, 2, 0)]


def test_event_is_put_in_with_a_moment_that_has_been_sealed(sealed_log: Place) -> None:
    forged = put_in(timezone.now() - datetime.timedelta(days=3))

    assert found() == [(Fault.INSERTED, 0, forged)]
    seal_events()
    assert found() == [(Fault.INSERTED, N_SEALS + 1, forged)]


def put_in(at: datetime.datetime) -> int:
    record("pupil seen", by=None)
    forged = AuditEvent.objects.latest("pk")
    AuditEvent.objects.filter(pk=forged.pk).update(at=at)
    return forged.pk


def test_event_is_put_in_with_a_number_that_has_been_sealed(
    sealed_log: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    gone = some_event()
    AuditPupil.objects.filter(event_id=gone.pk).delete()
    AuditEvent.objects.filter(pk=gone.pk).delete()
    SealedEvent.objects.filter(event_id=gone.pk).delete()
    AuditEvent.objects.create(pk=gone.pk, municipality=sealed_log.municipality, action="pupil seen")
    monkeypatch.setattr(timezone, "now", lambda: now + datetime.timedelta(hours=2))

    assert (Fault.INSERTED, 0, gone.pk) in found()


def test_event_of_now_waits_for_its_seal(sealed_log: Place) -> None:
    record("pupil seen", by=sealed_log.teacher, pupils=[1])

    outcome = verify_log()

    assert (outcome.findings, outcome.n_waiting, outcome.n_events) == ([], 1, N_SEALS * N_IN_A_SEAL)


@pytest.mark.parametrize(
    "change",
    [
        {"n_events": 8},
        {"last_event_id": 7},
        {"hash": "0" * 64},
        {"sealed_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_seal_is_changed(sealed_log: Place, change: dict[str, object]) -> None:
    AuditSeal.objects.filter(number=2).update(**change)

    faults = {(fault, seal) for fault, seal, _event in found()}
    assert (Fault.BROKEN_SEAL, 2) in faults
    assert faults <= {(Fault.BROKEN_SEAL, 2), (Fault.BROKEN_CHAIN, 3), (Fault.INSERTED, 3)}


def test_seal_is_written_anew_over_a_changed_event(sealed_log: Place) -> None:
    """The hashes of event and seal are right again, and the next seal still has the old one."""
    from accounts.sealing import digest_of, hash_of

    event = some_event()
    AuditEvent.objects.filter(pk=event.pk).update(actor_id=4711)
    event.refresh_from_db()
    SealedEvent.objects.filter(event_id=event.pk).update(digest=digest_of(event))
    seal = AuditSeal.objects.get(number=2)
    sealed = SealedEvent.objects.filter(seal_number=2).order_by("event_id").values_list("event_id", "digest")
    AuditSeal.objects.filter(number=2).update(hash=hash_of(seal, sealed))

    assert found() == [(Fault.BROKEN_CHAIN, 3, 0)]


@pytest.mark.parametrize("number", [1, 2, N_SEALS])
def test_seal_is_removed(sealed_log: Place, number: int) -> None:
    AuditSeal.objects.filter(number=number).delete()

    assert (Fault.MISSING_SEAL, number, 0) in found()


def test_event_is_no_longer_found_by_its_pupil(sealed_log: Place) -> None:
    event = some_event()
    AuditPupil.objects.filter(event_id=event.pk, pupil_id=99).delete()

    assert found() == [(Fault.PUPILS_DIFFER, 0, event.pk)]


def test_event_is_found_by_another_pupil_as_well(sealed_log: Place) -> None:
    event = some_event()
    AuditPupil.objects.create(municipality=sealed_log.municipality, event_id=event.pk, pupil_id=98)

    assert found() == [(Fault.PUPILS_DIFFER, 0, event.pk)]


def test_end_of_the_chain_is_cut_off_and_only_the_anchor_tells(sealed_log: Place) -> None:
    anchor = AuditSeal.objects.latest("number")
    gone = SealedEvent.objects.filter(seal_number=N_SEALS).values("event_id")
    AuditPupil.objects.filter(event_id__in=gone).delete()
    AuditEvent.objects.filter(pk__in=gone).delete()
    SealedEvent.objects.filter(seal_number=N_SEALS).delete()
    AuditSeal.objects.filter(number=N_SEALS).delete()

    assert verify_log().findings == []
    assert verify_log((anchor.number, anchor.hash)).findings == [Finding(Fault.NOT_THE_ANCHOR, N_SEALS)]


def test_nightly_check_is_remembered_and_raises_an_alarm(
    sealed_log: Place, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "accounts.log_verification"):
        verify_log_of_municipality(sealed_log.municipality.pk)
        sound = newest_check()
        AuditEvent.objects.filter(pk=some_event().pk).update(actor_id=4711)
        alarm = check_log()

    assert sound is not None
    assert (sound.n_findings, sound.n_events) == (0, N_SEALS * N_IN_A_SEAL)
    assert sound.newest_hash == AuditSeal.objects.latest("number").hash
    assert (alarm.n_findings, alarm.findings[0]["what"]) == (1, "changed")
    assert [each.levelname for each in caplog.records] == ["INFO", "INFO", "ERROR"]
    assert sound.newest_hash in caplog.records[0].getMessage()


def test_command_names_what_was_changed_and_prints_the_newest_hash(sealed_log: Place) -> None:
    newest, event, out = AuditSeal.objects.latest("number"), some_event(), StringIO()
    AuditEvent.objects.filter(pk=event.pk).update(actor_id=4711)

    with pytest.raises(CommandError, match="1 findings") as raised:
        call_command("verify_audit", municipality=sealed_log.municipality.code, stdout=out)

    assert raised.value.returncode == 1
    assert f"newest seal {newest.number}:{newest.hash}" in out.getvalue()
    assert f"changed, seal 2, event {event.pk}" in out.getvalue()


def test_command_compares_with_an_anchor(sealed_log: Place) -> None:
    newest, out = AuditSeal.objects.latest("number"), StringIO()
    code = sealed_log.municipality.code

    call_command("verify_audit", municipality=code, anchor=f"{newest.number}:{newest.hash}", stdout=out)
    with pytest.raises(CommandError):
        call_command("verify_audit", municipality=code, anchor=f"{newest.number}:{'0' * 64}", stdout=out)
    with pytest.raises(CommandError, match="NUMBER:HASH"):
        call_command("verify_audit", municipality=code, anchor="x", stdout=out)


def test_log_is_kept_for_five_years_and_can_be_verified_after_that(
    sealed_log: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    then = timezone.now()
    with pytest.raises(ActRefused):
        clear_log(before=kept_since(timezone.localdate()) + datetime.timedelta(days=1), by=None)
    later = then + datetime.timedelta(days=6 * 365)
    monkeypatch.setattr(timezone, "now", lambda: later)
    record("pupil seen", by=sealed_log.teacher, pupils=[1])
    seal_events()

    n_removed = clear_log(before=kept_since(timezone.localdate()), by=None)
    seal_events()

    assert n_removed == N_SEALS * N_IN_A_SEAL
    assert verify_log().findings == []
    assert AuditPupil.objects.count() == 1


def test_event_that_says_that_the_log_was_cleared_hides_nothing_that_has_to_be_kept(
    sealed_log: Place,
) -> None:
    gone = some_event()
    AuditPupil.objects.filter(event_id=gone.pk).delete()
    AuditEvent.objects.filter(pk=gone.pk).delete()
    record("log cleared", by=None, through_seal=N_SEALS)

    assert (Fault.REMOVED, 2, gone.pk) in found()


def test_nightly_check_compares_with_what_the_last_one_noted(sealed_log: Place) -> None:
    check_log()
    AuditSeal.objects.all().delete()
    SealedEvent.objects.all().delete()
    AuditEvent.objects.all().delete()
    AuditPupil.objects.all().delete()

    assert Fault.NOT_THE_ANCHOR.value in {finding["what"] for finding in check_log().findings}


def test_database_stands_in_no_way(sealed_log: Place) -> None:
    """A few statements for each seal, and a fixed number besides: nothing is read event by event."""
    with CountingStatements() as counted:
        verify_log()

    assert counted.n <= 20 + 3 * N_SEALS


class CountingStatements:
    n = 0

    def __enter__(self) -> CountingStatements:
        self._wrapped = connection.execute_wrapper(self._count)
        self._wrapped.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._wrapped.__exit__(*exception)

    def _count(self, execute, sql, parameters, many, context):
        self.n += 1
        return execute(sql, parameters, many, context)
