"""Codes, answers of families and talks as rows; nothing is checked or audited (interventions.services.family)."""

import datetime

import factory
from django.utils import timezone

from interventions.family.codes import unused_code
from interventions.models import FamilyAnswer, FamilyCode, Felt, Rung, Talk, TalkAgreement, TalkVoice, Who

from .colourmaps import TenantFactory
from .meetings import MeetingFactory, kind_of


def family_kind():
    """The usual kind of meeting in which families take part, and that is no talk."""
    return kind_of(Rung.SCHOOL, asks_family=True, is_talk=False)


def talk_kind():
    return kind_of(Rung.SCHOOL, is_talk=True)


class CodeFactory(TenantFactory):
    """Open today and tomorrow, of this month."""

    class Meta:
        model = FamilyCode

    code = factory.LazyFunction(unused_code)
    month = factory.LazyFunction(lambda: timezone.localdate().replace(day=1))
    open_until = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=1))

    @classmethod
    def _create(cls, model_class, **fields):
        of = fields.get("meeting") or fields.get("talk")
        fields.setdefault("kind", of.kind)
        fields.setdefault("opened_by", of.made_by)
        return super()._create(model_class, **fields)


def answered(school, month, n, by, n_meetings=3, kind=None, felt=Felt.YES, who=Who.UNSAID):
    """So many alike answers at a school in a month, of so many meetings that `by` led."""
    kind = kind or family_kind()
    for _meeting in range(n_meetings):
        meeting = MeetingFactory(kind=kind, unit=school, lead=by, planned_on=month)
        CodeFactory(meeting=meeting, school=school, month=month, n_answers=1, open_until=month)
    row, _is_new = FamilyAnswer.objects.get_or_create(
        municipality=kind.municipality,
        kind=kind,
        school=school,
        month=month,
        who=who,
        listened=felt,
        influenced=felt,
        understood=felt,
    )
    row.n += n
    row.save()


class TalkFactory(TenantFactory):
    """Of today, with the newest questions of the usual kind. is_closed: ended today by who made it."""

    class Meta:
        model = Talk

    kind = factory.LazyFunction(talk_kind)
    guiding = factory.LazyAttribute(lambda talk: talk.kind.guiding_questions.order_by("version").last())
    held_on = factory.LazyFunction(timezone.localdate)

    @classmethod
    def _create(cls, model_class, is_closed=False, **fields):
        if is_closed:
            fields |= {"closed_at": timezone.now(), "closed_by": fields["made_by"]}
        return super()._create(model_class, **fields)


class TalkVoiceFactory(TenantFactory):
    class Meta:
        model = TalkVoice


class AgreementFactory(TenantFactory):
    class Meta:
        model = TalkAgreement

    what = factory.Sequence(lambda n: f"Vi läser högt {n}")
    who = "Mamma"
    due_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=14))
