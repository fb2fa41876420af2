"""The class map as a file: what is in it, how it looks, and who can never be in it."""

from __future__ import annotations

import csv
import datetime
import io
import time
import zipfile
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook

from accounts.models import AuditEvent, User
from colourmaps.exporting.class_map import Origin, class_map_csv, class_map_workbook, protection_sentence
from colourmaps.grid import class_grid
from colourmaps.models import BreakKind, Indicator
from colourmaps.services import add_break
from pupils.models import Pupil
from tests.factories.colourmaps import (
    DueIndicatorFactory,
    IndicatorFactory,
    RoundFactory,
    ThresholdFactory,
    record,
)
from tests.factories.imports import shown
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place

from .scene import HOSTILE_NAMES, SECRET, ClassWithMap, cell_of, formulas_in, opened, texts_of

READING, ATTENDANCE, GRADE = "Läsförståelse\n(ord/min)", "Närvaro", "Betyg"


def look(cell: Cell) -> tuple[str, str | None, str]:
    """(fill, kind of fill, colour of the letters)."""
    return cell.fill.fgColor.rgb[2:], cell.fill.fill_type, cell.font.color.rgb[2:]


def test_values_are_numbers_and_look_as_on_the_page(workbook: Workbook) -> None:
    sheet = workbook["4A"]
    reading, attendance, grade = (cell_of(sheet, "Ada", head) for head in (READING, ATTENDANCE, GRADE))

    assert (reading.value, attendance.value, grade.value) == (26.5, 0.855, "F")
    assert look(reading) == ("8FCB9B", "solid", "0B2E17")
    assert look(attendance) == ("FFE38A", "solid", "3D2E00")
    assert look(grade) == ("C63D2F", "solid", "FFFFFF")
    assert reading.number_format.startswith('"●"* 0.0" ↗";')
    assert attendance.number_format.startswith('"◐"* 0.0%"')
    assert grade.number_format.endswith('"■!"* @"    "')


def test_what_is_no_result_is_a_word_with_a_look_of_its_own(workbook: Workbook) -> None:
    sheet = workbook["4A"]
    stale, absent, missing = (cell_of(sheet, "Bo", head) for head in (READING, ATTENDANCE, GRADE))

    assert (stale.value, absent.value, missing.value) == ("[30.5, 3 mo.]", "absent", "missing")
    assert (stale.fill.fill_type, stale.fill.bgColor.rgb[2:]) == ("lightUp", "D7ECD9")
    assert (absent.border.left.style, missing.border.left.style) == ("dashed", "dashed")
    assert (absent.fill.fill_type, missing.fill.fill_type) == (None, None)
    assert missing.number_format.endswith('"— "@')


def test_earlier_value_near_value_and_break_are_told_in_the_file_too(
    in_solviken: Place, in_english: None
) -> None:
    reading = IndicatorFactory(names={"sv": "Läsning"}, measurement_error=100, shelf_life_months=12)
    ThresholdFactory(indicator=reading)
    august, autumn = (
        RoundFactory(
            name=name, starts_on=datetime.date(2026, month, 5), ends_on=datetime.date(2026, month, 20)
        )
        for name, month in (("Start", 8), ("HT 2026", 10))
    )
    DueIndicatorFactory(round=autumn, indicator=reading)
    ada, bo = (PupilFactory(given_name=name, school_class=in_solviken.class_4a) for name in ("Ada", "Bo"))
    record(august, reading, {ada: 1000, bo: 3000})
    record(autumn, reading, {ada: 2600})
    add_break(indicator=reading, round_=autumn, kind=BreakKind.NEW_SCALE, reason="Andra poäng.", by=None)
    grid = class_grid(in_solviken.class_4a, autumn, TODAY, is_for_file=True)

    content = class_map_workbook(grid, Origin("Solviksskolan", "Ada", "SE", timezone.localtime()))
    book = load_workbook(io.BytesIO(content))

    near, earlier = (cell_of(book["4A"], name, "Läsning") for name in ("Ada", "Bo"))
    assert (near.value, near.font.underline, '" //"' in near.number_format) == (26, "single", True)
    assert (earlier.value, earlier.font.underline, look(earlier)[:2]) == (
        "[30, 2 mo.]",
        None,
        ("8FCB9B", "solid"),
    )
    assert "[5] from an earlier round, in brackets with its age" in book["4A"].cell(6, 1).value
    limits = [row[2] for row in book["Key and limits"].iter_rows(values_only=True) if row[1] == "Läsning"]
    assert limits[0].endswith(
        "From HT 2026 on not comparable with the rounds before: new scale. Andra poäng."
    )


