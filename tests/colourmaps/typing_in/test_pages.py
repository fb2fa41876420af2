"""The sheet as a page, the form without script, and the cells that the script sends."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEvent, User
from colourmaps.models import Indicator, Result
from colourmaps.services import adopt_map
from pupils.models import Protection, Pupil
from tests.factories.colourmaps import ColourMapFactory, RoundFactory, record
from tests.factories.filling_in import FillingIn
from tests.factories.imports import shown, text_of
from tests.factories.pupils import protect
from tests.fixtures import Place

SignIn = Callable[[User], Client]
# Of one new value, all in all: the door 5, the class and what is in force there 6, the register 11, what is to be
# counted anew 4, the log 1, and the transaction with its parts 6. None depends on the size of the class.
QUERIES_OF_A_CELL = 33


class Browser:
    """Somebody at the sheet of 4A."""

    def __init__(self, client: Client, filling_in: FillingIn) -> None:
        self.client, self.filling_in = client, filling_in
        self.address = reverse("colourmaps:typing", args=[filling_in.place.class_4a.key])

    def page(self, **query: str) -> HttpResponse:
        return self.client.get(self.address, query)

    def send(self, *cells: list[str], round_key: str = "") -> Any:
        """Cells as typing-saving.js sends them: pupil's key, indicator's code, text, base."""
        body = {"round": round_key or self.filling_in.round.key, "cells": cells}
        return self.client.post(f"{self.address}save/", json.dumps(body), content_type="application/json")

    def save(self, form: dict[str, str]) -> HttpResponse:
        return self.client.post(f"{self.address}?round={self.filling_in.round.key}", form)

    def form(self) -> dict[str, str]:
        """The fields of the page as it is now."""
        rows = self.page().context
        return {"round": self.filling_in.round.key, "was": rows["was"]}


def field(pupil: Pupil, code: str = "LAS") -> str:
    return f"cell.{pupil.key}.{code}"


@pytest.fixture
def browser(filling_in: FillingIn, teacher: User, sign_in: SignIn) -> Browser:
    return Browser(sign_in(teacher), filling_in)


def test_sheet_has_a_named_field_per_cell(filling_in: FillingIn, browser: Browser) -> None:
    ada = filling_in.pupils[0]
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 2650})

    page = browser.page().content.decode()

    assert page.count("<input name=") == 8 * 5
    assert (
        f'<td class="green first"><b>good result </b><input name="{field(ada)}" value="26.5" data-was="2650" '
        'data-saved="26.5" aria-labelledby="r0 c0">' in page
    )
    assert '<th scope="row" id="r0">Ek, Ada</th>' in page
    assert 'id="c0" class="first" data-column="LAS"' in page
    assert "Allowed: 0.0–40.0; or absent, no basis, exempt." in page
    event = AuditEvent.objects.get(action="sheet to type in seen")
    assert event.pupil_ids == sorted(pupil.pk for pupil in filling_in.pupils)


def test_class_map_leads_to_the_sheet(filling_in: FillingIn, browser: Browser) -> None:
    page = browser.client.get(reverse("colourmaps:class-map", args=[filling_in.place.class_4a.key]))

    assert f'href="{browser.address}?round={filling_in.round.key}">Type in</a>' in page.content.decode()


def test_form_without_script_saves_what_has_changed(filling_in: FillingIn, browser: Browser) -> None:
    ada, bo, cia = filling_in.pupils[:3]
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 1000, bo: 1500})
    form = browser.form() | {field(ada): "26,5", field(bo): "15.0", field(cia): "", field(cia, "BETYG"): "c"}

    response = browser.save(form)

    assert response.headers["Location"] == f"{browser.address}?round={filling_in.round.key}"
    assert filling_in.values() == {"Ada": 2650, "Bo": 1500}
    assert filling_in.values("BETYG") == {"Cia": 1500}
    event = AuditEvent.objects.get(action="results typed")
    assert event.pupil_ids == sorted([ada.pk, cia.pk])
    assert "What you typed is saved." in shown(browser.page())


def test_form_without_script_says_at_the_cell_what_is_wrong(filling_in: FillingIn, browser: Browser) -> None:
    ada, bo = filling_in.pupils[:2]
    form = browser.form() | {field(ada): "41", field(bo): "30"}

    response = browser.save(form)

    page = response.content.decode()
    assert response.status_code == 422
    assert f'name="{field(ada)}" value="41" data-was="" data-saved="" ' in page
    assert 'aria-invalid="true" aria-describedby="n0.0"><p class="sentence" id="n0.0">41 is outside' in page
    assert "1 cell is not saved." in text_of(response.content.decode())
    assert filling_in.values() == {"Bo": 3000}


def test_form_without_script_overwrites_nothing_unseen_but_what_was_shown(
    filling_in: FillingIn, browser: Browser
) -> None:
    ada = filling_in.pupils[0]
    form = browser.form() | {field(ada): "20"}
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 3000}, by=filling_in.place.principal)

    response = browser.save(form)

    assert response.status_code == 422
    assert "principal Solviksskolan recorded another value here" in text_of(response.content.decode())
    assert filling_in.values() == {"Ada": 3000}
    again = form | {"was": response.context["was"]}
    assert browser.save(again).status_code == 302
    assert filling_in.values() == {"Ada": 2000}


def test_cells_of_the_script_are_answered_one_by_one(filling_in: FillingIn, browser: Browser) -> None:
    ada, bo = filling_in.pupils[:2]

    response = browser.send([ada.key, "LAS", "26,5", ""], [bo.key, "LAS", "x", ""])

    saved, refused = response.json()["cells"]
    assert saved == {
        "pupil": ada.key,
        "indicator": "LAS",
        "state": "saved",
        "text": "26.5",
        "was": "2650",
        "look": "green",
        "word": "good result",
        "sentence": "",
    }
    assert (refused["pupil"], refused["state"], refused["was"]) == (bo.key, "refused", "")
    assert refused["sentence"].startswith("“x” is not a value of the scale")


def test_one_cell_takes_the_same_few_queries_in_any_class(
    filling_in: FillingIn, browser: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ada, bo = filling_in.pupils[:2]
    cells = [[ada.key, "LAS", "20", ""], [bo.key, "LAS", "20", ""]]
    with django_assert_max_num_queries(QUERIES_OF_A_CELL) as first:
        browser.send(cells[0])
    assert Result.objects.count() == 1

    with django_assert_max_num_queries(len(first)):
        browser.send(cells[1])


def test_what_was_typed_for_a_round_goes_into_no_other(filling_in: FillingIn, browser: Browser) -> None:
    ada, closed = filling_in.pupils[0], filling_in.round
    closed.closed_at = timezone.now()
    closed.save()
    RoundFactory(starts_on=datetime.date(2026, 11, 2), ends_on=datetime.date(2026, 12, 20))

    [answer] = browser.send([ada.key, "LAS", "20", ""]).json()["cells"]

    assert (answer["state"], answer["sentence"][:17]) == ("refused", "HT 2026 is closed")
    assert browser.send([ada.key, "LAS", "20", ""], round_key="bcdf").status_code == 404
    assert not Result.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"round": "x", "cells": [["a", "LAS", "1"]]}',
        '{"round": "x", "cells": [["a", "LAS", 1, ""]]}',
        '{"round": "x", "cells": [["a", "LAS", "1", "m9"]]}',
        '{"round": "x", "cells": [["a", "LAS", "1", "one"]]}',
        '{"round": "x", "cells": [["a", "LAS", "1", ""], ["a", "LAS", "2", ""]]}',
    ],
)
def test_what_no_page_sends_is_refused(browser: Browser, body: str) -> None:
    response = browser.client.post(f"{browser.address}save/", body, content_type="application/json")

    assert response.status_code == 400


@pytest.mark.parametrize("was", ["", "[]", "{}", '{"x": 1}', "1"])
def test_form_that_no_page_sends_is_refused(filling_in: FillingIn, browser: Browser, was: str) -> None:
    form = {"round": filling_in.round.key, "was": was, field(filling_in.pupils[0]): "20"}

    assert browser.save(form).status_code == 400


def test_signed_out_person_is_told_so_and_nothing_is_saved(filling_in: FillingIn, browser: Browser) -> None:
    browser.client.logout()

    response = browser.client.post(
        f"{browser.address}save/", "{}", headers={"HX-Request": "true"}, content_type="application/json"
    )

    assert response.status_code == 401


def test_sheet_needs_an_open_round(filling_in: FillingIn, browser: Browser) -> None:
    filling_in.round.closed_at = timezone.now()
    filling_in.round.save()

    assert "No measurement round is open, so there is nothing to fill in now." in shown(browser.page())


def test_school_has_no_sheet(in_solviken: Place, sign_in: SignIn) -> None:
    response = sign_in(in_solviken.principal).get(reverse("colourmaps:typing", args=[in_solviken.school.key]))

    assert response.status_code == 404


def test_who_sees_no_pupils_gets_none_with_protected_identity(
    filling_in: FillingIn, in_solviken: Place, browser: Browser, sign_in: SignIn
) -> None:
    ada = filling_in.pupils[0]
    protect(ada, Protection.PROTECTED)

    of_teacher = browser.page().content.decode()
    of_coordinator = Browser(sign_in(in_solviken.coordinator), filling_in).page().content.decode()

    assert (field(ada) in of_teacher, field(ada) in of_coordinator) == (True, False)
    assert "Ek, Ada" not in of_teacher


def test_map_chooses_the_columns_and_their_order(
    filling_in: FillingIn, in_solviken: Place, browser: Browser
) -> None:
    chosen = [filling_in.indicators[code] for code in ("TRIV", "LAS")]
    colour_map = ColourMapFactory(indicators=chosen)
    adopt_map(colour_map=colour_map, school=in_solviken.school, by=in_solviken.principal)

    context = browser.page(map=colour_map.key).context

    columns: list[Indicator] = [head.indicator for head, _allowed in context["heads"]]
    assert [indicator.code for indicator in columns] == ["TRIV", "LAS"]
    assert {tuple(sorted(cells)) for cells in json.loads(context["was"]).values()} == {("LAS", "TRIV")}
