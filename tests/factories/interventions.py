"""Interventions as rows: nothing is checked, frozen or audited (interventions.services does that)."""

import datetime

import factory

from interventions.models import (
    Intervention,
    InterventionPupil,
    InterventionUnit,
    Participant,
    WaitingPupil,
)

from .colourmaps import IndicatorFactory, TenantFactory


class InterventionFactory(TenantFactory):
    """Runs on the day of the tests (fixtures.clock); its follow-up is two months away."""

    class Meta:
        model = Intervention

    indicator = factory.SubFactory(IndicatorFactory)
    title = factory.Sequence(lambda n: f"Insats {n}")
    aim = "Alla läser med flyt."
    starts_on = datetime.date(2026, 11, 2)
    follow_up_on = datetime.date(2027, 1, 25)
    decided_by = factory.SelfAttribute("responsible")

    @classmethod
    def _create(cls, model_class, pupils=(), units=(), waiting=(), participants=(), **fields):
        intervention = super()._create(model_class, **fields)
        own = {"municipality": intervention.municipality, "intervention": intervention}
        InterventionPupil.objects.bulk_create(InterventionPupil(**own, pupil=pupil) for pupil in pupils)
        WaitingPupil.objects.bulk_create(WaitingPupil(**own, pupil=pupil) for pupil in waiting)
        InterventionUnit.objects.bulk_create(InterventionUnit(**own, unit=unit) for unit in units)
        Participant.objects.bulk_create(Participant(**own, user=person) for person in participants)
        return intervention
