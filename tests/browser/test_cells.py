"""The cells of a class map by keyboard and pointer: each tells its story, and nothing lies beside a phone's screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"width": 390, "height": 844}
BESIDE = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture
def class_map(sign_in: Callable[..., Any]) -> Any:
    page = sign_in("larare@solviken.example")
    page.click("main a[href^='/classes/']")
    page.wait_for_selector("table.class-map[data-ready]")
    page.wait_for_selector("tfoot .unanswered")
    return page


def focused(page: Any) -> tuple[int, int]:
    """(row, column) of the cell that has the focus."""
    return tuple(
        page.evaluate("[document.activeElement.parentElement.rowIndex, document.activeElement.cellIndex]")
    )


def test_arrows_walk_and_enter_opens_the_story_and_escape_comes_back(class_map: Any) -> None:
    page = class_map
    page.focus("table.class-map tbody td[tabindex='0']")
    start = focused(page)

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    walked = focused(page)
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel .answers")
    is_inside = page.evaluate("document.querySelector('.panel').contains(document.activeElement)")
    page.keyboard.press("Escape")

    assert walked == (start[0] + 1, start[1] + 1)
    assert is_inside
    assert page.is_hidden(".panel")
    assert focused(page) == walked


def test_escape_sends_away_a_panel_that_is_on_its_way(class_map: Any) -> None:
    page = class_map
    page.focus("table.class-map tbody td[tabindex='0']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")

    page.wait_for_timeout(600)  # longer than a cell waits before it tells
    assert page.is_hidden(".panel")

    page.keyboard.press("ArrowDown")
    page.wait_for_selector(".panel h2")


def test_the_keyboard_is_not_disturbed_by_a_pointer_that_rests_on_the_map(class_map: Any) -> None:
    page = class_map
    page.set_viewport_size({"width": 1000, "height": 420})
    page.focus("table.class-map tbody td[tabindex='0']")
    page.mouse.move(700, 300)
    for _n in range(15):
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(300)  # longer than a cell waits before it tells
    page.wait_for_selector(".panel h2")

    row = page.evaluate("document.activeElement.parentElement.cells[0].innerText")
    assert row in page.inner_text(".panel h2"), (
        "of the cell that has the focus, not of the one below the pointer"
    )


def test_only_one_cell_is_in_the_order_of_tab(class_map: Any) -> None:
    assert class_map.locator("table.class-map tbody td[tabindex='0']").count() == 1
    assert class_map.get_attribute("table.class-map", "role") == "grid"


def test_red_cell_begins_with_what_is_being_done(class_map: Any) -> None:
    class_map.click("table.class-map tbody td.red")
    class_map.wait_for_selector(".panel .answers")

    first = class_map.evaluate("document.querySelector('.panel h2').nextElementSibling.className")

    assert first == "answers"
    assert class_map.locator(".panel .answers a.button").count() == 1


def test_nothing_lies_beside_the_screen_of_a_phone(class_map: Any) -> None:
    page = class_map
    page.set_viewport_size(PHONE)
    assert page.evaluate(BESIDE) == 0

    page.select_option(".map-choices select[name=show]", index=1)
    page.wait_for_url("**/indicators/**")
    assert page.evaluate(BESIDE) == 0
    page.go_back()
    pupil = page.get_attribute("tr[data-row]", "data-row")
    page.select_option(".map-choices select[name=show]", value=pupil)
    page.wait_for_selector("table.upright")

    assert page.evaluate(BESIDE) == 0
    assert page.locator("table.upright tbody tr").count() > 5


def test_head_of_a_column_opens_what_is_being_done_and_leads_on(class_map: Any) -> None:
    page = class_map
    head = page.locator("table.class-map thead th[data-column] a").first
    address = head.get_attribute("href")

    head.click()
    page.wait_for_selector(".panel .answers")
    stayed = page.url
    page.keyboard.press("Escape")
    head.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel .answers")
    is_inside = page.evaluate("document.activeElement === document.querySelector('.panel')")
    link = page.get_attribute(".panel > p:last-child a", "href")
    page.keyboard.press("Escape")

    assert "/indicators/" not in stayed
    assert is_inside
    assert link == address
    assert page.evaluate("document.activeElement.getAttribute('href')") == address
