"""A starter set taken over: its indicators become the municipality's own, to change as it likes."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from accounts.tenancy import current_municipality
from pupils.school_years import SchoolYear

from ..models import Indicator, MeasurementRound, Threshold
from ..spelling import header_key
from ..starter_sets import StarterIndicator, StarterSet
from .defining import place_in_map, taken_words


@dataclass(frozen=True)
class Offer:
    """An indicator of a starter set; taken: code of the municipality's own that has its code or one of its names."""

    indicator: StarterIndicator
    taken: str


def offers_of(starter: StarterSet) -> list[Offer]:
    """The set's indicators, with what the municipality has already. Reads only."""
    codes = set(Indicator.of_all_areas.values_list("code", flat=True))
    words = taken_words()

    def taken(indicator: StarterIndicator) -> str:
        definition = indicator.definition
        if definition.code in codes:
            return definition.code
        known = (header_key(word) for word in (*definition.names.values(), *definition.aliases))
        return next((words[word] for word in known if word in words), "")

    return [Offer(each, taken(each)) for each in starter.indicators]


@transaction.atomic
def adopt_starter_set(*, starter: StarterSet, on: datetime.date, by: User | None) -> list[Indicator]:
    """Adds the indicators that the municipality has not, with the limits that a public rule states, and returns them.

    A public rule was there before the municipality took it over, so its limits hold from the school year of the first
    round on, or that of `on`. What the municipality has already stays as it is.
    """
    first = MeasurementRound.objects.order_by("starts_on").values_list("starts_on", flat=True).first()
    valid_from = SchoolYear.of(min(first or on, on)).first_day
    added = [_add(offer.indicator, valid_from) for offer in offers_of(starter) if not offer.taken]
    codes = [indicator.code for indicator in added]
    record("starter set adopted", by=by, subject=starter.key, indicators=codes)
    return added


def _add(starter: StarterIndicator, valid_from: datetime.date) -> Indicator:
    municipality, definition = current_municipality(), starter.definition
    indicator = Indicator.objects.create(
        municipality=municipality, position=place_in_map(definition.area), **definition.columns()
    )
    if starter.limits is not None:
        yellow, green = starter.limits.limits
        Threshold.objects.bulk_create(
            Threshold(
                municipality=municipality,
                indicator=indicator,
                year_group=year_group,
                yellow_limit=yellow,
                green_limit=green,
                source=starter.limits.source,
                decided_at=timezone.now(),
                valid_from=valid_from,
            )
            for year_group in definition.year_groups
        )
    return indicator
