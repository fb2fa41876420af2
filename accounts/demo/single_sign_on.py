"""A provider of identities that is set up and not yet in force, so that its pages have something to show."""

from __future__ import annotations

import datetime

from django.utils import timezone

from ..models import Level, Protocol, Unit
from ..roles import RoleCode
from ..single_sign_on.assurance import USUAL_SECOND_FACTORS
from ..single_sign_on.setting_up import add_mapping, add_provider
from ..tenancy import current_municipality

DAYS_AHEAD = 30


def write_provider(domain: str) -> None:
    """The municipality's, from a month ahead, with two groups of its first school that would give a role."""
    today = timezone.localdate()
    facts = {
        "name": current_municipality().name,
        "issuer": f"https://login.{domain}",
        "client_id": "fargkartor",
        "groups_claim": "groups",
        "second_factor_values": list(USUAL_SECOND_FACTORS),
        "contact": f"IT-service, it@{domain}",
        "valid_from": today + datetime.timedelta(days=DAYS_AHEAD),
    }
    provider = add_provider(protocol=Protocol.OIDC, facts=facts, secret="invented", by=None)  # noqa: S106 – as all of it
    school = Unit.objects.on(today).filter(level=Level.SCHOOL).order_by("name", "pk").first()
    if school is not None:
        for role in (RoleCode.PRINCIPAL, RoleCode.HEALTH_TEAM):
            add_mapping(
                provider=provider, value=f"{school.name} {role.label}", role=role, unit=school, by=None
            )
