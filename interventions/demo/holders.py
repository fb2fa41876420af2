"""Who would have decided, or would answer: the people of the invented municipality by role."""

from __future__ import annotations

from accounts.models import RoleAssignment, Unit, User
from accounts.roles import RoleCode


def holder_of(unit: Unit, *roles: RoleCode) -> User:
    """Of the people who have had one of the roles at the unit, the first."""
    held = RoleAssignment.objects.filter(role__in=roles, unit=unit).select_related("user")
    return held.order_by("valid_from", "pk")[0].user
