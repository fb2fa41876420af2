"""Decisions that let something of one pupil through the wall, and their withdrawal. Nothing here reads a value."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Sight
from accounts.audit import record
from accounts.models import Unit, User
from accounts.queries import assignments_of
from accounts.refusal import ActRefused
from accounts.roles import Permission
from accounts.tenancy import current_municipality
from pupils.models import Pupil
from pupils.queries import class_of

from ..grounds import grounds_of
from ..models import Crossing, Purpose
from ..queries import medical_indicators
from ..receivers import RoleAt, receivers_of

# A crossing that is needed for longer is decided anew, and so thought over anew.
LONGEST = datetime.timedelta(days=366)


@transaction.atomic
def decide_crossing(
    *,
    pupil: Pupil,
    codes: Sequence[str],
    purpose: str,
    reason: str,
    ground: str,
    ground_said: str,
    receiver: User | RoleAt,
    valid_from: datetime.date,
    last_on: datetime.date,
    by: User,
    key: str = "",
) -> Crossing:
    """Raises AccessDenied for whoever does not decide for the pupil, ActRefused for what cannot be decided.

    key: of a form that may be sent twice.
    """
    school_class = check_decision(
        pupil=pupil,
        codes=codes,
        purpose=purpose,
        ground=ground,
        receiver=receiver,
        valid_from=valid_from,
        last_on=last_on,
        by=by,
    )
    if not reason.strip() or not ground_said.strip():
        raise ActRefused(_("Write what it is needed for, and how the ground is met."))
    crossing = Crossing.objects.create(
        municipality=current_municipality(),
        pupil=pupil,
        codes=list(codes),
        purpose=purpose,
        reason=reason,
        ground=ground,
        ground_said=ground_said,
        receiver=receiver if isinstance(receiver, User) else None,
        role=receiver.role if isinstance(receiver, RoleAt) else "",
        unit=receiver.unit if isinstance(receiver, RoleAt) else None,
        valid_from=valid_from,
        valid_to=last_on + datetime.timedelta(days=1),
        decided_by=by,
        decided_at=timezone.now(),
        **({"key": key} if key else {}),
    )
    record(
        "medical crossing decided",
        by=by,
        unit=school_class,
        subject=crossing.key,
        pupils=[pupil.pk],
        purpose=crossing.purpose,
        ground=ground,
        indicators=list(codes),
        valid_from=valid_from.isoformat(),
        last_on=last_on.isoformat(),
        receiver=receiver.pk if isinstance(receiver, User) else None,
        role=crossing.role,
        at_unit=crossing.unit_id,
    )
    return crossing


def check_decision(
    *,
    pupil: Pupil,
    codes: Sequence[str],
    purpose: str,
    ground: str,
    receiver: User | RoleAt,
    valid_from: datetime.date,
    last_on: datetime.date,
    by: User,
) -> Unit:
    """Raises AccessDenied or ActRefused unless the decision can be made. Reads only; returns the pupil's class."""
    sight = Sight(by)
    school_class = class_of(pupil, sight.today)
    if school_class is None:
        raise ActRefused(_("The pupil is in no class, so nobody at school sees the pupil."))
    line = sight.line_of(school_class)
    sight.check_in_line(Permission.SHARE_MEDICAL, line)
    known = {indicator.code for indicator in medical_indicators()}
    if not codes or not set(codes) <= known:
        raise ActRefused(_("Choose what is to be shared."))
    if purpose not in Purpose.values:
        raise ActRefused(_("Choose what it is needed for."))
    if ground not in {each.code for each in grounds_of(current_municipality().country)}:
        raise ActRefused(_("Choose the legal ground."))
    if receiver == by or (isinstance(receiver, RoleAt) and _holds(by, receiver, sight.today)):
        raise ActRefused(
            _("Nobody decides that something is shared with oneself. Ask a colleague to decide.")
        )
    if receiver not in receivers_of(line, sight.today):
        raise ActRefused(_("The receiver does not see the pupil today, so nothing can be shared there."))
    if valid_from < sight.today:
        raise ActRefused(_("It can hold from today on, not before."))
    if last_on < valid_from:
        raise ActRefused(_("The last day comes before the first."))
    if last_on - valid_from > LONGEST:
        raise ActRefused(_("It can hold for a year at most. Decide anew if it is needed for longer."))
    return school_class


def _holds(person: User, receiver: RoleAt, on: datetime.date) -> bool:
    return any(
        held.role == receiver.role and held.unit_id == receiver.unit.pk for held in assignments_of(person, on)
    )


@transaction.atomic
def withdraw_crossing(*, crossing: Crossing, why: str, by: User) -> None:
    """It holds no more from this moment on. Raises AccessDenied, or ActRefused if it does not hold or come anyway."""
    sight = Sight(by)
    crossing = Crossing.objects.select_for_update(of=("self",)).get(pk=crossing.pk)
    school_class = class_of(crossing.pupil, sight.today)
    if school_class is None:
        raise ActRefused(_("The pupil is in no class, so nobody at school sees the pupil."))
    sight.check(Permission.SHARE_MEDICAL, school_class)
    if crossing.withdrawn_at is not None or crossing.last_on < sight.today:
        raise ActRefused(_("It has ended already."))
    if not why.strip():
        raise ActRefused(_("Write why it is withdrawn."))
    crossing.withdrawn_at, crossing.withdrawn_by, crossing.why_withdrawn = timezone.now(), by, why
    crossing.save(update_fields=["withdrawn_at", "withdrawn_by", "why_withdrawn"])
    record(
        "medical crossing withdrawn",
        by=by,
        unit=school_class,
        subject=crossing.key,
        pupils=[crossing.pupil_id],
        purpose=crossing.purpose,
    )
