"""Rows beside the tables of the database, for statements that work on sets.

Many of them are a temporary table, filled at the speed of the database: COPY on PostgreSQL, executemany on SQLite. A
few, such as the cell that somebody has just typed, go along in the statements themselves.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
from django.db import connection

# Rows sent at a time: enough to be quick, few enough that their texts do not fill the memory.
PORTION = 50_000
# Up to so many rows need no table. A table costs four statements, and entries in the catalogue of the database.
FEW = 50


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def differs(left: str, right: str) -> str:
    """SQL: the two are different, where null equals null."""
    return f"{left} is distinct from {right}" if is_postgresql() else f"{left} is not {right}"


@contextmanager
def staged(table: str, columns: dict[str, str], rows: pd.DataFrame) -> Iterator[None]:
    """Within, a table of that name holds the rows; the caller's transaction must be open.

    columns: SQL type of each column, in order: whole numbers and dates; missing values of the frame become null.
    A name is a word of its own: a statement that contains it speaks of the table.
    """
    if 0 < len(rows) <= FEW:
        with _in_every_statement(table, columns, rows):
            yield
        return
    definition = ", ".join(f"{name} {sql_type}" for name, sql_type in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(f"create temporary table {table} ({definition})")
        if is_postgresql():
            _copy(cursor, table, columns, rows)
        else:
            _insert(cursor, table, columns, rows)
        yield
        cursor.execute(f"drop table {table}")


@contextmanager
def _in_every_statement(table: str, columns: dict[str, str], rows: pd.DataFrame) -> Iterator[None]:
    """Within, each statement that speaks of the table begins with its rows."""
    lines = (
        ", ".join(_literal(text, sql_type) for text, sql_type in zip(line, columns.values(), strict=True))
        for portion in _portions(columns, rows, null=None)
        for line in portion
    )
    beginning = f"with {table} ({', '.join(columns)}) as (values ({'), ('.join(lines)})) "

    def begin(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        return execute(f"{beginning}{sql}" if table in sql else sql, *rest)

    with connection.execute_wrapper(begin):
        yield


def _literal(text: str | None, sql_type: str) -> str:
    """Whole numbers and ISO dates alone: nothing in them needs to be quoted. SQLite has no dates, only their texts."""
    if text is None:
        literal = "null"
    elif sql_type == "date":
        literal = f"'{datetime.date.fromisoformat(text)}'"
    else:
        literal = str(int(text))
    return f"cast({literal} as {sql_type})" if is_postgresql() else literal


def _copy(cursor: Any, table: str, columns: dict[str, str], rows: pd.DataFrame) -> None:
    with cursor.copy(f"copy {table} ({', '.join(columns)}) from stdin") as copy:
        for portion in _portions(columns, rows, null="\\N"):
            copy.write("".join([f"{line}\n" for line in map("\t".join, portion)]))
    cursor.execute(f"analyze {table}")


def _insert(cursor: Any, table: str, columns: dict[str, str], rows: pd.DataFrame) -> None:
    places = ", ".join(["%s"] * len(columns))
    for portion in _portions(columns, rows, null=None):
        cursor.executemany(f"insert into {table} values ({places})", list(portion))


def _portions(
    columns: dict[str, str], rows: pd.DataFrame, null: str | None
) -> Iterator[Iterator[tuple[Any, ...]]]:
    """The rows as tuples of texts, which both databases turn into the columns' types; null: for what is missing."""
    for start in range(0, len(rows), PORTION):
        portion = rows.iloc[start : start + PORTION]
        yield zip(*(_texts(portion[name], null) for name in columns), strict=True)


def _texts(column: pd.Series, null: str | None) -> list[str | None]:
    """A column as text. Its values are few and its rows many, so every different value is written only once."""
    codes, values = pd.factorize(column)
    texts = np.array([*(_text(value) for value in values), null], dtype=object)
    return texts[codes].tolist()  # what is missing has the code -1, and so the last text


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else str(int(value))
