"""What the municipality knows, as the pure part of the import wants it."""

from __future__ import annotations

import datetime
from collections import defaultdict

from django.db.models import QuerySet

from accounts.models import Level, Unit

from ..models import Indicator, MeasurementRound
from ..scales import Scale
from .headers import KnownIndicator, KnownSchool, Vocabulary
from .mapping import header_key


def vocabulary(on: datetime.date, known: QuerySet[Indicator] | None = None) -> Vocabulary:
    """The municipality's indicators and rounds, and the schools and classes that there are on a day.

    known: other indicators than the school's own.
    """
    indicators = tuple(
        KnownIndicator(
            code=indicator.code,
            names=tuple(indicator.names.values()),
            scale=indicator.scale,
            aliases=tuple(indicator.aliases),
            area=str(indicator.get_area_display()),
        )
        for indicator in (Indicator.objects.all() if known is None else known)
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


def indicator_words() -> dict[str, str]:
    """What the municipality calls its indicators, as header_key writes it, to their codes; no word that two share."""
    codes: dict[str, set[str]] = defaultdict(set)
    for indicator in Indicator.objects.all():
        for word in (*indicator.names.values(), *indicator.aliases):
            codes[header_key(word)].add(indicator.code)
    return {word: code for word, (code, *others) in codes.items() if word and not others}
