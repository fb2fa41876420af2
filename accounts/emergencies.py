"""Break the glass: opening a class or one pupil elsewhere in an emergency, ending it, and taking note of it."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .audit import record
from .models import EmergencyAccess, Unit, User
from .models.emergency_access import MOST_HOURS
from .refusal import ActRefused
from .signals import opened_in_emergency
from .tenancy import current_municipality


def most_hours() -> int:
    """The setting, never above what the code allows."""
    return max(1, min(settings.EMERGENCY_HOURS, MOST_HOURS))


@transaction.atomic
def open_in_emergency(
    *, unit: Unit, kind: str, reason: str, hours: int, by: User, pupil_id: int | None = None
) -> EmergencyAccess:
    """The caller has made sure that the person may, and that the pupil is of the class and not protected."""
    if not unit.is_school_class:
        raise ActRefused(_("Choose a class."))
    if not reason.strip():
        raise ActRefused(_("Say why it cannot wait."))
    if not 1 <= hours <= most_hours():
        raise ActRefused(_("It can be opened for at most %(n)d hours.") % {"n": most_hours()})
    now = timezone.now()
    access = EmergencyAccess.objects.create(
        municipality=current_municipality(),
        user=by,
        unit=unit,
        pupil_id=pupil_id,
        kind=kind,
        reason=reason,
        opened_at=now,
        open_until=now + datetime.timedelta(hours=hours),
    )
    # Its words stand in the row alone: they may tell of a child, and the log is read by more people.
    _record("opened in emergency", access, by, kind=kind, hours=hours)
    opened_in_emergency.send(sender=open_in_emergency, access_id=access.pk)
    return access


@transaction.atomic
def end_emergency(*, access: EmergencyAccess, by: User) -> None:
    """By whoever has opened it: in the next request nothing of it is open."""
    now = timezone.now()
    still = EmergencyAccess.objects.filter(pk=access.pk, user=by, ended_at=None, open_until__gt=now)
    if not still.update(ended_at=now):
        raise ActRefused(_("It is over already."))
    _record("emergency ended", access, by)


@transaction.atomic
def note_emergency(*, access: EmergencyAccess, by: User) -> None:
    """Whoever answers for the pupils has taken note. Not the one who has opened it."""
    if access.user_id == by.pk:
        raise ActRefused(_("You have opened it yourself. Somebody else has to take note of it."))
    if EmergencyAccess.objects.filter(pk=access.pk, noted_by=None).update(
        noted_by=by, noted_at=timezone.now()
    ):
        _record("emergency noted", access, by)


def record_read(access: EmergencyAccess, *, by: User, page: str) -> None:
    """Beside what the page itself records: by which emergency it was opened."""
    _record("read in emergency", access, by, page=page)


def _record(action: str, access: EmergencyAccess, by: User, **facts: object) -> None:
    pupils = [access.pupil_id] if access.pupil_id else []
    record(action, by=by, unit=access.unit, subject=access.key, pupils=pupils, purpose="", **facts)
