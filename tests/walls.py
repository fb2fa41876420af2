"""The tests' side of the second wall: they sign in as a superuser, whom no policy binds, and step down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection

from accounts.tenancy import across_municipalities
from accounts.walls.database_roles import APPLICATION, grant, making, role

is_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
only_on_postgresql = pytest.mark.skipif(
    not is_postgresql, reason="row-level security and roles are PostgreSQL's: set DATABASE_URL to one"
)
# All roles are named after whoever owns the test database.
TESTS = "tests"
TRIES = 5


@contextmanager
def stepped_down() -> Iterator[None]:
    """Within, every connection of this process acts as a role that may do what the web may: no policy lets it pass.

    And empty tables, which the web may not: tests do it between them.
    """
    if connection.vendor != "postgresql":
        yield
        return
    owner = _owner()
    for attempt in range(TRIES):
        try:
            _make_roles(owner)
            break
        except (OperationalError, ProgrammingError):  # another run makes the same roles at this moment
            if attempt == TRIES - 1:
                raise
    grant(connection)
    with connection.cursor() as cursor:
        cursor.execute(f'grant truncate on all tables in schema public to "{role(owner, TESTS)}"')
    options: dict[str, Any] = connection.settings_dict["OPTIONS"]
    before = options.get("options", "")
    options["options"] = f"{before} -c role={role(owner, TESTS)}"
    connection.close()
    try:
        yield
    finally:
        connection.close()
        options["options"] = before


def _owner() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        return str(cursor.fetchone()[0])


def _make_roles(owner: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_roles where rolname = %s", [role(owner, TESTS)])
        if cursor.fetchone() is not None:
            return
        for statement in making(owner):
            if f'"{owner}"' not in statement:  # the tests' owner is a superuser, and stays one
                cursor.execute(statement)
        cursor.execute(f'create role "{role(owner, TESTS)}" in role "{role(owner, APPLICATION)}"')


@contextmanager
def without_wall() -> Iterator[None]:
    """Within, this connection acts as the superuser again, whom no policy binds, and who may change the log."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("set role none")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("reset role")  # to what the connection began with


@contextmanager
def everywhere() -> Iterator[None]:
    """Within, every row of every table is seen, whichever municipality it is of."""
    with across_municipalities(), without_wall():
        yield
