"""Interventions as rows: nothing is checked, frozen or audited (interventions.services does that)."""

import datetime

import factory

from accounts.models import Municipality
from colourmaps.models import IndicatorArea
from interventions.effect import Effect, Reason, Verdict
from interventions.frozen_answer import Answer
from interventions.models import (
    CatalogueEntry,
    CostLine,
    Evaluation,
    EvidenceLevel,
    FollowUp,
    Intervention,
    InterventionPupil,
    InterventionUnit,
    Participant,
    Profession,
    Session,
    SharedEntry,
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


CONTENT = {
    "aim": "Eleverna läser med flyt.",
    "practice": "Läsning i par med en vuxen.",
    "need": "Elever som läser långsamt.",
    "area": IndicatorArea.LANGUAGE,
    "age_from": 7,
    "age_to": 9,
    "profession": Profession.SPECIAL_TEACHER,
    "evidence_level": EvidenceLevel.PROMISING,
}


class EntryFactory(TenantFactory):
    """An entry that was checked on the day of the tests; owner has to be said."""

    class Meta:
        model = CatalogueEntry

    title = factory.Sequence(lambda n: f"Post {n}")
    checked_on = datetime.date(2026, 11, 16)
    aim, practice, need = CONTENT["aim"], CONTENT["practice"], CONTENT["need"]
    area, profession, evidence_level = CONTENT["area"], CONTENT["profession"], CONTENT["evidence_level"]
    age_from, age_to = CONTENT["age_from"], CONTENT["age_to"]


class CostLineFactory(TenantFactory):
    class Meta:
        model = CostLine

    what = "Handledning"
    money = 1000


class SessionFactory(TenantFactory):
    """A planned session for five pupils, on the day of the tests."""

    class Meta:
        model = Session

    on = datetime.date(2026, 11, 16)
    n_expected = 5


TOO_FEW = Answer(Effect(3, 0, Verdict.CANNOT_SAY, Reason.TOO_FEW), n_population=5)


class FollowUpFactory(TenantFactory):
    """In a round of its own, of three pupils, which is too few to say anything. pupils: whose values it holds."""

    class Meta:
        model = FollowUp

    round = factory.SubFactory(RoundFactory)
    frozen_at = datetime.datetime(2026, 11, 10, 9, tzinfo=datetime.UTC)
    verdict = "cannot_say"
    reason = "too_few"
    answer = factory.LazyFunction(TOO_FEW.to_plain)

    @classmethod
    def _create(cls, model_class, pupils=(), **fields):
        values = [{"pupil": pupil.pk, "value": 2000, "mark": 0, "colour": 2} for pupil in pupils]
        return super()._create(model_class, values=values, **fields)


class EvaluationFactory(TenantFactory):
    """Of an intervention that has ended; with the follow-up that it needs."""

    class Meta:
        model = Evaluation

    follow_up = factory.SubFactory(FollowUpFactory, intervention=factory.SelfAttribute("..intervention"))
    learnt = "Det hjälpte inte, och vi vet varför."
    next_step = "stop"
    evaluated_by = factory.SelfAttribute("intervention.responsible")


def shared_entry(municipality: Municipality, **fields) -> SharedEntry:
    """What a municipality offers, without an entry behind it."""
    usual = {"title": "Delad post", "entry_key": "bcdfghjkmnpq", "published_on": datetime.date(2026, 10, 1)}
    return SharedEntry.objects.create(municipality=municipality, **CONTENT | usual | fields)
