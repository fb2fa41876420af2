"""Interventions whose responsible person has left: nobody answers for them until another is named."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable

from accounts.models import RoleAssignment

from ..models import Intervention
from ..unit_lines import line_above, parent_ids
from .choices import DECIDING_ROLES


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
    parents = parent_ids(on)
    above = {unit_id: set(line_above(unit_id, parents)) for unit_id in places}
    return {
        one.pk
        for one in open_ones
        if not any(
            unit in above[one.unit_id] or one.unit_id in above[unit] for unit in held[one.responsible_id]
        )
    }
