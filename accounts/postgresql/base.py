"""PostgreSQL, which is told with each statement in which municipality it is made.

The policies of the tables (accounts/walls/policies.py) ask the setting `app.municipality`. It is set for one
transaction, never for a session, so that nothing of it is left on a connection that goes back to a pool:

- Outside a transaction the setting travels in the same message as the statement. The server makes one transaction of
  the two, so that it costs no round trip, and pages keep no locks longer than their services do.
- In a transaction it travels with the first statement, and again when the scope is another than the transaction knows.
- What was told within a savepoint that is taken back, or in a transaction that has ended, is forgotten here as there.

Where nothing was told the policies raise instead of answering with no rows: a page that is wrongly empty would be
believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.postgresql import base, operations
from django.db.backends.utils import CursorWrapper
from django.db.utils import DataError
from psycopg.pq import TransactionStatus

from .setting import ACROSS, NAME, NOWHERE, TELLING, telling

# Known to the connection, and nothing that a scope can want: the next statement tells it in any case.
UNSURE = "unsure"


class Telling:
    """Mixin of cursors: every statement comes with the municipality of the scope, if it is not known yet."""

    db: DatabaseWrapper
    cursor: Any

    def _execute(self, sql: Any, params: Any, *rest: Any) -> Any:
        execute = super()._execute  # type: ignore[misc]  # of the cursor beside this mixin
        wanted = self.db.wanted()
        if wanted is None:
            return refused_in_words(execute, sql, params, *rest)
        if not (isinstance(sql, str) and isinstance(self.cursor, base.Cursor)):
            # A cursor on the server is one statement, which is bound there.
            with self.db.told(wanted):
                return refused_in_words(execute, sql, params, *rest)
        result = refused_in_words(execute, f"{telling(wanted)}; {sql}", params, *rest)
        self.cursor.nextset()  # type: ignore[attr-defined]  # past the answer to the telling; stubs leave it out
        self.db.remember(wanted)
        return result

    def _executemany(self, sql: Any, param_list: Any, *rest: Any) -> Any:
        executemany = super()._executemany  # type: ignore[misc]  # as above
        with self.db.told(self.db.wanted()):
            return refused_in_words(executemany, sql, param_list, *rest)


def refused_in_words(execute: Callable[..., Any], *arguments: Any) -> Any:
    """As a query outside a scope: ScopeError, where the database says that what it was told is no number."""
    try:
        return execute(*arguments)
    except DataError as error:
        if NOWHERE in str(error) or ACROSS in str(error):
            from accounts.tenancy import ScopeError  # see DatabaseWrapper.wanted

            raise ScopeError(f"The database knows no municipality for this statement: {error}") from error
        raise


class TellingCursor(Telling, CursorWrapper):
    @contextmanager
    def copy(self, statement: Any, params: Any = None) -> Iterator[Any]:
        with self.db.told(self.db.wanted()), self.cursor.copy(statement, params) as copy:
            yield copy


class TellingDebugCursor(Telling, base.CursorDebugWrapper):
    @contextmanager
    def copy(self, statement: Any) -> Iterator[Any]:
        with self.db.told(self.db.wanted()), super().copy(statement) as copy:
            yield copy


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """Without the telling, which is no query of the page's."""
        told = str(super().last_executed_query(cursor, sql, params))
        return told.partition("; ")[2] if told.startswith(TELLING) else told


class DatabaseWrapper(base.DatabaseWrapper):
    """known: what the open transaction has been told; None if nothing, or if that is not known any more."""

    ops_class = DatabaseOperations
    known: str | None = None

    def wanted(self) -> str | None:
        """What is to be told before the next statement; None if that is known already."""
        from accounts.tenancy import told_to_the_database  # its models load this module

        wanted = told_to_the_database()
        if wanted == (self.known or NOWHERE):
            return None
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return None  # nothing but an end of it is possible
        return wanted

    def remember(self, told: str) -> None:
        """Outside a transaction it has ended with its statement."""
        self.known = None if self.connection.autocommit else told

    @contextmanager
    def told(self, wanted: str | None) -> Iterator[None]:
        """Within, the database knows it: for what cannot be sent in one message with the telling."""
        if wanted is None:
            yield
        elif self.connection.autocommit:
            with self.connection.transaction():
                self.connection.execute(telling(wanted))
                yield
        else:
            self.connection.execute(telling(wanted))
            self.known = wanted
            yield

    def get_connection_params(self) -> dict[str, Any]:
        """What is said at the start holds where nothing else is told; the policies say it back when they refuse."""
        params = super().get_connection_params()
        params["options"] = f"{params.get('options', '')} -c {NAME}={NOWHERE}".strip()
        return params

    def init_connection_state(self) -> None:
        self.known = None
        super().init_connection_state()

    def make_cursor(self, cursor: Any) -> TellingCursor:
        return TellingCursor(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> TellingDebugCursor:
        return TellingDebugCursor(cursor, self)

    def _commit(self) -> None:
        self.known = None
        super()._commit()  # type: ignore[misc]  # the types leave it out

    def _rollback(self) -> None:
        self.known = None
        super()._rollback()  # type: ignore[misc]  # the types leave it out

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # the types leave it out
        if self.known is not None:  # it may be back at what it was at the savepoint
            self.known = UNSURE

    def _set_autocommit(self, autocommit: bool) -> None:
        self.known = None
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # the types leave it out
