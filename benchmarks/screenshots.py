"""Pictures of the main pages, in light, dark, on a phone and on paper, from a demo that is started for them.

`manage.py screenshots` runs this with the Python that has Playwright. Writes docs/screenshots/ and its index.
"""

from __future__ import annotations

import base64
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .demo_server import ROOT, running_demo
from .palette import palette_png

if TYPE_CHECKING:  # the list of pictures is read where there is no Playwright, too
    from playwright.sync_api import Browser, Page

FOLDER, INDEX = ROOT / "docs" / "screenshots", ROOT / "docs" / "screenshots.md"
EXAMPLE = ROOT / "docs" / "examples" / "solviksskolan_ht2026_fargkarta.xlsx"
PASSWORD = "fargkarta-demo"  # noqa: S105 – printed at every start of the demo
LARGEST = 150_000
MILLISECONDS_OF_A_JOB = 300_000
# A4 without its margins, at the 96 points an inch of CSS.
STANDING, LYING = (718, 1054), (1047, 725)

PIXELS = """async picture => {
    const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + picture)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const bytes = context.getImageData(0, 0, image.width, image.height).data;
    let text = '';
    for (let n = 0; n < bytes.length; n += 32768) text += String.fromCharCode(...bytes.subarray(n, n + 32768));
    return [image.width, image.height, btoa(text)];
}"""


@dataclass(frozen=True)
class Look:
    """How a page is looked at. ending: of the picture's name."""

    name: str
    ending: str
    size: tuple[int, int] = (1440, 900)
    colour_scheme: str = "light"
    medium: str = "screen"


LOOKS = (
    Look("light", ""),
    Look("dark", "-dark", colour_scheme="dark"),
    Look("phone", "-phone", size=(390, 844)),
    Look("paper", "-print", size=STANDING, medium="print"),
)


@dataclass(frozen=True)
class Picture:
    """A page: who looks at it, how one gets there from the start page, and what the index says of it.

    to_paper: from there to what is printed, if that is another page. is_lying: printed on a lying sheet.
    """

    name: str
    login: str
    says: str
    go: Callable[[Page], None]
    to_paper: Callable[[Page], None] = lambda page: None
    is_lying: bool = False


def stay(page: Page) -> None:
    """The start page itself."""


def to_class(page: Page) -> None:
    page.click("main a:text-is('6A')")
    page.wait_for_selector("section.interventions")


def to_pupil(page: Page) -> None:
    """The first pupil of the class."""
    to_class(page)
    page.click("table.class-map tbody th a >> nth=0")


def to_sheet(page: Page) -> None:
    page.click(".page-header .actions a[href$='/sheet/']")


def to_area(page: Page) -> None:
    """Down from the administration to its first area, when all figures have come."""
    page.click("main a:has-text('Skolförvaltning Stad')")
    page.click("table.unit-map tbody th a:has-text('Område Centrum')")
    page.wait_for_selector("#worth-a-look:not([hx-get])")


def to_indicator(page: Page) -> None:
    to_area(page)
    page.click("table.unit-map thead a:has-text('Läshastighet')")


def to_intervention(page: Page) -> None:
    page.click("main a[href^='/interventions/'] >> nth=1")


def to_preview(page: Page) -> None:
    """A file that has been read: what was understood, and what is asked."""
    page.goto("/imports/")
    page.set_input_files("input[type=file]", str(EXAMPLE))
    page.click("form[enctype] button")
    page.click("button[name=adds_pupils]", timeout=MILLISECONDS_OF_A_JOB)
    page.wait_for_selector("#understood", timeout=MILLISECONDS_OF_A_JOB)


def to_jobs(page: Page) -> None:
    page.goto("/jobs/")


PICTURES = (
    Picture("start", "larare", "The start page of a teacher: what is late, then the own maps.", stay),
    Picture(
        "class-map",
        "larare",
        "A class as a colour map: a row per pupil, a column per indicator.",
        to_class,
        is_lying=True,
    ),
    Picture(
        "pupil",
        "larare",
        "A pupil's time lines with the limits of the time and what is done; on paper, the sheet for the talk.",
        to_pupil,
        to_paper=to_sheet,
    ),
    Picture("area-map", "forvaltningschef", "An area as its schools.", to_area, is_lying=True),
    Picture("indicator", "forvaltningschef", "One indicator in an area.", to_indicator),
    Picture(
        "intervention",
        "larare",
        "An intervention: the plan, and the figures at the start and now.",
        to_intervention,
    ),
    Picture(
        "import",
        "samordnare",
        "An import before anything is saved: what was understood, and what is asked.",
        to_preview,
    ),
    Picture("jobs", "samordnare", "What is being worked on.", to_jobs),
)


def main() -> int:
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(exist_ok=True)
    arguments = ["--no-sandbox"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        for picture in PICTURES:
            take(browser, address, picture)
        browser.close()
    INDEX.write_text(index(), encoding="utf-8")
    return 0


def take(browser: Browser, address: str, picture: Picture) -> None:
    """All looks of one page, one after the other in the same window."""
    page = signed_in(browser, address, picture.login)
    picture.go(page)
    for look in LOOKS:
        if look.medium == "print":
            picture.to_paper(page)
        width, height = LYING if look.medium == "print" and picture.is_lying else look.size
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(media=look.medium, color_scheme=look.colour_scheme)  # type: ignore[arg-type]  # its own literals
        page.wait_for_load_state("networkidle")
        page.mouse.move(0, 0)
        path = FOLDER / f"{picture.name}{look.ending}.png"
        path.write_bytes(small(page, page.screenshot()))
        size = path.stat().st_size
        print(
            f"{path.relative_to(ROOT)}  {size / 1000:.0f} kB{'  (large)' if size > LARGEST else ''}",
            flush=True,
        )
    page.context.close()


def signed_in(browser: Browser, address: str, login: str) -> Page:
    page = browser.new_context(locale="sv-SE", base_url=address).new_page()
    page.goto("/sign-in/")
    page.fill("[name=username]", f"{login}@solviken.example")
    page.fill("[name=password]", PASSWORD)
    page.click(".sign-in button")
    page.wait_for_url("**/")
    return page


def small(page: Page, picture: bytes) -> bytes:
    """The same picture with a palette. The browser unpacks it: no library for pictures is needed."""
    blank = page.context.new_page()
    width, height, text = blank.evaluate(PIXELS, base64.b64encode(picture).decode())
    blank.close()
    pixels = np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)
    return palette_png(pixels[:, :, :3])


def index() -> str:
    lines = [
        "# The main pages in pictures",
        "",
        "Taken with `python3 manage.py screenshots` from the demo, whose people are all invented.",
    ]
    for picture in PICTURES:
        lines += ["", f"## {picture.name.replace('-', ' ').capitalize()}", "", picture.says, ""]
        lines += [
            f"![{picture.says} ({look.name})](screenshots/{picture.name}{look.ending}.png)" for look in LOOKS
        ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(main())
