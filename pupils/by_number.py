"""From a number to the pupil who has it, also one with protected identity."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from .identity import NotAnIdentity, parse_identity
from .models import Pupil
from .protected import NUMBER, OWN_ID, numbered


def found_by_number(number: str, country: str) -> Pupil | None:
    """The one pupil with an identity number, in any common spelling, or with an own id; the caller asks the door.

    Numbers of protected pupils are found by their digests.
    """
    try:
        identity = parse_identity(number, country, on=timezone.localdate())
    except NotAnIdentity:
        identity = None
    own_id = number.strip()
    if identity is not None:
        sealed = numbered([identity.number], NUMBER).values()
        found = Pupil.objects.filter(Q(identity_number=identity.number) | Q(pk__in=sealed)).first()
        if found is not None:
            return found
    if not own_id:
        return None
    return Pupil.objects.filter(Q(own_id=own_id) | Q(pk__in=numbered([own_id], OWN_ID).values())).first()
