"""Writes of what a provider's groups give: dated, marked roles that end at the sign-in without the group."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import transaction

from ..audit import record
from ..models import IdentityProvider, RoleAssignment, SeenClaims, Unit, User
from ..tenancy import current_municipality
from .claims import Claims
from .mapping import Change
from .queries import change_by, held_by

# Sign-ins whose claims are kept for the preview.
SEEN_KEPT = 20


@transaction.atomic
def apply_groups(
    *, user: User, provider: IdentityProvider, groups: Iterable[str], on: datetime.date
) -> Change:
    """The roles that follow from the groups begin or end on the day. Roles given by hand stay as they are."""
    # Of two sign-ins at the same moment, the second sees what the first has given.
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    held = held_by(user, provider, on)
    change = change_by(provider, groups, held)
    by_id = {each.pk: each for each in held}
    units = Unit.objects.in_bulk({unit_id for _role, unit_id in change.given})
    for role, unit_id in change.given:
        if units[unit_id].is_in_force(on):
            _give(user, provider, role, units[unit_id], on)
    for assignment_id in change.ended:
        _end(by_id[assignment_id], provider, on)
    return change


def _give(user: User, provider: IdentityProvider, role: str, unit: Unit, on: datetime.date) -> None:
    """Until further notice. Where a role of the same day has ended on it, that one goes on."""
    RoleAssignment.objects.update_or_create(
        user=user,
        role=role,
        unit=unit,
        valid_from=on,
        municipality=current_municipality(),
        defaults={"valid_to": None, "provider": provider},
    )
    record("role assigned", by=None, unit=unit, subject=role, person=user.pk, provider=provider.key)


def _end(assignment: RoleAssignment, provider: IdentityProvider, on: datetime.date) -> None:
    """A role that began on the same day is taken away whole: it may not end before it begins."""
    if assignment.valid_from == on:
        assignment.delete()
    else:
        assignment.valid_to = on
        assignment.save(update_fields=["valid_to"])
    record(
        "role ended",
        by=None,
        unit=assignment.unit,
        subject=assignment.role,
        person=assignment.user_id,
        provider=provider.key,
    )


def remember_claims(*, provider: IdentityProvider, claims: Claims, user: User | None) -> None:
    """Keeps the values, without a name or a subject, of the provider's last sign-ins."""
    SeenClaims.objects.create(
        municipality=current_municipality(),
        provider=provider,
        user=user,
        groups=sorted(claims.groups),
        assurances=sorted(claims.assurances),
    )
    kept = SeenClaims.objects.filter(provider=provider).order_by("-at", "-pk").values_list("pk", flat=True)
    SeenClaims.objects.filter(provider=provider).exclude(pk__in=list(kept[:SEEN_KEPT])).delete()
