"""Interventions whose responsible person has left: nobody answers for them until another is named."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable

from accounts.models import RoleAssignment, UnitPlacement

from ..models import Intervention
from .choices import DECIDING_ROLES

# The municipality, administration, area, school and class.
MOST_LEVELS = 5


def ownerless_among(interventions: Iterable[Intervention], on: datetime.date) -> set[int]:
    """Ids of those that have not ended and whose responsible person has no role any more at, above or below their unit.

    A fixed number of queries, however many there are.
    """
    open_ones = [one for one in interventions if one.ended_on is None]
    if not open_ones:
        return set()
    held: defaultdict[int, set[int]] = defaultdict(set)
    roles = RoleAssignment.objects.on(on).filter(
        user__in={one.responsible_id for one in open_ones}, user__is_active=True, role__in=DECIDING_ROLES
    )
    for user_id, unit_id in roles.values_list("user_id", "unit_id"):
        held[user_id].add(unit_id)
    places = {one.unit_id for one in open_ones} | {unit for units in held.values() for unit in units}
    above = _line_ids(places)
    return {
        one.pk
        for one in open_ones
        if not any(
            unit in above[one.unit_id] or one.unit_id in above[unit] for unit in held[one.responsible_id]
        )
    }


def _line_ids(unit_ids: set[int]) -> dict[int, set[int]]:
    """By id of each unit, the ids of itself and of all above it, as they last stood."""
    parents: dict[int, int] = {}
    unread = set(unit_ids)
    for _level in range(MOST_LEVELS):
        found = UnitPlacement.objects.filter(unit_id__in=unread).order_by("valid_from")
        read = dict(found.values_list("unit_id", "parent_id"))
        parents |= read
        unread = set(read.values()) - parents.keys()
        if not unread:
            break
    return {unit_id: _line(unit_id, parents) for unit_id in unit_ids}


def _line(unit_id: int, parents: dict[int, int]) -> set[int]:
    line = {unit_id}
    while (above := parents.get(unit_id)) is not None and above not in line:
        line.add(above)
        unit_id = above
    return line
