"""How a file is read, corrected in the page: what the page says of it, and what comes of it in the end."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, User
from colourmaps.forms import MappingForm
from colourmaps.import_mapping_page import column_lines, mapping_page
from colourmaps.importing.mapping import MappedColumn, Mapping, Meaning
from colourmaps.importing.mapping_file import mapping_to_json
from colourmaps.models import ImportBatch, Indicator, Result, SavedMapping
from tests.factories.colourmaps import ImportBatchFactory
from tests.factories.imports import (
    Autumn,
    Browser,
    fresh,
    shown,
    text_of,
    texts,
    upload_of,
    work,
    workbook_bytes,
)
from tests.fixtures import TODAY, Place

from .understood import chosen_in, column, sheet, shown_content


def correct(browser: Browser, **changes: str) -> str:
    """Sends the whole form, the descriptions of new indicators too, and waits until the file is read again."""
    form = browser.client.get(browser.address("import")).context["form"]
    browser.press(
        "import-mapping",
        **shown_content(form) | {key.replace("__", "-"): text for key, text in changes.items()},
    )
    work()
    return browser.page()


def hidden_workbook() -> SimpleUploadedFile:
    """4A with a hidden row, and a hidden sheet 4B with the same header."""
    content = workbook_bytes(
        {
            "4A": [
                ["HT 2026"],
                [],
                ["Elevnummer", "Klass", "Läsförståelse"],
                ["A1", "4A", 20],
                ["B2", "4A", 21],
            ],
            "4B": [["HT 2026"], [], ["Elevnummer", "Klass", "Läsförståelse"], ["C3", "4A", 22]],
        }
    )
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    workbook["4A"].row_dimensions[5].hidden = True
    workbook["4B"].sheet_state = "hidden"
    changed = io.BytesIO()
    workbook.save(changed)
    return SimpleUploadedFile("dold.xlsx", changed.getvalue())


UNKNOWN = [
    ["Mättillfälle: HT 2026"],
    ["Elevnummer", "Klass", "Simning (max 25)", "Trivsel"],
    ["A1", "4A", 10, "dåligt"],
    ["B2", "4A", 20, "okej"],
    ["C3", "4A", 25, "bra"],
]


@pytest.mark.slow
def test_unknown_columns_become_indicators_on_the_map(
    browser: Browser, in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    browser.send(upload_of(*UNKNOWN))
    assert "Not read: C Simning (max 25) · D Trivsel" in browser.page()

    page = correct(browser, column_2="new", column_3="new")
    assert "New for the municipality 2 indicators" in page
    assert "New indicator “Simning”: points, 0–25 no limits, so no colours" in page
    assert "check the order" in page
    assert not Indicator.objects.filter(code="SIMNING").exists()

    correct(
        browser,
        new_SIMNING__yellow="10",
        new_SIMNING__green="20",
        new_TRIVSEL__steps="dåligt, okej, bra",
        new_TRIVSEL__yellow="okej",
        new_TRIVSEL__green="bra",
    )
    assert "Imported: 6 results for 3 pupils." in browser.confirm()

    results = Result.objects.order_by("indicator__code", "pupil__own_id")
    assert list(results.values_list("indicator__code", "value")) == [
        *(("SIMNING", value) for value in (1000, 2000, 2500)),
        *(("TRIVSEL", value) for value in (100, 200, 300)),
    ]
    teacher = sign_in(in_solviken.teacher)
    class_map = shown(teacher.get(reverse("colourmaps:class-map", args=[in_solviken.class_4a.key])))
    assert "Simning" in class_map
    assert "Trivsel" in class_map


@pytest.mark.slow
def test_new_indicator_that_is_taken_back_is_not_made(browser: Browser) -> None:
    browser.send(upload_of(*UNKNOWN))
    assert "New for the municipality 1 indicator" in correct(browser, column_2="new")

    page = correct(browser, column_2="ignore")

    assert "New for the municipality" not in page
    assert "New indicator “" not in page


@pytest.mark.slow
def test_hidden_sheet_and_rows_are_asked_about(browser: Browser) -> None:
    browser.send(hidden_workbook())
    page = browser.page()
    assert "1 row is hidden in the file" in page
    assert "4A 2 rows, 1 of them hidden" in page
    assert "4B 1 row, hidden in the file, left out" in page
    assert browser.batch.counts["new"] == 1

    correct(browser, hidden_rows="read", sheet_1="on")
    assert browser.batch.counts["new"] == 3

    correct(browser, hidden_rows="leave_out", sheet_1="")
    assert browser.batch.counts["new"] == 1


@pytest.mark.slow
def test_long_table_is_read_word_by_word(browser: Browser) -> None:
    rows = [
        [own_id, "4A", word, value, "HT 2026"]
        for own_id in ("A1", "B2", "C3")
        for word, value in (("Läsförståelse", 20), ("Simprov (max 25)", 11))
    ]
    browser.send(upload_of(["Elevnummer", "Klass", "Prov", "Resultat", "Termin"], *rows))
    page = browser.page()
    assert "What the words in this column are" in page
    assert "Measurement round HT 2026 Rows 6 of 6 rows" in page
    assert "Import 3 results for 3 pupils" in page
    assert texts(browser.batch, "warning") == ["“Simprov (max 25)” is not to be read; 3 rows are left out."]
    assert browser.batch.counts["new"] == 3

    page = correct(browser, word_1="new")

    assert browser.batch.counts["new"] == 6
    assert "New indicator “Simprov”: points, 0–25" in page


@pytest.mark.slow
def test_page_says_from_when_the_reading_is_and_can_forget_it(browser: Browser) -> None:
    browser.send(upload_of(*UNKNOWN))
    assert "Files of this kind were explained" not in browser.page()
    correct(browser, column_2="new")
    browser.confirm()

    browser.send(upload_of(*UNKNOWN, ["D4", "4A", 1, "bra"]))
    assert "Files of this kind were explained and confirmed on" in browser.page()
    assert browser.batch.mapping["columns"][2]["indicator"] == "SIMNING"
    Indicator.objects.filter(code="SIMNING").update(names={"en": "Something else"})

    browser.press("import-afresh")
    work()

    assert "Files of this kind were explained" not in browser.page()
    assert not SavedMapping.objects.exists()
    assert browser.batch.mapping["columns"][2]["means"] == "ignore"
    assert AuditEvent.objects.filter(action="remembered mapping forgotten").count() == 1


@pytest.mark.slow
def test_forgetting_says_so_when_the_page_is_old(browser: Browser) -> None:
    browser.send(upload_of(*UNKNOWN))
    SavedMapping.objects.create(
        municipality=browser.batch.municipality, signature="x", mapping=browser.batch.mapping
    )

    page = browser.press("import-afresh", preview="another")

    assert "The file has been read again since you looked." in page
    assert SavedMapping.objects.count() == 1


@pytest.mark.slow
def test_file_in_which_nothing_tells_the_pupil_is_explained_by_hand(browser: Browser) -> None:
    rows = [["Kodord", "Läsförståelse"], *([code, 20] for code in ("A1", "B2", "C3"))]
    browser.send(upload_of(*rows))
    page = browser.page()
    assert "It is not known which column says which pupil a row is about." in page
    assert "Nothing yet." in page

    correct(browser, round="HT 2026", column_0="pupil_id")

    assert browser.batch.counts["new"] == 3
    assert "Imported: 3 results for 3 pupils." in browser.confirm()


@pytest.mark.slow
def test_nothing_typed_is_lost_when_something_is_refused(browser: Browser) -> None:
    browser.send(upload_of(*UNKNOWN))
    correct(browser, column_2="new")
    job = browser.batch.job
    form = browser.client.get(browser.address("import")).context["form"]
    content = shown_content(form) | {
        "new_SIMNING-yellow": "sju",
        "new_SIMNING-green": "20",
        "column_3": "new",
    }

    answer = browser.client.post(
        browser.address("import-mapping"), content | {"preview": job.key if job else ""}
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="sju"' in page
    assert '<option value="new" selected>' in page
    assert "Write a number, for example 12 or 12.5." in page
    assert "To correct: C Simning (max 25)" in text_of(page)
    assert fresh(browser.batch).job == job


# ---- what the page says


def batch_of(mapping: Mapping, *sheets: dict[str, Any], **more: Any) -> ImportBatch:
    return ImportBatchFactory(
        mapping=mapping_to_json(mapping), understood=list(sheets), state="understood", **more
    )


ID = MappedColumn("Id", Meaning.PUPIL_ID)


def page_of(batch: ImportBatch) -> dict[str, Any]:
    return mapping_page(batch, MappingForm(batch=batch, today=TODAY))


def test_links_lead_to_what_is_unsure_and_what_is_not_read(autumn: Autumn, in_solviken: Place) -> None:
    klass = MappedColumn("Grupp", Meaning.SCHOOL_CLASS)
    unsure = column("B", "Grupp", "school_class", confidence=0.5)
    others = [column(f"X{n}", f"Anteckning {n}") for n in range(25)]
    batch = batch_of(Mapping(columns=(ID, klass)), sheet("", column("A", "Id", "pupil_id"), unsure, *others))

    to_check, not_read = page_of(batch)["links"]

    assert [(line.letters, line.anchor) for line in to_check.lines] == [("B", "line_column_1")]
    assert (len(not_read.lines), not_read.n_more) == (20, 5)


def test_sure_columns_need_no_links(autumn: Autumn, in_solviken: Place) -> None:
    batch = batch_of(Mapping(columns=(ID,)), sheet("", column("A", "Id", "pupil_id")))

    assert page_of(batch)["links"] == []


def test_word_whose_rows_are_not_read_is_to_be_checked(autumn: Autumn, in_solviken: Place) -> None:
    words = [{"word": "Läsförståelse", "n": 2, "scale": {}}, {"word": "Simning", "n": 1, "scale": {}}]
    columns = (ID, MappedColumn("Prov", Meaning.INDICATOR_NAME), MappedColumn("Svar", Meaning.VALUE))
    understood = sheet(
        "",
        column("A", "Id", "pupil_id"),
        column("B", "Prov", "indicator_name", words=words),
        column("C", "Svar", "value"),
    )

    def tag_with(names: dict[str, str]) -> str:
        batch = batch_of(Mapping(columns=columns, indicator_names=names), understood)
        return column_lines(MappingForm(batch=batch, today=TODAY))[1].tag

    assert tag_with({}) == "check"
    assert tag_with({"simning": ""}) == "check"
    assert tag_with({"simning": "LAS"}) == ""


def test_file_without_results_says_so(autumn: Autumn, in_solviken: Place) -> None:
    reading = MappedColumn("Läs", Meaning.INDICATOR, indicator="LAS")
    understood = sheet("", column("A", "Id", "pupil_id"), column("B", "Läs"))

    assert not page_of(batch_of(Mapping(columns=(ID,)), understood))["has_results"]
    assert page_of(batch_of(Mapping(columns=(ID, reading)), understood))["has_results"]


def test_file_of_which_no_sheet_fits_can_still_be_explained(autumn: Autumn, in_solviken: Place) -> None:
    """A description of other columns came along; without this the page would have nothing to correct."""
    other = Mapping(columns=(MappedColumn("Nummer", Meaning.PUPIL_ID),), round="HT 2026")
    batch = batch_of(
        other,
        sheet("4A", column("A", "Id", "pupil_id"), column("B", "Läs", "indicator", "LAS"), is_read=False),
        sheet("4B", column("A", "Id", "pupil_id"), is_read=False, hidden=True),
        sheet("Tom", is_read=False),
    )

    mapping = chosen_in(batch, column_0="pupil_id", column_1="indicator:LAS")

    assert [line.header for line in page_of(batch)["columns"]] == ["Id", "Läs"]
    assert [(each.header, each.meaning) for each in mapping.columns] == [
        ("Id", Meaning.PUPIL_ID),
        ("Läs", Meaning.INDICATOR),
    ]
    assert mapping.sheets == ()


def test_school_that_only_the_memory_names_is_to_be_checked(autumn: Autumn, in_solviken: Place) -> None:
    understood = sheet("", column("A", "Id", "pupil_id"))
    remembered = {"signature": "x", "on": "2026-09-03", "by": "Bo Ek", "school": "Solviksskolan"}
    batch = batch_of(
        Mapping(columns=(ID,), school="Solviksskolan"), understood, counts={"remembered": remembered}
    )

    assert page_of(batch)["remembered"] == {
        "on": "Sept. 3, 2026",
        "by": "Bo Ek",
        "school": "Solviksskolan",
    }
    batch.counts = {}
    assert page_of(batch)["remembered"] == {}


def test_file_with_many_columns_stays_light(autumn: Autumn, in_solviken: Place) -> None:
    """One select of a column and one of its round, drawn as text: no template for each of ten thousand options."""
    columns = [column("X", f"Fråga {n}", scale={"type": "number"}) for n in range(200)]
    batch = batch_of(Mapping(columns=(ID,)), sheet("", column("A", "Id", "pupil_id"), *columns))

    form = MappingForm(batch=batch, today=TODAY)

    assert (len(form.columns), len(form.columns_beyond)) == (150, 51)
    assert len(shown_content(form)) < 400
    assert str(form["column_1"]).count("<option") < 30
