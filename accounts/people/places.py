"""At which levels of the tree a role can be held: a teacher of the whole municipality would see every pupil. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from ..models import Level
from ..roles import RoleCode

AT_SCHOOLS = frozenset({Level.SCHOOL, Level.SCHOOL_CLASS})
FOR_ALL = frozenset({Level.MUNICIPALITY})

# Whatever does not stand here is held at a school or a class: the smallest sight there is.
HELD_AT: Mapping[str, frozenset[Level]] = {
    RoleCode.PRINCIPAL: frozenset({Level.SCHOOL}),
    RoleCode.AREA_HEAD: frozenset({Level.AREA, Level.ADMINISTRATION}),
    RoleCode.ADMINISTRATION_HEAD: frozenset({Level.ADMINISTRATION, Level.MUNICIPALITY}),
    RoleCode.BOARD_MEMBER: frozenset({Level.ADMINISTRATION, Level.MUNICIPALITY}),
    RoleCode.COLLABORATION_PARTNER: frozenset({Level.AREA, Level.ADMINISTRATION, Level.MUNICIPALITY}),
    RoleCode.SUPPORT_FUNCTION: FOR_ALL,
    RoleCode.COORDINATOR: FOR_ALL,
    RoleCode.ADMINISTRATOR: FOR_ALL,
    RoleCode.ACCESS_AUDITOR: FOR_ALL,
    RoleCode.DATA_PROTECTION: FOR_ALL,
}


def levels_of(role: str) -> frozenset[Level]:
    """The levels at which the role can be held."""
    return HELD_AT.get(role, AT_SCHOOLS)


def can_be_held(role: str, level: int) -> bool:
    return level in levels_of(role)
