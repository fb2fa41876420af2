"""An import on a telephone: nothing lies beside the screen, and a preview can be thrown away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories.imports import workbook_bytes

pytestmark = [pytest.mark.slow, pytest.mark.browser]

NAME = "resultat_fran_hosten_med_ett_mycket_langt_namn_2026.xlsx"
ROWS = [["Elevnummer", "Klass", "Läsförståelse"], *([f"X{n}", "6A", 1] for n in range(40))]
BESIDE = """() => [document.documentElement, ...document.querySelectorAll(".table-scroll")]
    .filter(box => box.scrollWidth > box.clientWidth).length"""


def test_nothing_lies_beside_a_narrow_screen(sign_in: Callable[..., Any]) -> None:
    page = sign_in("samordnare@solviken.example", viewport={"width": 390, "height": 800})
    page.goto("/imports/")
    file = {"name": NAME, "mimeType": "application/octet-stream", "buffer": workbook_bytes({"6A": ROWS})}
    page.set_input_files("[name=file]", file)
    page.click(".form .button.primary")
    page.wait_for_selector("#understood", timeout=180_000)

    assert page.evaluate(BESIDE) == 0
    assert page.locator(".problems .more summary").count() == 1

    page.click("form[action$='/throw-away/'] button")
    page.goto("/imports/")

    assert page.evaluate(BESIDE) == 0
    assert page.locator("#imports .tag").first.is_visible()
    labels = page.locator("#imports tbody tr").first.locator("[data-label]")
    assert labels.count() == 4  # by whom, and the three counts, whose headers are out of sight
