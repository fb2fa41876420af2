"""Rows that go together with what cannot be without them, whatever the order of their references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet

from .registry import all_models, parents_first

Ids = dict[type[models.Model], set[Any]]
# Ids named in one statement: SQLite takes no more than some ten thousand parameters, and a key may have five columns.
AT_A_TIME = 500


def ids_of(rows: Iterable[QuerySet]) -> Ids:
    found: Ids = {}
    for each in rows:
        found.setdefault(each.model, set()).update(each.values_list("pk", flat=True))
    return found


@transaction.atomic
def remove_rows(gone: Ids) -> dict[str, int]:
    """Removes the rows, and those that cannot be without them; a reference that may be empty becomes empty.

    Past whatever listens to deletions. Returns how many rows went, by table.
    """
    gone = {model: set(ids) for model, ids in gone.items()}
    _add_what_rests_on(gone)
    for model, column, ids in _references_to(gone):
        if column.null:
            for portion in portions(ids):
                _forget(model, column, portion, gone.get(model, set()))
    for model in reversed(parents_first(gone)):
        for portion in portions(gone[model]):
            rows = model._default_manager.filter(pk__in=portion)
            rows._raw_delete(rows.db)
    return {model._meta.label: len(ids) for model, ids in gone.items() if ids}


def _forget(model: type[models.Model], column: models.ForeignKey, named: list[Any], going: set[Any]) -> None:
    """Rows that go themselves are left as they are: a rule of the table may forbid them to forget."""
    rows = model._default_manager.filter(**{f"{column.name}__in": named})
    for portion in portions(set(rows.values_list("pk", flat=True)) - going):
        model._default_manager.filter(pk__in=portion).update(**{column.name: None})


def _add_what_rests_on(gone: Ids) -> None:
    waiting = {model: set(ids) for model, ids in gone.items()}
    while any(waiting.values()):
        found: Ids = {}
        for model, column, ids in _references_to(waiting):
            if column.null:
                continue
            for portion in portions(ids):
                rows = model._default_manager.filter(**{f"{column.name}__in": portion})
                resting = set(rows.values_list("pk", flat=True)) - gone.get(model, set())
                found.setdefault(model, set()).update(resting)
                gone.setdefault(model, set()).update(resting)
        waiting = found


def _references_to(gone: Ids) -> Iterator[tuple[type[models.Model], models.ForeignKey, set[Any]]]:
    """The columns that the database holds to what goes: loose ones may outlive what they speak of."""
    for model in all_models():
        for column in model._meta.concrete_fields:
            if not isinstance(column, models.ForeignKey) or not gone.get(column.related_model):
                continue
            if getattr(column, "db_constraint"):  # noqa: B009 – the stubs do not know it
                yield model, column, gone[column.related_model]


def portions(ids: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(sorted(ids))
    while portion := list(islice(rest, AT_A_TIME)):
        yield portion
