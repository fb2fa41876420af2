"""The workbook of an indicator: what the page shows, as numbers, and blanks in the same places."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from openpyxl.workbook import Workbook

from accounts.models import AuditEvent, Unit, User
from aggregation.slices import slice_of_year_group

from .conftest import Scene

pytestmark = pytest.mark.usefixtures("in_english")

SignIn = Callable[[User], Client]


@pytest.fixture
def workbook_of(released: Scene, sign_in: SignIn) -> Callable[..., Workbook]:
    def workbook(reader: str, unit: Unit, **query: str) -> Workbook:
        browser = sign_in(getattr(released.place, reader))
        response = browser.get(reverse("aggregation:indicator-xlsx", args=[unit.key, "LAS"]), query)
        assert response.status_code == 200
        return openpyxl.load_workbook(io.BytesIO(response.content))

    return workbook


def rows_of(workbook: Workbook, sheet: str) -> list[dict[str, object]]:
    heads, *rows = workbook[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, heads), row, strict=True)) for row in rows]


def test_units_stand_with_every_count(released: Scene, workbook_of: Callable[..., Workbook]) -> None:
    rows = rows_of(workbook_of("principal", released.place.school), "Units")

    assert [row["Unit"] for row in rows] == ["Solviksskolan", "4A", "5A"]
    assert rows[0] == {
        "Measurement round": "HT 2026",
        "Unit": "Solviksskolan",
        "Kind": released.place.school.kind.name,
        "Indicator": "Reading",
        "missing": 6,
        "measured": 46,
        "intervention needed": 2,
        "passed": 14,
        "good result": 30,
        "without limits": 0,
        "better": 12,
        "unchanged": 16,
        "worse": 8,
        "measured for the first time": 0,
        "measured last time and not now": 0,
        "Remark": None,
    }


def test_what_is_shown_together_on_the_page_is_no_number_of_the_school(
    released: Scene, workbook_of: Callable[..., Workbook]
) -> None:
    rows = rows_of(workbook_of("area_head", released.place.area), "Units")

    [school] = [row for row in rows if row["Unit"] == "Solviksskolan"]
    assert [school["intervention needed"], school["passed"], school["good result"]] == ["together"] * 3
    assert "shown together with" in str(school["Remark"])


def test_rounds_stand_below_each_other_up_to_the_one_that_is_shown(
    released: Scene, workbook_of: Callable[..., Workbook]
) -> None:
    school = released.place.school

    now = rows_of(workbook_of("principal", school), "Over time")
    before = rows_of(workbook_of("principal", school, round=released.rounds[1].key), "Over time")

    assert [row["Measurement round"] for row in now] == ["HT 2025", "VT 2026", "HT 2026"]
    assert [row["Measurement round"] for row in before] == ["HT 2025", "VT 2026"]


def test_workbook_of_a_part_of_the_pupils_says_of_which(
    released: Scene, store_slice: Callable[..., None], workbook_of: Callable[..., Workbook]
) -> None:
    number, school = slice_of_year_group(4), released.place.school
    store_slice(school, number, 20)
    workbook = workbook_of("principal", school, pupils="year-4")

    assert [row["measured"] for row in rows_of(workbook, "Units")] == [20]
    words = [cell.value for row in workbook["Key and limits"].iter_rows() for cell in row]
    assert "Only these pupils: Year 4." in words


def test_taking_out_is_in_the_log(released: Scene, workbook_of: Callable[..., Workbook]) -> None:
    workbook_of("principal", released.place.school)

    event = AuditEvent.objects.get(action="indicator downloaded")
    assert (event.actor_id, event.unit_id) == (released.place.principal.pk, released.place.school.pk)
    assert event.facts["indicator"] == "LAS"
