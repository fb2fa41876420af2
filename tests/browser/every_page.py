"""Every kind of page, found by walking the links as the demo's people; the list of kinds comes from the URL resolver.

A new address must either be met by somebody who follows links, or stand below with the reason why it is no page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import openpyxl
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from accounts.demo import PASSWORD

OPERATORS_PAGES = "admin"
LINK = re.compile(r'<a [^>]*?href="(/[^"]*)"')
SECONDS = 1000
# Where the workbook to fill in keeps the codes of its columns, and where its pupils begin.
CODES_ROW, FIRST_ROW, CODE = 1, 6, "LASHASTIGHET"

FORM, FILE, PART = "only takes a form", "is a file", "is a part of a page"
STEP = "is a step of signing in; tests/browser/test_sign_in.py"
NO_PAGES = {
    "accounts:sign-out": FORM,
    "account_login": "is accounts:sign-in, by the name that allauth knows",
    "mfa_authenticate": STEP,
    "mfa_login_webauthn": "is asked by script",
    "accounts:choose-password": STEP,
    "accounts:one-time-link": STEP,
    "accounts:sign-in-again": STEP,
    "accounts:second-factor": STEP,
    "accounts:factor-remove": FORM,
    "accounts:person-act": FORM,
    "accounts:recovery-codes-new": FORM,
    "accounts:own-sessions-end": FORM,
    "mfa_view_recovery_codes": STEP,
    "accounts:language": FORM,
    "accounts:municipality-find": FORM,
    "accounts:municipality-sign-in": "is there where a provider is in force",
    "accounts:sso-begin": FORM,
    "accounts:sso-emergency-seal": FORM,
    "accounts:oidc-callback": "is where a provider sends people back to",
    "accounts:saml-acs": "is where a provider sends people back to",
    "accounts:saml-finish": "is where a provider sends people back to",
    "accounts:saml-metadata": "is for machines",
    "accounts:health": "is for machines",
    "pupils:access-end": FORM,
    "pupils:name-hide": FORM,
    "pupils:emergency": "leads to what is open in an emergency",
    "pupils:emergency-end": FORM,
    "accounts:export-file": FILE,
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
    "colourmaps:map-share": FORM,
    "colourmaps:people-list-workbook": FILE,
    "colourmaps:round-open": FORM,
    "colourmaps:school-map-adopt": FORM,
    "colourmaps:school-map-leave": FORM,
    "colourmaps:starter-set-adopt": FORM,
    "colourmaps:team-map-xlsx": FILE,
    "colourmaps:threshold-end": FORM,
    "colourmaps:threshold-save": FORM,
    "colourmaps:threshold-take-back": FORM,
    "colourmaps:typing-save": FORM,
    "colourmaps:year-group-map-xlsx": FILE,
    "interventions:calendar-file": FILE,
    "interventions:cell-answers": PART,
    "interventions:decision-done": FORM,
    "interventions:mail-stop": "is reached from a mail",
    "interventions:baseline-anew": FORM,
    "interventions:follow-up": FORM,
    "interventions:entry-check": FORM,
    "interventions:entry-restore": FORM,
    "interventions:entry-unshare": FORM,
    "interventions:offer-take": FORM,
    "interventions:intervention-continue": FORM,
    "interventions:intervention-end": FORM,
    "interventions:intervention-expectation": FORM,
    "interventions:intervention-list-xlsx": FILE,
    "interventions:intervention-step": FORM,
    "interventions:session-add": FORM,
    "interventions:session-mark": FORM,
    "interventions:session-mark-several": FORM,
    "interventions:unit-interventions-xlsx": FILE,
    "interventions:meeting-agenda": FORM,
    "interventions:meeting-holding": FORM,
    "interventions:meeting-note": FORM,
    "interventions:meeting-presence": FORM,
    "interventions:meeting-start": FORM,
    "interventions:question-again": FORM,
    "interventions:question-answer": FORM,
    "interventions:question-list-xlsx": FILE,
    "interventions:question-read": FORM,
    "interventions:question-sort": FORM,
    "interventions:question-take": FORM,
    "interventions:unit-routine-xlsx": FILE,
    "interventions:column-answers": PART,
    "interventions:team-column-answers": PART,
    "interventions:talk-agreement": FORM,
    "interventions:talk-close": FORM,
    "colourmaps:log-account-xlsx": FILE,
    "pupils:log-control-judge": FORM,
    "pupils:log-control-sign": FORM,
    "interventions:voice-thanks": "is the answer to a form",
}
LOOKS_TWICE = "colourmaps:import"
# Pages that are the answer to a form: who sends it, and the page that it is on.
BY_FORM = {"colourmaps:search": ("larare", "start"), "pupils:log-account": ("loggkontroll", "pupils:log")}
# Pages that only some of a kind lead to: who looks through which, from where.
BY_SOME = {
    "medical:shared": ("larare", "colourmaps:class-map", "colourmaps:pupil"),
    "accounts:retention-act": ("administrator", "accounts:retention-plan", "accounts:retention-type"),
}
# In the order in which their pages are walked; between them they open every page.
WALKERS = (
    "larare",
    "skolskoterska",
    "analysledare",
    "rektor",
    "samordnare",
    "forvaltningschef",
    "namnd",
    "administrator",
    "loggkontroll",
    "dataskydd",
)


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


def walk(page: Any) -> dict[str, str]:
    """Follows links breadth first, one address of each kind of page: {kind: address}.

    A second import is kept as well, by the kind's name and a 2: its page looks otherwise before and after.
    """
    found: dict[str, str] = {}
    waiting = [urlsplit(page.url).path]
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        if kind == LOOKS_TWICE and kind in found and address != found[kind]:
            kind += " 2"
        if kind in found or kind in NO_PAGES or kind in BY_FORM or not kind:
            continue
        response = page.goto(address)
        if response.status != 200:
            continue
        # What htmx puts into the page has links too; what it puts them in the place of is for those without script.
        page.wait_for_load_state("networkidle")
        found[kind] = address
        waiting += LINK.findall(response.text()) + LINK.findall(page.content())
    return found


def open_page(page: Any, kind: str, address: str) -> None:
    """Opens a page of a kind, when all has come that it fetches."""
    page.goto(address)
    if kind == "colourmaps:search":
        page.fill("#search-field", "6A")
        page.press("#search-field", "Enter")
        page.wait_for_url("**/search/")
    if kind == "pupils:log-account":
        page.select_option("#log-person", index=1)
        page.click("form:has(#log-person) button")
        page.wait_for_url("**person=*")
    page.wait_for_load_state("networkidle")


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
    """{kind of page: (who opens it, address)}, after somebody has filled in and imported what has pages of its own."""
    pupil = fill_in_a_value(window_of(browser, demo, "larare@solviken.example"))
    import_two_files(window_of(browser, demo, "samordnare@solviken.example"), pupil)
    start_a_meeting(window_of(browser, demo, "analysledare@solviken.example"))
    found: dict[str, tuple[str, str]] = {"accounts:sign-in": ("", "/sign-in/")}
    for who in WALKERS:
        login = f"{who}@solviken.example"
        page = window_of(browser, demo, login)
        page.goto("/")
        own = walk(page)
        own |= looked_for(page, {kind: ways[1:] for kind, ways in BY_SOME.items() if ways[0] == who}, own)
        found = {kind: (login, address) for kind, address in own.items()} | found
        page.context.close()
    by_form = {kind: (f"{who}@solviken.example", reverse(name)) for kind, (who, name) in BY_FORM.items()}
    return found | by_form


def looked_for(page: Any, wanted: dict[str, tuple[str, str]], own: dict[str, str]) -> dict[str, str]:
    """{kind: address} of what is linked to by some pages of a kind, all of which a page leads to."""
    found: dict[str, str] = {}
    for kind, (start, way) in wanted.items():
        for address in links_of(page, own[start], way):
            if links := links_of(page, address, kind):
                found[kind] = links[0]
                break
    return found


def links_of(page: Any, address: str, kind: str) -> list[str]:
    """The links of a page that lead to pages of a kind."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return [link for link in dict.fromkeys(LINK.findall(page.content())) if kind_of(link) == kind]


