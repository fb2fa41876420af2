"""With whom something of a pupil can be shared: those who see the pupil already, as persons or by their role."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import RoleAssignment, Unit, User
from accounts.roles import ROLES, Permission, RoleCode


@dataclass(frozen=True)
class RoleAt:
    """Whoever holds a role at a unit, on any day on which something is read."""

    role: str
    unit: Unit

    def __str__(self) -> str:
        return f"{RoleCode(self.role).label}, {self.unit}"


def receivers_of(line: Sequence[Unit], on: datetime.date) -> dict[User | RoleAt, str]:
    """Roles first, then persons, each with its words; those who see the last unit's pupils on a day."""
    held = (
        RoleAssignment.objects.on(on)
        .filter(unit__in=line, user__is_active=True)
        .select_related("user", "unit")
        .order_by("-unit__level", "role", "user__name", "pk")
    )
    seeing = [each for each in held if Permission.SEE_PUPILS in ROLES[each.role].permissions]
    roles = dict.fromkeys(RoleAt(each.role, each.unit) for each in seeing)
    words: dict[User | RoleAt, str] = {each: str(each) for each in roles}
    for each in seeing:
        words.setdefault(each.user, f"{each.user.name} ({each.get_role_display()}, {each.unit})")
    return words
