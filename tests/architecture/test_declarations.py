"""Every table says what it holds; one that does not breaks the build, and the message says what to write."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models

from accounts.declarations import TYPES, declarations, faults, registry
from accounts.models import Job, Session
from pupils.models import Pupil

from .test_tenancy import NOT_OF_A_MUNICIPALITY, TENANT_MODELS


def test_every_table_is_declared() -> None:
    assert not faults(), "\n\n".join(faults())


def test_table_that_is_declared_nowhere_is_found_and_told_what_to_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rest = {model: each for model, each in registry._declared.items() if model is not Job}
    monkeypatch.setattr(registry, "_declared", rest)

    (fault,) = faults()

    assert fault.startswith("accounts.Job is declared nowhere. Write in accounts/personal_data.py one of:")
    assert "not_about_pupils(Job, kind=" in fault


def test_every_table_of_a_municipality_is_exported() -> None:
    """And the second factors of its people; not their sessions, which end with it."""
    wanted = {*TENANT_MODELS, *NOT_OF_A_MUNICIPALITY, Authenticator} - {Session}

    assert {each.model for each in declarations()} == wanted


def test_every_table_that_names_a_pupil_is_about_pupils() -> None:
    naming = [
        model
        for model in apps.get_models(include_auto_created=True)
        if any(each.related_model is Pupil for each in model._meta.concrete_fields if each.is_relation)
    ]

    assert [each.__name__ for each in naming if not registry.declaration_of(each).by] == []


def test_lookups_of_declarations_lead_to_pupils_and_municipalities() -> None:
    for each in declarations():
        str(each.rows_of(1).query)
        for lookup in each.by:
            # accounts stands to the left of pupils, and has the bare number.
            assert lookup == "pupil_id" or _model_at(each.model, lookup) is Pupil, each.label


def _model_at(model: type[models.Model], lookup: str) -> type[models.Model]:
    if lookup == "pk":
        return model
    for name in lookup.split("__"):
        model = model._meta.get_field(name).related_model
    return model


def test_every_type_of_information_has_tables_and_a_floor_that_holds() -> None:
    assert {each.kind for each in declarations()} == set(TYPES)
    for each in TYPES.values():
        assert each.proposed_years >= each.floor_years, each.code
    assert TYPES["audit"].floor_years >= 5
