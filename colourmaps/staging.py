"""A temporary table filled at the speed of the database: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
from django.db import connection


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def differs(left: str, right: str) -> str:
    """SQL: the two are different, where null equals null."""
    return f"{left} is distinct from {right}" if is_postgresql() else f"{left} is not {right}"


@contextmanager
def staged(table: str, columns: dict[str, str], rows: pd.DataFrame) -> Iterator[None]:
    """Within, a temporary table of that name holds the rows; the caller's transaction must be open.

    columns: SQL type of each column, in order; missing values of the frame become null.
    """
    definition = ", ".join(f"{name} {sql_type}" for name, sql_type in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(f"create temporary table {table} ({definition})")
        if is_postgresql():
            _copy(cursor, table, columns, rows)
        else:
            _insert(cursor, table, columns, rows)
        yield
        cursor.execute(f"drop table {table}")


def _copy(cursor, table: str, columns: dict[str, str], rows: pd.DataFrame) -> None:
    text = io.StringIO()
    rows.to_csv(
        text, columns=list(columns), header=False, index=False, float_format="%.0f", date_format="%Y-%m-%d"
    )
    with cursor.copy(f"copy {table} ({', '.join(columns)}) from stdin (format csv)") as copy:
        copy.write(text.getvalue())
    cursor.execute(f"analyze {table}")


def _insert(cursor, table: str, columns: dict[str, str], rows: pd.DataFrame) -> None:
    places = ", ".join(["%s"] * len(columns))
    plain = rows[list(columns)].astype(object).where(rows[list(columns)].notna(), None)
    cursor.executemany(f"insert into {table} values ({places})", plain.itertuples(index=False, name=None))
