"""Reads of providers, of who is known to them, and of what the switches say."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils import timezone

from ..models import EmergencyAccount, IdentityProvider, Municipality, RoleAssignment, User
from ..people.places import can_be_held
from ..tenancy import municipality_scope
from .mapping import Change, Held, Rule, change_of

EMERGENCY_ACCOUNTS_NEEDED = 2


def municipality_by_code(code: str) -> Municipality | None:
    return Municipality.objects.filter(code=code).first()


def municipality_by_word(word: str) -> Municipality | None:
    """By its code, or by its whole name as people write it."""
    wanted = word.strip().casefold()
    return next(
        (
            each
            for each in Municipality.objects.all()
            if wanted in (each.code.casefold(), each.name.casefold())
        ),
        None,
    )


def providers_in_force(on: datetime.date) -> list[IdentityProvider]:
    return list(IdentityProvider.objects.on(on).order_by("name", "pk"))


def provider_in_force(key: str, on: datetime.date) -> IdentityProvider | None:
    return IdentityProvider.objects.on(on).filter(key=key).first()


def may_use_password(user: User) -> bool:
    """Whether the person may sign in by what is kept here: a password or a passkey.

    Not where single sign-on is the municipality's only way in, the two emergency accounts apart. A platform operator
    belongs to no municipality.
    """
    if user.municipality is None:
        return True
    with municipality_scope(user.municipality):
        today = timezone.localdate()
        if not IdentityProvider.objects.on(today).filter(is_only_way=True).exists():
            return True
        return EmergencyAccount.objects.filter(user=user).exists()


def emergency_accounts() -> list[EmergencyAccount]:
    return list(EmergencyAccount.objects.select_related("user", "sealed_by"))


def opened_emergency_accounts() -> list[EmergencyAccount]:
    """Those that have been used since they were sealed."""
    return list(EmergencyAccount.objects.select_related("user").exclude(opened_at=None))


def missing_emergency_accounts() -> int:
    """How many more accounts must be there, active and sealed, before passwords can be turned off."""
    ready = EmergencyAccount.objects.filter(opened_at=None, user__is_active=True).count()
    return max(0, EMERGENCY_ACCOUNTS_NEEDED - ready)


def rules_of(provider: IdentityProvider) -> list[Rule]:
    """As on the pages of people, nobody gets a role where it cannot be held: a sight of pupils for all, for example."""
    return [
        Rule(mapping.value, mapping.role, mapping.unit_id)
        for mapping in provider.mappings.select_related("unit").order_by("pk")
        if can_be_held(mapping.role, mapping.unit.level)
    ]


def held_by(user: User | None, provider: IdentityProvider, on: datetime.date) -> list[RoleAssignment]:
    """The roles that somebody holds on a day, with their units; nobody holds none."""
    return list(RoleAssignment.objects.on(on).filter(user=user).select_related("unit")) if user else []


def change_by(provider: IdentityProvider, groups: Iterable[str], held: Iterable[RoleAssignment]) -> Change:
    """What the provider's mapping makes of the groups, for somebody who holds the roles."""
    return change_of(
        rules_of(provider),
        frozenset(groups),
        [Held(each.pk, each.role, each.unit_id, each.provider_id == provider.pk) for each in held],
    )
