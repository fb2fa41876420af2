"""What `manage.py check --deploy --database default` says of the role that signs in, and of the walls of the tables.

Every process of a deployment asks it before it starts (colourmaps/config/start.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from .database_roles import APPEND_ONLY
from .policies import tenant_models, unprotected

HINT = "Sign in as a role that `manage.py setup_database_roles` has made; see docs/tenancy.md."
# Of the role that is signed in, of the one that acts for it, and of every role that it could take on.
ROLES_SQL = """
    select bool_or(r.rolsuper), bool_or(r.rolbypassrls),
        bool_or(exists (
            select from pg_class c where c.relowner = r.oid and c.relname = any(%(tables)s)
                and c.relnamespace = current_schema()::regnamespace
        ))
    from pg_roles r
    where pg_has_role(session_user, r.oid, 'member') or pg_has_role(current_user, r.oid, 'member')
"""
CHANGES_SQL = """
    select c.relname from pg_class c
    where c.relname = any(%(tables)s) and c.relnamespace = current_schema()::regnamespace
        and has_table_privilege(c.oid, 'update, delete, truncate')
    order by 1
"""


@register(Tags.database, deploy=True)
def check_walls(databases: Collection[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Of the databases that the command names; SQLite has neither roles nor walls."""
    asked = [connections[alias] for alias in databases or []]
    return [fault for each in asked if each.vendor == "postgresql" for fault in faults_of(each)]


def faults_of(connection: BaseDatabaseWrapper) -> Iterator[CheckMessage]:
    tables = [model._meta.db_table for model in tenant_models()]
    with connection.cursor() as cursor:
        cursor.execute(ROLES_SQL, {"tables": tables})
        is_superuser, bypasses, owns = cursor.fetchone()
        cursor.execute(CHANGES_SQL, {"tables": list(APPEND_ONLY)})
        changeable = [name for (name,) in cursor.fetchall()]
    if is_superuser:
        yield Error("The role of the database is a superuser, or can become one.", HINT, id="accounts.E001")
    if bypasses:
        yield Error("The role of the database bypasses row-level security.", HINT, id="accounts.E002")
    if owns:
        yield Error("The role of the database owns tables of the product.", HINT, id="accounts.E003")
    if changeable:
        what = f"The role of the database may change what is only to be added to: {', '.join(changeable)}."
        yield Error(what, HINT, id="accounts.E004")
    if open_ones := unprotected(connection):
        what = f"Tables stand without their wall: {', '.join(open_ones)}."
        yield Error(what, "Run `manage.py migrate` as the owner.", id="accounts.E005")
