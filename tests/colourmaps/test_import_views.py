"""The pages of an import as a browser meets them, from the list to the receipt, and what they refuse."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import AuditEvent, Job, User
from accounts.roles import RoleCode
from colourmaps import import_pages
from colourmaps.import_pages import files
from colourmaps.importing import jobs, refused
from colourmaps.importing.alike import MORE_WARNINGS
from colourmaps.importing.apply import Outcome
from colourmaps.importing.checks.classes import OTHER_CLASS
from colourmaps.importing.kept import keep_outcome
from colourmaps.importing.messages import Message
from colourmaps.models import ImportBatch, ImportState, MeasurementRound, Result
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.colourmaps import ImportBatchFactory
from tests.factories.imports import (
    DUTCH_SCHOOLS,
    EXAMPLES,
    SOLVIKSSKOLAN,
    Autumn,
    Browser,
    fresh,
    shown,
    text_of,
    upload_of,
    upload_of_file,
    work,
    workbook_bytes,
)
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

HTMX = {"HX-Request": "true"}


def test_list_says_what_to_do_when_there_is_nothing_yet(browser: Browser) -> None:
    page = shown(browser.client.get(reverse("colourmaps:import-list")))

    assert "Upload the file as it is." in page
    assert "At most 10 MB." in page
    assert "Earlier imports None yet." in page


def test_list_shows_imports_with_state_and_counts(browser: Browser, autumn: Autumn) -> None:
    ImportBatchFactory(
        file_name="gammal.xlsx",
        by=autumn.coordinator,
        state=ImportState.IMPORTED,
        counts={"new": 463, "changed": 2, "refused": 1},
    )
    ImportBatchFactory(file_name="från-servern.csv", by=None, state=ImportState.FAILED)

    page = shown(browser.client.get(reverse("colourmaps:import-list")))

    assert f"{autumn.coordinator.name} imported 463 2 1" in page
    assert "från-servern.csv" in page
    assert "– failed – – –" in page


@pytest.mark.parametrize("n_imports", [1, 3])
def test_list_asks_the_database_as_often_for_many_as_for_one(
    browser: Browser, autumn: Autumn, django_assert_num_queries: DjangoAssertNumQueries, n_imports: int
) -> None:
    ImportBatchFactory.create_batch(n_imports, by=autumn.coordinator)
    address = reverse("colourmaps:import-list")

    with django_assert_num_queries(5):  # session, person, roles, count, imports
        browser.client.get(address)


def test_file_that_is_refused_at_once_leaves_nothing(browser: Browser) -> None:
    response = browser.client.post(
        reverse("colourmaps:import-upload"), {"file": SimpleUploadedFile("virus.exe", b"MZ")}
    )

    assert response.status_code == 422
    assert "Files of this kind cannot be read." in response.content.decode()
    assert (ImportBatch.objects.count(), Job.objects.count()) == (0, 0)


def test_file_over_the_limit_is_refused(browser: Browser, settings: Settings, upload_root: Path) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    file = SimpleUploadedFile("stor.csv", b"a;b\n" * (256 * 1024 + 1))

    response = browser.client.post(reverse("colourmaps:import-upload"), {"file": file})

    assert response.status_code == 422
    assert "larger than 1 MB" in response.content.decode()
    assert not upload_root.exists()


@pytest.mark.slow
def test_hostile_file_name_is_text_everywhere(browser: Browser, autumn: Autumn) -> None:
    name = "../../<img src=x onerror=alert(1)>; filename=evil.exe.xlsx"
    batch = browser.send(upload_of(*autumn.rows(A1=20, B2=41), name=name))

    answers = [
        browser.client.get(browser.address("import")),
        browser.client.get(reverse("colourmaps:import-list")),
        browser.client.get(browser.address("import-refused")),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert all(b"<img" not in answer.content for answer in answers[:2])
    assert answers[2].headers["Content-Disposition"].endswith('filename=evil.exe.xlsx"')
    assert batch.file_name == "<img src=x onerror=alert(1)>; filename=evil.exe.xlsx"


@pytest.mark.slow
def test_school_file_from_the_upload_to_the_receipt(example_indicators: None, browser: Browser) -> None:
    browser.send(upload_of_file(SOLVIKSSKOLAN))
    page = browser.page()
    assert "68 rows are about pupils whom the register lacks." in page
    assert "Nothing yet. No row can be imported as it is." in page
    assert "Gränser 3 rows, hidden in the file" in page

    assert "Waiting for its turn" in browser.read_again(adds_pupils="on")
    page = browser.page()
    assert "1 thing to look at 1 error 10 notes" in page
    assert "5A, cell K27 14 14 is outside the scale whole numbers 1–10. Correct the cell." in page
    assert "Rows 67 of 68 rows Results 463 new, 0 changed, 0 unchanged" in page
    assert "New in the register 67 pupils, 1 class" in page
    assert "Import 463 results for 67 pupils; leave out 1 row" in page

    receipt = browser.confirm()
    assert "Imported: 463 results for 67 pupils." in receipt
    assert "SHA-256 9d220033cfd2…" in receipt
    assert "Solviksskolan 4A, 4B, 5A" in receipt
    assert Result.objects.count() == 463


@pytest.mark.slow
def test_refused_row_mended_and_sent_in_alone_gives_its_results(
    example_indicators: None, browser: Browser
) -> None:
    browser.send(upload_of_file(SOLVIKSSKOLAN))
    browser.read_again(adds_pupils="on")
    browser.confirm()
    response = browser.client.get(browser.address("import-refused"))
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="Rows that were left out solviksskolan_ht2026_fargkarta.xlsx"'
    )
    event = AuditEvent.objects.get(action="refused rows downloaded")
    assert (event.subject, event.facts) == (browser.key, {"rows": 1})

    workbook = openpyxl.load_workbook(io.BytesIO(response.content))
    assert workbook["5A"]["K7"].value == 14
    workbook["5A"]["K7"].value = 10
    mended = io.BytesIO()
    workbook.save(mended)
    browser.send(SimpleUploadedFile("refused.xlsx", mended.getvalue()))
    assert "1 row is about a pupil whom the register lacks." in browser.page()
    browser.read_again(adds_pupils="on")

    assert "Nothing is wrong with the file" in browser.page()
    assert "Imported: 7 results for 1 pupil." in browser.confirm()
    shares = Result.objects.filter(batch=browser.batch, indicator__code="PROBLEMLOSNING")
    assert [result.value for result in shares] == [7200]


@pytest.mark.slow
def test_file_with_its_description_goes_through_with_indicators_and_rounds(browser: Browser) -> None:
    description = (EXAMPLES / "dutch_schools_pre_post.mapping.json").read_bytes()
    browser.send(upload_of_file(DUTCH_SCHOOLS), mapping=SimpleUploadedFile("mapping.json", description))
    assert "2287 rows are about pupils whom the register lacks." in browser.page()

    browser.read_again(adds_pupils="on")

    page = browser.page()
    assert "Measurement round Start of year, End of year" in page
    assert "Nothing is wrong with the file" in page
    assert "New in the register 2287 pupils" in page
    assert MeasurementRound.objects.filter(name="Start of year").exists() is False
    receipt = browser.confirm()
    assert f"Imported: {browser.batch.counts['new']} results for 2287 pupils." in receipt
    assert MeasurementRound.objects.filter(name="Start of year").exists() is True
    assert Result.objects.count() == browser.batch.counts["new"] > 9000


@pytest.mark.slow
def test_file_whose_columns_have_to_be_explained_goes_through(browser: Browser, autumn: Autumn) -> None:
    """Nobody here has heard of aritPRET: the coordinator says what it is, and in which round."""
    browser.send(upload_of_file(DUTCH_SCHOOLS))
    assert "The file does not say which measurement round" not in browser.page()
    columns = {column.header: column.name for column in form_of(browser).columns}

    browser.read_again(
        **{columns["langPRET"]: "indicator:LAS", "round": autumn.round.name, "adds_pupils": "on"}
    )
    assert browser.batch.messages.filter(code="match.no_year_group").exists()
    browser.read_again(year_group="4", adds_pupils="on")
    assert not browser.batch.messages.filter(code="match.no_year_group").exists()

    page = browser.page()
    assert "Measurement round HT 2026" in page
    assert "As chosen, described or remembered." in page
    assert f"{browser.batch.counts['refused']} rows" in page
    assert "Imported: " in browser.confirm()
    assert Result.objects.count() == browser.batch.counts["new"] > 1000


def form_of(browser: Browser) -> Any:
    return browser.client.get(browser.address("import")).context["form"]


@pytest.mark.slow
def test_same_file_again_says_so_and_changes_nothing(browser: Browser, autumn: Autumn) -> None:
    content = upload_of(*autumn.rows(A1=20, B2=30)).read()
    browser.send(SimpleUploadedFile("resultat.xlsx", content))
    browser.confirm()

    browser.send(SimpleUploadedFile("resultat.xlsx", content))

    page = browser.page()
    assert "The same file was imported 2026-11-16 10:00" in page
    assert "0 new, 0 changed, 2 unchanged Everything in the file is already there." in page
    assert "Finish without a change" in page
    assert "Nothing has changed: everything in the file was already there." in browser.confirm()
    assert Result.objects.count() == 2


@pytest.mark.slow
def test_correction_that_contradicts_itself_keeps_what_was_chosen(browser: Browser, autumn: Autumn) -> None:
    browser.send(upload_of(*autumn.rows(A1=20)))

    response = browser.client.post(
        browser.address("import-mapping"),
        {"round": "HT 2026", "column_0": "ignore", "column_1": "school_class", "column_2": "ignore"},
    )

    assert response.status_code == 422
    page = response.content.decode()
    assert "Say which column tells who the pupil is" in page
    assert page.count('<option value="ignore" selected>') == 2
    assert (browser.batch.state, Job.objects.count()) == (ImportState.UNDERSTOOD, 1)


@pytest.mark.slow
def test_confirming_twice_is_one_import(browser: Browser, autumn: Autumn) -> None:
    browser.send(upload_of(*autumn.rows(A1=20)))
    browser.press("import-confirm")

    page = browser.press("import-confirm")

    assert "Not done: This import has already moved on. The page now shows where it stands." in page
    assert Job.objects.filter(task="colourmaps.tasks.apply_import").count() == 1
    work()
    assert "Imported: 1 result for 1 pupil." in browser.page()


@pytest.mark.slow
def test_yes_from_an_old_page_is_refused(browser: Browser, autumn: Autumn) -> None:
    browser.send(upload_of(*autumn.rows(A1=20)))
    old = browser.batch.job
    assert old is not None
    browser.read_again()

    page = browser.press("import-confirm", preview=old.key)

    assert "The file has been read again since you looked." in page
    assert browser.batch.state == ImportState.UNDERSTOOD


@pytest.mark.parametrize("step", ["import-mapping", "import-confirm", "import-retry"])
def test_step_out_of_turn_is_refused_in_words(browser: Browser, autumn: Autumn, step: str) -> None:
    browser.key = ImportBatchFactory(state=ImportState.IMPORTED, counts=COUNTS, mapping=MAPPING).key

    page = browser.press(step)

    assert "This import has already moved on." in page
    assert browser.batch.state == ImportState.IMPORTED


COUNTS = {
    **dict.fromkeys(["rows", "refused", "new", "changed", "unchanged"], 0),
    **dict.fromkeys(["new_pupils", "new_classes", "new_schools"], 0),
    "classes": [],
}
MAPPING = {
    "format": "colourmaps-mapping",
    "version": 1,
    "columns": [
        {"header": "Elevnummer", "means": "pupil_id"},
        {"header": "Läsförståelse", "means": "indicator", "indicator": "LAS"},
    ],
}


@pytest.mark.parametrize(
    ("changes", "line", "button"),
    [
        ({"moved": 2}, "Moved to a new class 2 pupils", "Move 2 pupils to their new classes"),
        (
            {"new_indicators": 2, "new_rounds": 1},
            "New for the municipality 2 indicators, 1 measurement round",
            "Add the new indicators and rounds",
        ),
        ({"new_pupils": 1, "moved": 2}, "New in the register 1 pupil", "Add 1 pupil"),
        ({"new": 3, "moved": 2}, "Moved to a new class 2 pupils", "Import 3 results for 5 pupils"),
        ({}, "Everything in the file is already there.", "Finish without a change"),
    ],
)
def test_preview_says_what_beside_results_will_change(
    browser: Browser, autumn: Autumn, changes: dict[str, int], line: str, button: str
) -> None:
    counts = COUNTS | {"rows": 5, "pupils": 5, "has_failed": False, "left_out": 0, "messages": {}} | changes
    browser.key = ImportBatchFactory(
        state=ImportState.UNDERSTOOD, by=autumn.coordinator, counts=counts, mapping=MAPPING
    ).key

    page = browser.page()

    assert line in page
    assert button in page


@pytest.mark.slow
def test_column_that_occurs_twice_leaves_no_row_out(browser: Browser) -> None:
    rows = [["Elevnummer", "Läsförståelse HT 2026", "Läsförståelse HT 2026"], ["A1", 20, 21]]
    batch = browser.send(upload_of(*rows))

    page = browser.page()

    assert (batch.counts["refused"], batch.counts["left_out"], batch.counts["new"]) == (0, 0, 1)
    assert "occurs more than once; only the first is read." in page
    assert "Import 1 result for 1 pupil" in page
    assert browser.client.get(browser.address("import-refused")).status_code == 404


def test_import_of_the_command_line_has_a_receipt_without_a_file(browser: Browser) -> None:
    browser.key = ImportBatchFactory(
        state=ImportState.IMPORTED, counts=COUNTS | {"rows": 3, "refused": 1, "new": 2}, mapping=MAPPING
    ).key

    assert "Imported: 2 results for 2 pupils." in browser.page()
    assert browser.client.get(browser.address("import-refused")).status_code == 404


def test_unreadable_file_says_why_and_what_to_do(browser: Browser) -> None:
    browser.send(SimpleUploadedFile("trasig.xlsx", b"PK\x03\x04 broken"))

    page = browser.page()

    assert "The file could not be read The file is damaged." in page
    assert "Nothing has been changed. Correct the file and upload it again" in page
    assert browser.client.get(browser.address("import-refused")).status_code == 404


def test_work_that_stopped_can_be_tried_again(
    browser: Browser, autumn: Autumn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(path: Path) -> None:
        raise RuntimeError("secret inner life")

    with monkeypatch.context() as broken:
        broken.setattr(jobs, "read_workbook", breaks)
        browser.send(upload_of(*autumn.rows(A1=20)))

    page = browser.page()
    assert "The work stopped Something went wrong on our side. Nothing was changed." in page
    assert "secret" not in page
    assert "Waiting for its turn" in browser.press("import-retry")
    work()
    assert "Import 1 result for 1 pupil" in browser.page()


# ---- who sees what


PAGES = ["import", "import-progress", "import-refused"]
STEPS = ["import-mapping", "import-confirm", "import-retry"]


@pytest.mark.parametrize("name", PAGES + STEPS)
def test_import_of_another_municipality_is_not_found(
    browser: Browser, fjordvik: Place, enter: Callable, name: str
) -> None:
    enter(fjordvik)
    foreign = ImportBatchFactory(file_name="hemlig.xlsx")
    ask = browser.client.get if name in PAGES else browser.client.post

    assert ask(reverse(f"colourmaps:{name}", args=[foreign.key])).status_code == 404


@pytest.mark.parametrize("name", PAGES + STEPS)
def test_teacher_is_told_that_it_is_not_theirs(
    in_solviken: Place, sign_in: Callable[[User], Client], name: str
) -> None:
    batch = ImportBatchFactory(file_name="hemlig.xlsx")
    client = sign_in(in_solviken.teacher)
    ask = client.get if name in PAGES else client.post

    response = ask(reverse(f"colourmaps:{name}", args=[batch.key]))

    assert response.status_code == 403
    assert "hemlig" not in response.content.decode()


@pytest.mark.slow
def test_receipt_links_to_maps_only_for_those_who_may_see_them(
    browser: Browser, autumn: Autumn, in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    browser.send(upload_of(*autumn.rows(A1=20)))
    browser.confirm()
    link = reverse("colourmaps:class-map", args=[in_solviken.class_4a.key])
    both = PersonFactory(role=RoleCode.COORDINATOR, unit=in_solviken.root)
    RoleAssignmentFactory(user=both, role=RoleCode.PRINCIPAL, unit=in_solviken.school)

    as_coordinator = browser.client.get(browser.address("import")).content.decode()
    as_principal_too = sign_in(both).get(browser.address("import")).content.decode()

    assert "4A" in text_of(as_coordinator)
    assert link not in as_coordinator
    assert f'<a href="{link}">4A</a>' in as_principal_too


@pytest.mark.slow
def test_looking_at_a_preview_and_a_receipt_is_remembered(browser: Browser, autumn: Autumn) -> None:
    """Both show cells of the file."""
    browser.send(upload_of(*autumn.rows(A1=20)))
    browser.page()
    browser.confirm()

    seen = AuditEvent.objects.filter(subject=browser.key, action__endswith="seen").order_by("pk")
    assert [event.action for event in seen] == ["import preview seen", "import receipt seen"]


@pytest.mark.slow
def test_long_list_of_problems_is_cut_and_says_so(browser: Browser, autumn: Autumn) -> None:
    browser.send(upload_of(*autumn.rows(A1=20, **{f"X{n}": 1 for n in range(203)})))

    page = browser.page()

    assert "203 things to look at 203 errors" in page
    assert page.count(" Resultat, cell A") == 200
    assert "200 more like this in column" in page
    assert "3 more are not shown here. Every row that is left out is in the workbook" in page
    workbook = openpyxl.load_workbook(
        io.BytesIO(browser.client.get(browser.address("import-refused")).content)
    )
    assert workbook["Resultat"].max_row == 2 + 203
    assert fresh(browser.batch).counts["left_out"] == 203


@pytest.mark.slow
def test_many_alike_do_not_bury_the_others(browser: Browser, autumn: Autumn) -> None:
    """Sixty unknown pupils, and one value beyond the scale."""
    unknown = {f"X{n}": 1 for n in range(60)}
    browser.send(upload_of(*autumn.rows(**unknown, A1=1_000_000_000)))
    problems = browser.client.get(browser.address("import")).context["problems"]

    lines = problems.first

    beyond, *unknown_pupils = [line.place for line in lines]
    assert beyond == "Resultat, cell C63"
    assert unknown_pupils == [f"Resultat, cell A{n}" for n in (3, 4, 5)]
    assert (len(lines[-1].more), lines[-1].more_words) == (57, "57 more like this in column A")
    assert (problems.rest, problems.n_beyond) == ([], 0)
    assert "57 more like this in column A" in browser.page()


def test_warnings_that_are_only_counted_are_among_those_alike(browser: Browser, autumn: Autumn) -> None:
    batch = ImportBatchFactory(by=autumn.coordinator, counts={"messages": {"warning": 6}})
    alike = [
        Message(OTHER_CLASS, "4A", row, "B", "4B", {"written": "4B", "known": "4A"}) for row in range(2, 6)
    ]
    more = Message(MORE_WARNINGS, "4A", 52, "B", parameters={"count": 30, "last_row": 90})
    other = Message(OTHER_CLASS, "4A", 7, "C", "4B", {"written": "4B", "known": "4A"})
    keep_outcome(batch, Outcome(messages=[*alike, more, other]))

    problems = import_pages.problems_of(batch)

    assert [line.more_words for line in problems.first] == ["", "", "31 more like this in column B", ""]
    assert [line.place for line in problems.first[2].more] == ["4A, cell B5", "4A, cell B52"]


@pytest.mark.slow
def test_preview_that_nobody_will_confirm_is_thrown_away(browser: Browser, autumn: Autumn) -> None:
    browser.send(upload_of(*autumn.rows(A1=20)))
    assert "Throw away" in browser.page()

    page = browser.press("import-throw-away")

    assert "The import was cancelled No result has been changed." in page
    event = AuditEvent.objects.get(action="import thrown away")
    assert (event.actor_id, event.subject) == (autumn.coordinator.pk, browser.key)
    assert "This import has already moved on." in browser.press("import-throw-away")
    browser.press("import-retry")
    work()
    assert "Import 1 result for 1 pupil" in browser.page()


def test_preview_that_has_been_made_anew_is_not_thrown_away(browser: Browser, autumn: Autumn) -> None:
    browser.send(upload_of(*autumn.rows(A1=20)))

    page = browser.press("import-throw-away", preview="of-yesterday")

    assert "The file has been read again since you looked." in page
    assert browser.batch.state == ImportState.UNDERSTOOD


@pytest.mark.slow
def test_mended_rows_name_their_round_and_school_when_the_round_is_past(
    browser: Browser, autumn: Autumn, in_solviken: Place
) -> None:
    """A person said the round, which nothing in the file names."""
    browser.send(upload_of(*autumn.rows(title="Läsning", A1=20, B2="tjugo")))
    browser.read_again(round="HT 2026", school=in_solviken.school.name)
    browser.confirm()
    MeasurementRound.objects.update(ends_on=datetime.date(2026, 8, 20))
    workbook = openpyxl.load_workbook(
        io.BytesIO(browser.client.get(browser.address("import-refused")).content)
    )
    sheet = workbook["Resultat"]
    assert [row[0] for row in sheet.values] == [
        "Measurement round: HT 2026",
        f"School: {in_solviken.school.name}",
        None,
        "Läsning",
        "Elevnummer",
        "B2",
    ]
    assert sheet.freeze_panes == "A6"
    sheet["C6"] = 30
    mended = io.BytesIO()
    workbook.save(mended)

    browser.send(SimpleUploadedFile("refused.xlsx", mended.getvalue()))

    assert browser.batch.mapping["round"] == "HT 2026"
    assert browser.batch.counts["remembered"]
    assert "Import 1 result for 1 pupil" in browser.page()


def test_refused_rows_are_those_of_the_last_reading(browser: Browser, autumn: Autumn) -> None:
    browser.send(upload_of(*autumn.rows(A1=20, D4=30)))
    assert browser.client.get(browser.address("import-refused")).status_code == 200
    PupilFactory(own_id="D4")

    browser.read_again()

    assert browser.batch.counts["left_out"] == 0
    assert browser.client.get(browser.address("import-refused")).status_code == 404


def test_so_many_refused_rows_that_the_file_is_to_be_mended(
    browser: Browser, autumn: Autumn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused, "MOST_ROWS", 1)
    monkeypatch.setattr(files, "MOST_ROWS", 1)

    browser.send(upload_of(*autumn.rows(A1=20, B2=41, C3=42)))

    assert "So many rows are left out that the file itself has to be mended" in browser.page()
    assert browser.client.get(browser.address("import-refused")).status_code == 404


def test_refused_rows_of_a_sheet_with_a_very_long_name(browser: Browser, autumn: Autumn) -> None:
    name = "Resultat" * 20
    content = workbook_bytes({"Resultat": autumn.rows(A1=20, B2=41)})
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(renamed := io.BytesIO(), "w") as copy,
    ):
        for part in source.namelist():
            changed = source.read(part).replace(b'name="Resultat"', f'name="{name}"'.encode())
            copy.writestr(part, changed)
    browser.send(SimpleUploadedFile("resultat.xlsx", renamed.getvalue()))

    answer = browser.client.get(browser.address("import-refused"))

    [sheet] = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    assert [row[0] for row in sheet.values][2:] == ["B2"]
