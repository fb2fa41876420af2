"""A real browser on the real demo: web, worker and clock in one process, its own database and files.

A browser test that cannot run is skipped by name with the reason; with REQUIRE_BROWSER=1 (CI) it fails instead.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from benchmarks.demo_server import running_demo

PASSWORD = "fargkarta-demo"


def _unavailable() -> str:
    """Why the browser tests cannot run here; empty if they can."""
    if shutil.which("chromium") is None and shutil.which("chromium-browser") is None:
        return "no chromium is installed"
    try:
        import playwright  # noqa: F401 – only whether it is there
    except ImportError:
        return "playwright is not installed (requirements-dev.lock)"
    return ""


@pytest.fixture(scope="session", autouse=True)
def _browser_can_run() -> None:
    reason = _unavailable()
    if reason and os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(f"browser tests must run here, but {reason}")
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, _browser_can_run: None) -> Iterator[str]:
    """The address of a freshly filled demo."""
    with running_demo(tmp_path_factory.mktemp("demo")) as address:
        yield address


@pytest.fixture(scope="session")
def browser(_browser_can_run: None) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    # As root (in CI) Chromium runs only without its sandbox; it meets no page but our own.
    arguments = ["--no-sandbox"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def sign_in(browser: Any, demo: str) -> Iterator[Callable[..., Any]]:
    """Opens a Swedish window in which somebody is signed in; an error on the page's console fails the test.

    foreseen: parts of what the console may say, where a test takes the network or the session away.
    """
    contexts, complaints = [], []

    def open_window(login: str, *, foreseen: tuple[str, ...] = (), **options: Any) -> Any:
        context = browser.new_context(locale="sv-SE", base_url=demo, **options)
        contexts.append(context)
        page = context.new_page()

        def listen(message: Any) -> None:
            if message.type == "error" and not any(part in message.text for part in foreseen):
                complaints.append(message.text)

        page.on("console", listen)
        page.goto("/sign-in/")
        page.fill("[name=username]", login)
        page.fill("[name=password]", PASSWORD)
        page.click(".sign-in button")
        page.wait_for_url("**/")
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []
