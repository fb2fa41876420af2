"""Invented pupils and their classes."""

import datetime

import factory
from factory.django import DjangoModelFactory

from accounts.tenancy import current_municipality
from pupils.models import Enrolment, Pupil, PupilGroup, PupilGroupMembership
from pupils.protecting import name_person, protect_pupil
from pupils.services import add_pupil, enrol_pupil


class PupilFactory(DjangoModelFactory):
    """A pupil; with `school_class` also the home class, from `since` or the class's first day on."""

    class Meta:
        model = Pupil

    given_name = factory.Sequence(lambda n: f"Förnamn{n}")
    family_name = factory.Sequence(lambda n: f"Efternamn{n}")
    own_id = factory.Sequence(lambda n: f"elev{n}")

    @classmethod
    def _create(cls, model_class, school_class=None, since=None, **fields):
        pupil = add_pupil(**fields)
        if school_class is not None:
            enrol_pupil(
                pupil=pupil,
                school_class=school_class,
                year_group=school_class.year_group,
                on=since or school_class.valid_from,
            )
        return pupil


class EnrolmentFactory(DjangoModelFactory):
    """One row exactly as given: for enrolments that end, overlap or are not the home class."""

    class Meta:
        model = Enrolment

    municipality = factory.LazyFunction(current_municipality)
    pupil = factory.SubFactory(PupilFactory)
    year_group = factory.SelfAttribute("school_class.year_group")
    valid_from = datetime.date(2026, 8, 1)


class GroupFactory(DjangoModelFactory):
    """A registered group without sums of its own."""

    class Meta:
        model = PupilGroup

    municipality = factory.LazyFunction(current_municipality)
    name = factory.Sequence(lambda n: f"Grupp {n}")
    purpose = "Följa att stödet når fram"
    legal_ground = "Skollagen 3 kap. 2 §"
    valid_from = datetime.date(2020, 1, 1)


class MembershipFactory(DjangoModelFactory):
    """One row exactly as given; nothing is announced. See `pupils.grouping.join_group` for the real way."""

    class Meta:
        model = PupilGroupMembership

    municipality = factory.LazyFunction(current_municipality)
    pupil = factory.SubFactory(PupilFactory)
    group = factory.SubFactory(GroupFactory)
    valid_from = datetime.date(2026, 8, 1)


def protect(pupil, protection="protected"):
    """The pupil gets protected identity, as by a decision; returns the pupil as it stands then."""
    protect_pupil(pupil=pupil, protection=protection, by=None, reason="Beslut")
    return pupil


def named(user, pupil, *, by, since=datetime.date(2026, 8, 1), until=None):
    """The person may ask who the protected pupil is."""
    return name_person(user=user, pupil=pupil, by=by, reason="Mentor", valid_from=since, valid_to=until)
