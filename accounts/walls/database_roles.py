"""The roles of the database: one that owns and migrates, and one per kind of process that can only read and write rows.

They are made once, by a superuser, with `manage.py setup_database_roles` or with docs/deploy/roles.sql, which is what
that command prints. What they may do with the tables is granted by the owner after every `migrate`.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

OWNER = "colourmaps"
# What the roles of processes have in common is granted to this one, in which nobody signs in.
APPLICATION = "app"
# Of the beat the database wants nothing: it sends messages by the clock. It may connect, so that checks can be run.
READERS, PROCESSES = ("web", "worker"), ("web", "worker", "beat")
# Only added to. Whoever has to erase from them, when a municipality leaves, does it as the owner.
APPEND_ONLY = (
    "accounts_auditevent",
    "accounts_auditpupil",
    "accounts_auditseal",
    "accounts_sealedevent",
    "accounts_auditcheck",
)
READ_ONLY = ("django_migrations",)

# A sequence belongs to the table whose column it counts.
OWNING = """do $$ declare t text; begin
    for t in select tablename from pg_tables where schemaname = 'public'
    loop execute format('alter table public.%I owner to "{owner}"', t); end loop; end $$"""
NOT_ABOVE_THE_WALL = "nosuperuser nobypassrls nocreaterole nocreatedb noreplication"


def role(owner: str, kind: str) -> str:
    """The name of a role of an installation; kind: one of PROCESSES, or APPLICATION."""
    return f"{owner}_{kind}"


def making(owner: str) -> Iterator[str]:
    """The statements that make the roles, and the owner the owner of everything. They can be given again."""
    application = role(owner, APPLICATION)
    for name, attributes in {
        owner: "login",
        application: "nologin",
        **{role(owner, kind): "login" for kind in PROCESSES},
    }.items():
        yield (
            f"do $$ begin if not exists (select from pg_roles where rolname = '{name}')"
            f' then create role "{name}"; end if; end $$'
        )
        yield f'alter role "{name}" {attributes} {NOT_ABOVE_THE_WALL}'
    yield f'grant "{application}" to ' + ", ".join(f'"{role(owner, kind)}"' for kind in READERS)


def owning(owner: str, database: str) -> Iterator[str]:
    """The statements that hand the database and its tables to the owner, and let nobody else in than the roles."""
    application, beat = role(owner, APPLICATION), role(owner, "beat")
    yield f'alter database "{database}" owner to "{owner}"'
    yield f'revoke all on database "{database}" from public'
    yield f'grant connect, temporary on database "{database}" to "{application}"'
    yield f'grant connect on database "{database}" to "{beat}"'
    yield "revoke create on schema public from public"
    yield OWNING.format(owner=owner)


def grant(connection: BaseDatabaseWrapper) -> bool:
    """What the application's roles may do with the tables, said by their owner; False if there are no such roles."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("select tableowner from pg_tables where tablename = 'django_migrations'")
        found = cursor.fetchone()
        application = role(found[0], APPLICATION) if found else ""
        cursor.execute("select 1 from pg_roles where rolname = %s", [application])
        if cursor.fetchone() is None:
            return False
        for statement in granting(application):
            cursor.execute(statement)
    return True


def granting(application: str) -> Iterator[str]:
    """Never the right to empty a table, to make one in the schema, or to change what is only added to."""
    yield f'grant usage on schema public to "{application}"'
    yield f'grant select, insert, update, delete on all tables in schema public to "{application}"'
    yield f'grant usage, select on all sequences in schema public to "{application}"'
    yield f'revoke update, delete on {", ".join(APPEND_ONLY)} from "{application}"'
    yield f'revoke insert, update, delete on {", ".join(READ_ONLY)} from "{application}"'
