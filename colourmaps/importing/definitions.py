"""What a mapping brings along: indicators with their limits, and rounds, made where the municipality has none."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.tenancy import current_municipality
from pupils.school_years import SchoolYear, year_groups

from ..models import Direction, Indicator, IndicatorArea, MeasurementRound, Threshold
from ..services.defining import place_in_map
from .mapping import Mapping, MappingError, NewIndicator, header_key


@dataclass(frozen=True)
class Made:
    """How many definitions the mapping has brought along that the municipality did not have."""

    n_rounds: int = 0
    n_indicators: int = 0
    n_thresholds: int = 0


def make_definitions(mapping: Mapping, on: datetime.date) -> Made:
    """Makes the rounds and indicators that the municipality lacks; what it has is left as it is.

    Raises MappingError if a new round begins on the day of another one, since rounds are ordered by their first days.
    """
    n_rounds = _make_rounds(mapping)
    codes = set(Indicator.objects.values_list("code", flat=True))
    new = [indicator for indicator in mapping.new_indicators if indicator.code not in codes]
    n_thresholds = sum(_make_indicator(indicator, _first_day(mapping, on)) for indicator in new)
    return Made(n_rounds, len(new), n_thresholds)


def _make_rounds(mapping: Mapping) -> int:
    rounds = list(MeasurementRound.objects.values_list("name", "starts_on"))
    known = {header_key(name) for name, _day in rounds}
    name_by_day = {day: name for name, day in rounds}
    new_rounds = [new for new in mapping.new_rounds if header_key(new.name) not in known]
    for new in new_rounds:
        other = name_by_day.setdefault(new.starts_on, new.name)
        if other != new.name:
            raise MappingError(
                gettext_lazy("the round “%(name)s” begins on the same day as “%(other)s”"),
                name=new.name,
                other=other,
            )
        MeasurementRound.objects.create(
            municipality=current_municipality(),
            name=new.name,
            starts_on=new.starts_on,
            ends_on=new.ends_on,
        )
    return len(new_rounds)


def _first_day(mapping: Mapping, on: datetime.date) -> datetime.date:
    """Limits hold from the school year of the mapping's first round, so that its results get their colours."""
    first = min((new.starts_on for new in mapping.new_rounds), default=on)
    return SchoolYear.of(first).first_day


def _make_indicator(new: NewIndicator, valid_from: datetime.date) -> int:
    """Returns for how many year groups the indicator has got limits."""
    municipality = current_municipality()
    area = new.area if new.area in IndicatorArea.values else IndicatorArea.OTHER_SUBJECTS
    indicator = Indicator.objects.create(
        municipality=municipality,
        code=new.code,
        names=dict(new.names),
        area=area,
        value_type=new.scale.value_type.value,
        minimum=new.scale.minimum,
        maximum=new.scale.maximum,
        steps=[[step.label, step.number] for step in new.scale.steps],
        decimals=new.scale.decimals,
        unit=new.scale.unit,
        direction=Direction.LOW_IS_GOOD if new.low_is_good else Direction.HIGH_IS_GOOD,
        position=place_in_map(area),
    )
    for_all = next((limits for limits in new.thresholds if limits.year_group is None), None)
    by_year_group = {limits.year_group: limits for limits in new.thresholds}
    limits_of = {
        year_group: limits
        for year_group in new.year_groups or year_groups(municipality.country, valid_from)
        if (limits := by_year_group.get(year_group, for_all)) is not None
    }
    Threshold.objects.bulk_create(
        Threshold(
            municipality=municipality,
            indicator=indicator,
            year_group=year_group,
            yellow_limit=limits.yellow,
            green_limit=limits.green,
            decided_at=timezone.now(),
            valid_from=valid_from,
        )
        for year_group, limits in limits_of.items()
    )
    return len(limits_of)
