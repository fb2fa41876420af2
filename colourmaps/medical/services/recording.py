"""Medical results into their own table. What is no more in force stays as it was."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Sight
from accounts.audit import record
from accounts.models import Unit, User
from accounts.refusal import ActRefused
from accounts.roles import Permission
from accounts.secrecy import SecrecyArea
from accounts.statements import hold_lock
from accounts.tenancy import current_municipality
from colourmaps.models import Indicator
from colourmaps.scales import Mark
from pupils.queries import members_of

from ..models import MedicalResult

LOCK = "medical"


@dataclass(frozen=True)
class Entry:
    """What is known of a pupil on an indicator on a day. Neither value nor mark: what was known is taken away.

    value: hundredths of the indicator's unit.
    """

    pupil_id: int
    indicator: Indicator
    value: int | None
    mark: Mark = Mark.MEASURED
    note: str = ""

    @property
    def is_empty(self) -> bool:
        return self.value is None and self.mark is Mark.MEASURED


@transaction.atomic
def record_medical(
    *, entries: Collection[Entry], measured_on: datetime.date, school_class: Unit, by: User
) -> int:
    """Records what differs from what is in force on that day; returns how many of them.

    Raises AccessDenied for whoever does not keep medical results of the class, ActRefused for what cannot be.
    """
    sight = Sight(by)
    sight.check(Permission.SEE_MEDICAL, school_class)
    if measured_on > sight.today:
        raise ActRefused(_("The day is still to come. Choose the day on which it was measured."))
    _check(entries, {pupil.pk for pupil in members_of(school_class, sight.today)})
    hold_lock(LOCK)
    in_force = {
        (result.pupil_id, result.indicator_id): result
        for result in MedicalResult.objects.filter(
            pupil__in={entry.pupil_id for entry in entries},
            measured_on=measured_on,
            superseded_at__isnull=True,
        )
    }
    changed = [
        entry for entry in entries if _differs(entry, in_force.get((entry.pupil_id, entry.indicator.pk)))
    ]
    now = timezone.now()
    for entry in changed:
        _write(entry, in_force.get((entry.pupil_id, entry.indicator.pk)), measured_on, by, now)
    if changed:
        record(
            "medical results recorded",
            by=by,
            unit=school_class,
            subject=measured_on.isoformat(),
            pupils={entry.pupil_id for entry in changed},
            recorded=sum(not entry.is_empty for entry in changed),
            removed=sum(entry.is_empty for entry in changed),
        )
    return len(changed)


def _check(entries: Collection[Entry], members: set[int]) -> None:
    for entry in entries:
        if entry.indicator.secrecy_area != SecrecyArea.MEDICAL:
            raise ActRefused(
                _("%(name)s does not belong to medical pupil health.") % {"name": entry.indicator}
            )
        if entry.pupil_id not in members:
            raise ActRefused(_("A pupil has left the class. Open the page again."))
        if entry.value is not None and not entry.indicator.scale.contains(entry.value):
            raise ActRefused(
                _("A value is outside the scale %(scale)s.") % {"scale": entry.indicator.scale.in_words()}
            )


def _differs(entry: Entry, known: MedicalResult | None) -> bool:
    if known is None:
        return not entry.is_empty
    return entry.is_empty or (entry.value, entry.mark, entry.note) != (known.value, known.mark, known.note)


def _write(
    entry: Entry, known: MedicalResult | None, measured_on: datetime.date, by: User, now: datetime.datetime
) -> None:
    if known is not None:
        known.superseded_at, known.superseded_by, known.is_removed = now, by, entry.is_empty
        known.save(update_fields=["superseded_at", "superseded_by", "is_removed"])
    if not entry.is_empty:
        MedicalResult.objects.create(
            municipality=current_municipality(),
            pupil_id=entry.pupil_id,
            indicator=entry.indicator,
            measured_on=measured_on,
            value=entry.value,
            mark=entry.mark,
            note=entry.note,
            recorded_at=now,
            by=by,
        )
