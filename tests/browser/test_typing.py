"""Results typed into the sheet of a class: keys, a block from Excel, undo, a colleague, a lost network or session."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEACHER, PRINCIPAL = "larare@solviken.example", "rektor@solviken.example"
INDICATOR = "Läsförståelse"
SECONDS = 1000
SESSION = re.compile("session")
PASTE = """(input, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    input.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
}"""


class Sheet:
    """The sheet of a class in a window, with the cells of one indicator."""

    def __init__(self, page: Any) -> None:
        self.page = page
        names = page.locator("thead th[data-column] .name").all_inner_texts()
        self.column = names.index(INDICATOR)

    def field(self, row: int, right: int = 0) -> Any:
        return self.page.locator("tbody tr").nth(row).locator("td").nth(self.column + right).locator("input")

    def state(self, row: int) -> str:
        cell = self.page.locator("tbody tr").nth(row).locator("td").nth(self.column)
        return cell.get_attribute("data-state") or ""

    def texts(self, first: int, last: int) -> list[str]:
        return [self.field(row).input_value() for row in range(first, last)]

    def another(self, row: int, *taken: str) -> str:
        """A value that is not the one that stands there, nor one of those that are taken."""
        return next(
            text for text in ("17", "18", "19") if text not in (self.field(row).input_value(), *taken)
        )

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, row: int, text: str, key: str = "Enter") -> None:
        self.field(row).click()
        self.page.keyboard.type(text)
        self.press(key)

    def wait_until_saved(self) -> None:
        words = json.loads(self.page.locator("form[data-typing]").get_attribute("data-words"))
        self.wait_until_said(words["saved"])

    def wait_until_said(self, words: str) -> None:
        self.page.locator(".typing-bar .state", has_text=words).wait_for(timeout=30 * SECONDS)

    def wait_for(self, row: int, state: str) -> None:
        cell = self.page.locator("tbody tr").nth(row).locator(f"td[data-state='{state}']")
        cell.first.wait_for(timeout=30 * SECONDS)

    def reload(self) -> None:
        self.page.reload()
        self.page.wait_for_selector("tbody input")


def n_kept(page: Any) -> int:
    """How many sheets have something in the window that is not saved."""
    return page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('typing ')).length")


def open_sheet(page: Any, address: str = "") -> Sheet:
    if address:
        page.goto(address)
    else:
        page.click("main a:has-text('6A')")
        page.click(".page-header a[href*='/type/']")
    page.wait_for_selector("tbody input")
    return Sheet(page)


def test_keys_write_over_move_and_take_back(sign_in: Callable[..., Any]) -> None:
    sheet = open_sheet(sign_in(TEACHER))
    before = sheet.texts(0, 3)

    typed = [sheet.another(0), sheet.another(1)]
    sheet.type(0, typed[0], "Enter")
    sheet.page.keyboard.type(typed[1])
    sheet.press("ArrowDown")
    sheet.page.keyboard.type("99")
    sheet.press("Escape")

    assert sheet.texts(0, 3) == [*typed, before[2]]
    sheet.wait_until_saved()
    assert [sheet.state(row) for row in range(2)] == ["saved", "saved"]
    sheet.press("Control+z", "Control+z")
    sheet.wait_until_saved()
    assert sheet.texts(0, 3) == before
    sheet.press("Control+y")
    sheet.wait_until_saved()
    sheet.reload()
    assert sheet.texts(0, 3) == [typed[0], *before[1:]]


def test_tab_goes_along_the_row_and_enter_to_where_it_began(sign_in: Callable[..., Any]) -> None:
    sheet = open_sheet(sign_in(TEACHER))
    sheet.field(4).click()

    sheet.press("Tab", "Tab", "Enter")

    assert sheet.field(5).evaluate("input => input === document.activeElement")
    sheet.press("F2", "ArrowLeft")
    assert sheet.field(5).evaluate("input => input === document.activeElement")
    sheet.press("Shift+Tab")
    assert sheet.field(5, -1).evaluate("input => input === document.activeElement")


def test_block_from_excel_is_one_step_of_undo(sign_in: Callable[..., Any]) -> None:
    sheet = open_sheet(sign_in(TEACHER))
    before = sheet.texts(6, 10)

    sheet.field(6).click()
    sheet.field(6).evaluate(PASTE, "14\r\n\r\nfrånv.\r\n41\r\n")

    assert sheet.texts(6, 10) == ["14", before[1], "frånv.", "41"]
    sheet.wait_for(9, "refused")
    sheet.wait_for(8, "saved")
    assert sheet.field(8).input_value() == "frånvarande"
    sheet.field(9).click()
    assert "41" in sheet.page.inner_text(".typing-panel")
    sheet.press("Control+z")
    sheet.wait_until_saved()
    assert sheet.texts(6, 10) == before
    sheet.reload()
    assert sheet.texts(6, 10) == before


def test_colleague_who_was_faster_is_not_overwritten_unseen(sign_in: Callable[..., Any]) -> None:
    mine = open_sheet(sign_in(TEACHER))
    theirs = open_sheet(sign_in(PRINCIPAL), mine.page.url)
    of_them = [theirs.another(10), theirs.another(11)]
    theirs.type(10, of_them[0])
    theirs.type(11, of_them[1])
    theirs.wait_until_saved()
    of_me = [mine.another(10, of_them[0]), mine.another(11, of_them[1])]

    mine.type(10, of_me[0])
    mine.type(11, of_me[1])

    mine.wait_for(10, "conflict")
    mine.wait_for(11, "conflict")
    mine.field(10).click()
    panel = mine.page.inner_text(".typing-panel")
    assert f": {of_me[0]}" in panel
    assert f": {of_them[0]}" in panel
    mine.press("Control+Enter")
    mine.wait_for(10, "saved")
    mine.field(11).click()
    mine.press("Escape")
    mine.wait_until_saved()
    assert mine.texts(10, 12) == [of_me[0], of_them[1]]
    theirs.reload()
    assert theirs.texts(10, 12) == [of_me[0], of_them[1]]


def test_lost_network_loses_nothing(sign_in: Callable[..., Any]) -> None:
    page = sign_in(TEACHER, foreseen=("ERR_INTERNET_DISCONNECTED",))
    sheet = open_sheet(page)
    page.context.set_offline(True)

    typed = [sheet.another(12), sheet.another(13)]
    sheet.type(12, typed[0])
    sheet.type(13, typed[1])

    sheet.wait_until_said("2")
    assert sheet.texts(12, 14) == typed
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    assert typed[0] in kept
    names = page.locator("tbody th").all_inner_texts()
    words = {word for name in names for word in re.findall(r"\w{3,}", name)}
    assert [word for word in words if word in kept] == []
    page.context.set_offline(False)
    sheet.wait_until_saved()
    assert n_kept(page) == 0
    sheet.reload()
    assert sheet.texts(12, 14) == typed


def test_what_was_typed_last_is_saved_when_the_page_is_left(sign_in: Callable[..., Any]) -> None:
    page = sign_in(TEACHER)
    sheet = open_sheet(page)
    address, typed = page.url, sheet.another(16)

    sheet.type(16, typed, "F2")
    page.goto("/fill-in/")
    page.goto(address)

    sheet.wait_until_saved()
    assert sheet.texts(16, 17) == [typed]


def test_session_that_ends_loses_nothing(sign_in: Callable[..., Any]) -> None:
    page = sign_in(TEACHER, foreseen=("401",))
    sheet = open_sheet(page)
    page.context.clear_cookies(name=SESSION)

    typed = sheet.another(14)
    sheet.type(14, typed)

    page.click(".typing-bar [data-way]")
    page.fill("[name=username]", TEACHER)
    page.fill("[name=password]", PASSWORD)
    page.click(".sign-in button")
    page.wait_for_selector("tbody input")
    sheet.wait_until_saved()
    sheet.reload()
    assert sheet.texts(14, 15) == [typed]


def test_other_person_in_the_window_gets_nothing_of_what_was_typed(sign_in: Callable[..., Any]) -> None:
    page = sign_in(TEACHER, foreseen=("401",))
    sheet = open_sheet(page)
    before = sheet.texts(15, 16)
    page.context.clear_cookies(name=SESSION)
    sheet.type(15, sheet.another(15))
    page.wait_for_selector(".typing-bar [data-way]:not([hidden])")
    assert n_kept(page) == 1

    page.click(".typing-bar [data-way]")
    page.fill("[name=username]", PRINCIPAL)
    page.fill("[name=password]", PASSWORD)
    page.click(".sign-in button")
    page.wait_for_selector("tbody input")

    sheet.wait_until_saved()
    assert sheet.texts(15, 16) == before
    assert n_kept(page) == 0
