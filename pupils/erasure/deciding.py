"""The decision to erase a pupil, written down before anything goes."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.background import is_under_way, queue_job
from accounts.models import User
from accounts.refusal import ActRefused

from ..models import Erasure, Pupil
from .hashes import hash_of

ERASE = "pupils.tasks.erase_pupil"


@transaction.atomic
def decide_erasure(
    *,
    pupil: Pupil,
    decided_on: datetime.date,
    decided_by: str,
    reference: str,
    ground: str,
    strikes_shared_names: bool = False,
    by: User,
) -> Erasure:
    """Asks for the execution, as a job. decided_by: the office or person whose decision it is; reference: its number.

    Raises ActRefused for a decision of tomorrow, or while another one waits.
    """
    if decided_on > timezone.localdate():
        raise ActRefused(_("The decision has a day that has not been yet."))
    for earlier in Erasure.objects.filter(pupil_id=pupil.pk, erased_at=None).select_related("job"):
        if is_under_way(earlier.job):
            raise ActRefused(_("The pupil is being erased already."))
        earlier.delete()  # it failed, and nothing was changed: the log knows that it was decided
    municipality = pupil.municipality_id
    erasure = Erasure.objects.create(
        municipality=pupil.municipality,
        pupil_id=pupil.pk,
        key_hash=hash_of("key", pupil.key, municipality),
        number_hash=hash_of("number", pupil.identity_number, municipality),
        own_id_hash=hash_of("own id", pupil.own_id, municipality),
        decided_on=decided_on,
        decided_by=decided_by,
        reference=reference,
        ground=ground,
        strikes_shared_names=strikes_shared_names,
        asked_by=by,
    )
    erasure.job = queue_job(ERASE, by=by, is_heavy=True, erasure_id=erasure.pk)
    erasure.save(update_fields=["job"])
    record("erasure decided", by=by, subject=erasure.key, pupils=[pupil.pk], reference=reference)
    return erasure
