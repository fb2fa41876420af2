"""The main job: a results workbook becomes a class map, and the map becomes the municipality's picture."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORKBOOK = Path(__file__).resolve().parents[2] / "docs" / "examples" / "solviksskolan_ht2026_fargkarta.xlsx"
SECONDS = 1000
COUNTS = re.compile(r"(\d+) behov av insats, (\d+) godkänt, (\d+) gott resultat; (\d+) av (\d+)")


def test_workbook_becomes_the_same_numbers_at_every_level(sign_in: Callable[..., Any]) -> None:
    import_workbook(sign_in("samordnare@solviken.example"))

    teacher = class_counts(sign_in("mentor4a@solviken.example"))
    principal_page = sign_in("rektor@solviken.example")
    open_unit(principal_page, "Solviksskolan")
    head_page = sign_in("forvaltningschef@solviken.example")
    for unit in ("Skolförvaltning Stad", "Område Centrum"):
        open_unit(head_page, unit)

    assert teacher["Taluppfattning"] == (1, 8, 12, 21, 22)
    assert row_counts(principal_page, "4A") == teacher
    at_school, seen_by_head = (
        row_counts(principal_page, "Solviksskolan"),
        row_counts(head_page, "Solviksskolan"),
    )
    # What has changed by few pupils of a kind waits, and the page says of which indicators.
    waiting = head_page.locator(".notes [role=status]")
    waits = waiting.inner_text() if waiting.count() else ""
    newest = {name: counts for name, counts in seen_by_head.items() if name not in waits}
    assert len(newest) >= 2
    assert newest == {name: at_school[name] for name in newest}


def test_head_sees_no_class(sign_in: Callable[..., Any]) -> None:
    teacher = sign_in("larare@solviken.example")
    teacher.click("main a:has-text('6A')")
    address = teacher.url
    head = sign_in("forvaltningschef@solviken.example")

    response = head.request.get(address)

    assert response.status == 403
    assert "Andersson" not in response.text()


def import_workbook(page: Any) -> None:
    page.goto("/imports/")
    page.set_input_files("input[type=file]", str(WORKBOOK))
    page.click("form[enctype] button")
    # Nobody in the file is in the register yet: let the import add them.
    page.click("button[name=adds_pupils]", timeout=180 * SECONDS)
    page.wait_for_selector("#understood", timeout=180 * SECONDS)
    decide_that_they_are_new(page)
    confirm = page.locator("form[action$='/confirm/'] button")
    confirm.wait_for(timeout=180 * SECONDS)
    assert "463" in confirm.inner_text()
    assert "5A" in page.inner_text("main")
    assert "14" in page.inner_text("main"), "the value outside its scale is listed"
    confirm.click()
    page.wait_for_selector("text=Solviksskolan", timeout=180 * SECONDS)
    page.wait_for_selector("text=4A", timeout=180 * SECONDS)


def decide_that_they_are_new(page: Any) -> None:
    """Elsewhere in the municipality there is a namesake: whether it is the same child is asked, not guessed."""
    new = page.locator("input[type=radio][value=new]")
    assert new.count() == 1
    new.check()
    with page.expect_navigation():
        page.click("#decisions .buttons button")
    page.wait_for_selector("#understood", timeout=180 * SECONDS)


def class_counts(page: Any) -> dict[str, tuple[int, ...]]:
    """Indicator to (red, yellow, green, measured, due), read from the rows under the class map."""
    page.click("main a:text-is('4A')")
    page.wait_for_selector("table.class-map")
    names = page.locator("table.class-map thead .name").all_inner_texts()
    rows = page.locator("table.class-map tfoot tr")
    lines = [rows.nth(n).locator("td").all_inner_texts() for n in (0, 1, 2, rows.count() - 1)]
    counts = {}
    for n, name in enumerate(names):
        measured, due = re.findall(r"\d+", lines[3][n])
        counts[name] = (int(lines[0][n]), int(lines[1][n]), int(lines[2][n]), int(measured), int(due))
    return counts


def open_unit(page: Any, name: str) -> None:
    """Follows the link of that name, and waits until nothing is on its way any more."""
    page.click(f"main a:has-text('{name}')")
    page.wait_for_selector("table.unit-map")
    page.wait_for_selector("#figures:not([hx-get])", timeout=180 * SECONDS)


def row_counts(page: Any, unit: str) -> dict[str, tuple[int, ...]]:
    """Indicator to (red, yellow, green, measured, due) of a unit's row, where any is due and they are its own alone."""
    names = page.locator("table.unit-map thead .name").all_inner_texts()
    row = page.locator("table.unit-map tbody tr", has=page.locator(f"th:has-text('{unit}')")).first
    cells = row.locator("td").all()
    alone = ["pool" not in (cell.get_attribute("class") or "").split() for cell in cells]
    found = (
        (name, COUNTS.search(cell.locator("b").text_content() or ""))
        for name, cell, is_alone in zip(names, cells, alone, strict=True)
        if is_alone
    )
    return {name: tuple(int(number) for number in match.groups()) for name, match in found if match}
