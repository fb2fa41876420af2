"""The chain over the log: events are sealed by a job each minute, so that no page waits for another one.

A seal covers the events that a run finds and no seal covers yet, in the order of their ids. Its hash covers the hash of
each of them and of the seal before it: a row that is changed, removed or put in afterwards no longer adds up, nor does
a chain without one of its seals (log_verification.py). Transactions may commit in any order: an event is sealed by the
first run that sees it, and the database takes each event once.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from .models import AuditEvent, AuditSeal, SealedEvent
from .statements import long_statements, try_lock
from .tenancy import current_municipality

# So long after its moment an event may still be on its way: no page and no job has a longer transaction
# (settings.CELERY_TASK_TIME_LIMIT). What turns up later was not written by the product.
GRACE = datetime.timedelta(hours=1)
# When nothing happens a seal without events says so: what is put in afterwards then falls between two seals.
LONGEST_WITHOUT_A_SEAL = datetime.timedelta(hours=1)
MOST_IN_A_SEAL = 5000


def digest_of(event: AuditEvent) -> str:
    """The hash of one event as it stands in the database, every field included."""
    said = [
        event.pk,
        event.at.astimezone(datetime.UTC).isoformat(timespec="microseconds"),
        event.actor_id,
        event.kind,
        event.action,
        event.role,
        event.role_unit_id,
        event.page,
        event.unit_id,
        event.subject,
        event.purpose,
        event.pupil_ids,
        event.facts,
    ]
    return _hash(json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def hash_of(seal: AuditSeal, events: Iterable[tuple[int, str]]) -> str:
    """The hash of a seal. events: (id, digest) of what it covers, by id."""
    sealed_at = seal.sealed_at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    head = [seal.previous, str(seal.number), sealed_at, str(seal.n_events), str(seal.last_event_id)]
    return _hash("\n".join([*head, *(f"{event_id} {digest}" for event_id, digest in events)]))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def newest_seal() -> AuditSeal | None:
    return AuditSeal.objects.order_by("-number").first()


def unsealed() -> QuerySet[AuditEvent]:
    """The events that no seal covers, by id, wherever they stand. Looks through the whole log."""
    sealed = SealedEvent.objects.filter(event_id=OuterRef("pk")).order_by()
    return AuditEvent.objects.filter(~Exists(sealed)).order_by("pk")


def settled_through(now: datetime.datetime) -> int:
    """Up to which id no event is on its way any more: the last one of a seal that is older than the grace."""
    seal = AuditSeal.objects.filter(sealed_at__lt=now - GRACE).order_by("-number").first()
    return seal.last_event_id if seal else 0


def seal_events() -> int:
    """Seals what waits in the municipality; returns how many events. 0 also while another run is at it."""
    n_sealed = 0
    while True:
        with long_statements():
            n_in_seal = _seal_once() if try_lock("log") else 0
        n_sealed += n_in_seal
        if n_in_seal < MOST_IN_A_SEAL:
            return n_sealed


def _seal_once() -> int:
    now = timezone.now()
    waiting = unsealed().filter(pk__gt=settled_through(now))[:MOST_IN_A_SEAL]
    events, before = list(waiting), newest_seal()
    if not events and (before is None or now - before.sealed_at < LONGEST_WITHOUT_A_SEAL):
        return 0
    write_seal(events, before, now)
    return len(events)


@transaction.atomic
def write_seal(events: Sequence[AuditEvent], before: AuditSeal | None, now: datetime.datetime) -> AuditSeal:
    """Adds the next seal, over events that none covers. before: the newest one, if there is any."""
    municipality = current_municipality()
    digests = [(event.pk, digest_of(event)) for event in events]
    seal = AuditSeal(
        municipality=municipality,
        number=before.number + 1 if before else 1,
        sealed_at=now,
        n_events=len(events),
        last_event_id=max([before.last_event_id if before else 0, *(event_id for event_id, _ in digests)]),
        previous=before.hash if before else "",
    )
    seal.hash = hash_of(seal, digests)
    seal.save(force_insert=True)
    SealedEvent.objects.bulk_create(
        SealedEvent(
            municipality_id=municipality.pk, event_id=event_id, seal_number=seal.number, digest=digest
        )
        for event_id, digest in digests
    )
    return seal


def has_waiting() -> bool:
    """Whether a run of sealing would write a seal now."""
    now, newest = timezone.now(), newest_seal()
    if newest is not None and now - newest.sealed_at >= LONGEST_WITHOUT_A_SEAL:
        return True
    return unsealed().filter(pk__gt=settled_through(now)).exists()
