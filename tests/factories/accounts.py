"""A municipality, its tree and its people. All but the first are made inside `municipality_scope()`."""

import datetime

import factory
from factory.django import DjangoModelFactory

from accounts.models import Level, Municipality, RoleAssignment, Unit, User
from accounts.queries import root_unit
from accounts.services import add_person, add_unit, assign_role, create_municipality

LONG_AGO = datetime.date(2020, 1, 1)
# The school year 2026/27, in which the tests take place (fixtures.clock).
SCHOOL_YEAR_BEGINS, SCHOOL_YEAR_ENDS = datetime.date(2026, 8, 1), datetime.date(2027, 8, 1)


class MunicipalityFactory(DjangoModelFactory):
    """A municipality with its root unit and kinds of units."""

    class Meta:
        model = Municipality

    code = factory.Sequence(lambda n: f"7{n:06}")  # never that of a place of tests/fixtures.py
    name = factory.Sequence(lambda n: f"Kommun {n}")
    country = "SE"

    @classmethod
    def _create(cls, model_class, **fields):
        return create_municipality(**fields)


class UnitFactory(DjangoModelFactory):
    """A unit, by default a school, under a parent, by default the municipality itself."""

    class Meta:
        model = Unit

    level = Level.SCHOOL
    name = factory.Sequence(lambda n: f"Enhet {n}")
    parent = factory.LazyFunction(root_unit)
    valid_from = LONG_AGO

    @classmethod
    def _create(cls, model_class, **fields):
        return add_unit(**fields)


class SchoolClassFactory(UnitFactory):
    """A class of the school year in which the tests take place."""

    level = Level.SCHOOL_CLASS
    name = factory.LazyAttributeSequence(lambda unit, n: f"{unit.year_group}{chr(65 + n % 26)}")
    year_group = 4
    valid_from = SCHOOL_YEAR_BEGINS
    valid_to = SCHOOL_YEAR_ENDS


class PersonFactory(DjangoModelFactory):
    """Somebody of the municipality; with `role` and `unit` also the assignment."""

    class Meta:
        model = User

    login = factory.Sequence(lambda n: f"person{n}")
    name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class, role=None, unit=None, **fields):
        person = add_person(**fields)
        if role:
            RoleAssignmentFactory(user=person, role=role, unit=unit)
        return person


class RoleAssignmentFactory(DjangoModelFactory):
    class Meta:
        model = RoleAssignment

    user = factory.SubFactory(PersonFactory)
    valid_from = LONG_AGO

    @classmethod
    def _create(cls, model_class, **fields):
        return assign_role(**fields)
