"""Medical indicators, what is known on them, and what of it is shared. Numbers are hundredths."""

import datetime

import factory
from django.utils import timezone

from colourmaps.medical.models import Crossing, MedicalResult, Purpose
from tests.factories.colourmaps import IndicatorFactory, TenantFactory

LONG = datetime.timedelta(days=90)


class MedicalIndicatorFactory(IndicatorFactory):
    """How the pupil thrives, in four steps: in a health talk of year 4."""

    code = factory.Sequence(lambda n: f"HT{n}")
    names = factory.LazyAttribute(lambda indicator: {"sv": f"Hälsosamtal {indicator.code}"})
    area = "health"
    value_type = "steps"
    minimum = None
    maximum = None
    steps = [["mycket dåligt", 100], ["dåligt", 200], ["bra", 300], ["mycket bra", 400]]
    secrecy_area = "medical"


class MedicalResultFactory(TenantFactory):
    """One row exactly as given. See `medical.services.record_medical` for the real way."""

    class Meta:
        model = MedicalResult

    pupil = None
    indicator = factory.SubFactory(MedicalIndicatorFactory)
    measured_on = datetime.date(2026, 10, 5)
    value = 200
    recorded_at = factory.LazyFunction(lambda: timezone.now())  # as late as the clock of the test


class CrossingFactory(TenantFactory):
    """Shared with a person since today for ninety days; `role` and `unit` instead of `receiver` for a role."""

    class Meta:
        model = Crossing

    pupil = None
    codes = factory.LazyFunction(list)
    purpose = Purpose.TEACHING
    reason = "Så att läraren kan lägga upp dagen"
    ground = "consent"
    ground_said = "Vårdnadshavaren, på telefon"
    decided_at = factory.LazyFunction(lambda: timezone.now())
    valid_from = factory.LazyFunction(lambda: timezone.localdate())
    valid_to = factory.LazyAttribute(lambda crossing: crossing.valid_from + LONG)
