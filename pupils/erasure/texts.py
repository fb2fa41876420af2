"""Where people write: every text and JSON column of the tables in which something may be said of a pupil."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from accounts.declarations import Declaration, declarations
from accounts.keys import KeyField

from .words import Words, taken_out_of

# The log is never changed; what is set up, and who works here, is said by staff of staff and of methods.
UNTOUCHED = frozenset(
    {"audit", "organisation", "accounts", "definitions", "catalogue", "sums", "proofs", "choices"}
)
# In those, numbers and full names alone are looked for, since a word there is hardly a pupil's name.
READ_FOR_NUMBERS = frozenset({"definitions", "catalogue", "choices"})
AT_A_TIME = 500


@dataclass
class Struck:
    """rows: how many rows lost a word, by table; doubtful: [table, id, field] where a name may be another's."""

    rows: dict[str, int] = field(default_factory=dict)
    doubtful: list[tuple[str, Any, str]] = field(default_factory=list)


def text_columns(model: type[models.Model]) -> list[models.Field]:
    return [
        column
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField | models.JSONField)
        and not isinstance(column, KeyField)
        and not column.choices
    ]


def strike(words: Words, *, only_count: bool = False) -> Struck:
    """Takes the words out of all texts of the municipality."""
    struck = Struck()
    for declaration in declarations():
        if declaration.kind in UNTOUCHED - READ_FOR_NUMBERS:
            continue
        sought = words
        if declaration.kind in READ_FOR_NUMBERS:
            sought = Words(frozenset(), frozenset(), words.numbers)
        _strike_table(declaration, sought, struck, only_count=only_count)
    return struck


def _strike_table(declaration: Declaration, words: Words, struck: Struck, *, only_count: bool) -> None:
    columns = [column.attname for column in text_columns(declaration.model)]
    if not columns:
        return
    rows = declaration.model._default_manager.order_by("pk").values_list("pk", *columns)
    for pk, changes, doubtful in _looked_through(list(rows.iterator(chunk_size=AT_A_TIME)), columns, words):
        struck.doubtful += [(declaration.label, pk, column) for column in doubtful]
        if changes:
            struck.rows[declaration.label] = struck.rows.get(declaration.label, 0) + 1
            if not only_count:
                declaration.model._default_manager.filter(pk=pk).update(**changes)


def _looked_through(
    rows: Iterable[tuple[Any, ...]], columns: list[str], words: Words
) -> Iterator[tuple[Any, dict[str, Any], list[str]]]:
    for pk, *values in rows:
        changes, doubtful = {}, []
        for column, value in zip(columns, values, strict=True):
            changed, n_taken, n_left = taken_out_of(value, words)
            if n_taken:
                changes[column] = changed
            if n_left:
                doubtful.append(column)
        yield pk, changes, doubtful


def mentions(words: Words) -> Iterator[tuple[Declaration, Any, list[str]]]:
    """(table, id of the row, columns) of texts that name the pupil, in tables whose rows are about no pupil."""
    for declaration in declarations():
        columns = [column.attname for column in text_columns(declaration.model)]
        if declaration.kind in UNTOUCHED or declaration.is_about_pupils or not columns:
            continue
        rows = declaration.model._default_manager.order_by("pk").values_list("pk", *columns)
        for pk, changes, _doubtful in _looked_through(rows.iterator(chunk_size=AT_A_TIME), columns, words):
            if changes:
                yield declaration, pk, list(changes)
