"""Acts about protected identity: one verb each, keyword-only, atomic, audited. No audit event carries a name.

Becoming protected moves the name away from the register at once; `pupils_protected` tells the apps on the right, which
take it out of what they keep of imports.
"""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Level, Unit, User
from accounts.refusal import ActRefused
from accounts.tenancy import current_municipality

from .models import ProtectedAccess, ProtectedIdentity, Protection, Pupil, Unmasking
from .names_in_text import names_in
from .protected import (
    Identity,
    identities_of,
    identity_of,
    locator_of,
    locators_of,
    protected_pupils,
    sealed_rows,
)
from .queries import class_of
from .sealing import NAMELESS, keep_sealed, refuse_without_key, take_name
from .services import search_name
from .signals import pupils_protected


@transaction.atomic
def protect_pupil(*, pupil: Pupil, protection: str, by: User | None, reason: str) -> None:
    """The pupil has protected identity from now on: the name leaves the register, and what is kept of imports."""
    refuse_without_key()
    locked = Pupil.objects.select_for_update().get(pk=pupil.pk)
    if locked.is_protected:
        raise ActRefused(_("The pupil has protected identity already."))
    identity = take_name(locked)
    _refuse_name_in(reason, identity)
    locked.protection = protection
    keep_sealed([(locked, identity)])
    locked.save(update_fields=[*NAMELESS, "protection"])
    record(
        "pupil protected", by=by, unit=_class_of(pupil), pupils=[pupil.pk], purpose=reason, kind=protection
    )
    pupils_protected.send(sender=protect_pupil, pupil_ids=[pupil.pk])
    pupil.refresh_from_db()


@transaction.atomic
def end_protection(*, pupil: Pupil, by: User | None, reason: str) -> None:
    """By decision: the name comes back to the register, and nobody needs to be named for the pupil any more."""
    locked = Pupil.objects.select_for_update().get(pk=pupil.pk)
    if not locked.is_protected:
        raise ActRefused(_("The pupil does not have protected identity."))
    identity = identity_of(locked)
    _refuse_name_in(reason, identity)
    others = Pupil.objects.exclude(pk=pupil.pk)
    for column in ("identity_number", "own_id"):
        number = getattr(identity, column)
        if number and others.filter(**{column: number}).exists():
            raise ActRefused(
                _("Another pupil of the register has the same number by now. Correct that pupil first.")
            )
    for name, value in identity.as_sealed().items():
        setattr(locked, name, value)
    locked.search_name = search_name(locked.family_name, locked.given_name)
    locked.protection = Protection.NONE
    locked.save(update_fields=[*NAMELESS, "protection"])
    ProtectedIdentity.objects.filter(locator__in=locators_of(pupil.key)).delete()
    ProtectedAccess.objects.filter(pupil=pupil).delete()
    Unmasking.objects.filter(pupil=pupil).delete()
    record("protection of pupil ended", by=by, unit=_class_of(pupil), pupils=[pupil.pk], purpose=reason)
    pupil.refresh_from_db()


@transaction.atomic
def name_person(
    *,
    user: User,
    by: User,
    reason: str,
    valid_from: datetime.date,
    valid_to: datetime.date | None,
    pupil: Pupil | None = None,
    school: Unit | None = None,
) -> ProtectedAccess:
    """The person may ask who the pupil is, or who those of the school are: exactly one of the two."""
    if (pupil is None) == (school is None):
        raise ValueError("a pupil or a school")
    if school is not None and school.level != Level.SCHOOL:
        raise ActRefused(_("Choose a school."))
    if pupil is not None:
        _refuse_name_in(reason, identity_of(pupil))
    access = ProtectedAccess.objects.create(
        municipality=current_municipality(),
        user=user,
        pupil=pupil,
        school=school,
        reason=reason,
        valid_from=valid_from,
        valid_to=valid_to,
        given_by=by,
    )
    record(
        "access to protected identity given",
        by=by,
        unit=school or (_class_of(pupil) if pupil else None),
        subject=access.key,
        pupils=[pupil.pk] if pupil else [],
        purpose=reason,
        person=user.pk,
        valid_from=valid_from.isoformat(),
        valid_to=valid_to.isoformat() if valid_to else None,
    )
    return access


