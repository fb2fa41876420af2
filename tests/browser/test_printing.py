"""What is printed: a class on one lying sheet, a pupil on one standing one, without controls or other pupils."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGE = re.compile(rb"/Type\s*/Page\b")
BOX = re.compile(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)")
A3_LYING = (1190, 842)
N_PUPILS, N_INDICATORS = 30, 20
CONTROLS = "button, .button, input, select, .top-bar, .breadcrumb summary, .choices, .downloads, .page-footer"
# A class and a pupil of the size that must still have room.
GROW_MAP = """([nPupils, nIndicators]) => {
    const table = document.querySelector('table.class-map');
    const extra = nIndicators - table.rows[1].cells.length;
    for (const row of [...table.rows].slice(1)) {
        for (let n = 0; n < extra; n++) row.lastElementChild.after(row.lastElementChild.cloneNode(true));
    }
    table.rows[0].lastElementChild.colSpan += extra;
    const pupils = table.tBodies[0];
    while (pupils.rows.length > nPupils) pupils.lastElementChild.remove();
    while (pupils.rows.length < nPupils) pupils.append(pupils.rows[0].cloneNode(true));
    document.querySelector('section.interventions').remove();
}"""
GROW_SHEET = """nCharts => {
    const charts = document.querySelector('.sheet .charts'), support = document.querySelector('.sheet .support');
    while (charts.children.length < nCharts) charts.append(charts.firstElementChild.cloneNode(true));
    while (support.children.length < 6) support.append(support.firstElementChild.cloneNode(true));
    document.querySelector('.sheet').className = 'sheet smallest';
}"""


def pages_of(pdf: bytes) -> int:
    return len(PAGE.findall(pdf))


def print_page(page: Any, paper: str = "A4") -> bytes:
    pdf: bytes = page.pdf(format=paper, prefer_css_page_size=True)
    return pdf


@pytest.fixture
def class_map(sign_in: Callable[..., Any]) -> Any:
    page = sign_in("larare@solviken.example")
    page.click("main a:text-is('6A')")
    page.wait_for_selector("section.interventions")
    return page


def test_class_stands_on_a_sheet_of_its_own(class_map: Any) -> None:
    with_interventions = pages_of(print_page(class_map))
    class_map.evaluate("document.querySelector('section.interventions').remove()")

    assert (pages_of(print_page(class_map)), with_interventions) == (1, 2)


def test_thirty_pupils_and_twenty_indicators_have_room_on_an_a4(class_map: Any) -> None:
    class_map.evaluate(GROW_MAP, [N_PUPILS, N_INDICATORS])

    class_map.emulate_media(media="print")
    assert class_map.locator("table.class-map tbody tr").count() == N_PUPILS
    assert class_map.locator("table.class-map tbody tr >> nth=0").locator("td").count() == N_INDICATORS
    assert pages_of(print_page(class_map)) == 1


def test_class_map_lies_on_an_a3_where_the_printer_has_it(class_map: Any) -> None:
    found = BOX.search(print_page(class_map, "A3"))

    assert found
    assert tuple(round(float(side)) for side in found.groups()) == pytest.approx(A3_LYING, abs=2)


def test_printed_map_has_no_controls_and_repeats_its_heads(class_map: Any) -> None:
    class_map.emulate_media(media="print")

    assert [control for control in class_map.locator(CONTROLS).all() if control.is_visible()] == []
    display = "document.querySelector('table.class-map thead').computedStyleMap().get('display').value"
    assert class_map.evaluate(display) == "table-header-group"


def test_sheet_for_the_talk_is_one_page(class_map: Any) -> None:
    names = class_map.locator("table.class-map tbody th a")
    first, others = names.first.inner_text(), names.all_inner_texts()[1:]
    names.first.click()
    class_map.click(".page-header .actions a[href$='/sheet/']")
    class_map.wait_for_selector(".sheet")

    text = class_map.inner_text("body")
    assert first in text
    assert [name for name in others if name in text] == []
    assert pages_of(print_page(class_map)) == 1

    class_map.evaluate(GROW_SHEET, 24)
    assert class_map.locator(".sheet figure").count() == 24
    assert pages_of(print_page(class_map)) == 1
    class_map.emulate_media(media="print")
    assert [control for control in class_map.locator(CONTROLS).all() if control.is_visible()] == []
