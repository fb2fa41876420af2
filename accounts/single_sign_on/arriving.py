"""From what a provider has said to the account that it opens, or to the reason why it opens none."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from ..audit import record
from ..keys import new_key
from ..models import Identity, IdentityProvider, User
from ..services import add_person
from ..tenancy import current_municipality
from .assurance import asserts_second_factor, is_sure_enough
from .begun import Begun
from .claims import Claims
from .linking import link_by_code
from .queries import change_by
from .refusals import Reason, SignInRefused
from .roles_by_group import apply_groups, remember_claims


@dataclass(frozen=True)
class Arrival:
    """has_second_factor: asserted by the provider, which the municipality trusts with it."""

    user: User
    has_second_factor: bool


@transaction.atomic
def arrive(*, provider: IdentityProvider, claims: Claims, begun: Begun, on: datetime.date) -> Arrival:
    """Whom the claims open the municipality for, with the roles that follow from them. Raises SignInRefused.

    Inside the scope of the provider's municipality. Who it is follows from (municipality, issuer, subject) alone.
    """
    _check_belongs(provider)
    check_claims(provider, claims)
    identity = _identity_of(provider, claims, begun, on)
    user = identity.user
    if not user.is_active or user.municipality_id != provider.municipality_id:
        raise SignInRefused(Reason.ENDED)
    if provider.maps_roles:
        apply_groups(user=user, provider=provider, groups=claims.groups, on=on)
    remember_claims(provider=provider, claims=claims, user=user)
    Identity.objects.filter(pk=identity.pk).update(last_used_at=timezone.now())
    has_second_factor = asserts_second_factor(provider.second_factor_values, claims.assurances)
    record(
        "single sign-on",
        by=user,
        subject=provider.key,
        second_factor=has_second_factor,
        assurances=sorted(claims.assurances),
    )
    return Arrival(user, has_second_factor)


def check_claims(provider: IdentityProvider, claims: Claims) -> None:
    """Raises SignInRefused when the provider is not sure enough, or has not told all that roles hang on."""
    if not is_sure_enough(provider.required_assurances, claims.assurances):
        raise SignInRefused(Reason.NOT_SURE_ENOUGH)
    if provider.maps_roles and not claims.are_groups_complete:
        raise SignInRefused(Reason.GROUPS_LEFT_OUT)


def identity_of(provider: IdentityProvider, subject: str) -> Identity | None:
    """Who is known to the provider by the subject. The scope is the municipality; no e-mail and no name is asked."""
    return Identity.objects.filter(issuer=provider.issuer, subject=subject).select_related("user").first()


def _identity_of(provider: IdentityProvider, claims: Claims, begun: Begun, on: datetime.date) -> Identity:
    known = identity_of(provider, claims.subject)
    if begun.link_code is not None:
        if known is not None:
            raise SignInRefused(Reason.LINKED_BEFORE)
        return link_by_code(code_id=begun.link_code, issuer=provider.issuer, subject=claims.subject)
    if known is None and provider.makes_accounts and provider.maps_roles:
        known = _new_account(provider, claims)
    if known is None:
        raise SignInRefused(Reason.UNKNOWN)
    return known


def _new_account(provider: IdentityProvider, claims: Claims) -> Identity | None:
    """An account for somebody whose groups give a role; None for whom they give none.

    Its user name is random: nothing that a provider says can be that of another account.
    """
    if not change_by(provider, claims.groups, []).given:
        return None
    municipality = current_municipality()
    key = new_key()
    try:
        with transaction.atomic():
            user = add_person(login=f"sso-{municipality.code}-{key}", name=claims.name or key)
            identity = Identity.objects.create(
                municipality=municipality, issuer=provider.issuer, subject=claims.subject, user=user
            )
    except IntegrityError:  # two windows at the same moment: the first has made it
        return identity_of(provider, claims.subject)
    record("account made", by=None, subject=provider.key, person=user.pk)
    record("identity linked", by=None, subject=identity.key, person=user.pk)
    return identity


def _check_belongs(provider: IdentityProvider) -> None:
    """The scope is the provider's own municipality; anything else is a fault of ours, and nobody gets in by it."""
    if provider.municipality_id != current_municipality().pk:
        raise SignInRefused(Reason.NOT_VALID)
