"""Sixty hostile strings as the name of everything: none of them runs in a real browser, with the policy switched off.

The policy (no inline script) is the second wall. Here it is taken away, so that the first is what holds: escaping.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from accounts.doors import addresses
from tests.architecture.hostile import PAYLOADS, WORD, plant
from tests.architecture.permission_matrix import MATRIX, World, make_world
from tests.architecture.walk import content_for, opener_of, path_of
from tests.fixtures import Place

pytestmark = pytest.mark.browser

FILES = {address.name for address in addresses() if address.is_file}
# Whatever calls xq7 or opens a box has come out of a name.
CANARY = """
window.ran = [];
window.xq7 = (what) => { window.ran.push(String(what)); };
window.alert = window.confirm = window.prompt = window.xq7;
"""
FOREIGN_PARTS = """
() => [...document.querySelectorAll("*")].flatMap((each) => [...each.attributes]
    .filter((one) => one.name.startsWith("on") || one.name.includes("xq7"))
    .map((one) => `${each.tagName} ${one.name}=${one.value}`))
"""


@pytest.fixture(scope="module", autouse=True)
def _orm_beside_the_browser() -> Iterator[None]:
    """Playwright keeps a loop running in this thread, and Django takes the thread for an asynchronous one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture
def world(live_server: Any, solviken: Place) -> World:
    world = make_world(solviken, "Solberg", "LAS")
    plant(world)
    return world


def pages() -> list[str]:
    """Every address that answers a GET with a page or a part of one."""
    return sorted(
        name
        for name, address in MATRIX.items()
        if address.method == "get" and address.answer == 200 and name not in FILES
    )


def windows(browser: Any, address: str, world: World) -> Iterator[tuple[str, Any, list[str]]]:
    """(page's name, window that stands on it, foreign addresses it has asked for), each page by whom it opens to."""
    by_person: dict[str, list[str]] = {}
    for name in pages():
        by_person.setdefault(opener_of(MATRIX[name]), []).append(name)
    for person, names in by_person.items():
        client = Client()
        client.force_login(world.person(person))
        context = browser.new_context(base_url=address, locale="sv-SE", bypass_csp=True)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
        context.add_init_script(CANARY)
        asked: list[str] = []
        window = context.new_page()
        window.on("request", lambda request, asked=asked: asked.append(request.url))
        for name in names:
            asked.clear()
            window.goto(f"{path_of(name, world)}?{urlencode(content_for(name, world))}", wait_until="load")
            yield name, window, [each for each in asked if not each.startswith((address, "data:"))]
        context.close()


def test_sixty_hostile_strings_run_nowhere(live_server: Any, world: World, browser: Any) -> None:
    run, foreign, said = {}, {}, 0
    for name, window, elsewhere in windows(browser, live_server.url, world):
        said += WORD in window.inner_text("body")
        if ran := window.evaluate("window.ran"):
            run[name] = ran
        if parts := [*window.evaluate(FOREIGN_PARTS), *elsewhere]:
            foreign[name] = parts[:3]

    assert run == {}
    assert foreign == {}
    assert said > 50


def test_raw_they_would_run(browser: Any) -> None:
    """What the other test would see if a page did not escape."""
    context = browser.new_context(bypass_csp=True)
    context.add_init_script(CANARY)
    window = context.new_page()
    window.goto("about:blank")
    caught = 0
    for payload in PAYLOADS:
        window.set_content(
            f"<p>{payload}</p><input value=\"{payload}\"><a title='{payload}'>x</a>", wait_until="commit"
        )
        window.wait_for_timeout(30)
        caught += bool(window.evaluate("window.ran || []") or window.evaluate(FOREIGN_PARTS))
    context.close()

    assert caught > 25
