"""What each role can see, as rows for a page and as data for programs: made of roles.py and the resolver's doors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .doors import REACHES, Address, addresses, opened_by
from .models import Level
from .roles import ROLES, Permission, Role, RoleCode

DOWN_TO = _("down to: {level}")
WITHOUT_PERMISSION = ("signed_in", "public")


@dataclass(frozen=True)
class PermissionRow:
    """levels: for each role in the order of ROLES down to which level it has the permission, None where it has not."""

    permission: Permission
    levels: list[Promise | None]

    @property
    def pages(self) -> list[Promise]:
        return subjects_of(opened_by(self.permission))


@dataclass(frozen=True)
class RoleInWords:
    role: Role

    @property
    def label(self) -> str:
        return str(RoleCode(self.role.code).label)

    @property
    def level(self) -> Promise:
        return format_lazy(DOWN_TO, level=level_of(self.role))

    @property
    def tier(self) -> Any:
        """How sums are shown, to those who see them and not the pupils behind them."""
        sees = self.role.permissions
        return (
            self.role.tier.label
            if Permission.SEE_SUMS in sees and Permission.SEE_PUPILS not in sees
            else None
        )

    @property
    def permissions(self) -> list[Permission]:
        return [each for each in Permission if each in self.role.permissions]

    @property
    def pages(self) -> list[Promise]:
        opened = [each for permission in self.permissions for each in opened_by(permission)]
        return subjects_of(opened)


def level_of(role: Role) -> Any:
    return Level(role.lowest_level).label


def roles_in_words() -> list[RoleInWords]:
    return [RoleInWords(role) for role in ROLES.values()]


def permission_rows() -> list[PermissionRow]:
    return [
        PermissionRow(
            permission,
            [level_of(role) if permission in role.permissions else None for role in ROLES.values()],
        )
        for permission in Permission
    ]


def open_to_all() -> list[tuple[Promise, list[Promise]]]:
    """What needs no permission: (to whom, what the addresses are about)."""
    return [
        (REACHES[kind], subjects_of([each for each in addresses() if each.door and each.door.kind == kind]))
        for kind in WITHOUT_PERMISSION
    ]


def subjects_of(opened: list[Address]) -> list[Promise]:
    """Each once, in the order of the addresses. A subject that nobody has named is an error of the checks at start."""
    found = {str(each.subject): each.subject for each in opened if each.subject is not None}
    return list(found.values())


def as_data() -> dict[str, Any]:
    """The same for programs, in codes: roles, permissions and every address."""
    return {
        "roles": {
            code: {
                "purpose": str(role.purpose),
                "permissions": [each.name for each in Permission if each in role.permissions],
                "lowest_level": Level(role.lowest_level).name,
                "tier": role.tier.value,
            }
            for code, role in ROLES.items()
        },
        "permissions": {each.name: str(each.sentence) for each in Permission},
        "addresses": [
            {
                "name": each.name,
                "path": each.path,
                "about": str(each.subject),
                "door": each.door.kind if each.door else None,
                "permission": each.door.permission.name if each.door and each.door.permission else None,
                "is_file": each.is_file,
            }
            for each in addresses()
        ],
    }
