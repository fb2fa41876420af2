"""Rows as a CSV file that a spreadsheet program opens right: BOM, semicolons, the language's comma."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.formats import get_format

from .safe_cells import csv_text

# None is an empty field; a Decimal is written with the language's decimal sign.
Field = str | int | Decimal | None


def csv_bytes(rows: Iterable[Sequence[Field]]) -> bytes:
    """UTF-8 with a byte order mark, in the active language."""
    decimal_sign = str(get_format("DECIMAL_SEPARATOR"))
    content = io.StringIO(newline="")
    writer = csv.writer(content, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([_text_of(field, decimal_sign) for field in row])
    return content.getvalue().encode("utf-8-sig")


def _text_of(field: Field, decimal_sign: str) -> str:
    if field is None:
        return ""
    if isinstance(field, Decimal):
        return str(field).replace(".", decimal_sign)
    return csv_text(field) if isinstance(field, str) else str(field)
