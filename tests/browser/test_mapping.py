"""A workbook that nothing in the municipality explains comes with its own description of the columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
SECONDS = 1000


def test_workbook_with_its_own_mapping_brings_schools_and_indicators(sign_in: Callable[..., Any]) -> None:
    page = sign_in("koordinator@fjordvik.example")
    page.goto("/imports/")
    page.set_input_files("input[name=file]", str(EXAMPLES / "dutch_schools_pre_post.xlsx"))
    page.set_input_files("input[name=mapping]", str(EXAMPLES / "dutch_schools_pre_post.mapping.json"))
    page.click("form[enctype] button")
    page.click("button[name=adds_pupils]", timeout=90 * SECONDS)

    confirm = page.locator("form[action$='/confirm/'] button")
    confirm.wait_for(timeout=90 * SECONDS)
    label = confirm.inner_text()
    confirm.click()
    page.wait_for_selector("text=131", timeout=90 * SECONDS)

    assert [number for number in label.replace("\xa0", "").split() if number.isdigit()][:2] == [
        "9148",
        "2287",
    ]
