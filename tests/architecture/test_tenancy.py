"""Every model belongs to a municipality, says so in its keys, and shows nothing of another one."""

import re

import pytest
from django.apps import apps
from django.db import models

from accounts.models import Municipality, Session, User
from accounts.tenancy import ScopeError, TenantModel, municipality_scope
from interventions.models import Baseline, Evaluation, MeetingPicture, SharedEntry
from tests.factories.accounts import MunicipalityFactory
from tests.walls import everywhere

from .import_line import LINE
from .specimens import make_specimens

MODELS = [model for model in apps.get_models() if model.__module__.split(".")[0] in LINE]
NOT_OF_A_MUNICIPALITY = {
    Municipality: "is the municipality",
    User: "signing in is what decides the municipality, so the row is read before one is entered",
    Session: "says who is asking, so the row is read before a municipality is entered",
    SharedEntry: "holds what a municipality has chosen to tell all others; tests/interventions/test_sharing.py",
}
TENANT_MODELS = [model for model in MODELS if model not in NOT_OF_A_MUNICIPALITY]
UNIQUE_WITHOUT_MUNICIPALITY = {
    # One to one, and the row of the intervention or the meeting is the municipality's.
    Baseline: [("intervention",)],
    Evaluation: [("intervention",)],
    MeetingPicture: [("meeting",)],
}


def name_of(model: type[models.Model]) -> str:
    return model._meta.label


def unique_keys(model: type[models.Model]) -> list[tuple[str, ...]]:
    """The fields of everything that the database holds unique in a table, bare row numbers apart."""
    rules = [rule for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]
    keys = [tuple(rule.fields) for rule in rules]
    if isinstance(model._meta.pk, models.CompositePrimaryKey):
        keys.append(model._meta.pk.field_names)
    columns = [field for field in model._meta.local_fields if not field.primary_key]
    return keys + [(field.name,) for field in columns if field.unique]


@pytest.mark.parametrize("model", TENANT_MODELS, ids=name_of)
def test_model_has_a_municipality(model: type[models.Model]) -> None:
    assert issubclass(model, TenantModel), (
        f"{model.__name__}: derive from TenantModel, or reason an exception"
    )
    column = model._meta.get_field("municipality")
    assert (column.related_model, column.null) == (Municipality, False)


@pytest.mark.parametrize("model", TENANT_MODELS, ids=name_of)
def test_query_outside_a_municipality_raises(model: type[models.Model]) -> None:
    with pytest.raises(ScopeError):
        model._default_manager.count()


@pytest.mark.django_db
def test_specimens_are_of_every_model() -> None:
    with municipality_scope(MunicipalityFactory()):
        assert set(make_specimens()) == set(TENANT_MODELS)


@pytest.mark.slow
@pytest.mark.django_db
def test_rows_of_another_municipality_are_not_there() -> None:
    own, other = MunicipalityFactory(), MunicipalityFactory()
    with municipality_scope(other):
        foreign = make_specimens()
    with municipality_scope(own):
        make_specimens()

        for model in TENANT_MODELS:
            seen = {row.municipality_id for row in model._default_manager.all()}
            assert seen == {own.pk}, name_of(model)
            assert not model._default_manager.filter(pk=foreign[model].pk).exists(), name_of(model)

    with everywhere():
        for model in TENANT_MODELS:
            seen = set(model._default_manager.values_list("municipality_id", flat=True))
            assert seen == {own.pk, other.pk}, f"{name_of(model)} had nothing to leak"


@pytest.mark.parametrize("model", TENANT_MODELS, ids=name_of)
def test_unique_keys_begin_with_the_municipality(model: type[models.Model]) -> None:
    loose = [key for key in unique_keys(model) if key[0] not in ("municipality", "municipality_id")]

    assert loose == UNIQUE_WITHOUT_MUNICIPALITY.get(model, [])


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_constraints_are_named_by_table_and_rule(model: type[models.Model]) -> None:
    table = model._meta.model_name
    names = [rule.name for rule in [*model._meta.constraints, *model._meta.indexes]]

    assert [name for name in names if not re.fullmatch(rf"{table}_[a-z_]+", name)] == []
