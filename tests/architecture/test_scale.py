"""The road past one machine: every key and reference of a tenant table can follow the municipality's column.

Where rows are spread over machines, or over partitions, by municipality, the database can hold a key unique only if the
municipality is in it, and can follow a reference only to a row of the same municipality. See docs/scale.md.
"""

import pytest
from django.apps import apps
from django.db import models

from accounts.models import Municipality, Session, User
from accounts.tenancy import TenantModel
from aggregation.models import LastCount, UnitSum
from colourmaps.models import Result, SupersededResult
from interventions.models import Baseline, Evaluation, MeetingPicture, SharedEntry

from .import_line import LINE

MODELS = [model for model in apps.get_models() if model.__module__.split(".")[0] in LINE]
TENANT_MODELS = [model for model in MODELS if issubclass(model, TenantModel)]
# What every machine has a copy of: a few hundred rows, read with every page. Citus calls it a reference table.
COPIED_EVERYWHERE = {
    Municipality: "is what rows are spread by",
    SharedEntry: "is offered to all municipalities; a few hundred rows, changed a few times a year",
    Session: "says who is asking, before a municipality is known; one row per open browser",
    User: "signing in decides the municipality; one row per person, changed a few times a year",
}
UNIQUE_WITHOUT_MUNICIPALITY = {
    # One to one with a row of the same municipality: becomes (municipality, intervention), (municipality, meeting).
    Baseline: [("intervention",)],
    Evaluation: [("intervention",)],
    MeetingPicture: [("meeting",)],
}
# Tables that grow with results. Their rows are found by a key that begins with the municipality, and by nothing else.
LARGE = (Result, SupersededResult, UnitSum, LastCount)


def name_of(model: type[models.Model]) -> str:
    return model._meta.label


def unique_keys(model: type[models.Model]) -> list[tuple[str, ...]]:
    """The columns of everything that the database holds unique in a table, bare row numbers apart.

    A row number needs no machine to ask another: each draws from a range of its own.
    """
    rules = [rule for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]
    keys = [tuple(rule.fields) for rule in rules]
    if isinstance(model._meta.pk, models.CompositePrimaryKey):
        keys.append(tuple(name.removesuffix("_id") for name in model._meta.pk.field_names))
    return keys + [
        (field.name,) for field in model._meta.local_fields if field.unique and not field.primary_key
    ]


def references(model: type[models.Model]) -> list[models.ForeignKey]:
    return [
        field
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.name != "municipality"
    ]


def indexes_of(model: type[models.Model]) -> list[tuple[str, ...]]:
    keys = [tuple(index.fields) for index in model._meta.indexes] + unique_keys(model)
    return keys + [(field.name,) for field in references(model) if field.db_index]


def test_every_table_is_spread_or_copied() -> None:
    assert set(MODELS) == {*TENANT_MODELS, *COPIED_EVERYWHERE}


@pytest.mark.parametrize("model", TENANT_MODELS, ids=name_of)
def test_unique_key_begins_with_the_municipality(model: type[models.Model]) -> None:
    loose = [key for key in unique_keys(model) if key[0] != "municipality"]

    assert loose == UNIQUE_WITHOUT_MUNICIPALITY.get(model, [])


@pytest.mark.parametrize("model", TENANT_MODELS, ids=name_of)
def test_reference_leads_to_a_row_of_the_same_municipality_or_to_a_copied_one(
    model: type[models.Model],
) -> None:
    """Both ends have the column, so the reference can be one on (municipality, id), and the rows lie together."""
    elsewhere = [
        field.name
        for field in references(model)
        if not issubclass(field.related_model, TenantModel) and field.related_model not in COPIED_EVERYWHERE
    ]

    assert elsewhere == []


@pytest.mark.parametrize("model", LARGE, ids=name_of)
def test_index_of_a_large_table_begins_with_the_municipality(model: type[models.Model]) -> None:
    assert indexes_of(model)
    assert [key for key in indexes_of(model) if key[0] != "municipality"] == []


@pytest.mark.parametrize("model", LARGE, ids=name_of)
def test_large_table_has_no_reference_that_is_checked_row_by_row(model: type[models.Model]) -> None:
    """They are checked once per statement (docs/performance.md), by a join that stays on one machine."""
    assert [field.name for field in references(model) if field.db_constraint] == []
