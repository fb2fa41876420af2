"""Municipalities that were there before questions get the usual areas and support functions from a migration."""

from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.tenancy import municipality_scope
from interventions.models import DevelopmentArea, MeetingKind, QueueMember, SupportQueue
from interventions.questions.usual import AREAS, QUEUES
from tests.factories.accounts import MunicipalityFactory
from tests.factories.questions import QuestionFactory
from tests.walls import everywhere

migration = import_module("interventions.migrations.0005_question_defaults")


def names_in(municipality):
    with municipality_scope(municipality):
        return [[each.names for each in model.objects.all()] for model in (DevelopmentArea, SupportQueue)]


@pytest.fixture
def older(db):
    """A municipality as it was before there were questions."""
    municipality = MunicipalityFactory()
    with municipality_scope(municipality):
        MeetingKind.objects.all().delete()
        DevelopmentArea.objects.all().delete()
        SupportQueue.objects.all().delete()
    return municipality


def test_older_municipality_gets_what_a_new_one_has(older):
    with everywhere():
        migration.give_usual_names(apps, None)

    assert names_in(older) == names_in(MunicipalityFactory()) == [AREAS, QUEUES]


def test_municipality_that_has_its_own_keeps_them(older):
    with municipality_scope(older):
        DevelopmentArea.objects.create(municipality=older, names={"sv": "Fritid"})

    with everywhere():
        migration.give_usual_names(apps, None)

    assert names_in(older) == [[{"sv": "Fritid"}], QUEUES]


def test_going_back_leaves_what_is_renamed_closed_or_used(in_solviken):
    MeetingKind.objects.all().delete()  # their table goes before
    staff, economy, computers, *_others = DevelopmentArea.objects.all()
    economy.names = {"sv": "Pengar"}
    economy.save()
    computers.closed_at = timezone.now()
    computers.save()
    QuestionFactory(unit=in_solviken.class_4a, asked_by=in_solviken.teacher, area=staff)
    mathematics = SupportQueue.objects.first()
    QueueMember.objects.create(
        municipality=in_solviken.municipality, queue=mathematics, user=in_solviken.principal
    )

    migration.take_unused_away(apps, None)

    assert list(DevelopmentArea.objects.all()) == [staff, economy, computers]
    assert list(SupportQueue.objects.all()) == [mathematics]
