"""The policies of row-level security: which rows of a table a transaction may read and write.

They are derived from the models, and put in place after every `migrate` (accounts/apps.py): a new tenant model has its
policy without anybody's having to remember it. On SQLite nothing is done.
"""

from __future__ import annotations

from typing import NamedTuple

from django.apps import apps
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ..postgresql.setting import ACROSS, NAME
from ..tenancy import TenantModel

IN_MUNICIPALITY = f"municipality_id = current_setting('{NAME}')::int"
# Reading across is no error where it is allowed; the municipality is then no number, and equals none.
IS_ACROSS = f"current_setting('{NAME}') = '{ACROSS}'"
IN_MUNICIPALITY_OR_ACROSS = (
    f"municipality_id = nullif(current_setting('{NAME}'), '{ACROSS}')::int or {IS_ACROSS}"
)


class Policy(NamedTuple):
    """name: in the table. rows: condition of what is seen and changed. new_rows: of what is written, if another."""

    name: str
    rows: str
    new_rows: str = ""
    command: str = "all"

    @property
    def sql(self) -> str:
        using = f" using ({self.rows})" if self.rows else ""
        check = f" with check ({self.new_rows})" if self.new_rows else ""
        return f"for {self.command}{using}{check}"


class Table(NamedTuple):
    """How a table stands in the database. policies: their text, as it was kept with them, by name."""

    is_walled: bool
    policies: dict[str, str]


def tenant_models() -> list[type[TenantModel]]:
    return [model for model in apps.get_models() if issubclass(model, TenantModel) and model._meta.managed]


def wanted_policies() -> dict[str, list[Policy]]:
    """The policies of every table that belongs to a municipality."""
    return {model._meta.db_table: _policies_of(model) for model in tenant_models()}


def _policies_of(model: type[TenantModel]) -> list[Policy]:
    if not model.read_across:
        return [Policy("municipality", IN_MUNICIPALITY)]
    return [
        Policy("read", IN_MUNICIPALITY_OR_ACROSS, command="select"),
        Policy("add", "", IN_MUNICIPALITY, command="insert"),
        Policy("change", IN_MUNICIPALITY, command="update"),
        Policy("remove", IN_MUNICIPALITY, command="delete"),
    ]


def tables(connection: BaseDatabaseWrapper) -> dict[str, Table]:
    """All tables of the product, as they stand in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select c.relname, c.relrowsecurity and c.relforcerowsecurity, p.polname,
                coalesce(obj_description(p.oid, 'pg_policy'), '')
            from pg_class c left join pg_policy p on p.polrelid = c.oid
            where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
            """
        )
        rows = cursor.fetchall()
    found: dict[str, Table] = {}
    for name, is_walled, policy, text in rows:
        table = found.setdefault(name, Table(is_walled, {}))
        if policy is not None:
            table.policies[policy] = text
    return found


def unprotected(connection: BaseDatabaseWrapper) -> list[str]:
    """The tables that belong to a municipality, are there, and are not as they are wanted; none on SQLite."""
    if connection.vendor != "postgresql":
        return []
    there = tables(connection)
    return sorted(
        name
        for name, policies in wanted_policies().items()
        if name in there
        and there[name] != Table(is_walled=True, policies={policy.name: policy.sql for policy in policies})
    )


def protect(connection: BaseDatabaseWrapper) -> list[str]:
    """Gives every table its policies, where they are not as they should be; returns those tables. By their owner."""
    changed, wanted = unprotected(connection), wanted_policies()
    there = tables(connection) if changed else {}
    for table in changed:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            for name in there[table].policies:
                cursor.execute(f'drop policy "{name}" on "{table}"')
            for policy in wanted[table]:
                cursor.execute(f'create policy "{policy.name}" on "{table}" {policy.sql}')
                cursor.execute(f'comment on policy "{policy.name}" on "{table}" is %s', [policy.sql])
            cursor.execute(f'alter table "{table}" enable row level security, force row level security')
    return changed


def let_the_owner_migrate(connection: BaseDatabaseWrapper) -> None:
    """Until `protect` the owner is not bound, as long as `migrate` runs; the application's roles are all the time.

    New references are checked and rows are filled in for all municipalities at once, by the owner of the tables.
    """
    if connection.vendor != "postgresql":
        return
    wanted = wanted_policies()
    with connection.cursor() as cursor:
        for name, table in tables(connection).items():
            if table.is_walled and name in wanted:
                cursor.execute(f'alter table "{name}" no force row level security')
