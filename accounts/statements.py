"""How long statements may take and wait, and which work is one at a time in a municipality.

Pages give up after seconds; work outside a page says so and takes the time it needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from .tenancy import current_municipality

LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


@contextmanager
def long_statements() -> Iterator[None]:
    """A transaction that may take and wait as long as it needs; SQLite has no such limits in any case."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                for limit in LIMITS:
                    cursor.execute(f"set local {limit} = 0")
        yield


def hold_lock(name: str) -> None:
    """Within the transaction, this kind of work is ours alone in the municipality; waits until it is.

    SQLite has one writer at a time in any case. May be taken again by who holds it.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_advisory_xact_lock(hashtext(%s), %s)", [name, current_municipality().pk]
            )


def try_lock(name: str) -> bool:
    """As `hold_lock`, but answers False at once when somebody else is at it."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_try_advisory_xact_lock(hashtext(%s), %s)", [name, current_municipality().pk]
        )
        return bool(cursor.fetchone()[0])
