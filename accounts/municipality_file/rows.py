"""A row as a line of JSON, and back."""

from __future__ import annotations

import datetime
import decimal
import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import Field

from ..declarations import Declaration

# Rows read or written at a time: what is in memory does not grow with the municipality.
AT_A_TIME = 2000


def columns_of(model: type[models.Model]) -> list[Field]:
    """The fields with a column, in the order of the table; a key of several columns is none of its own."""
    return [each for each in model._meta.concrete_fields if each.column]


def values_of(declaration: Declaration, municipality_id: int) -> Iterator[tuple[Any, ...]]:
    names = [each.attname for each in columns_of(declaration.model)]
    yield from declaration.rows_of(municipality_id).values_list(*names).iterator(chunk_size=AT_A_TIME)


def lines_of(
    declaration: Declaration, municipality_id: int, *, with_secrets: bool = False
) -> Iterator[bytes]:
    """One line per row, an object by the names of the columns."""
    columns = columns_of(declaration.model)
    secrets = {} if with_secrets else declaration.secrets
    for values in values_of(declaration, municipality_id):
        yield line_of(columns, values, secrets)


def line_of(columns: list[Field], values: Sequence[Any], secrets: Mapping[str, Any]) -> bytes:
    row = dict(zip([str(each.column) for each in columns], values, strict=True)) | dict(secrets)
    return json.dumps(row, default=_plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def digest_of(declaration: Declaration, municipality_id: int, *, with_secrets: bool = True) -> str:
    """SHA-256 of all lines: the same as long as every row is."""
    digest = hashlib.sha256()
    for line in lines_of(declaration, municipality_id, with_secrets=with_secrets):
        digest.update(line)
    return digest.hexdigest()


def row_of(line: bytes, columns: list[Field]) -> list[Any]:
    """What `lines_of` wrote, as values of the columns. Raises KeyError, ValueError or ValidationError if it cannot."""
    row = json.loads(line)
    return [column.to_python(row[column.column]) for column in columns]


def _plain(value: Any) -> str:
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal | uuid.UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in the file")
