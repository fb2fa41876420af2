"""How long the log is kept, and its removal after that: by decision, whole seals at a time, remembered in the log."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .audit import FEWEST_YEARS_KEPT, kept_since, record
from .dated import midnight_of
from .log_verification import CLEARED
from .models import AuditEvent, AuditPupil, AuditSeal, SealedEvent, User
from .refusal import ActRefused


@transaction.atomic
def clear_log(*, before: datetime.date, by: User | None) -> int:
    """Removes the events whose seals are older than a day; returns how many. The seals themselves stay.

    The chain can still be verified: the event that remembers the removal says up to which seal the events are gone.
    Needs a database role that may delete from the log, which that of the pages may not. Raises ActRefused for a day
    up to which the log has to be kept.
    """
    if before > kept_since(timezone.localdate()):
        raise ActRefused(_("The log is kept for at least %(n)d years.") % {"n": FEWEST_YEARS_KEPT})
    seal = AuditSeal.objects.filter(sealed_at__lt=midnight_of(before)).order_by("-number").first()
    if seal is None:
        return 0
    covered = SealedEvent.objects.filter(seal_number__lte=seal.number).values("event_id")
    AuditPupil.objects.filter(event_id__in=covered).delete()
    n_events, _by_model = AuditEvent.objects.filter(pk__in=covered).delete()
    if n_events:
        record(CLEARED, by=by, through_seal=seal.number, n_events=n_events)
    return n_events
