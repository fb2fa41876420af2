"""How long a statement may take: pages give up after seconds, work outside a page takes the time it needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def long_statements() -> Iterator[None]:
    """A transaction without a limit on the time of its statements; SQLite has none in any case."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("set local statement_timeout = 0")
        yield