def start_a_meeting(page: Any) -> None:
    """The first that waits: it goes on from then, with its room and its cases."""
    page.goto("/meetings/")
    page.click("main .meetings a >> nth=0")
    page.click("form[action$='/start/'] button")
    page.wait_for_selector("form.decision")


def import_two_files(page: Any, pupil: tuple[str, str]) -> None:
    """A result of a pupil of 6A, imported; and one of nobody who is known, which waits with its problem."""
    rows = {
        "kand.csv": f"{pupil[0]};{pupil[1]};Solviksskolan;6A;12",
        "okand.csv": "Zorn;Zelma;Solviksskolan;6A;12",
    }
    for name, row in rows.items():
        content = f"Efternamn;Förnamn;Skola;Klass;Läsförståelse HT 2026\n{row}\n"
        page.goto("/imports/")
        file = {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
        page.set_input_files("input[type=file] >> nth=0", file)
        page.click("form[enctype] button.primary")
        page.wait_for_selector("#understood", timeout=180 * SECONDS)
        if name == "kand.csv":
            page.click("form[action$='/confirm/'] button")
            page.wait_for_selector("a[href$='/undo/']", timeout=180 * SECONDS)


def fill_in_a_value(page: Any) -> tuple[str, str]:
    """The class's own workbook, handed in with one value that is another. Returns a pupil's family and given name."""
    page.click("main a:text-is('6A')")
    family_name, given_name = page.locator("table.class-map tbody th a").first.inner_text().split(", ")
    page.click(".page-header .actions a[href*='fill-in']")
    with page.expect_download() as waiting:
        page.click("a[download]")
    workbook = openpyxl.load_workbook(BytesIO(waiting.value.path().read_bytes()))
    sheet = workbook.worksheets[0]
    column = [cell.value for cell in sheet[CODES_ROW]].index(CODE) + 1
    rows = range(FIRST_ROW, sheet.max_row + 1)
    cell = next(each for each in (sheet.cell(row, column) for row in rows) if isinstance(each.value, int))
    cell.value += 1
    content = BytesIO()
    workbook.save(content)
    file = {"name": "6A.xlsx", "mimeType": "application/octet-stream", "buffer": content.getvalue()}
    page.set_input_files("input[type=file]", file)
    page.click("form[enctype] button")
    page.click("button[formaction$='/confirm/']", timeout=180 * SECONDS)
    page.wait_for_selector("a[href$='/undo/']", timeout=180 * SECONDS)
    return family_name, given_name
