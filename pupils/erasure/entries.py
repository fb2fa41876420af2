"""Lists in JSON columns with an entry for each pupil, {"pupil": id, …}: the pupil's own entries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models.functions import Cast

from accounts.declarations import Declaration, declarations


def rows_with_entries(declaration: Declaration, pupil_id: int) -> Iterator[tuple[Any, dict[str, list[Any]]]]:
    """(id of the row, by column the pupil's entries in it)."""
    for column in declaration.entries:
        # Nearly all rows are without: the database leaves them out by their text, however it writes JSON.
        named = declaration.model._default_manager.annotate(as_text=Cast(column, models.TextField()))
        found = named.filter(as_text__contains=f'"pupil": {pupil_id}').values_list("pk", column)
        for pk, entries in found.iterator(chunk_size=100):
            own = [entry for entry in entries if entry["pupil"] == pupil_id]
            if own:
                yield pk, {column: own}


def remove_entries(pupil_id: int) -> dict[str, int]:
    """Takes the pupil's entries out; returns how many rows held one, by table."""
    changed: dict[str, set[Any]] = {}
    for declaration in declarations():
        for pk, found in list(rows_with_entries(declaration, pupil_id)):
            row = declaration.model._default_manager.get(pk=pk)
            for column in found:
                rest = [entry for entry in getattr(row, column) if entry["pupil"] != pupil_id]
                declaration.model._default_manager.filter(pk=pk).update(**{column: rest})
            changed.setdefault(declaration.label, set()).add(pk)
    return {label: len(ids) for label, ids in changed.items()}
