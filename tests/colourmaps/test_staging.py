"""Rows beside the tables: a few in the statement and many in a table of their own are read alike."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from colourmaps import staging
from colourmaps.staging import staged

COLUMNS = {"pupil_id": "integer", "value": "integer", "mark": "smallint", "measured_on": "date"}
DAY = datetime.date(2026, 11, 16)


def rows_of(n: int) -> pd.DataFrame:
    values = [np.nan if n % 3 == 0 else n * 100.0 for n in range(n)]
    return pd.DataFrame({"pupil_id": range(n), "value": values, "mark": 1, "measured_on": DAY})


def read(rows: pd.DataFrame) -> list[tuple]:
    with transaction.atomic(), staged("staged_test", COLUMNS, rows), connection.cursor() as cursor:
        cursor.execute(
            "select pupil_id, value, mark, measured_on from staged_test where mark = %(mark)s order by 1",
            {"mark": 1},
        )
        return [(*row, str(day)) for *row, day in cursor.fetchall()]


@pytest.mark.django_db
@pytest.mark.parametrize("n", [0, 1, 7, staging.FEW, staging.FEW + 1])
def test_rows_are_read_as_they_were_given(n: int) -> None:
    expected = [(at, None if at % 3 == 0 else at * 100, 1, DAY.isoformat()) for at in range(n)]

    assert read(rows_of(n)) == expected


@pytest.mark.django_db
def test_few_rows_cost_no_statement() -> None:
    with CaptureQueriesContext(connection) as few:
        read(rows_of(staging.FEW))
    with CaptureQueriesContext(connection) as many:
        read(rows_of(staging.FEW + 1))

    assert sum("staged_test" in query["sql"] for query in few.captured_queries) == 1
    assert sum("staged_test" in query["sql"] for query in many.captured_queries) > 2


@pytest.mark.django_db
def test_missing_column_of_few_rows_keeps_its_type() -> None:
    rows = rows_of(1).assign(value=np.nan)

    with transaction.atomic(), staged("staged_test", COLUMNS, rows), connection.cursor() as cursor:
        cursor.execute("select coalesce(value, 5) + 1 from staged_test")
        assert cursor.fetchone() == (6,)


@pytest.mark.django_db
def test_statement_of_something_else_is_left_alone() -> None:
    with staged("staged_test", COLUMNS, rows_of(1)), CaptureQueriesContext(connection) as queries:
        connection.cursor().execute("select 1")

    assert [query["sql"] for query in queries.captured_queries] == ["select 1"]
