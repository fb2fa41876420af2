"""The meeting room as it is used: one keyboard, two windows, a network that drops and a session that ends."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.demo_server import ROOT

from .conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LEAD, PRINCIPAL = "analysledare@solviken.example", "rektor@solviken.example"
SECONDS = 1000
SESSION = re.compile("session")
KEPT = "Object.keys(localStorage).filter(key => key.startsWith('meeting '))"
NAME = re.compile(r"\w+")


class Room:
    """A window in the room of a meeting, at one of its cases. words: what the page says of saving."""

    def __init__(self, page: Any, keys: dict[str, Any]) -> None:
        self.page, self.keys = page, keys

    def open(self, number: int) -> Room:
        self.page.goto(f"/meetings/{self.keys['meeting']}/room/{self.keys['cases'][number - 1]}/")
        return self

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def words(self, name: str) -> str:
        said = json.loads(self.page.get_attribute("form.decision", "data-words"))[name]
        return said.split("{")[0].strip()

    def wait_for(self, number: int) -> None:
        self.page.wait_for_url(f"**/room/{self.keys['cases'][number - 1]}/", timeout=30 * SECONDS)
        self.page.wait_for_selector("form.decision")

    def wait_until_said(self, name: str) -> None:
        said = self.page.locator("form.decision .saving", has_text=self.words(name))
        said.wait_for(timeout=30 * SECONDS)

    def decide(self, measure: str) -> None:
        """What a case takes: 1, the measure, a person by the first letters of the name, and Ctrl+Enter."""
        self.press("1")
        self.type(measure)
        self.press("Tab")
        self.type(self.first_name)
        self.press("Control+Enter")

    @property
    def first_name(self) -> str:
        names = self.page.locator("[name=responsible] option").all_inner_texts()
        return NAME.match(names[1]).group()  # type: ignore[union-attr]

    def field(self, name: str) -> str:
        return self.page.input_value(f"form.decision [name={name}]")


@pytest.fixture
def keys(demo: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Of a meeting of the lead with three cases, made anew for each test."""
    [database] = {path.resolve() for path in tmp_path_factory.getbasetemp().glob("demo*/demo.sqlite3")}
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "colourmaps.config.settings_dev",
        "DATABASE_URL": f"sqlite:///{database}",
        "REDIS_URL": "memory://localhost/",
    }
    command = [sys.executable, "-m", "tests.browser.made_meeting", LEAD, "3"]
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True, text=True)
    return json.loads(made.stdout)


def test_three_cases_by_keys_alone(sign_in: Callable[..., Any], keys: dict[str, Any]) -> None:
    room = Room(sign_in(LEAD), keys).open(1)

    room.decide("Läser i par")
    room.wait_for(2)
    room.wait_until_said("saved")
    room.press("2")
    room.type("Provet mätte något annat")
    room.press("Control+Enter")
    room.wait_for(3)
    room.press("p")
    room.wait_for(2)
    assert room.page.is_checked("[name=outcome][value=none]")
    room.press("n")
    room.wait_for(3)
    room.press("3")
    room.type("Elevhälsan har det")
    room.press("Control+Enter")

    room.page.wait_for_selector(".all-done")
    room.page.click(".all-done .button.primary")
    room.page.click("form.buttons .button.primary")
    recap = room.page.inner_text(".recap")
    assert all(words in recap for words in ("Läser i par", "Provet mätte något annat", "Elevhälsan har det"))
    assert room.page.evaluate(KEPT) == []


def test_single_keys_can_be_switched_off_and_do_nothing_in_a_field(
    sign_in: Callable[..., Any], keys: dict[str, Any]
) -> None:
    room = Room(sign_in(LEAD), keys).open(1)

    room.page.click("[name=said]")
    room.type("n1")
    assert room.field("said") == "n1"
    room.page.click("[data-keys]")
    room.press("1", "n")

    assert not room.page.is_checked("[name=outcome][value=measure]")
    assert room.page.url.endswith(f"/{keys['cases'][0]}/")


def test_draft_comes_back_after_the_page_is_loaded_again(
    sign_in: Callable[..., Any], keys: dict[str, Any]
) -> None:
    room = Room(sign_in(LEAD), keys).open(1)
    room.press("1")
    room.type("Halvfärdig tanke")
    room.page.fill("[name=said]", "Alla höll med")

    room.open(2)
    assert room.page.locator(".cases a.unsaved").count() == 1
    room.open(1)

    room.wait_until_said("back")
    assert room.page.is_checked("[name=outcome][value=measure]")
    assert (room.field("measure"), room.field("said")) == ("Halvfärdig tanke", "Alla höll med")
    room.page.select_option("[name=responsible]", index=1)
    room.page.click("[data-saves]")
    room.wait_for(2)
    assert room.page.evaluate(KEPT) == []


