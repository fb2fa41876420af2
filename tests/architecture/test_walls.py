"""Every table of a municipality stands behind the second wall; the others are listed with the reason."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, ProgrammingError, connection, models, transaction

from accounts.apps import after_migrating, before_migrating
from accounts.models import Municipality
from accounts.tenancy import ScopeError, across_municipalities, municipality_scope
from accounts.walls import policies
from accounts.walls.database_roles import APPEND_ONLY, READ_ONLY
from accounts.walls.policies import tenant_models, unprotected
from tests.factories.accounts import MunicipalityFactory
from tests.walls import everywhere, only_on_postgresql, without_wall

from .specimens import make_specimens

# Tables without a municipality of their own, and why no policy stands before them.
OPEN = {
    "account_emailaddress": "allauth's; the product keeps no addresses there, and links nobody by one",
    "account_emailconfirmation": "allauth's; as above",
    "accounts_municipality": "is the municipality: its name, language and limits, nothing of a person",
    "accounts_session": "a session is read, by its key alone, before a municipality is entered",
    "accounts_user": "signing in is what decides the municipality, so the row is read before one is entered",
    "accounts_user_groups": "Django's; the product gives no rights by it",
    "accounts_user_user_permissions": "Django's; the product gives no rights by it",
    "auth_group": "Django's; the product gives no rights by it",
    "auth_group_permissions": "Django's; the product gives no rights by it",
    "auth_permission": "Django's list of what could be permitted",
    "django_admin_log": "what the platform's operator changed: municipalities and sign-ins",
    "django_content_type": "Django's list of models",
    "django_migrations": "which migrations have been run",
    "django_session": "Django's and empty: sessions are the product's own",
    "mfa_authenticator": "the second factor is asked for while signing in, before a municipality is entered",
    "socialaccount_socialaccount": "allauth's and empty: identities are the product's own, bound to a municipality",
    "socialaccount_socialapp": "allauth's; as above",
    "socialaccount_socialtoken": "allauth's; as above",
    "interventions_sharedentry": "holds what a municipality has chosen to tell all others",
}
# What may be read of all municipalities at once. Whoever adds to it says who reads it, and why not one by one.
READ_ACROSS = {"Job", "RollupWork", "ReleaseWork", "CalendarFeed", "FamilyCode"}

Row = dict[str, Any]


def test_every_table_is_behind_the_wall_or_listed_with_the_reason() -> None:
    walled = set(policies.wanted_policies())
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} | {*READ_ONLY}

    assert walled & set(OPEN) == set()
    assert tables - walled - set(OPEN) == set(), (
        "Derive the model from TenantModel, a link between two of them as well (`through=`), and `migrate` walls it "
        "off; or give the reason in OPEN."
    )
    assert set(OPEN) - tables == set(), "is gone"


def test_tables_that_are_only_added_to_exist() -> None:
    assert {*APPEND_ONLY} <= {model._meta.db_table for model in tenant_models()}


def test_reading_across_is_for_few_and_says_why() -> None:
    assert {model.__name__ for model in tenant_models() if model.read_across} == READ_ACROSS


@only_on_postgresql
@pytest.mark.django_db
def test_every_table_of_a_municipality_has_its_policy() -> None:
    there = policies.tables(connection)

    assert unprotected(connection) == [], (
        "Run `manage.py migrate`: it walls off every table of a TenantModel."
    )
    for model in tenant_models():
        table = there[model._meta.db_table]
        assert (table.is_walled, bool(table.policies)) == (True, True), model


@only_on_postgresql
@pytest.mark.django_db
def test_new_table_is_walled_off_by_migrating(monkeypatch: pytest.MonkeyPatch) -> None:
    novelty = SimpleNamespace(_meta=SimpleNamespace(db_table="accounts_novelty"), read_across="")
    before, everyones = tenant_models(), "select municipality_id from accounts_novelty"
    monkeypatch.setattr(policies, "tenant_models", lambda: [*before, novelty])
    own, other = MunicipalityFactory(), MunicipalityFactory()
    with without_wall():
        changed_by_bare("create table accounts_novelty (municipality_id int)")
        changed_by_bare(f"insert into accounts_novelty values ({own.pk}), ({other.pk})")  # noqa: S608
        changed_by_bare("grant select on accounts_novelty to public")
    with municipality_scope(own):
        assert len(asked(everyones)) == 2, "the fault: nothing stands before the table yet"

    assert unprotected(connection) == ["accounts_novelty"]
    with without_wall():
        after_migrating(connection.alias, plan=[])

    with municipality_scope(own):
        assert asked(everyones) == [{"municipality_id": own.pk}]


@only_on_postgresql
@pytest.mark.django_db
def test_owner_is_bound_too_but_while_migrating() -> None:
    """New references are checked by the owner, for the rows of all municipalities; the web is bound all the time."""
    with without_wall():
        before_migrating(connection.alias, plan=[])
        assert unprotected(connection) == [], "there is nothing to migrate"
        before_migrating(connection.alias, plan=[("accounts", "9999_novelty")])

        assert len(unprotected(connection)) == len(tenant_models())
    assert raised("select from accounts_unit") is ScopeError
    with without_wall():
        after_migrating(connection.alias, plan=[("accounts", "9999_novelty")])
        assert unprotected(connection) == []


@only_on_postgresql
@pytest.mark.slow
@pytest.mark.django_db
def test_rls_blocks_unfiltered_sql() -> None:
    """On every table: no municipality, no answer; in one, no row of another is read, changed, removed or made."""
    own, other = MunicipalityFactory(), MunicipalityFactory()
    for municipality in (other, own):
        with municipality_scope(municipality):
            make_specimens()

    for model in tenant_models():
        table = model._meta.db_table
        everyones = f"select municipality_id from {table}"  # noqa: S608 – a table of our own
        with everywhere():
            assert {row["municipality_id"] for row in asked(everyones)} >= {own.pk, other.pk}, (
                "nothing to leak"
            )

        assert raised(everyones) is ScopeError, table
        with municipality_scope(own):
            assert {row["municipality_id"] for row in asked(everyones)} == {own.pk}, table
            for statement in writes_into(model, other):
                assert changed_by(statement) in (0, "refused"), statement
            assert changed_by(copy_of_a_row(model, own, to=other)) == "refused", table
            assert changed_by(f"update {table} set municipality_id = {other.pk}") == "refused", table  # noqa: S608


@only_on_postgresql
@pytest.mark.slow
@pytest.mark.django_db
def test_across_municipalities_few_tables_are_read_and_none_is_written() -> None:
    municipalities = MunicipalityFactory(), MunicipalityFactory()
    for municipality in municipalities:
        with municipality_scope(municipality):
            make_specimens()

    with across_municipalities():
        for model in tenant_models():
            table = model._meta.db_table
            everyones = f"select municipality_id from {table}"  # noqa: S608 – a table of our own
            if model.read_across:
                seen = {row["municipality_id"] for row in asked(everyones)}
                assert seen == {municipality.pk for municipality in municipalities}, table
            else:
                assert raised(everyones) is ScopeError, table
            for municipality in municipalities:
                for statement in writes_into(model, municipality):
                    assert raised(statement) in (ScopeError, ProgrammingError), statement
                copied = raised(copy_of_a_row(model, municipality, to=municipality))
                assert copied in (ScopeError, ProgrammingError), table


@only_on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_was_remembered_is_not_changed_even_in_ones_own_municipality(table: str) -> None:
    with municipality_scope(MunicipalityFactory()):
        for statement in (f"update {table} set municipality_id = 1", f"delete from {table}"):  # noqa: S608
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                changed_by_bare(statement)


def writes_into(model: type[models.Model], municipality: Municipality) -> list[str]:
    table, of = model._meta.db_table, f"where municipality_id = {municipality.pk}"
    return [f"update {table} set municipality_id = municipality_id {of}", f"delete from {table} {of}"]  # noqa: S608


def copy_of_a_row(model: type[models.Model], source: Municipality, *, to: Municipality) -> str:
    columns = [f'"{field.column}"' for field in model._meta.concrete_fields]
    values = [str(to.pk) if column == '"municipality_id"' else column for column in columns]
    return (
        f"insert into {model._meta.db_table} ({', '.join(columns)}) "  # noqa: S608 – tables of our own
        f"select {', '.join(values)} from {model._meta.db_table} where municipality_id = {source.pk}"
    )


def asked(sql: str) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def raised(sql: str) -> type[Exception] | None:
    try:
        with transaction.atomic():
            changed_by_bare(sql)
    except (ScopeError, DatabaseError) as error:
        return type(error)
    return None


def changed_by(sql: str) -> int | str:
    """How many rows; or that the database refused it, by a policy or since the right is not given."""
    try:
        with transaction.atomic():
            return changed_by_bare(sql)
    except ProgrammingError as refusal:
        by_policy = "row-level security policy" in str(refusal)
        return "refused" if by_policy or "permission denied" in str(refusal) else str(refusal)


def changed_by_bare(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.rowcount)
