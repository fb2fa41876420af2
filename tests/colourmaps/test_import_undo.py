"""Undoing a whole import in the page: first its effect in numbers, then the doing, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.background import JobRefused
from accounts.models import AuditEvent, Job, JobState
from aggregation.verification import differences
from aggregation.work import do_waiting_recounts
from colourmaps.importing.lifecycle import ImportRefused, confirm_import, undo_import, upload_file
from colourmaps.models import DueIndicator, ImportBatch, ImportState, Result
from colourmaps.services import plan_indicator
from colourmaps.tasks import undo_import as undo_task
from pupils.models import Pupil
from tests.factories.accounts import PersonFactory
from tests.factories.colourmaps import DueIndicatorFactory, ImportBatchFactory
from tests.factories.imports import Autumn, Browser, fresh, imported, shown, upload_of, values, work
from tests.fixtures import Place


def undone(batch: ImportBatch, autumn: Autumn) -> ImportBatch:
    undo_import(batch=batch, by=autumn.coordinator)
    work()
    return fresh(batch)


def test_undone_import_says_by_whom_and_the_same_file_can_be_imported_again(
    send: Callable, autumn: Autumn
) -> None:
    batch = imported(send(A1=20, B2=30), autumn)

    stored = undone(batch, autumn)

    assert (stored.state, stored.undone_at, stored.undone_by) == (
        ImportState.UNDONE,
        timezone.now(),
        autumn.coordinator,
    )
    assert stored.counts["undone"]["taken_away"] == 2
    assert values() == {}
    event = AuditEvent.objects.get(action="import undone")
    assert (event.subject, event.facts["taken_away"]) == (batch.key, 2)
    again = send(A1=20, B2=30)
    assert (again.counts["new"], again.messages.filter(code="check.already_imported").count()) == (2, 0)
    assert imported(again, autumn).state == ImportState.IMPORTED


def test_undoing_twice_is_one_undoing(send: Callable, autumn: Autumn) -> None:
    batch = imported(send(A1=20), autumn)
    stale = fresh(batch)
    undo_import(batch=batch, by=autumn.coordinator)

    with pytest.raises(ImportRefused, match="already moved on"):
        undo_import(batch=stale, by=autumn.coordinator)

    assert Job.objects.filter(task=undo_task.name).count() == 1


def test_undoing_that_is_delivered_twice_finds_nothing_to_do(send: Callable, autumn: Autumn) -> None:
    batch = imported(send(A1=20), autumn)
    stored = undone(batch, autumn)

    undo_task(stored.municipality_id, stored.job_id)

    assert AuditEvent.objects.filter(action="import undone").count() == 1


def test_only_an_imported_file_can_be_undone(send: Callable, autumn: Autumn) -> None:
    with pytest.raises(ImportRefused):
        undo_import(batch=send(A1=20), by=autumn.coordinator)


def test_round_that_is_closed_refuses_in_words(send: Callable, autumn: Autumn) -> None:
    batch = imported(send(A1=20), autumn)
    autumn.round.closed_at = timezone.now()
    autumn.round.save()

    stored = undone(batch, autumn)

    assert (stored.state, stored.job.state, values()) == (
        ImportState.IMPORTED,
        JobState.FAILED,
        {"A1": 2000},
    )
    assert stored.job.failure == (
        "It has results in a measurement round that is closed (HT 2026), so it cannot be undone."
    )


def test_breakdown_in_the_middle_takes_everything_back(
    send: Callable, autumn: Autumn, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = imported(send(A1=20), autumn)

    def breaks(made: object) -> None:
        raise JobRefused("no")

    monkeypatch.setattr("colourmaps.importing.undo.unmake", breaks)
    stored = undone(batch, autumn)

    assert (stored.state, values()) == (ImportState.UNDOING, {"A1": 2000})


def test_register_and_plan_are_as_before(send: Callable, autumn: Autumn, in_solviken: Place) -> None:
    """The import brought a pupil, and was the first to measure reading in the round."""
    rows = [["HT 2026"], ["Elevnummer", "Klass", "Skola", "Läsförståelse"]]
    rows += [[own_id, "4A", in_solviken.school.name, 20] for own_id in ("A1", "D4")]
    batch = upload_file(upload=upload_of(*rows), by=autumn.coordinator)
    ImportBatch.objects.filter(pk=batch.pk).update(adds_pupils=True)
    work()
    do_waiting_recounts()
    confirm_import(batch=fresh(batch), by=autumn.coordinator)
    work()
    assert Pupil.objects.filter(own_id="D4").exists()
    assert DueIndicator.objects.count() == 1

    stored = undone(fresh(batch), autumn)

    assert stored.counts["undone"]["register"]["pupils_removed"] == 1
    assert not Pupil.objects.filter(own_id="D4").exists()
    assert not DueIndicator.objects.exists()
    do_waiting_recounts()
    assert differences() == []


def test_plan_of_others_stays(send: Callable, autumn: Autumn) -> None:
    DueIndicatorFactory(round=autumn.round, indicator=autumn.reading)

    undone(imported(send(A1=20), autumn), autumn)

    assert DueIndicator.objects.count() == 1


def test_what_others_have_planned_since_stays(send: Callable, autumn: Autumn) -> None:
    batch = imported(send(A1=20), autumn)
    assert list(DueIndicator.objects.values_list("year_group", flat=True)) == [4]
    plan_indicator(round_=autumn.round, indicator_id=autumn.reading.pk, year_groups=[5, 6])

    undone(batch, autumn)

    assert set(DueIndicator.objects.values_list("year_group", flat=True)) == {5, 6}


def test_plan_stays_while_others_have_results_by_it(send: Callable, autumn: Autumn) -> None:
    first = imported(send(A1=20), autumn)
    imported(send(B2=30), autumn)

    undone(first, autumn)

    assert (values(), DueIndicator.objects.count()) == ({"B2": 3000}, 1)


@pytest.mark.slow
def test_page_shows_the_effect_first_and_then_undoes(browser: Browser, autumn: Autumn) -> None:
    browser.send(upload_of(*autumn.rows(A1=20, B2=30)))
    browser.confirm()
    first = browser.key
    browser.send(upload_of(*autumn.rows(A1=22, C3=12), name="rättad.xlsx"))
    browser.confirm()
    second, browser.key = browser.key, first

    page = text(browser, "import-undo")
    assert "Results taken away 1 result" in page
    assert "Results that get their earlier value back 0 results" in page
    assert "Results left as they are 1 result" in page
    assert f"1 result: import of “rättad.xlsx” by {autumn.coordinator.name}" in page
    assert "Undo: take back 1 result" in page
    assert Result.objects.count() == 3

    assert "Everything then stays as it was imported." in browser.press("import-undo")
    work()
    receipt = browser.page()
    assert "The import is undone. Its file can be imported again." in receipt
    assert "Undo the import" not in receipt
    assert values() == {"A1": 2200, "C3": 1200}

    browser.key = second
    assert "Results that get their earlier value back 0 results" in text(browser, "import-undo")


def text(browser: Browser, name: str) -> str:
    return shown(browser.client.get(browser.address(name)))


@pytest.mark.slow
def test_page_names_later_imports_that_found_the_same_results(browser: Browser, autumn: Autumn) -> None:
    """Those results belong to the first import, and go with it."""
    browser.send(upload_of(*autumn.rows(A1=20, B2=30)))
    browser.confirm()
    first = browser.key
    browser.send(upload_of(*autumn.rows(A1=20, C3=12), name="senare.xlsx"))
    browser.confirm()
    browser.key = first

    assert "“senare.xlsx”, 11/16/2026 10 a.m.: 1 result were already there" in text(browser, "import-undo")


@pytest.mark.slow
@pytest.mark.parametrize("n_indicators", [0, 2])
def test_page_says_that_definitions_stay(browser: Browser, autumn: Autumn, n_indicators: int) -> None:
    browser.send(upload_of(*autumn.rows(A1=20)))
    browser.confirm()
    counts = browser.batch.counts | {"new_indicators": n_indicators}
    ImportBatch.objects.filter(key=browser.key).update(counts=counts)

    said = "The indicators and measurement rounds that came with the file stay." in text(
        browser, "import-undo"
    )

    assert said == bool(n_indicators)


@pytest.mark.slow
def test_page_of_a_closed_round_has_no_button(browser: Browser, autumn: Autumn) -> None:
    browser.send(upload_of(*autumn.rows(A1=20)))
    browser.confirm()
    autumn.round.closed_at = timezone.now()
    autumn.round.save()

    page = text(browser, "import-undo")
    assert "It has results in a measurement round that is closed (HT 2026)" in page
    assert "Undo: take back" not in page
    browser.press("import-undo")
    work()
    assert "Not undone: It has results in a measurement round that is closed" in browser.page()


def test_page_of_an_import_that_has_not_been_made_leads_back(browser: Browser) -> None:
    browser.key = ImportBatchFactory(by=PersonFactory(), state=ImportState.UNREADABLE).key

    response = browser.client.get(browser.address("import-undo"))

    assert response.headers["Location"] == browser.address("import")
