"""Reads that the most opened pages make, as statements written out by hand.

The ORM puts a statement together anew for every page, which takes three times as long as asking it. Only the statement
is written out here: the objects are made by their models, and are those that the ORM would have made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import connection, models

from .tenancy import current_municipality

Made = TypeVar("Made", bound=models.Model)
Row = tuple[Any, ...]
MOMENT = models.Value(None, output_field=models.DateTimeField())
# Where in a row a value is to be converted, and how.
Converters = list[tuple[int, Callable[[Any], Any]]]


def rows_of(sql: str, **values: Any) -> list[Row]:
    """The rows of a statement on the tables of the municipality that is entered, which it names as %(municipality)s.

    Raises ScopeError outside of a municipality, and ValueError for a statement that names none.
    """
    if "%(municipality)s" not in sql:
        raise ValueError("A statement on the tables of a municipality does not name it.")
    return rows_of_all(sql, municipality=current_municipality().pk, **values)


def rows_of_all(sql: str, **values: Any) -> list[Row]:
    """The rows of a statement on tables that belong to no municipality: who is asking decides which is entered."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def listed(ids: Iterable[int]) -> str:
    """Ids for behind `in`. They are whole numbers of our own, so that they can stand in the statement."""
    return f"({', '.join(str(int(each)) for each in ids) or 'null'})"


def moment_of(value: Any) -> Any:
    """A moment that is a column by itself or the outcome of a function: SQLite has texts, and no zones."""
    for convert in connection.ops.get_db_converters(MOMENT):
        value = convert(value, MOMENT, connection)
    return value


class Columns(Generic[Made]):
    """All columns of a model whose table has an alias in a statement, and the objects that are made of them."""

    def __init__(self, model: type[Made], alias: str) -> None:
        self.model = model
        self.fields = model._meta.concrete_fields
        self.names = [field.attname for field in self.fields]
        self.sql = ", ".join(f'{alias}."{field.column}"' for field in self.fields)
        self.number = len(self.fields)

    def made_of(self, row: Sequence[Any], at: int = 0) -> Made:
        """The object whose columns begin at a place of a row."""
        values = list(row[at : at + self.number])
        for place, convert in converters(self.model, connection.vendor):
            values[place] = convert(values[place])
        return self.model.from_db(connection.alias, self.names, values)


@cache
def converters(model: type[models.Model], _vendor: str) -> Converters:
    """What the ORM does to values of the database before they are those of a field."""
    found: Converters = []
    for place, field in enumerate(model._meta.concrete_fields):
        column = field.cached_col
        steps = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
        found += [(place, _step(convert, column)) for convert in steps]
    return found


def _step(convert: Callable[..., Any], column: Any) -> Callable[[Any], Any]:
    return lambda value: convert(value, column, connection)
