"""What a mapping brings along: indicators with their limits, and rounds, made where the municipality has none."""

from __future__ import annotations

import datetime

from accounts.tenancy import current_municipality
from pupils.school_years import SchoolYear, year_groups

from ..models import Direction, Indicator, IndicatorArea, MeasurementRound, Threshold
from .mapping import Mapping, NewIndicator, header_key


def make_definitions(mapping: Mapping, on: datetime.date) -> None:
    """Makes the rounds and indicators that the municipality lacks; what it has is left as it is."""
    rounds = {header_key(name) for name in MeasurementRound.objects.values_list("name", flat=True)}
    for new in mapping.new_rounds:
        if header_key(new.name) not in rounds:
            MeasurementRound.objects.create(
                municipality=current_municipality(),
                name=new.name,
                starts_on=new.starts_on,
                ends_on=new.ends_on,
            )
    codes = set(Indicator.objects.values_list("code", flat=True))
    position = Indicator.objects.count()
    for n, new_indicator in enumerate(mapping.new_indicators, start=1):
        if new_indicator.code not in codes:
            _make_indicator(new_indicator, position + n, _first_day(mapping, on))


def _first_day(mapping: Mapping, on: datetime.date) -> datetime.date:
    """Limits hold from the school year of the mapping's first round, so that its results get their colours."""
    first = min((new.starts_on for new in mapping.new_rounds), default=on)
    return SchoolYear.of(first).first_day


def _make_indicator(new: NewIndicator, position: int, valid_from: datetime.date) -> None:
    municipality = current_municipality()
    indicator = Indicator.objects.create(
        municipality=municipality,
        code=new.code,
        names=dict(new.names),
        area=new.area if new.area in IndicatorArea.values else IndicatorArea.OTHER_SUBJECTS,
        value_type=new.scale.value_type.value,
        minimum=new.scale.minimum,
        maximum=new.scale.maximum,
        steps=[[step.label, step.number] for step in new.scale.steps],
        decimals=new.scale.decimals,
        unit=new.scale.unit,
        direction=Direction.LOW_IS_GOOD if new.low_is_good else Direction.HIGH_IS_GOOD,
        position=position,
    )
    for_all = next((limits for limits in new.thresholds if limits.year_group is None), None)
    by_year_group = {limits.year_group: limits for limits in new.thresholds}
    for year_group in new.year_groups or year_groups(municipality.country, valid_from):
        limits = by_year_group.get(year_group, for_all)
        if limits is not None:
            Threshold.objects.create(
                municipality=municipality,
                indicator=indicator,
                year_group=year_group,
                yellow_limit=limits.yellow,
                green_limit=limits.green,
                valid_from=valid_from,
            )