def test_titles_say_what_it_is_and_where_it_comes_from(workbook: Workbook) -> None:
    titles = [workbook["4A"].cell(row, 1).value for row in range(1, 7)]

    assert titles == [
        "Colour map 4A",
        "School: Solviksskolan",
        "Measurement round: HT 2026",
        "2 pupils · 3 of 6 values measured · measured 08/17/2026 – 08/17/2026",
        "As it stood 11/16/2026 10 a.m., taken out by teacher 4A",
        "● good result, ◐ passed, ■! intervention needed, — missing, (–) absent, "
        "● outdated, in brackets with its age, ↗ better",
    ]


def test_heads_stand_in_two_rows_with_their_areas(workbook: Workbook) -> None:
    sheet = workbook["4A"]

    names = ["Family name", "Given name", "Pupil id"]
    assert [cell.value for cell in sheet[9]] == [*names, READING, ATTENDANCE, GRADE]
    assert [cell.value for cell in sheet[8]] == [None, None, None, "Language", "Attendance", None]
    assert [str(area) for area in sheet.merged_cells.ranges] == ["E8:F8"]


def test_heads_stay_in_view_and_on_every_printed_page(workbook: Workbook) -> None:
    sheet = workbook["4A"]

    assert sheet.freeze_panes == "D10"
    assert sheet.print_title_rows == "$8:$9"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
        "landscape",
        1,
        0,
    )
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.oddFooter.left.text, sheet.oddFooter.center.text, sheet.oddFooter.right.text) == (
        " Colour map 4A",
        " HT 2026",
        "Page &P of &N",
    )


def test_counts_are_those_of_the_pupils_in_the_file(workbook: Workbook) -> None:
    rows = {
        str(row[0]).removeprefix("Total "): row[3:]
        for row in workbook["4A"].iter_rows(min_row=10, values_only=True)
        if str(row[0]).startswith("Total ")
    }

    assert rows == {
        "intervention needed": (0, 0, 1),
        "passed": (0, 1, 0),
        "good result": (1, 0, 0),
        "better": (1, 0, 0),
        "unchanged": (0, 0, 0),
        "worse": (0, 0, 0),
        "measured": (1, 1, 1),
        "due to be measured": (2, 2, 2),
    }


def test_second_sheet_has_the_key_and_the_limits(workbook: Workbook) -> None:
    rows = [row for row in workbook["Key and limits"].iter_rows(values_only=True) if any(row)]

    assert rows[0][0] == "Key to the signs"
    assert ("●", "good result", None) in rows
    assert (None, "Läsförståelse", "green from 26.0\xa0ord/min, yellow from 16.0\xa0ord/min") in rows
    assert any(row[2] and "never the child" in row[2] for row in rows)


def test_protected_pupil_is_nowhere_in_a_file(
    mapped: ClassWithMap, download: Callable[..., HttpResponse]
) -> None:
    """Not the name, the id, the key or the value, nor the column that only this pupil has."""
    answers = [download("xlsx"), download("csv")]
    workbook = opened(answers[0])
    parts = b"".join(
        archive.read(name)
        for archive in [zipfile.ZipFile(io.BytesIO(answers[0].content))]
        for name in archive.namelist()
    )
    for word in (SECRET, mapped.secret.shown_name, "Gömda", mapped.secret.key, "SKYDD9", "Simning"):
        assert word not in " ".join(texts_of(workbook)), word
        assert word.encode() not in parts + answers[1].content, word


