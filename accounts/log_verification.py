"""Whether the log is as it was sealed: every event against its hash, every seal against the one before it.

Looks through the whole log of a municipality, seal by seal, with a few thousand events in memory at a time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection, models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .audit import kept_since
from .dated import midnight_of
from .models import AuditCheck, AuditEvent, AuditSeal, SealedEvent
from .sealing import GRACE, digest_of, hash_of, newest_seal, settled_through, unsealed
from .statements import long_statements
from .tenancy import current_municipality

log = logging.getLogger(__name__)

# The act of retention that removes events that are older than the log is kept; fact: through_seal.
CLEARED = "log cleared"
MOST_KEPT = 100


class Fault(models.TextChoices):
    CHANGED = "changed", _("An event is not what it was when it was sealed.")
    REMOVED = "removed", _("An event that was sealed is gone.")
    INSERTED = "inserted", _("An event was put in after its time had been sealed.")
    BROKEN_SEAL = (
        "broken seal",
        _("A seal does not add up: it, or the list of what it covers, has been changed."),
    )
    MISSING_SEAL = "missing seal", _("A seal is gone.")
    BROKEN_CHAIN = "broken chain", _("A seal does not go on from the one before it.")
    PUPILS_DIFFER = "pupils differ", _("By pupil, other events are found than the events themselves name.")
    NOT_THE_ANCHOR = "not the anchor", _("The seal is not the one that was noted outside.")


@dataclass(frozen=True)
class Finding:
    """seal: its number; event: its id; 0 where it is about none."""

    fault: Fault
    seal: int = 0
    event: int = 0

    @property
    def sentence(self) -> str | Promise:
        return self.fault.label

    def to_json(self) -> dict[str, Any]:
        return {"what": self.fault.value, "seal": self.seal, "event": self.event}


@dataclass
class Verification:
    """n_events: that were compared with their hash; n_waiting: that the next run will seal."""

    findings: list[Finding] = field(default_factory=list)
    n_events: int = 0
    n_waiting: int = 0
    newest: AuditSeal | None = None


def verify_log(anchor: tuple[int, str] | None = None) -> Verification:
    """Compares the log of the municipality with its seals.

    anchor: number and hash of a seal as they were noted outside of the database: whoever may change everything in it
    can write a new chain, but none that has the old hash in it.
    """
    outcome = Verification()
    with long_statements():
        outcome.newest = newest_seal()
        cleared = _cleared_through()
        before: AuditSeal | None = None
        for seal in AuditSeal.objects.order_by("number").iterator(chunk_size=500):
            outcome.findings += _in_chain(before, seal)
            sealed = list(
                SealedEvent.objects.filter(seal_number=seal.number)
                .order_by("event_id")
                .values_list("event_id", "digest")
            )
            if seal.hash != hash_of(seal, sealed) or seal.n_events != len(sealed):
                outcome.findings.append(Finding(Fault.BROKEN_SEAL, seal.number))
            if seal.number > cleared:
                outcome.findings += _events_of(seal, sealed, before)
                outcome.n_events += len(sealed)
            before = seal
        outcome.findings += [*_beyond(before), *_outside_of_seals(outcome, before), *_pupils_that_differ()]
        if anchor:
            outcome.findings += _at_anchor(*anchor)
    return outcome


def _cleared_through() -> int:
    """Up to which seal events have been removed by decision: the seals stay, what they covered does not.

    Only seals that are old enough for it: an event that somebody has added to hide what is missing since does nothing.
    """
    cleared = AuditEvent.objects.filter(action=CLEARED).values_list("facts", flat=True)
    numbers = [int(facts.get("through_seal", 0)) for facts in cleared]
    oldest_kept = midnight_of(kept_since(timezone.localdate()))
    old = AuditSeal.objects.filter(number__in=numbers, sealed_at__lt=oldest_kept)
    return max(old.values_list("number", flat=True), default=0)


def _in_chain(before: AuditSeal | None, seal: AuditSeal) -> Iterator[Finding]:
    expected = before.number + 1 if before else 1
    for number in islice(range(expected, seal.number), MOST_KEPT):
        yield Finding(Fault.MISSING_SEAL, number)
    if seal.number == expected and seal.previous != (before.hash if before else ""):
        yield Finding(Fault.BROKEN_CHAIN, seal.number)


def _events_of(
    seal: AuditSeal, sealed: Sequence[tuple[int, str]], before: AuditSeal | None
) -> Iterator[Finding]:
    """What has become of the events of a seal, and which of them cannot have been there in time."""
    events = AuditEvent.objects.in_bulk([event_id for event_id, _digest in sealed])
    for event_id, digest in sealed:
        event = events.get(event_id)
        if event is None:
            yield Finding(Fault.REMOVED, seal.number, event_id)
        elif digest_of(event) != digest:
            yield Finding(Fault.CHANGED, seal.number, event_id)
        elif before is not None and event.at < before.sealed_at - GRACE:
            yield Finding(Fault.INSERTED, seal.number, event_id)


def _beyond(newest: AuditSeal | None) -> Iterator[Finding]:
    """Seals at the end that are gone while what they covered is still listed."""
    last = newest.number if newest else 0
    listed = SealedEvent.objects.filter(seal_number__gt=last).order_by().values_list("seal_number", flat=True)
    for number in listed.distinct()[:MOST_KEPT]:
        yield Finding(Fault.MISSING_SEAL, number)


def _outside_of_seals(outcome: Verification, newest: AuditSeal | None) -> Iterator[Finding]:
    """Events that wait for their seal, and those among them that are too old to be waiting."""
    settled = settled_through(timezone.now())
    oldest = newest.sealed_at - GRACE if newest else None
    for event in unsealed().only("pk", "at").iterator(chunk_size=2000):
        if event.pk <= settled or (oldest is not None and event.at < oldest):
            yield Finding(Fault.INSERTED, event=event.pk)
        else:
            outcome.n_waiting += 1


ELEMENTS = {
    "postgresql": "jsonb_array_elements_text(e.pupil_ids) as named(value)",
    "sqlite": "json_each(e.pupil_ids) as named",
}
# Both ways: pupils whom an event names and nobody finds it by, and the other way round.
PUPILS_SQL = """
    select e.id from accounts_auditevent e cross join {lateral} {elements}
    left join accounts_auditpupil p on p.municipality_id = %(municipality)s and p.event_id = e.id
        and p.pupil_id = cast(named.value as integer)
    where e.municipality_id = %(municipality)s and p.event_id is null
    union
    select p.event_id from accounts_auditpupil p
    left join (
        select e.id, cast(named.value as integer) as pupil_id
        from accounts_auditevent e cross join {lateral} {elements} where e.municipality_id = %(municipality)s
    ) said on said.id = p.event_id and said.pupil_id = p.pupil_id
    where p.municipality_id = %(municipality)s and said.id is null
    order by 1 limit {most}
