"""Whom an intervention is for: the pupils it names, those of the units it covers, or those of its whole unit."""

from __future__ import annotations

import datetime

from accounts.queries import subtree_ids
from pupils.queries import home_enrolments

from .models import Intervention


def population_of(intervention: Intervention, on: datetime.date | None = None) -> dict[int, int | None]:
    """Year group by id of the pupils it is for, as they stood on a day: without one, on its first.

    None for a named pupil who was in no class that day.
    """
    on = on or intervention.starts_on
    enrolments = home_enrolments(on)
    named = list(intervention.members.values_list("pupil_id", flat=True))
    if named:
        enrolments = enrolments.filter(pupil_id__in=named)
    else:
        enrolments = enrolments.filter(school_class_id__in=subtree_ids(unit_ids_of(intervention), on))
    return dict.fromkeys(named) | dict(enrolments.values_list("pupil_id", "year_group"))


def unit_ids_of(intervention: Intervention) -> list[int]:
    """Ids of the units it covers; of its own unit, where it covers no others."""
    return [unit.pk for unit in intervention.covered_units.all()] or [intervention.unit_id]