def test_file_is_the_same_but_for_nothing_with_and_without_protected_pupils(
    mapped: ClassWithMap, download: Callable[..., HttpResponse]
) -> None:
    """So nobody can tell from a file whether there are any, let alone how many."""
    with_them = [download(file_type).content for file_type in ("xlsx", "csv")]
    mapped.secret.enrolments.all().delete()

    without = [download(file_type).content for file_type in ("xlsx", "csv")]

    assert with_them == without
    assert protection_sentence() in without[1].decode()


def test_page_shows_who_is_in_no_file(mapped: ClassWithMap, sign_in: Callable[[User], Client]) -> None:
    page = shown(
        sign_in(mapped.place.teacher).get(reverse("colourmaps:class-map", args=[mapped.school_class.key]))
    )

    assert mapped.secret.shown_name in page


@pytest.mark.parametrize("field", ["given_name", "family_name", "own_id"])
def test_hostile_names_never_become_formulas(
    mapped: ClassWithMap, download: Callable[..., HttpResponse], field: str
) -> None:
    for n, name in enumerate(HOSTILE_NAMES):
        PupilFactory(school_class=mapped.school_class, **{"own_id": f"H{n}", field: name})
    Indicator.objects.filter(pk=mapped.reading.pk).update(names={"sv": "=1+1"}, unit="")

    workbook = opened(download("xlsx"))

    assert formulas_in(workbook) == []
    assert {name.strip() for name in HOSTILE_NAMES} <= {text.strip() for text in texts_of(workbook)}
    fields = [
        field
        for row in csv.reader(
            io.StringIO(download("csv").content.decode("utf-8-sig"), newline=""), delimiter=";"
        )
        for field in row
    ]
    assert [field for field in fields if field[:1] in tuple("=+@\t\r＝＋－＠")] == []


def test_properties_name_the_product_and_nothing_else(
    workbook: Workbook, download: Callable[..., HttpResponse]
) -> None:
    properties = workbook.properties
    archive = zipfile.ZipFile(io.BytesIO(download("xlsx").content))

    assert (properties.creator, properties.lastModifiedBy, properties.title) == (
        "Colour maps",
        None,
        "Colour map 4A, HT 2026",
    )
    application = archive.read("docProps/app.xml").decode()
    assert "<Application>Colour maps</Application>" in application
    assert not any(b"openpyxl" in archive.read(name).lower() for name in archive.namelist())
    assert [name for name in archive.namelist() if "comment" in name] == []


def test_download_is_named_recorded_and_kept_nowhere(
    mapped: ClassWithMap, download: Callable[..., HttpResponse]
) -> None:
    response = download("xlsx", language="sv")

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Disposition"] == (
        f"attachment; filename*=utf-8''{quote('Färgkarta 4A HT 2026.xlsx')}"
    )
    event = AuditEvent.objects.get(action="class map downloaded")
    assert (event.actor_id, event.unit_id, event.subject, event.facts) == (
        mapped.place.teacher.pk,
        mapped.school_class.pk,
        mapped.round.key,
        {"file": ".xlsx"},
    )
    assert event.pupil_ids == sorted([mapped.ada.pk, mapped.bo.pk])


def test_who_may_not_see_the_page_gets_no_file(download: Callable[..., HttpResponse]) -> None:
    assert [download(file_type, "colleague").status_code for file_type in ("xlsx", "csv")] == [403, 403]
    assert AuditEvent.objects.filter(action="class map downloaded").count() == 0


