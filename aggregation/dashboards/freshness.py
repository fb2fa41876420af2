"""Whether what a page shows has changed since it was drawn. Asked often, so it reads as little as can be."""

from __future__ import annotations

import datetime

from django.db.models import Max

from accounts.models import Unit
from accounts.roles import Tier
from colourmaps.models import MeasurementRound

from ..models import UnitSum
from ..released import shown_releases


def changed_at(unit: Unit, round_: MeasurementRound, tier: Tier | None) -> datetime.datetime | None:
    """When the newest of the figures became what they are; None if there are none.

    tier: how sums are shown to the reader; None if the reader sees the unit's pupils.
    """
    if tier is None:
        sums = UnitSum.objects.filter(unit=unit, round=round_)
        return sums.aggregate(at=Max("computed_at"))["at"]
    return shown_releases([round_], tier).aggregate(at=Max("released_at"))["at"]
