"""Whether what a page shows has changed since it was drawn. Asked often, so it reads as little as can be."""

from __future__ import annotations

import datetime

from django.db.models import Max

from accounts.models import Unit
from accounts.roles import Tier
from accounts.written_reads import moment_of, rows_of
from colourmaps.models import MeasurementRound

from ..released import shown_releases

SLICES_SQL = """
    select s.slice, max(s.computed_at) from aggregation_unitsum s
    where s.municipality_id = %(municipality)s and s.unit_id = %(unit)s and s.round_id = %(round)s group by s.slice
"""


def slices_with_sums(unit: Unit, round_: MeasurementRound) -> dict[int, datetime.datetime]:
    """Since when the newest sum of each slice that a unit has sums of is what it is."""
    return {slice_: moment_of(at) for slice_, at in rows_of(SLICES_SQL, unit=unit.pk, round=round_.pk)}


def changed_at(unit: Unit, round_: MeasurementRound, tier: Tier | None) -> datetime.datetime | None:
    """When the newest of the figures became what they are; None if there are none.

    tier: how sums are shown to the reader; None if the reader sees the unit's pupils.
    """
    if tier is None:
        return max(slices_with_sums(unit, round_).values(), default=None)
    return shown_releases([round_], tier).aggregate(at=Max("released_at"))["at"]
