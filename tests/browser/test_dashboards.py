"""A head follows the figures down to the school and no further; a correction appears on a page that stands open."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECONDS = 1000
RED = re.compile(r"(\d+) behov av insats")
INDICATOR = "Läshastighet"
# Where the workbook to fill in keeps the codes of its columns, and where its pupils begin.
CODES_ROW, FIRST_ROW, CODE = 1, 6, "LASHASTIGHET"


def test_head_drills_down_to_the_school_and_no_further(sign_in: Callable[..., Any]) -> None:
    page = sign_in("forvaltningschef@solviken.example")
    page.click("main a:has-text('Skolförvaltning Stad')")
    page.wait_for_selector("#worth-a-look")
    with page.expect_navigation():
        page.select_option("select[name=area]", "language")
    languages = heads_of(page)

    for unit in ("Område Centrum", "Solviksskolan"):
        with page.expect_navigation():
            page.click(f"table.unit-map tbody th a:has-text('{unit}')")
        assert "area=language" in page.url
        assert heads_of(page) == languages, "the choice goes along"
        if unit == "Område Centrum":
            pool = page.locator("table.unit-map .together").first.inner_text()
            assert re.fullmatch(r"\d+ \w+ (tillsammans|together)", pool)
    assert page.locator("table.unit-map tbody a").count() == 0, "the school is the last step"

    with page.expect_navigation():
        page.click(f"table.unit-map thead a:has-text('{INDICATOR}')")
    assert "area=language" in page.url
    page.wait_for_selector("#worth-a-look")
    assert page.locator("svg.trend").count() == 2, (
        "the school's own development, and that of the area beside it"
    )
    assert page.locator("main a[href*='/classes/']").count() == 0


def test_correction_appears_by_itself(sign_in: Callable[..., Any], tmp_path: Path) -> None:
    page = sign_in("rektor@solviken.example")
    page.click("main a:has-text('Solviksskolan')")
    page.wait_for_selector("table.unit-map")
    before = red_of(page, "6A")

    correct(sign_in("larare@solviken.example"), tmp_path / "6A.xlsx")

    page.wait_for_function(
        "([before, place]) => !document.querySelector(place).textContent.startsWith(before + ' ')",
        arg=[str(before), place_of(page, "6A")],
        timeout=60 * SECONDS,
    )
    assert red_of(page, "6A") == before + 1


def heads_of(page: Any) -> list[str]:
    names: list[str] = page.locator("table.unit-map thead .name").all_inner_texts()
    return names


def place_of(page: Any, unit: str) -> str:
    """The words of the unit's cell of the indicator, as a selector."""
    rows = page.locator("table.unit-map tbody th").all_inner_texts()
    row = next(n for n, name in enumerate(rows, start=1) if name.startswith(unit))
    column = heads_of(page).index(INDICATOR) + 2
    return f"table.unit-map tbody tr:nth-child({row}) > :nth-child({column}) b"


def red_of(page: Any, unit: str) -> int:
    words = page.locator(place_of(page, unit)).text_content()
    found = RED.match(words)
    assert found, words
    return int(found[1])


def correct(page: Any, path: Path) -> None:
    """The teacher's best reader of the class had a slip of the pen: one word a minute it was."""
    page.click("main a:has-text('6A')")
    page.click(".page-header .actions a[href*='fill-in']")
    with page.expect_download() as waiting:
        page.click("a[download]")
    waiting.value.save_as(path)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    column = [cell.value for cell in sheet[CODES_ROW]].index(CODE) + 1
    cells = [sheet.cell(row, column) for row in range(FIRST_ROW, sheet.max_row + 1)]
    best = max((cell for cell in cells if isinstance(cell.value, int)), key=lambda cell: cell.value)
    best.value = 1
    workbook.save(path)
    page.set_input_files("input[type=file]", str(path))
    page.click("form[enctype] button")
    page.click("button[formaction$='/confirm/']", timeout=30 * SECONDS)
