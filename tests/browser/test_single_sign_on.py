"""From the municipality's button to its provider and back, in a real browser: no policy of ours stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.tenancy import municipality_scope
from tests.accounts.single_sign_on.oidc_browser import running_provider
from tests.factories.single_sign_on import IdentityFactory, ProviderFactory
from tests.fixtures import make_place

pytestmark = pytest.mark.browser


@pytest.fixture
def issuer() -> Iterator[str]:
    with running_provider() as address:
        yield address


@pytest.fixture(scope="module", autouse=True)
def _beside_the_browser() -> Iterator[None]:
    """Playwright runs a loop of its own in this thread; what the test writes is written in the same one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.mark.slow
def test_button_leads_to_the_provider_and_back_to_the_start(
    transactional_db: None, live_server: Any, issuer: str, browser: Any
) -> None:
    place = make_place("9901", "Solviken", "Solviksskolan")
    with municipality_scope(place.municipality):
        provider = ProviderFactory(issuer=issuer)
        IdentityFactory(issuer=issuer, user=place.principal, subject="anna")
    context = browser.new_context(locale="en-GB", base_url=live_server.url)
    page, blocked = context.new_page(), []
    page.on("console", lambda message: blocked.append(message.text) if message.type == "error" else None)

    page.goto("/sign-in/9901/")
    page.get_by_role("button", name=f"Sign in with {provider.name}").click()
    page.wait_for_url(f"{issuer}/**")
    page.fill("input[name=sub]", "anna")
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(f"{live_server.url}/")

    assert page.get_by_role("heading", level=1).count() == 1
    assert [text for text in blocked if "Content Security Policy" in text] == []
    context.close()