@transaction.atomic
def end_access(*, access: ProtectedAccess, on: datetime.date, by: User) -> None:
    """Ends at once: whoever sees a name by it does not in the next request. One that began today never was."""
    if access.valid_from >= on:
        ProtectedAccess.objects.filter(pk=access.pk).delete()
    else:
        ProtectedAccess.objects.filter(pk=access.pk).update(valid_to=on)
    record(
        "access to protected identity ended",
        by=by,
        unit=access.school,
        subject=access.key,
        pupils=[access.pupil_id] if access.pupil_id else [],
        person=access.user_id,
    )


# ---- unmasking: one asks, another answers


@transaction.atomic
def ask_for_name(*, pupil: Pupil, by: User, reason: str, minutes: int) -> Unmasking:
    """Asked by a named person: the caller has made sure (`protected.may_ask`)."""
    if minutes not in settings.IDENTITY_SHOWN_MINUTES:
        raise ActRefused(_("Choose for how long the name is to be shown."))
    _refuse_name_in(reason, identity_of(pupil))
    unmasking = Unmasking.objects.create(
        municipality=current_municipality(),
        pupil=pupil,
        asked_by=by,
        asked_at=timezone.now(),
        reason=reason,
        minutes=minutes,
    )
    _record("unmasking asked", unmasking, by, purpose=reason, minutes=minutes)
    return unmasking


@transaction.atomic
def answer_request(*, unmasking: Unmasking, is_approved: bool, by: User) -> None:
    """The second person's word. Who has asked can never answer; the table refuses it as well."""
    if unmasking.asked_by_id == by.pk:
        raise ActRefused(_("You have asked yourself. Another person has to answer."))
    now = timezone.now()
    until = now + datetime.timedelta(minutes=unmasking.minutes) if is_approved else None
    waiting = Unmasking.objects.filter(pk=unmasking.pk, answered_by=None)
    if not waiting.update(answered_by=by, answered_at=now, shown_until=until):
        raise ActRefused(_("Somebody else has answered meanwhile."))
    unmasking.refresh_from_db()
    _record("unmasking approved" if is_approved else "unmasking refused", unmasking, by)


@transaction.atomic
def hide_name(*, unmasking: Unmasking, by: User) -> None:
    """Before its time: who has seen what was needed says so."""
    Unmasking.objects.filter(pk=unmasking.pk, asked_by=by).update(shown_until=timezone.now())
    _record("unmasking ended", unmasking, by)


@transaction.atomic
def note_unmasking(*, unmasking: Unmasking, by: User) -> None:
    """Who answers for the pupils has taken note of it; the row leaves the start page."""
    if Unmasking.objects.filter(pk=unmasking.pk, noted_by=None).update(noted_by=by, noted_at=timezone.now()):
        _record("unmasking noted", unmasking, by)


def reseal_all() -> int:
    """Seals anew, with the newest key, what an older one has sealed; returns how many rows."""
    n_resealed = 0
    for pupil in protected_pupils().iterator():
        with transaction.atomic():
            row = sealed_rows([pupil.key]).get(pupil.key)
            if row is None or row.locator == locator_of(pupil.key):
                continue
            identity = identities_of([pupil.key])[pupil.key]
            row.delete()
            keep_sealed([(pupil, identity)])
            n_resealed += 1
    return n_resealed


def _record(action: str, unmasking: Unmasking, by: User, purpose: str = "", **facts: object) -> None:
    record(
        action,
        by=by,
        unit=_class_of(unmasking.pupil),
        subject=unmasking.key,
        pupils=[unmasking.pupil_id],
        purpose=purpose,
        **facts,
    )


def _class_of(pupil: Pupil) -> Unit | None:
    return class_of(pupil, timezone.localdate())


def _refuse_name_in(reason: str, identity: Identity) -> None:
    """A reason is read by others, and stays in the log."""
    if names_in(reason, identity.words):
        raise ActRefused(_("The reason names the pupil. Write it without the name and the number."))
