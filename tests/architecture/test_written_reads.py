"""Objects that are made of statements written by hand have the very values that the ORM gives them, model by model."""

from __future__ import annotations

import pytest

from accounts.written_reads import Columns, rows_of
from tests.fixtures import Place

from .specimens import make_specimens


@pytest.mark.slow
def test_objects_of_written_reads_are_those_of_the_orm(in_solviken: Place) -> None:
    compared = 0
    for model, specimen in make_specimens().items():
        columns = Columns(model, "t")
        sql = f"select {columns.sql} from {model._meta.db_table} t where t.municipality_id = %(municipality)s"  # noqa: S608 – our own tables
        rows = rows_of(sql)
        by_key = {each.pk: each for each in map(columns.made_of, rows)}
        expected = model._default_manager.get(pk=specimen.pk)
        assert values_of(by_key[expected.pk]) == values_of(expected), model
        compared += 1
    assert compared > 30


def values_of(row: object) -> dict[str, tuple[type, object]]:
    values = {key: value for key, value in vars(row).items() if key != "_state"}
    return {key: (type(value), value) for key, value in values.items()}