def test_school_and_class_before_the_first_round_have_no_class_map(
    in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(in_solviken.principal)

    for unit in (in_solviken.school, in_solviken.class_4a):
        assert browser.get(reverse("colourmaps:class-map-xlsx", args=[unit.key])).status_code == 404


def test_page_offers_the_files_of_the_round_it_shows(
    mapped: ClassWithMap, sign_in: Callable[[User], Client]
) -> None:
    older = RoundFactory(
        starts_on=mapped.round.starts_on.replace(month=3), ends_on=mapped.round.starts_on.replace(month=4)
    )
    browser = sign_in(mapped.place.teacher)
    DueIndicatorFactory(indicator=mapped.reading, round=older)

    page = browser.get(
        reverse("colourmaps:class-map", args=[mapped.school_class.key]), {"round": mapped.round.key}
    )

    assert [file["label"] for file in page.context["downloads"]] == ["Excel", "CSV"]
    for file in page.context["downloads"]:
        assert f'href="{file["url"]}"' in page.content.decode()
        assert "HT 2026" in browser.get(file["url"]).headers["Content-Disposition"]


def test_csv_has_a_row_per_pupil_with_the_values(download: Callable[..., HttpResponse]) -> None:
    assert download("csv").content.decode("utf-8-sig").splitlines() == [
        "School;Class;Family name;Given name;Pupil id;Läsförståelse (ord/min);Närvaro;Betyg",
        "Solviksskolan;4A;Ek;Ada;A1;26.5;85.5%;F",
        "Solviksskolan;4A;Ek;Bo;B2;[30.5, 3 mo.];absent;missing",
        "",
        f'"{protection_sentence()}"',
    ]


def test_pupil_who_came_later_has_a_remark_that_the_import_leaves_alone(
    mapped: ClassWithMap, download: Callable[..., HttpResponse]
) -> None:
    PupilFactory(given_name="Dag", school_class=mapped.school_class, since=TODAY)

    sheet = opened(download("xlsx"))["4A"]

    assert cell_of(sheet, "Dag", "✎ Remark").value == "joined later"
    assert cell_of(sheet, "Ada", "✎ Remark").value is None
    assert any("was not in the class when the round was counted" in str(row[0].value) for row in sheet)


def test_value_with_more_decimals_than_usual_is_shown_with_them(
    mapped: ClassWithMap, download: Callable[..., HttpResponse]
) -> None:
    record(mapped.round, mapped.attendance, {mapped.ada: 8525})

    cell = cell_of(opened(download("xlsx"))["4A"], "Ada", ATTENDANCE)

    assert (cell.value, cell.number_format.split(";")[0]) == (0.8525, '"◐"* 0.00%"    "')


def test_pupil_without_a_name_and_an_id_is_called_as_on_the_page(
    mapped: ClassWithMap, download: Callable[..., HttpResponse]
) -> None:
    Pupil.objects.filter(pk=mapped.bo.pk).update(
        family_name="", given_name="", own_id="", identity_number="1"
    )
    mapped.bo.refresh_from_db()

    assert mapped.bo.shown_name in texts_of(opened(download("xlsx")))


@pytest.mark.slow
def test_large_class_takes_well_under_a_second(in_solviken: Place) -> None:
    round_ = RoundFactory(starts_on=TODAY.replace(month=9), ends_on=TODAY.replace(month=10))
    indicators = IndicatorFactory.create_batch(20)
    pupils = PupilFactory.create_batch(30, school_class=in_solviken.class_4a)
    for indicator in indicators:
        DueIndicatorFactory(indicator=indicator, round=round_)
        record(round_, indicator, dict.fromkeys(pupils, 2000))
    grid = class_grid(in_solviken.class_4a, round_, TODAY, is_for_file=True)
    origin = Origin("Solviksskolan", "Anna Ek", "SE", timezone.localtime())

    started = time.process_time()
    class_map_workbook(grid, origin)
    class_map_csv(grid, origin)

    assert time.process_time() - started < 0.7