def test_lost_network_is_told_and_saves_once_when_it_is_back(
    sign_in: Callable[..., Any], keys: dict[str, Any]
) -> None:
    room = Room(sign_in(LEAD, foreseen=("ERR_INTERNET_DISCONNECTED",)), keys).open(1)
    room.page.context.set_offline(True)

    room.decide("Läser i par")
    room.wait_until_said("offline")
    assert len(room.page.evaluate(KEPT)) == 1
    room.page.context.set_offline(False)

    room.wait_for(2)
    room.open(1)
    assert (room.field("measure"), room.field("version")) == ("Läser i par", "1")
    assert room.page.evaluate(KEPT) == []


def test_answer_that_is_lost_saves_once(sign_in: Callable[..., Any], keys: dict[str, Any]) -> None:
    room = Room(sign_in(LEAD, foreseen=("ERR_FAILED",)), keys).open(1)
    lost = []

    def lose_first_answer(route: Any) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort()
        else:
            route.continue_()

    room.page.route("**/room/**", lose_first_answer)
    room.decide("Läser i par")

    room.wait_for(2)
    room.open(1)
    assert lost == [200]
    assert (room.field("measure"), room.field("version")) == ("Läser i par", "1")


def test_second_window_is_not_written_over(sign_in: Callable[..., Any], keys: dict[str, Any]) -> None:
    mine = Room(sign_in(LEAD, foreseen=("409",)), keys).open(1)
    theirs = Room(sign_in(PRINCIPAL), keys).open(1)
    theirs.decide("Deras åtgärd")
    theirs.wait_for(2)

    mine.decide("Min åtgärd")

    mine.page.wait_for_selector(".theirs")
    assert "Deras åtgärd" in mine.page.inner_text(".theirs")
    assert mine.field("measure") == "Min åtgärd"
    mine.page.click("[data-saves]")
    mine.wait_for(2)
    theirs.open(1)
    assert theirs.field("measure") == "Min åtgärd"

    theirs.page.fill("[name=measure]", "Deras igen")
    mine.open(1)
    mine.page.fill("[name=measure]", "Min igen")
    theirs.press("Control+Enter")
    theirs.wait_for(2)
    mine.press("Control+Enter")
    mine.page.click("[data-keeps-theirs]")
    mine.page.wait_for_selector(".theirs", state="detached")
    assert mine.field("measure") == "Deras igen"
    assert mine.page.evaluate(KEPT) == []


def test_session_that_ends_loses_nothing(sign_in: Callable[..., Any], keys: dict[str, Any]) -> None:
    room = Room(sign_in(LEAD, foreseen=("401", "403")), keys).open(1)
    room.page.context.clear_cookies(name=SESSION)

    room.decide("Läser i par")
    room.wait_until_said("signed_out")
    with room.page.context.expect_page() as opened:
        room.page.click("form.decision .sign-in-again")
    other = opened.value
    other.fill("[name=username]", LEAD)
    other.fill("[name=password]", PASSWORD)
    other.click(".sign-in button")
    other.wait_for_selector("form.decision")
    other.close()
    room.page.evaluate("dispatchEvent(new Event('focus'))")

    room.wait_for(2)
    room.open(1)
    assert room.field("measure") == "Läser i par"


def test_note_saves_itself(sign_in: Callable[..., Any], keys: dict[str, Any]) -> None:
    room = Room(sign_in(LEAD), keys).open(1)
    room.page.click(".room-notes > summary")
    note = room.page.locator("form.note").first
    note.locator("textarea").fill("Vi ser att läsningen stannar")

    note.locator(".saving", has_text=room.words("saved")).wait_for(timeout=30 * SECONDS)

    room.page.goto(f"/meetings/{keys['meeting']}/")
    assert room.page.locator("form.note textarea").first.input_value() == "Vi ser att läsningen stannar"


def test_room_works_without_script(sign_in: Callable[..., Any], keys: dict[str, Any]) -> None:
    room = Room(sign_in(LEAD, java_script_enabled=False), keys).open(1)

    room.page.check("[name=outcome][value=measure]")
    room.page.fill("[name=measure]", "Läser i par")
    room.page.select_option("[name=responsible]", index=1)
    room.page.click("[data-saves]")

    room.wait_for(2)
    room.page.click(".case-steps [rel=prev]")
    room.wait_for(1)
    assert room.field("measure") == "Läser i par"
