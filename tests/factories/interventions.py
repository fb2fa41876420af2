"""Interventions as rows: nothing is checked, frozen or audited (interventions.services does that)."""

import datetime

import factory

from interventions.effect import Effect, Reason, Verdict
from interventions.frozen_answer import Answer
from interventions.models import (
    Evaluation,
    FollowUp,
    Intervention,
    InterventionPupil,
    InterventionUnit,
    Participant,
    Session,
    WaitingPupil,
)

from .colourmaps import IndicatorFactory, RoundFactory, TenantFactory


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


class SessionFactory(TenantFactory):
    """A planned session for five pupils, on the day of the tests."""

    class Meta:
        model = Session

    on = datetime.date(2026, 11, 16)
    n_expected = 5


TOO_FEW = Answer(Effect(3, 0, Verdict.CANNOT_SAY, Reason.TOO_FEW), n_population=5)


class FollowUpFactory(TenantFactory):
    """Of three pupils, which is too few to say anything."""

    class Meta:
        model = FollowUp

    round = factory.SubFactory(RoundFactory)
    frozen_at = datetime.datetime(2026, 11, 10, 9, tzinfo=datetime.UTC)
    verdict = "cannot_say"
    reason = "too_few"
    answer = factory.LazyFunction(TOO_FEW.to_plain)


class EvaluationFactory(TenantFactory):
    """Of an intervention that has ended; with the follow-up that it needs."""

    class Meta:
        model = Evaluation

    follow_up = factory.SubFactory(FollowUpFactory, intervention=factory.SelfAttribute("..intervention"))
    learnt = "Det hjälpte inte, och vi vet varför."
    next_step = "stop"
    evaluated_by = factory.SelfAttribute("intervention.responsible")
