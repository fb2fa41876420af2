"""One registered group of invented pupils, with figures of its own: so that a slice can be seen."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from django.db.models import Min

from pupils.grouping import join_group, register_group, sum_group
from pupils.models import Enrolment

SHARE_NEWLY_ARRIVED = 0.1


def write_group(*, seed: int) -> int:
    """Newly arrived pupils, since they came to a school here; returns how many."""
    first_days = dict(
        Enrolment.objects.values_list("pupil_id").annotate(Min("valid_from")).order_by("pupil_id")
    )
    is_member = np.random.default_rng([seed, 5]).random(len(first_days)) < SHARE_NEWLY_ARRIVED
    came_on = defaultdict(list)
    for (pupil_id, day), belongs in zip(first_days.items(), is_member, strict=True):
        if belongs:
            came_on[day].append(pupil_id)
    group = register_group(
        name="Nyanlända",
        purpose="Se att stödet till nyanlända elever når fram",
        legal_ground="Skollagen 3 kap. 12 a–12 f §§",
        valid_from=min(first_days.values()),
        by=None,
    )
    for day, pupil_ids in sorted(came_on.items()):
        join_group(group=group, pupil_ids=pupil_ids, on=day, by=None)
    sum_group(group=group, by=None)
    return int(is_member.sum())
