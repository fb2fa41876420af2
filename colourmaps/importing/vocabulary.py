"""What the municipality knows, as the pure part of the import wants it."""

from __future__ import annotations

import datetime

from accounts.models import Level, Unit

from ..models import Indicator, MeasurementRound
from ..scales import Scale
from .headers import KnownIndicator, KnownSchool, Vocabulary


def vocabulary(on: datetime.date) -> Vocabulary:
    """The municipality's indicators and rounds, and the schools and classes that there are on a day."""
    indicators = tuple(
        KnownIndicator(
            code=indicator.code,
            names=tuple(indicator.names.values()),
            scale=indicator.scale,
            aliases=tuple(indicator.aliases),
            area=str(indicator.get_area_display()),
        )
        for indicator in Indicator.objects.all()
    )
    units = Unit.objects.on(on).values_list("name", flat=True)
    return Vocabulary(
        indicators=indicators,
        rounds=tuple(MeasurementRound.objects.values_list("name", flat=True)),
        schools=tuple(KnownSchool(name) for name in units.filter(level=Level.SCHOOL)),
        classes=tuple(units.filter(level=Level.SCHOOL_CLASS).distinct()),
    )


def scales() -> dict[str, Scale]:
    """The scale of each of the municipality's indicators, by code."""
    return {indicator.code: indicator.scale for indicator in Indicator.objects.all()}
