"""How long statements may take and wait, which work is one at a time in a municipality, and in which order it locks.

Pages give up after seconds; work outside a page says so and takes the time it needs.

A transaction locks in this order, whatever of it it needs: asked for in two orders, two of them would wait for each
other until the server ends one.

1. the row of an import, so that it is done once
2. "results": who records, stamps and judges
3. the rows of measurement rounds, so that nobody closes one
4. "tree": who changes units and their places
5. "sums": who writes sums
6. "releases": who stores released figures
7. "people": who invites people and ends them
8. "log": who seals what has been recorded
9. rows of work that is asked for, which many transactions write: last of all, sorted, and each once (`put_off`)

"medical", of who records medical results, needs none of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, transaction

from .tenancy import current_municipality

LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
LOCKS = ("results", "tree", "sums", "releases", "people", "log", "medical")

# What has been put off in the innermost `work_asked_last`, by what writes it.
_put_off: ContextVar[dict[Callable[[set[Any]], None], set[Any]] | None] = ContextVar("put_off", default=None)


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
    """Within the transaction, this kind of work (one of LOCKS) is ours alone in the municipality; waits until it is.

    SQLite has one writer at a time in any case. May be taken again by who holds it.
    """
    check_lock(name)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_advisory_xact_lock(hashtext(%s), %s)", [name, current_municipality().pk]
            )


def try_lock(name: str) -> bool:
    """As `hold_lock`, but answers False at once when somebody else is at it."""
    check_lock(name)
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_try_advisory_xact_lock(hashtext(%s), %s)", [name, current_municipality().pk]
        )
        return bool(cursor.fetchone()[0])


def check_lock(name: str) -> None:
    """Raises ValueError for a lock that has no place in the order."""
    if name not in LOCKS:
        raise ValueError(f"“{name}” has no place in the order of locks")


@contextmanager
def work_asked_last() -> Iterator[None]:
    """Within, rows of work wait with `put_off` and are written at the end, still in the transaction.

    Right inside the transaction of what asks for them: nothing is written if that is taken back.
    """
    waiting: dict[Callable[[set[Any]], None], set[Any]] = {}
    token = _put_off.set(waiting)
    try:
        yield
    finally:
        _put_off.reset(token)
    if not transaction.get_rollback():
        for write in sorted(waiting, key=lambda write: write.__name__):
            put_off(write, waiting[write])  # on, to one around this one


def put_off(write: Callable[[set[Any]], None], asked_for: Iterable[Any]) -> None:
    """Writes the rows, if there are any, each once, at the end of `work_asked_last`, or at once outside of one.

    write: sorts what it gets, leaves out what is gone by then, and is known by its name.
    """
    asked_for, waiting = set(asked_for), _put_off.get()
    if not asked_for:
        return
    if waiting is None:
        write(asked_for)
    else:
        waiting.setdefault(write, set()).update(asked_for)
