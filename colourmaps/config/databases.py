"""From a database address to Django's settings, with the limits each database needs."""

from typing import Any

import dj_database_url

LOCK_SECONDS = 2
SQLITE_WAIT_SECONDS = 20
SQLITE_START = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"


def database(url: str, *, statement_seconds: int, pool_size: int) -> dict[str, Any]:
    """One entry of DATABASES for an address such as postgres://user:password@host/name.

    statement_seconds: a statement that runs longer is stopped by the server (PostgreSQL).
    pool_size: the most connections this process keeps in its pool; 0 opens one per request instead.
    """
    settings: dict[str, Any] = dict(dj_database_url.parse(url))
    options = settings.setdefault("OPTIONS", {})
    if settings["ENGINE"].endswith("sqlite3"):
        # A transaction takes the write lock when it begins: one that upgraded later would fail at once
        # instead of waiting. WAL lets pages be read while an import writes.
        options.update(transaction_mode="IMMEDIATE", timeout=SQLITE_WAIT_SECONDS, init_command=SQLITE_START)
    elif settings["ENGINE"].endswith("postgresql"):
        settings["ENGINE"] = (
            "accounts.postgresql"  # Django's own, which tells the municipality of each statement
        )
        options["options"] = (
            f"-c statement_timeout={statement_seconds}s"
            f" -c lock_timeout={LOCK_SECONDS}s"
            f" -c idle_in_transaction_session_timeout={statement_seconds}s"
        )
        if pool_size:
            options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    return settings
