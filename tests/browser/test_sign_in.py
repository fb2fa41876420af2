"""Signing in with a device behind it: a passkey, an authenticator app; and a form that survives its session."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from benchmarks.demo_server import running_demo
from tests.factories.second_factor import code_now

from .conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Nothing else of the tests depends on how these sign in.
WITH_PASSKEY, WITH_APP = "elevhalsa@solviken.example", "stod@solviken.example"
TEACHER, COLLEAGUE = "larare@solviken.example", "analysledare@solviken.example"
FEW_PUPILS = 150
START = re.compile(r":\d+/$")
# Chromium says these of an answer that is a refusal; a test that takes the session away foresees them.
REFUSED = ("401", "403", "422")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, _browser_can_run: None) -> Iterator[str]:
    """One of its own. By name and not by number: a passkey belongs to a name."""
    with running_demo(tmp_path_factory.mktemp("sign_in_demo"), FEW_PUPILS) as address:
        yield address.replace("127.0.0.1", "localhost")


def device_of(page: Any) -> None:
    """Chromium's virtual authenticator: a phone whose owner always shows the right finger."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def sign_out(page: Any) -> None:
    page.click("details.account summary")
    page.click("form[action='/sign-out/'] button")
    page.wait_for_url("**/sign-in/")


def type_password(page: Any, login: str) -> None:
    page.fill("[name=username]", login)
    page.fill("[name=password]", PASSWORD)
    page.click(".sign-in button.primary")


def test_passkey_is_set_up_and_signs_in_without_a_password(sign_in: Callable[..., Any]) -> None:
    page = sign_in(WITH_PASSKEY)
    device_of(page)
    page.goto("/my-sign-in/")
    page.click("a[href='/my-sign-in/passkey/']")
    page.fill("[name=name]", "Min telefon")
    page.click("form[data-passkey] .button.primary")
    page.wait_for_url("**/my-sign-in/recovery-codes/")
    assert page.locator(".codes li").count() == 10
    page.click(".button.primary")
    page.wait_for_url("**/my-sign-in/")
    assert page.locator("text=Min telefon").first.is_visible()

    sign_out(page)
    page.click("form[data-passkey] .button")
    page.wait_for_url(START)
    assert page.locator("details.account .who").inner_text() != ""

    # The password alone is not enough any more; with the passkey as the second factor it is.
    sign_out(page)
    type_password(page, WITH_PASSKEY)
    page.wait_for_url("**/sign-in/second-factor/")
    page.click("form[data-passkey] .button")
    page.wait_for_url(START)


def test_authenticator_app_is_set_up_and_asked_for(sign_in: Callable[..., Any]) -> None:
    page = sign_in(WITH_APP)
    page.goto("/my-sign-in/app/")
    assert page.locator("svg.qr").is_visible()
    page.click("details summary:has-text('key'), details:has(.secret) summary")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.fill("[name=code]", code_now(secret))
    page.click(".sign-in .button.primary")
    page.wait_for_url("**/my-sign-in/recovery-codes/")
    recovery = page.locator(".codes li").first.inner_text()

    page.click(".button.primary")
    sign_out(page)
    type_password(page, WITH_APP)
    page.wait_for_url("**/sign-in/second-factor/")
    assert page.locator("[name=code]").evaluate("field => field === document.activeElement")
    page.fill("[name=code]", code_now(secret))
    page.keyboard.press("Enter")
    page.wait_for_url(START)

    sign_out(page)
    type_password(page, WITH_APP)
    page.fill("[name=code]", recovery)
    page.keyboard.press("Enter")
    page.wait_for_url(START)


@pytest.mark.parametrize("width", [360, 1280])
def test_pages_of_the_sign_in_fit_the_screen(sign_in: Callable[..., Any], width: int) -> None:
    page = sign_in(TEACHER, viewport={"width": width, "height": 740})

    for address in ("/my-sign-in/", "/my-sign-in/app/", "/my-sign-in/passkey/", "/sign-in/again/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


# --- What was typed ------------------------------------------------------------------------------------------------


def plan_of(page: Any) -> str:
    """The address of the form for a new intervention in the teacher's class."""
    page.goto("/")
    found = re.search(r'href="/classes/([a-z0-9]{12})/', page.content())
    assert found is not None
    return f"/units/{found[1]}/interventions/new/"


def begin_plan(page: Any) -> str:
    """The teacher writes, and stays away too long: the session ends."""
    address = plan_of(page)
    page.goto(address)
    page.fill("[name=title]", "Högläsning varje dag")
    page.fill("[name=practice]", "Vi läser tjugo minuter efter lunch.")
    page.context.clear_cookies(name="session")
    page.click("form.plan-form .button.primary")
    page.wait_for_url("**/sign-in/**")
    return address


def kept_in(page: Any) -> list[str]:
    return page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('form '))")


def test_plan_that_was_being_written_when_the_session_ended_is_given_back(
    sign_in: Callable[..., Any],
) -> None:
    page = sign_in(TEACHER, foreseen=REFUSED)
    address = begin_plan(page)

    type_password(page, TEACHER)
    page.wait_for_url(f"**{address}")

    assert page.input_value("[name=title]") == "Högläsning varje dag"
    assert page.input_value("[name=practice]") == "Vi läser tjugo minuter efter lunch."
    assert page.locator("form.plan-form > .message").is_visible()

    # What is saved, or left, is kept no longer.
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/")
    page.goto("/")
    assert kept_in(page) == []
    page.goto(address)
    assert page.input_value("[name=title]") == ""


def test_somebody_else_finds_nothing_of_it_in_the_same_window(sign_in: Callable[..., Any]) -> None:
    page = sign_in(TEACHER, foreseen=REFUSED)
    begin_plan(page)
    assert len(kept_in(page)) == 1

    type_password(page, COLLEAGUE)
    page.wait_for_load_state()

    assert kept_in(page) == []


def test_signing_out_leaves_nothing(sign_in: Callable[..., Any]) -> None:
    page = sign_in(TEACHER)
    page.goto(plan_of(page))
    page.fill("[name=title]", "Högläsning varje dag")
    assert len(kept_in(page)) == 1

    page.on("dialog", lambda dialog: dialog.accept())
    sign_out(page)

    assert kept_in(page) == []
