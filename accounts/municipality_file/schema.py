"""What the tables and columns of the file mean, written with it: readable without the product."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import override

from ..declarations import Declaration, declarations, type_of
from .rows import columns_of

FORMAT, VERSION = "colour-maps-municipality", 1
README = """One municipality from Colour maps (färgkartor), whole, in open formats.

schema.json    each table: what a row tells, its type of information, each column with its meaning, kind and reference
rows/TABLE.jsonl   one JSON object per row and line, UTF-8; days as 2026-08-17, moments with their offset from UTC
files/FOLDER/…     files as they were uploaded, under the names that the tables use (stored_as)
manifest.json  format, version, and for each entry its number of rows and SHA-256

Numbers of rows (id) are those of the installation that the file comes from. Values of results are in hundredths.
"""


def schema() -> dict[str, Any]:
    """By table, in English; the same for every municipality of one version of the product."""
    with override("en"):
        return {each.label: _table(each) for each in declarations()}


def _table(declaration: Declaration) -> dict[str, Any]:
    meta = declaration.model._meta
    return {
        "name": str(meta.verbose_name),
        "tells": str(declaration.says),
        "type": str(type_of(declaration.kind).name),
        "about_pupils_by": list(declaration.by),
        "left_out": list(declaration.secrets),
        "columns": [_column(each) for each in columns_of(declaration.model)],
    }


def _column(column: models.Field) -> dict[str, Any]:
    described: dict[str, Any] = {
        "column": column.column,
        "meaning": str(column.verbose_name),
        "kind": _kind(column),
        "may_be_empty": column.null,
    }
    if column.help_text:
        described["help"] = str(column.help_text)
    if column.choices:
        described["values"] = {str(code): str(label) for code, label in column.flatchoices}
    if column.is_relation and column.related_model:
        described["refers_to"] = column.related_model._meta.label
    return described


def _kind(column: models.Field) -> str:
    while isinstance(column, models.ForeignKey):
        column = column.target_field
    return column.get_internal_type().removesuffix("Field")
