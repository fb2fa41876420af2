"""Writes of what an administrator sets up: providers, roles by group, switches. No secret stands in an event."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ..audit import record
from ..models import Identity, IdentityProvider, Protocol, RoleMapping, Unit, User
from ..refusal import ActRefused
from ..tenancy import current_municipality
from .queries import missing_emergency_accounts
from .sealing import seal


@transaction.atomic
def add_provider(
    *, protocol: Protocol, facts: Mapping[str, Any], secret: str = "", by: User | None
) -> IdentityProvider:
    """facts: fields of the model by name. Raises ActRefused where the issuer is set up already."""
    provider = IdentityProvider(
        municipality=current_municipality(), protocol=protocol, sealed_secret=seal(secret), **facts
    )
    try:
        with transaction.atomic():
            provider.save(force_insert=True)
    except IntegrityError as problem:
        raise ActRefused(_("This provider is set up already.")) from problem
    record(
        "identity provider added",
        by=by,
        subject=provider.key,
        protocol=protocol.value,
        issuer=provider.issuer,
    )
    return provider


@transaction.atomic
def change_provider(
    *, provider: IdentityProvider, facts: Mapping[str, Any], secret: str = "", by: User
) -> None:
    """secret: empty to keep the one that is there. The issuer stays: the people are linked to it."""
    changed = sorted(name for name, value in facts.items() if getattr(provider, name) != value)
    for name in changed:
        setattr(provider, name, facts[name])
    if secret:
        provider.sealed_secret = seal(secret)
        changed.append("secret")
    if not changed:
        return
    provider.save()
    record("identity provider changed", by=by, subject=provider.key, changed=changed)


@transaction.atomic
def add_mapping(
    *, provider: IdentityProvider, value: str, role: str, unit: Unit, by: User | None
) -> RoleMapping:
    """The same twice is one."""
    mapping, is_new = RoleMapping.objects.get_or_create(
        municipality=current_municipality(), provider=provider, value=value, role=role, unit=unit
    )
    if is_new:
        record("role mapping added", by=by, unit=unit, subject=provider.key, role=role, value=value)
    return mapping


@transaction.atomic
def remove_mapping(*, mapping: RoleMapping, by: User) -> None:
    """Roles that it gave end when their people sign in the next time."""
    record(
        "role mapping removed",
        by=by,
        unit=mapping.unit,
        subject=mapping.provider.key,
        role=mapping.role,
        value=mapping.value,
    )
    mapping.delete()


@transaction.atomic
def switch_mapping(*, provider: IdentityProvider, is_on: bool, by: User) -> None:
    """Whether signing in gives and ends roles. Turned off, what was given stays until somebody ends it."""
    if provider.maps_roles == is_on:
        return
    provider.maps_roles = is_on
    provider.save(update_fields=["maps_roles"])
    record("roles by group turned on" if is_on else "roles by group turned off", by=by, subject=provider.key)


@transaction.atomic
def make_only_way(*, provider: IdentityProvider, by: User, on: datetime.date) -> None:
    """Passwords and passkeys of ours open nothing any more, the two emergency accounts apart. Raises ActRefused."""
    for reason in reasons_against_only_way(provider=provider, by=by, on=on):
        raise ActRefused(reason)
    provider.is_only_way = True
    provider.save(update_fields=["is_only_way"])
    record("single sign-on made the only way in", by=by, subject=provider.key)


@transaction.atomic
def open_other_ways(*, provider: IdentityProvider, by: User) -> None:
    """Passwords that were there open their accounts again."""
    provider.is_only_way = False
    provider.save(update_fields=["is_only_way"])
    record("passwords allowed again", by=by, subject=provider.key)


def reasons_against_only_way(*, provider: IdentityProvider, by: User, on: datetime.date) -> list[str]:
    """What has to be done first, so that nobody is locked out."""
    reasons = []
    missing = missing_emergency_accounts()
    if missing:
        reasons.append(
            _("Two sealed emergency accounts are needed first; %(n)s are missing.") % {"n": missing}
        )
    if not provider.is_in_force(on):
        reasons.append(_("The provider is not in force today."))
    if not Identity.objects.filter(issuer=provider.issuer, user=by, last_used_at__isnull=False).exists():
        reasons.append(_("Sign in by it yourself first: link your account, and come back in."))
    return reasons
