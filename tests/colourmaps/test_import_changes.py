"""What the preview says of single cells: old beside new, which change colour, and that it is what then happens."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from colourmaps.classification import Colour
from colourmaps.import_pages.changes import changes_of
from colourmaps.importing.effect import changed_in, colour_changes_in
from colourmaps.importing.lifecycle import upload_file
from colourmaps.models import Result, SupersededResult
from colourmaps.services import recording
from pupils.models import Protection
from tests.factories.imports import Autumn, Browser, fresh, imported, upload_of, work
from tests.factories.pupils import PupilFactory, protect
from tests.fixtures import TODAY, Place


def test_effect_lists_what_changes_and_counts_colours(send: Callable, autumn: Autumn) -> None:
    imported(send(A1=10, B2=20, C3=30), autumn)

    batch = send(A1=18, B2=21, C3="frånv.")

    first, second, third = changed_in(batch.effect)
    assert (first.pupil, first.old_value, first.value) == (autumn.ada.pk, 1000, 1800)
    assert (first.old_colour, first.colour) == (Colour.RED, Colour.YELLOW)
    assert (second.pupil, second.old_value, second.value, second.colour) == (
        autumn.cia.pk,
        3000,
        None,
        Colour.NONE,
    )
    assert (third.pupil, third.old_colour, third.colour) == (autumn.bo.pk, Colour.YELLOW, Colour.YELLOW)
    assert colour_changes_in(batch.effect) == {
        (Colour.RED, Colour.YELLOW): 1,
        (Colour.GREEN, Colour.NONE): 1,
    }
    assert Result.objects.get(pupil=autumn.ada).value == 1000


def test_effect_counts_the_colours_of_new_results(send: Callable) -> None:
    batch = send(A1=10, B2=20, C3=21)

    assert changed_in(batch.effect) == []
    assert colour_changes_in(batch.effect) == {(None, Colour.RED): 1, (None, Colour.YELLOW): 2}


def test_effect_of_the_import_is_that_of_the_preview(send: Callable, autumn: Autumn) -> None:
    imported(send(A1=10, B2=20), autumn)
    preview = send(A1=18, B2=20, C3=12)

    batch = imported(preview, autumn)

    assert batch.effect == preview.effect
    assert [tuple(one[:2]) for one in batch.effect["changed"]] == [(autumn.ada.pk, autumn.reading.pk)]


def test_effect_keeps_those_that_change_colour_when_there_are_too_many(
    send: Callable, autumn: Autumn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "MOST_LISTED", 2)
    imported(send(A1=10, B2=11, C3=12), autumn)

    batch = send(A1=11, B2=12, C3=30)

    assert [one.pupil for one in changed_in(batch.effect)] == [autumn.cia.pk, autumn.ada.pk]
    assert changes_of(batch).n_beyond == 1


def test_unchanged_file_has_no_effect(send: Callable, autumn: Autumn) -> None:
    imported(send(A1=10), autumn)

    batch = send(A1=10)

    assert batch.effect == {"changed": [], "colours": {}}


@pytest.mark.slow
def test_preview_shows_old_and_new_with_their_colours(browser: Browser, autumn: Autumn) -> None:
    browser.send(upload_of(*autumn.rows(A1=10, B2=20)))
    browser.confirm()
    browser.send(upload_of(*autumn.rows(A1=26.5, B2=21, C3=5)))

    page = browser.page()

    assert "1 cell changes colour: 1 from red to green." in page
    assert "New cells: 1 red." in page
    assert "Ek, Ada 4A Läsförståelse HT 2026 10 intervention needed 26.5 good result" in page
    assert "Ek, Bo 4A Läsförståelse HT 2026 20 passed 21 passed" in page
    assert "Ek, Ada 4A Läsförståelse HT 2026 10" in browser.confirm()
    seen = AuditEvent.objects.filter(action="import preview seen", subject=browser.key).latest("pk")
    assert seen.pupil_ids == sorted([autumn.ada.pk, autumn.bo.pk])


@pytest.mark.slow
def test_preview_says_when_no_cell_changes_colour(browser: Browser, autumn: Autumn) -> None:
    browser.send(upload_of(*autumn.rows(A1=10)))
    assert "changes colour" not in browser.page()
    browser.confirm()

    browser.send(upload_of(*autumn.rows(A1=11)))

    assert "No cell changes colour." in browser.page()


@pytest.mark.slow
def test_pupil_with_protected_identity_has_no_name_and_no_class(
    browser: Browser, autumn: Autumn, in_solviken: Place
) -> None:
    browser.send(upload_of(*autumn.rows(A1=10)))
    browser.confirm()
    browser.send(upload_of(*autumn.rows(A1=11)))
    protect(autumn.ada, Protection.PROTECTED)

    page = browser.page()

    assert "Protected pupil – Läsförståelse HT 2026 10" in page
    assert "Ek, Ada" not in page


def test_first_twenty_stand_open(send: Callable, autumn: Autumn, in_solviken: Place) -> None:
    more = {f"X{n}": 10 for n in range(22)}
    for own_id in more:
        PupilFactory(own_id=own_id, school_class=in_solviken.class_4a)
    imported(send(**more), autumn)

    changes = changes_of(send(**dict.fromkeys(more, 11)))

    assert (len(changes.first), len(changes.rest), changes.n_beyond) == (20, 2, 0)


def with_day(day: str) -> list[list[object]]:
    return [
        ["Mättillfälle: HT 2026"],
        ["Elevnummer", "Datum", "Läsförståelse"],
        ["A1", day, 20],
        ["B2", "", 20],
    ]


@pytest.mark.slow
def test_corrected_day_alone_is_shown_and_imported(browser: Browser, autumn: Autumn) -> None:
    browser.send(upload_of(*with_day("2026-09-03")))
    browser.confirm()
    browser.send(upload_of(*with_day("2026-09-10")))

    page = browser.page()

    assert "Ek, Ada Läsförståelse" not in page
    assert "Ek, Ada 4A Läsförståelse HT 2026 20 passed 2026-09-03 20 passed 2026-09-10" in page
    assert "Ek, Bo" not in page
    browser.confirm()
    assert str(Result.objects.get(pupil=autumn.ada).measured_on) == "2026-09-10"
    assert browser.batch.counts["changed"] == 1


def test_file_read_again_another_day_changes_nothing(
    send: Callable, autumn: Autumn, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = upload_file(upload=upload_of(*with_day("2026-09-03")), by=autumn.coordinator)
    work()
    imported(fresh(batch), autumn)
    before = list(Result.objects.order_by("pupil_id").values())
    tomorrow = TODAY + datetime.timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_: tomorrow)

    again = upload_file(upload=upload_of(*with_day("2026-09-03")), by=autumn.coordinator)
    work()
    stored = imported(fresh(again), autumn)

    assert (stored.state, stored.counts["changed"], stored.counts["unchanged"]) == ("imported", 0, 2)
    assert list(Result.objects.order_by("pupil_id").values()) == before
    assert not SupersededResult.objects.exists()


def test_changed_value_can_be_confirmed_another_day_than_it_was_previewed(
    send: Callable, autumn: Autumn, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(send(A1=10), autumn)
    preview = send(A1=18)
    tomorrow = TODAY + datetime.timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_: tomorrow)

    assert imported(preview, autumn).state == "imported"
