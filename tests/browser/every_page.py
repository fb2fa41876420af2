"""Every kind of page, found by walking the links as the demo's people; the list of kinds comes from the URL resolver.

A new address must either be met by somebody who follows links, or stand below with the reason why it is no page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from accounts.demo import PASSWORD

OPERATORS_PAGES = "admin"
EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "solviksskolan_ht2026_fargkarta.xlsx"
SECONDS = 1000

FORM, FILE, PART = "only takes a form", "is a file", "is a part of a page"
NO_PAGES = {
    "accounts:sign-out": FORM,
    "accounts:language": FORM,
    "accounts:health": "is for machines",
    "aggregation:import-sums": PART,
    "aggregation:indicator-figures": PART,
    "aggregation:indicator-xlsx": FILE,
    "aggregation:job-retry": FORM,
    "aggregation:unit-figures": PART,
    "aggregation:unit-fresh": PART,
    "aggregation:unit-map-csv": FILE,
    "aggregation:unit-map-xlsx": FILE,
    "colourmaps:cell-panel": PART,
    "colourmaps:class-map-csv": FILE,
    "colourmaps:class-map-xlsx": FILE,
    "colourmaps:fill-in-upload": FORM,
    "colourmaps:fill-in-workbook": FILE,
    "colourmaps:filled-in-cancel": FORM,
    "colourmaps:filled-in-confirm": FORM,
    "colourmaps:filled-in-decide": FORM,
    "colourmaps:filled-in-progress": PART,
    "colourmaps:filled-in-retry": FORM,
    "colourmaps:import-afresh": FORM,
    "colourmaps:import-cancel": FORM,
    "colourmaps:import-confirm": FORM,
    "colourmaps:import-decide": FORM,
    "colourmaps:import-file": FILE,
    "colourmaps:import-mapping": FORM,
    "colourmaps:import-progress": PART,
    "colourmaps:import-refused": FILE,
    "colourmaps:import-retry": FORM,
    "colourmaps:import-throw-away": FORM,
    "colourmaps:import-upload": FORM,
    "interventions:intervention-end": FORM,
}
# In the order in which their pages are walked; between them they open every page.
WALKERS = ("larare", "rektor", "samordnare", "forvaltningschef", "namnd", "administrator")


def all_names() -> set[str]:
    """The names of all addresses but the operator's."""
    return set(_names(get_resolver()))


def kinds_of_pages() -> set[str]:
    return all_names() - set(NO_PAGES)


def _names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        elif pattern.app_name != OPERATORS_PAGES:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _names(pattern, inner)


def kind_of(address: str) -> str:
    """The name of the view behind an address; empty where there is none."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


def walk(page: Any, until_seen: set[str]) -> dict[str, str]:
    """Follows links breadth first, one address of each kind of page that is not seen yet: {kind: address}."""
    found: dict[str, str] = {}
    waiting = [urlsplit(page.url).path]
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        if kind in found or kind in NO_PAGES or not kind:
            continue
        response = page.goto(address)
        if response.status != 200:
            continue
        # What htmx puts into the page has links too.
        page.wait_for_load_state("networkidle")
        found[kind] = address
        links = page.eval_on_selector_all(
            "a[href^='/']:not([download])", "links => links.map(link => link.getAttribute('href'))"
        )
        waiting += [link for link in links if kind_of(link) not in found]
    return {kind: address for kind, address in found.items() if kind not in until_seen}


def window_of(browser: Any, demo: str, login: str) -> Any:
    """A Swedish window of somebody; without a login, of nobody."""
    page = browser.new_context(locale="sv-SE", base_url=demo).new_page()
    if login:
        page.goto("/sign-in/")
        page.fill("[name=username]", login)
        page.fill("[name=password]", PASSWORD)
        page.click(".sign-in button")
        page.wait_for_url("**/")
    return page


def pages_by_person(browser: Any, demo: str) -> dict[str, tuple[str, str]]:
    """{kind of page: (who opens it, address)}, after somebody has left an import and a filled-in file behind."""
    found: dict[str, tuple[str, str]] = {"accounts:sign-in": ("", "/sign-in/")}
    for who in WALKERS:
        login = f"{who}@solviken.example"
        page = window_of(browser, demo, login)
        if who == "samordnare":
            leave_an_import(page)
        if who == "larare":
            leave_a_filled_in_file(page)
        page.goto("/")
        found |= {kind: (login, address) for kind, address in walk(page, set(found)).items()}
        page.context.close()
    return found


def leave_an_import(page: Any) -> None:
    """A file that has been read and waits for its questions to be answered."""
    page.goto("/imports/")
    page.set_input_files("input[type=file]", str(EXAMPLE))
    page.click("form[enctype] button")
    page.wait_for_selector("button[name=adds_pupils]", timeout=180 * SECONDS)


def leave_a_filled_in_file(page: Any) -> None:
    """The class's own workbook, handed in as it was fetched."""
    page.click("main a:has-text('6A')")
    page.click(".page-header .actions a[href*='fill-in']")
    with page.expect_download() as waiting:
        page.click("a[download]")
    page.set_input_files("input[type=file]", str(waiting.value.path()))
