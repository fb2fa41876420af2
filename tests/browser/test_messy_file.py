"""A file as schools keep it: explained in the page, imported, its mistakes sent back mended, and all of it undone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECONDS = 1000
N_PUPILS = 400
FIRST_ROW = 6
WRONG_ROW, HIDDEN_ROW = 10, 12
HEADERS = ["Elev-ID", "Efternamn", "Förnamn", "Klass", "Läshastighet (ord/min)", "Simning\n(meter)"]


def test_messy_file_goes_in_is_mended_and_undone(sign_in: Callable[..., Any], tmp_path: Path) -> None:
    page = sign_in("samordnare@solviken.example", viewport={"width": 1280, "height": 900})
    upload(page, messy_workbook(tmp_path / "simning åk 7.xlsx"))

    explain(page)
    told = confirm(page)
    assert "1 rad" in told["label"], "the row with the wrong value is left out"
    assert told["phases"], "the bar was seen"
    first_receipt = page.url
    assert f"{2 * (N_PUPILS - 1)} resultat" in receipt(page)

    upload(page, mended(download(page, tmp_path / "utelämnad.xlsx"), tmp_path / "rättad.xlsx"))
    page.click("button[name=adds_pupils]")  # the pupil of the row was not added with the others
    assert "2 resultat" in confirm(page)["label"]
    second_receipt = page.url

    for address in (second_receipt, first_receipt):
        undo(page, address)
    page.goto("/imports/")
    states = page.locator("table tbody tr").all_inner_texts()[:2]
    assert all("ångrad" in state for state in states), states


def messy_workbook(path: Path) -> Path:
    """Titles, a header of two rows with merged cells, a wrong value, a hidden row, a total, a note, a hidden sheet."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "7X"
    sheet["A1"], sheet["A2"] = "Solviksskolan – arbetsmaterial", "Mättillfälle: HT 2026"
    sheet["A4"], sheet["E4"], sheet["F4"] = "Elev", "Svenska", "Idrott"
    sheet.merge_cells("A4:D4")
    for column, header in enumerate(HEADERS, 1):
        sheet.cell(5, column, header)
    for n in range(N_PUPILS):
        row = FIRST_ROW + n
        number = f"2013{1 + n // 28 % 12:02}{1 + n % 28:02}TFX{n // 336}"
        values = [number, f"Provsson{n}", f"Elev{n}", "7X", 80 + n % 60, n % 200]
        for column, value in enumerate(values, 1):
            sheet.cell(row, column, value)
    # A name like no other's: like another's, it would be asked which of them is meant.
    for column, value in {2: "Öqvist", 3: "Wilhelmina", 5: "många"}.items():
        sheet.cell(WRONG_ROW, column, value)
    sheet.row_dimensions[HIDDEN_ROW].hidden = True
    last = FIRST_ROW + N_PUPILS
    sheet.cell(last, 1, "Medel")
    sheet.cell(last, 5, 104)
    sheet.cell(last + 2, 1, "Källa: idrottslärarnas egna listor. Simning mäts i meter.")
    old = workbook.create_sheet("gammalt")
    old.append(HEADERS)
    old.append(["20130101TF99", "Gammal", "Lista", "7X", 90, 25])
    old.sheet_state = "hidden"
    workbook.save(path)
    return path


def upload(page: Any, path: Path) -> None:
    page.goto("/imports/")
    page.set_input_files("input[name=file]", str(path))
    page.click("form[enctype] button")
    page.wait_for_selector("#understood", timeout=180 * SECONDS)


def explain(page: Any) -> None:
    """What the file leaves open: the hidden row, the column that no indicator has, the pupils who are new."""
    page.check("fieldset.hidden-rows label:has-text('Läs') input")
    row = page.locator("table.columns tr", has=page.locator("th:has-text('Simning')")).first
    choice = row.locator("td.meaning select").first
    choice.select_option(choice.locator("option", has_text="Ny indikator").first.get_attribute("value"))
    page.check("input[name=adds_pupils]")
    page.click("#mapping .buttons button")
    page.wait_for_selector("form[action$='/confirm/'] button", timeout=180 * SECONDS)


def confirm(page: Any) -> dict[str, Any]:
    """Says yes, and watches the work until the receipt is there."""
    button = page.locator("form[action$='/confirm/'] button")
    button.wait_for(timeout=180 * SECONDS)
    label = button.inner_text()
    button.click()
    page.wait_for_selector(".progress .phase, a[href$='/undo/']", timeout=180 * SECONDS)
    phases = set(page.locator(".progress .phase").all_inner_texts())
    page.wait_for_selector("a[href$='/undo/']", timeout=180 * SECONDS)
    return {"label": label, "phases": phases}


def receipt(page: Any) -> str:
    return str(page.inner_text("main").replace("\xa0", " "))


def download(page: Any, to: Path) -> Path:
    with page.expect_download() as waiting:
        page.click("a[href$='/refused/']")
    waiting.value.save_as(to)
    return to


def mended(path: Path, to: Path) -> Path:
    """The refused row with a number in place of the word."""
    workbook = openpyxl.load_workbook(path)
    [cell] = [cell for row in workbook.worksheets[0].iter_rows() for cell in row if cell.value == "många"]
    cell.value = 97
    workbook.save(to)
    return to


def undo(page: Any, address: str) -> None:
    page.goto(address)
    page.click("a[href$='/undo/']")
    page.click("section.consequence form button")
    page.wait_for_selector("main :text('ångra')", timeout=180 * SECONDS)
    page.wait_for_selector(".progress", state="detached", timeout=180 * SECONDS)
