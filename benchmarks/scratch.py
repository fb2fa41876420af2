"""A database of its own for a benchmark, made before and dropped after, so that nobody's data is touched."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from celery import current_app
from django.db import connection

from accounts.postgresql.base import DatabaseWrapper
from accounts.walls.database_roles import granting

IN_MEMORY_BROKER = "memory://localhost/"


@contextmanager
def scratch_database() -> Iterator[None]:
    """Within, the default connection is to a new, migrated, empty database beside the configured one.

    SQLite's is a file: in memory, reading while writing and the cost of a commit would not be the real ones.
    """
    name = f"bench_{os.getpid()}"
    configured = connection.settings_dict["NAME"]
    with tempfile.TemporaryDirectory(prefix="bench_") as folder:
        is_sqlite = connection.vendor == "sqlite"
        connection.settings_dict["TEST"]["NAME"] = (
            str(Path(folder) / f"{name}.sqlite3") if is_sqlite else name
        )
        keep_to_ourselves()
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(configured, verbosity=0)


def keep_to_ourselves() -> None:
    """To be called before the first connection. No worker of the installation hears of what is done here, since it
    would look for it in another database; and statements may take longer than a page's."""
    current_app.conf.update(broker_url=IN_MEMORY_BROKER)
    connection.settings_dict["OPTIONS"].pop("options", None)


@contextmanager
def behind_the_wall() -> Iterator[None]:
    """Within, this connection acts as a role of the application's, which PostgreSQL's policies bind.

    The benchmarks sign in as whoever may make a scratch database, and whoever may do that is bound by none.
    """
    if connection.vendor != "postgresql":
        yield
        return
    role = f"bench_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"create role {role}")
        for statement in granting(role):
            cursor.execute(statement)
        cursor.execute(f"set role {role}")
        try:
            yield
        finally:
            cursor.execute("reset role")
            cursor.execute(f"drop owned by {role}")
            cursor.execute(f"drop role {role}")


@contextmanager
def wall_taken_down() -> Iterator[None]:
    """Within `behind_the_wall`, what the same would cost without: no policies, and nothing is told to the database."""
    if connection.vendor != "postgresql":
        yield
        return
    role = f"bench_{os.getpid()}"
    with connection.cursor() as cursor, patch.object(DatabaseWrapper, "wanted", lambda _self: None):
        cursor.execute("reset role")
        yield
        cursor.execute(f"set role {role}")


def database_name() -> str:
    return "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"


def settle() -> None:
    """What a database does in its own time after much has been written, so that it does not do it while measured."""
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        # Past our cursors: what tells the database the municipality would make a transaction of the two.
        connection.connection.execute("vacuum analyze")
        return
    with connection.cursor() as cursor:
        cursor.execute("analyze")
