"""Dates in cells: what is one, what can be two, and what is none."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from colourmaps.importing import days, values
from colourmaps.importing.days import NO_DAY, read_days
from colourmaps.importing.messages import Message
from colourmaps.importing.tables import find_table
from colourmaps.importing.workbook import CellError, Sheet

pytestmark = pytest.mark.usefixtures("in_english")

THIRD = "2026-09-03"
NUMBER_OF_THIRD = 46268
"""What a spreadsheet stores for 3 September 2026."""


def read(*cells: Any) -> tuple[list[str | None], list[Message]]:
    sheet = Sheet("4A", [["Elev", "Datum"], *(["a1", cell] for cell in cells)])
    table = find_table(sheet, header_rows=(1,))
    assert table is not None
    messages: list[Message] = []
    found = read_days(table, table.columns[1], messages)
    return [None if day == NO_DAY or str(day) == "NaT" else str(day) for day in found], messages


@pytest.mark.parametrize(
    "cell",
    [
        datetime.date(2026, 9, 3),
        datetime.datetime.fromisoformat("2026-09-03T14:30"),
        "2026-09-03",
        "2026-9-3",
        "2026-09-03T14:30:00",
        "2026-09-03 14:30",
        "2026/09/03",
        "20260903",
        20260903.0,
        "3.9.2026",
        "03.09.2026",
        "3. 9. 2026",
        " 2026-09-03\u00a0",
    ],
)
def test_date_in_a_usual_form(cell: Any) -> None:
    assert read(cell) == ([THIRD], [])


@pytest.mark.parametrize(
    ("text", "day"), [("25/09/2026", "2026-09-25"), ("09/25/2026", "2026-09-25"), ("5/5/2026", "2026-05-05")]
)
def test_slashes_that_can_be_read_in_one_way_only(text: str, day: str) -> None:
    assert read(text) == ([day], [])


def test_slashes_that_can_be_two_dates_are_asked_about() -> None:
    found, (message,) = read("03/09/2026")
    assert (found, message.kind, message.place) == ([None], days.TWO_DAYS, "4A!B2")
    assert message.text.startswith("“03/09/2026” can be two different dates.")


@pytest.mark.parametrize(("telling", "day"), [("25/09/2026", "2026-09-03"), ("09/25/2026", "2026-03-09")])
def test_another_cell_of_the_column_tells_the_order(telling: str, day: str) -> None:
    found, messages = read("03/09/2026", telling)
    assert (found[0], messages) == (day, [])


def test_cells_that_disagree_about_the_order_tell_nothing() -> None:
    found, (message,) = read("03/09/2026", "25/09/2026", "09/25/2026")
    assert (found, message.kind) == ([None, "2026-09-25", "2026-09-25"], days.TWO_DAYS)


@pytest.mark.parametrize("cell", ["i september", "2026-13-01", "30.2.2026", "3.9.26", True, 3.5, "2026"])
def test_what_is_no_date_is_said(cell: Any) -> None:
    found, (message,) = read(cell, THIRD)
    assert (found, message.kind, message.place) == ([None, THIRD], days.NOT_A_DAY, "4A!B2")


def test_error_in_a_cell_of_dates_is_an_error() -> None:
    found, messages = read(CellError("#N/A"), CellError("=A1"))
    assert [message.kind for message in messages] == [values.AN_ERROR, values.UNCALCULATED]
    assert found == [None, None]


def test_empty_cells_have_no_day() -> None:
    assert read(None, " ", THIRD) == ([None, None, THIRD], [])


def test_number_of_a_day_counts_among_dates() -> None:
    found, (message,) = read(NUMBER_OF_THIRD, float(NUMBER_OF_THIRD) + 0.5, datetime.date(2026, 9, 3))
    assert found == [THIRD] * 3
    assert (message.kind, message.place, message.parameters) == (days.DAY_NUMBERS, "4A!B", {"count": 2})


def test_number_alone_is_no_date() -> None:
    found, (message,) = read(NUMBER_OF_THIRD)
    assert (found, message.kind) == ([None], days.NOT_A_DAY)
