"""What the pupil's page is told of interventions: as far as the reader may see, and without other pupils."""

from __future__ import annotations

import datetime

from django.urls import reverse

from accounts.access import Sight
from accounts.tenancy import municipality_scope
from colourmaps.deeds import deeds_for
from tests.factories.interventions import InterventionFactory
from tests.fixtures import TODAY


def make(place, measured, **fields):
    fields = {"unit": place.class_4a, "responsible": place.teacher, "indicator": measured.reading, **fields}
    return InterventionFactory(**fields)


def test_deeds_say_for_whom_without_names(in_solviken, measured):
    make(in_solviken, measured, pupils=[measured.ada], starts_on=datetime.date(2026, 11, 1))
    make(in_solviken, measured, pupils=[measured.ada, measured.bo], starts_on=datetime.date(2026, 11, 2))
    make(in_solviken, measured, starts_on=datetime.date(2026, 11, 3))
    make(in_solviken, measured, pupils=[measured.bo])

    deeds = deeds_for(measured.ada, Sight(in_solviken.teacher))

    assert [deed.for_whom for deed in deeds] == ["the pupil alone", "a group of 2 pupils", "the whole of 4A"]


def test_deed_runs_until_today_or_its_end_and_not_before_its_start(in_solviken, measured):
    ended = TODAY - datetime.timedelta(days=3)
    make(in_solviken, measured, starts_on=datetime.date(2026, 10, 1), ended_on=ended)
    make(in_solviken, measured, starts_on=datetime.date(2026, 11, 2))
    make(in_solviken, measured, starts_on=datetime.date(2026, 12, 1))

    deeds = deeds_for(measured.ada, Sight(in_solviken.teacher))

    assert [(deed.runs_until, deed.has_ended) for deed in deeds] == [
        (ended, True),
        (TODAY, False),
        (None, False),
    ]


def test_deeds_of_a_class_of_others_are_not_told(in_solviken, measured):
    make(in_solviken, measured, pupils=[measured.ada])

    assert deeds_for(measured.ada, Sight(in_solviken.colleague)) == []
    assert len(deeds_for(measured.ada, Sight(in_solviken.principal))) == 1


def test_pupil_page_and_sheet_draw_the_deed_and_name_no_other_pupil(solviken, measured, sign_in):
    with municipality_scope(solviken.municipality):
        make(solviken, measured, pupils=[measured.ada, measured.bo], title="Lästräning i liten grupp")
    browser = sign_in(solviken.teacher)

    for name in ("pupil", "pupil-sheet"):
        page = browser.get(reverse(f"colourmaps:{name}", args=[measured.ada.key])).content.decode()
        assert '<g class="deed">' in page
        assert "Lästräning i liten grupp" in page
        assert measured.bo.shown_name not in page


def test_panel_of_a_cell_says_what_is_being_done(solviken, measured, sign_in):
    with municipality_scope(solviken.municipality):
        make(solviken, measured, pupils=[measured.ada], title="Lästräning")
        make(solviken, measured, pupils=[measured.ada], title="Gammalt", ended_on=TODAY)
    address = reverse("colourmaps:cell-panel", args=[measured.ada.key, measured.reading.code])

    panel = sign_in(solviken.teacher).get(f"{address}?round={measured.autumn.key}").content.decode()

    doing = reverse("interventions:cell-answers", args=[measured.ada.key, measured.reading.code])
    assert f'hx-get="{doing}' in panel
    part = sign_in(solviken.teacher).get(doing, headers={"HX-Request": "true"}).content.decode()
    assert "Lästräning" in part.split("Tried before")[0]
