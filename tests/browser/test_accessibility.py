"""WCAG 2.2 AA on every kind of page: axe in three schemes, reflow, targets, focus, motion; and the way to the red.

The accessibility statement (templates/accounts/accessibility.html) says what is tested here: change them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.every_page import (
    NO_PAGES,
    all_names,
    kinds_of_pages,
    open_page,
    pages_by_person,
    window_of,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Pages = dict[str, tuple[str, str]]
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# The schemes differ in their colours alone: what the others are asked again.
RULES_OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
SCHEMES: dict[str, dict[str, str]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
}
# 200 and 400 per cent of a window that is 1280 wide.
ZOOMED = (640, 320)
SMALLEST_TARGET = 24
WINDOW = {"width": 1280, "height": 720}

# Two frames after a change of the window its frames know whether they scroll.
SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
# What lies to the right of the window; the frames that scroll by themselves hide what is in them.
BESIDE = """() => {
    const width = document.documentElement.clientWidth;
    const scrolls = element => element && element !== document.body
        && (['auto', 'scroll'].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    return document.documentElement.scrollWidth <= width ? [] : [...document.querySelectorAll('body *')]
        .filter(element => element.getBoundingClientRect().right > width + 1 && !scrolls(element))
        .map(element => element.outerHTML.slice(0, 120));
}"""
# Links in a sentence are excepted by 2.5.8, and so is what has 24 points to itself.
SMALL_TARGETS = """smallest => {
    // What lies outside the part of a list that is in view is not where its box says.
    const isScrolledAway = (target, box) => {
        for (let up = target.parentElement; up !== document.body && up; up = up.parentElement) {
            const view = up.getBoundingClientRect();
            if (getComputedStyle(up).overflowY !== 'visible' && (box.bottom > view.bottom || box.top < view.top)) {
                return true;
            }
        }
        return false;
    };
    const boxes = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary, textarea')]
        .filter(target => target.checkVisibility({visibilityProperty: true}))
        .map(target => ({target, box: target.getBoundingClientRect()}))
        .filter(({target, box}) => box.width > 1 && box.height > 1 && !isScrolledAway(target, box));
    const isInText = target => getComputedStyle(target).display === 'inline'
        && target.parentElement.textContent.trim() !== target.textContent.trim();
    const middle = box => [box.left + box.width / 2, box.top + box.height / 2];
    const distance = ([x, y], box) => Math.hypot(
        Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
    const isSmall = box => box.width < smallest - 0.5 || box.height < smallest - 0.5;
    return boxes
        .filter(({target, box}) => isSmall(box) && !isInText(target) && !target.matches('.skip-link'))
        .filter(one => boxes.some(other => other !== one && !other.target.contains(one.target)
            && !one.target.contains(other.target) && distance(middle(one.box), other.box) < smallest / 2))
        .map(({target}) => target.outerHTML.slice(0, 120));
}"""
# Whether the middle of what has the focus can be seen, or of what is larger than the window the part in it: nothing
# else lies over it.
COVERED = """() => {
    const focused = document.activeElement;
    if (focused === document.body) return [];
    const box = focused.getBoundingClientRect();
    const top = document.elementFromPoint(
        Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1),
        Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1));
    const isSeen = focused.contains(top) || (top && top.contains(focused));
    return isSeen ? [] : ['hidden: ' + focused.outerHTML.slice(0, 120)];
}"""
# An outline at least two points wide on whatever the keyboard reaches.
WITHOUT_OUTLINE = """() => {
    const focused = document.activeElement, style = getComputedStyle(focused);
    const isOutlined = parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none';
    return focused === document.body || isOutlined ? [] : ['no outline: ' + focused.outerHTML.slice(0, 120)];
}"""
MOVING = """() => [...document.querySelectorAll('*')].filter(element => {
    const style = getComputedStyle(element);
    return style.animationName !== 'none' || style.transitionDuration.split(',').some(t => parseFloat(t) > 0);
}).length"""


@pytest.fixture(scope="module")
def pages(browser: Any, demo: str) -> Pages:
    """{kind of page: (login, address)}."""
    return pages_by_person(browser, demo)


@pytest.fixture(scope="module")
def windows(browser: Any, demo: str) -> Iterator[Callable[[str], Any]]:
    """A window per person, kept for all the tests."""
    opened: dict[str, Any] = {}

    def window(login: str) -> Any:
        if login not in opened:
            opened[login] = window_of(browser, demo, login)
        return opened[login]

    yield window
    for page in opened.values():
        page.context.close()


def each(pages: Pages, windows: Callable[[str], Any]) -> Iterator[tuple[str, Any]]:
    """Every page, opened by somebody who may."""
    for kind, (login, address) in sorted(pages.items()):
        page = windows(login)
        open_page(page, kind, address)
        yield kind, page


def test_every_kind_of_page_is_met(pages: Pages) -> None:
    missing = sorted(kinds_of_pages() - set(pages))

    assert missing == [], "make a link to the new page, or say in every_page.py why it is none"
    assert set(NO_PAGES) <= all_names()


@pytest.fixture(scope="module")
def findings(pages: Pages, windows: Callable[[str], Any]) -> dict[str, dict[str, list[Any]]]:
    """{check: {kind of page: what it found}}: each page is opened once, and goes through all checks."""
    found: dict[str, dict[str, list[Any]]] = {name: {} for name in CHECKS}
    for kind, page in each(pages, windows):
        for name, check in CHECKS.items():
            found[name][kind] = check(page)
    return found


@pytest.mark.parametrize("name", ["axe", "reflow", "targets", "motion", "focus"])
def test_nothing_is_found_on_any_page(findings: dict[str, dict[str, list[Any]]], name: str) -> None:
    assert findings[name], "no page was looked at"
    assert {kind: found for kind, found in findings[name].items() if found} == {}


def test_pages_have_motion_to_take_away(pages: Pages, windows: Callable[[str], Any]) -> None:
    login, address = pages["interventions:intervention-new"]
    page = windows(login)
    page.goto(address)

    assert page.evaluate(MOVING) > 0


def open_everything(page: Any) -> None:
    """What is folded away is read too."""
    page.evaluate("document.querySelectorAll('details:not(.menu)').forEach(part => { part.open = true; })")


def axe(page: Any) -> list[Any]:
    from axe_playwright_python.sync_playwright import Axe

    found = []
    open_everything(page)
    for scheme, media in SCHEMES.items():
        # Without motion: colours that are on their way to others are nobody's.
        page.emulate_media(reduced_motion="reduce", **media)
        rules = RULES if scheme == "light" else RULES_OF_COLOUR
        options = {"resultTypes": ["violations"], "runOnly": rules}
        found += [
            (scheme, violation["id"], node["html"][:160], node.get("failureSummary", "")[:300])
            for violation in Axe().run(page, options=options).response["violations"]
            for node in violation["nodes"]
        ]
        page.emulate_media(color_scheme="null", forced_colors="null", reduced_motion="null")
    return found


def reflow(page: Any) -> list[str]:
    """An enlarged page is read in one direction."""
    found = []
    for width in ZOOMED:
        page.set_viewport_size({"width": width, "height": 512})
        page.evaluate(SETTLED)
        found += page.evaluate(BESIDE)
    page.set_viewport_size(WINDOW)
    return found


def targets(page: Any) -> list[str]:
    return page.evaluate(SMALL_TARGETS, SMALLEST_TARGET)


def covered(page: Any) -> set[str]:
    """What lies over the focus, once the page has been drawn with it."""
    if page.evaluate(COVERED):
        page.evaluate(SETTLED)
    return set(page.evaluate(COVERED))


def focus(page: Any) -> list[str]:
    """Tab through the page in a low window, and the arrow keys through its map: seen, and never hidden."""
    page.set_viewport_size({"width": 1000, "height": 420})
    found = set()
    for _n in range(60):
        page.keyboard.press("Tab")
        found |= covered(page) | set(page.evaluate(WITHOUT_OUTLINE))
    cells = page.locator("table.grid tbody td[tabindex='0'], table.grid tbody td a[tabindex='0']")
    if cells.count():
        cells.first.focus()
        for key in ["ArrowDown"] * 30 + ["ArrowRight"] * 20 + ["ArrowUp"] * 30 + ["ArrowLeft"] * 20:
            page.keyboard.press(key)
            found |= covered(page)
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0);")
    page.set_viewport_size(WINDOW)
    return sorted(found)


def motion(page: Any) -> list[str]:
    page.emulate_media(reduced_motion="reduce")
    n_moving = page.evaluate(MOVING)
    page.emulate_media(reduced_motion="null")
    return [f"{n_moving} elements move"] if n_moving else []


# In this order: what is folded away is opened for the last two.
CHECKS: dict[str, Callable[[Any], list[Any]]] = {
    "reflow": reflow,
    "motion": motion,
    "focus": focus,
    "axe": axe,
    "targets": targets,
}


@pytest.mark.parametrize(("login", "unit"), [("larare", "6A"), ("analysledare", "6A"), ("rektor", "6A")])
def test_three_clicks_to_who_is_red_in_reading_and_what_we_do(
    windows: Callable[[str], Any], login: str, unit: str
) -> None:
    page = windows(f"{login}@solviken.example")
    page.goto("/")
    n_clicks = 0

    page.click(f"main a:text-is('{unit}')")
    n_clicks += 1
    page.wait_for_selector("section.interventions")
    names = page.locator("table.class-map thead .name").all_inner_texts()
    column = next(n for n, name in enumerate(names) if name.startswith("Läs")) + 2
    red = page.locator(f"table.class-map tbody tr:has(> :nth-child({column}).red)")

    assert n_clicks <= 3
    assert red.count() > 0, "who is red stands in the map"
    assert page.locator("section.interventions tbody tr").count() > 0, "and below it what we do"


def test_map_is_a_table_with_heads(windows: Callable[[str], Any]) -> None:
    """A screen reader says pupil and indicator of every cell: by the browser's own accessibility tree.

    A table whose cells the arrow keys walk is a grid to it.
    """
    page = windows("larare@solviken.example")
    page.goto("/")
    page.click("main a:text-is('6A')")
    page.wait_for_selector("table.class-map")

    table = page.get_by_role("grid").first
    rows, columns = table.locator("tbody tr"), table.locator("thead tr").last.locator("th")
    assert table.get_by_role("rowheader").count() >= rows.count() > 10
    assert table.get_by_role("columnheader").count() >= columns.count() > 5
    cells = rows.first.get_by_role("gridcell")
    assert cells.count() == columns.count()
    texts = cells.all_text_contents()
    assert [text for text in texts if not any(letter.isalpha() for letter in text)] == [], "each has its word"
