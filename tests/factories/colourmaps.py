"""Indicators, limits, rounds and results. Numbers are hundredths of the indicator's unit."""

import datetime

import factory
import pandas as pd
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.tenancy import current_municipality
from colourmaps.models import (
    ColourMap,
    DueIndicator,
    ImportBatch,
    Indicator,
    IndicatorArea,
    MapIndicator,
    MeasurementRound,
    Result,
    Threshold,
)
from colourmaps.scales import Mark
from colourmaps.services import record_results

DAYS_BETWEEN_ROUNDS = 120


class TenantFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    municipality = factory.LazyFunction(current_municipality)


class IndicatorFactory(TenantFactory):
    """A test of 0–40 points where high is good."""

    class Meta:
        model = Indicator

    code = factory.Sequence(lambda n: f"IND{n}")
    names = factory.LazyAttribute(lambda indicator: {"sv": f"Prov {indicator.code}"})
    area = IndicatorArea.LANGUAGE
    value_type = "points"
    minimum = 0
    maximum = 4000
    position = factory.Sequence(lambda n: n % 30_000)


class ThresholdFactory(TenantFactory):
    """Yellow from 16, green from 26, in year 4, since long ago."""

    class Meta:
        model = Threshold

    indicator = factory.SubFactory(IndicatorFactory)
    year_group = 4
    yellow_limit = 1600
    green_limit = 2600
    valid_from = datetime.date(2020, 1, 1)


class RoundFactory(TenantFactory):
    """Rounds of thirty days, each one 120 days after the one made before it, from HT 2020 on."""

    class Meta:
        model = MeasurementRound

    name = factory.Sequence(lambda n: f"Mättillfälle {n}")
    starts_on = factory.Sequence(
        lambda n: datetime.date(2020, 9, 1) + datetime.timedelta(days=DAYS_BETWEEN_ROUNDS * n)
    )
    ends_on = factory.LazyAttribute(lambda round_: round_.starts_on + datetime.timedelta(days=30))


class DueIndicatorFactory(TenantFactory):
    class Meta:
        model = DueIndicator

    round = factory.SubFactory(RoundFactory)
    indicator = factory.SubFactory(IndicatorFactory)
    year_group = 4


class ResultFactory(TenantFactory):
    """One row exactly as given: nothing is coloured, compared or announced. See `record` for the real way."""

    class Meta:
        model = Result

    pupil = None
    indicator = factory.SubFactory(IndicatorFactory)
    round = factory.SubFactory(RoundFactory)
    value = 2000
    measured_on = factory.LazyAttribute(lambda result: result.round.starts_on)
    recorded_at = factory.LazyFunction(timezone.now)


class ImportBatchFactory(TenantFactory):
    class Meta:
        model = ImportBatch

    file_name = factory.Sequence(lambda n: f"resultat{n}.xlsx")
    digest = factory.Sequence(lambda n: f"{n:064x}")


class ColourMapFactory(TenantFactory):
    """A shared map; `indicators` in their order. Made, not audited: see services/maps.py for the real way."""

    class Meta:
        model = ColourMap

    names = factory.Sequence(lambda n: {"sv": f"Karta {n}"})
    shared_at = factory.LazyFunction(lambda: timezone.now())  # as late as the clock of the test

    @classmethod
    def _create(cls, model_class, indicators=(), **fields):
        colour_map = super()._create(model_class, **fields)
        for position, indicator in enumerate(indicators, start=1):
            MapIndicator.objects.create(
                municipality=current_municipality(),
                colour_map=colour_map,
                indicator=indicator,
                position=position,
            )
        return colour_map


def record(round_, indicator, values, *, by=None, measured_on=None):
    """Results of one indicator in a round, recorded as everywhere: coloured, placed in classes, compared.

    values: {pupil: hundredths or a Mark}.
    """
    rows = [
        {
            "pupil_id": pupil.pk,
            "indicator_id": indicator.pk,
            "round_id": round_.pk,
            "value": float("nan") if isinstance(value, Mark) else float(value),
            "mark": int(value) if isinstance(value, Mark) else int(Mark.MEASURED),
            "measured_on": measured_on or round_.starts_on,
        }
        for pupil, value in values.items()
    ]
    return record_results(pd.DataFrame(rows), by=by)
