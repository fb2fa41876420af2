"""Who may see and do what. Nothing else answers this question.

Seeing is always: a permission of a role that is in force today, at a unit above (or equal to) the one asked about.
Nothing is kept between requests, so a role that ends has ended at the next request.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from .models import EmergencyAccess, Level, RoleAssignment, Unit, User
from .queries import assignments_of, line_of, subtree_ids
from .roles import ROLES, Permission, RoleCode, Tier
from .secrecy import OPENED_BY, SecrecyArea, areas_of

Read = TypeVar("Read")
# Of these a role has no more than its level of sight: heads follow and decide down to the school.
BOUND_TO_A_LEVEL = frozenset({Permission.SEE_SUMS, Permission.DECIDE_INTERVENTIONS})


class AccessDenied(Exception):
    """The person may not do this here; the message says why, in the person's language."""


class Sight:
    """What one person may see and do today, for the length of one request."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.today = timezone.localdate()
        self._lines: dict[int, list[Unit]] = {}
        self._visible: dict[tuple[Permission, datetime.date], set[int]] = {}
        self._kept: dict[Callable, object] = {}
        # By which emergency this very request has been opened: set by the door alone.
        self.emergency: EmergencyAccess | None = None

    def line_of(self, unit: Unit) -> list[Unit]:
        """The unit and what stands above it today, from the municipality down; read once."""
        if unit.pk not in self._lines:
            self._lines[unit.pk] = line_of(unit, self.today)
        return self._lines[unit.pk]

    def keep_line(self, line: list[Unit]) -> None:
        """A line that is already read, of today."""
        self._lines[line[-1].pk] = line

    def once(self, read: Callable[[datetime.date], Read]) -> Read:
        """What a read of today gives, read once: for what several conditions of one page need."""
        if read not in self._kept:
            self._kept[read] = read(self.today)
        return self._kept[read]  # type: ignore[return-value]  # what this very function gave

    @cached_property
    def assignments(self) -> list[RoleAssignment]:
        """The roles in force: none of an account that has ended, and none at a class that has ended.

        A school that is closed keeps its principal for as long as the role is held: somebody answers for its history.
        """
        if not self.user.is_active:
            return []
        held = assignments_of(self.user, self.today)
        return [each for each in held if not _has_ended(each.unit, self.today)]

    def grants(self, permission: Permission) -> list[RoleAssignment]:
        """The assignments in force that carry the permission."""
        return [held for held in self.assignments if permission in ROLES[held.role].permissions]

    def has(self, permission: Permission) -> bool:
        """Whether any of the person's roles carries the permission, wherever it is held."""
        return bool(self.grants(permission))

    def has_for_all(self, permission: Permission) -> bool:
        """Whether a role that carries the permission is held for the whole municipality."""
        return any(grant.unit.level == Level.MUNICIPALITY for grant in self.grants(permission))

    def check(self, permission: Permission, unit: Unit) -> None:
        """Raises AccessDenied unless the person has the permission at the unit.

        The unit must come from the person's own municipality: the scope sees to that.
        """
        if not self.has(permission):
            raise AccessDenied(_("None of your roles allows this."))
        self.check_in_line(permission, self.line_of(unit))

    def check_in_line(self, permission: Permission, line: Sequence[Unit]) -> None:
        """As `check`, for the last unit of a line that is already read."""
        unit, line_ids = line[-1], {above.pk for above in line}
        if self._is_opened_in_emergency(permission, unit):
            return
        grants = [grant for grant in self.grants(permission) if grant.unit_id in line_ids]
        if not grants:
            raise AccessDenied(_("You have no role at this unit that allows this."))
        if permission in BOUND_TO_A_LEVEL and all(
            unit.level > ROLES[grant.role].lowest_level for grant in grants
        ):
            raise AccessDenied(
                _("Your role sees no units below the school, so that no single pupil can be made out.")
            )

    @cached_property
    def open_emergencies(self) -> list[EmergencyAccess]:
        """What the person has opened in an emergency and is still open; nothing once the role has ended."""
        if not self.has(Permission.OPEN_IN_EMERGENCY):
            return []
        now = timezone.now()
        mine = EmergencyAccess.objects.filter(user=self.user, ended_at=None, open_until__gt=now)
        return [access for access in mine.select_related("unit") if access.is_open(now)]

    def enter_by_emergency(self, thing: object, unit: Unit) -> EmergencyAccess | None:
        """The emergency that opens the thing at the class for this request; from here on the sight knows of it.

        Asked by the doors of a few pages that only show pupils. It carries SEE_PUPILS at this one class and no other
        permission: nothing is written, filed or decided by it, no medical area is opened, and nobody who is protected.
        """
        if getattr(thing, "is_protected", False):
            return None
        for access in self.open_emergencies:
            is_meant = access.pupil_id is None or (
                not isinstance(thing, Unit) and getattr(thing, "pk", None) == access.pupil_id
            )
            if access.unit_id == unit.pk and is_meant:
                self.emergency = access
                return access
        return None

    def _is_opened_in_emergency(self, permission: Permission, unit: Unit) -> bool:
        access = self.emergency
        return access is not None and permission is Permission.SEE_PUPILS and unit.pk == access.unit_id

    def can_in_line(self, permission: Permission, line: Sequence[Unit]) -> bool:
        try:
            self.check_in_line(permission, line)
        except AccessDenied:
            return False
        return True

    def can(self, permission: Permission, unit: Unit) -> bool:
        return self.has(permission) and self.can_in_line(permission, self.line_of(unit))

    def areas_at(self, line: Sequence[Unit]) -> frozenset[SecrecyArea]:
        """The secrecy areas that the person reads at the last unit of a line; none without a role that opens one."""
        return areas_of(permission for permission in OPENED_BY.values() if self.can_in_line(permission, line))

    def tier_in_line(self, line: Sequence[Unit]) -> Tier:
        """How sums are shown at the last unit of a line to the person, who sees no pupils there.

        The least coarse of the roles that show them: the board's, if no other does.
        """
        unit, line_ids = line[-1], {above.pk for above in line}
        roles = [
            ROLES[grant.role]
            for grant in self.grants(Permission.SEE_SUMS)
            if grant.unit_id in line_ids and unit.level <= ROLES[grant.role].lowest_level
        ]
        return Tier.HEADS if any(role.tier is Tier.HEADS for role in roles) else Tier.BOARD

    def own_units(self, permission: Permission) -> list[Unit]:
        """The units at which the person's own roles with the permission are held, each once."""
        return list({grant.unit_id: grant.unit for grant in self.grants(permission)}.values())

    def visible_units(self, permission: Permission, on: datetime.date) -> set[int]:
        """Ids of all units at which the person has the permission, in the tree of a day; read once."""
        if (permission, on) not in self._visible:
            self._visible[permission, on] = self._units_with(permission, on)
        return set(self._visible[permission, on])

    def _units_with(self, permission: Permission, on: datetime.date) -> set[int]:
        held: dict[int | None, list[int]] = {}
        for grant in self.grants(permission):
            lowest = ROLES[grant.role].lowest_level
            is_bound = permission in BOUND_TO_A_LEVEL and lowest < Level.SCHOOL_CLASS
            held.setdefault(lowest if is_bound else None, []).append(grant.unit_id)
        return set().union(*(self.below(ids, on, down_to=lowest) for lowest, ids in held.items()))

    def below(self, unit_ids: Collection[int], on: datetime.date, *, down_to: int | None = None) -> set[int]:
        """As `subtree_ids`, of units of the person's roles: read once, for all permissions that are held there."""
        key = (frozenset(unit_ids), on, down_to)
        if key not in self._subtrees:
            self._subtrees[key] = subtree_ids(unit_ids, on, down_to=down_to)
        return set(self._subtrees[key])

    @cached_property
    def _subtrees(self) -> dict[tuple[frozenset[int], datetime.date, int | None], set[int]]:
        return {}


def _has_ended(unit: Unit, on: datetime.date) -> bool:
    return unit.is_school_class and unit.valid_to is not None and unit.valid_to <= on


class SightOfRole(Sight):
    """What anybody would see today who held one role at a unit, and nothing else."""

    def __init__(self, role: RoleCode, unit: Unit) -> None:
        self.today = timezone.localdate()
        self._lines = {}
        self._visible = {}
        self._kept = {}
        self.emergency = None
        self.assignments = [RoleAssignment(role=role, unit=unit, valid_from=self.today)]


def check_can(user: User, permission: Permission, unit: Unit) -> None:
    """Raises AccessDenied, with the reason, unless the person has the permission at the unit today."""
    Sight(user).check(permission, unit)


def can(user: User, permission: Permission, unit: Unit) -> bool:
    return Sight(user).can(permission, unit)


def visible_units(user: User, permission: Permission, on: datetime.date) -> set[int]:
    """Ids of all units at which the person has the permission today, in the tree of a day."""
    return Sight(user).visible_units(permission, on)
