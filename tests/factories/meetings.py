"""Meetings as rows: nothing is checked or audited (interventions.services.meetings does that)."""

import datetime

import factory
from django.utils import timezone

from interventions.models import AnalysisMeeting, MeetingCase, MeetingKind, MeetingUnit, Source

from .colourmaps import TenantFactory


def kind_of(rung, **fields):
    """The first of the municipality's usual kinds of meetings at a rung."""
    return MeetingKind.objects.filter(rung=rung, **fields).order_by("position").first()


class MeetingFactory(TenantFactory):
    """Planned for today; classes: what it is about; is_started, is_closed: with the newest questions, by its lead."""

    class Meta:
        model = AnalysisMeeting

    planned_on = factory.LazyFunction(timezone.localdate)
    made_by = factory.SelfAttribute("lead")

    @classmethod
    def _create(cls, model_class, classes=(), is_started=False, is_closed=False, **fields):
        if is_started or is_closed:
            fields.setdefault("started_at", timezone.now() - datetime.timedelta(hours=2))
            fields.setdefault("started_by", fields["lead"])
            fields.setdefault("guiding", fields["kind"].guiding_questions.order_by("version").last())
        if is_closed:
            fields.setdefault("closed_at", timezone.now() - datetime.timedelta(hours=1))
            fields.setdefault("closed_by", fields["lead"])
        meeting = super()._create(model_class, **fields)
        for school_class in classes:
            MeetingUnit.objects.create(municipality=meeting.municipality, meeting=meeting, unit=school_class)
        return meeting


class CaseFactory(TenantFactory):
    class Meta:
        model = MeetingCase

    position = factory.Sequence(lambda n: n)
    source = Source.FREE
    title = factory.Sequence(lambda n: f"Ärende {n}")