"""


def _pupils_that_differ() -> Iterator[Finding]:
    vendor = connection.vendor
    sql = PUPILS_SQL.format(
        elements=ELEMENTS[vendor], lateral="lateral" if vendor == "postgresql" else "", most=MOST_KEPT
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {"municipality": current_municipality().pk})
        rows = cursor.fetchall()
    for (event_id,) in rows:
        yield Finding(Fault.PUPILS_DIFFER, event=event_id)


def _at_anchor(number: int, noted: str) -> Iterator[Finding]:
    if not AuditSeal.objects.filter(number=number, hash=noted).exists():
        yield Finding(Fault.NOT_THE_ANCHOR, number)


def check_log() -> AuditCheck:
    """Verifies and remembers the outcome; a finding is an alarm. The newest hash goes to the application's own log."""
    before, municipality = newest_check(), current_municipality()
    noted = (before.newest_seal, before.newest_hash) if before and before.newest_hash else None
    outcome = verify_log(anchor=noted)
    newest = outcome.newest
    check = AuditCheck.objects.create(
        municipality=municipality,
        checked_at=timezone.now(),
        n_events=outcome.n_events,
        n_waiting=outcome.n_waiting,
        newest_seal=newest.number if newest else 0,
        newest_hash=newest.hash if newest else "",
        n_findings=len(outcome.findings),
        findings=[finding.to_json() for finding in outcome.findings[:MOST_KEPT]],
    )
    # The anchor outside: where these lines go, whoever owns the database does not write.
    log.info("log of %s: seal %s %s", municipality.code, check.newest_seal, check.newest_hash or "-")
    if outcome.findings:
        log.error("log of %s: %s findings, see manage.py verify_audit", municipality.code, check.n_findings)
    return check


def newest_check() -> AuditCheck | None:
    return AuditCheck.objects.order_by("-checked_at", "-pk").first()
