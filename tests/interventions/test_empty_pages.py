"""A municipality where nothing has happened yet: every page says what comes next, to everybody who opens it."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse

from accounts.tenancy import municipality_scope
from tests.factories.colourmaps import RoundFactory
from tests.factories.pupils import PupilFactory

pytestmark = pytest.mark.slow

NEXT_STEPS = {
    "colourmaps:class-map": "The coordinator sets up the rounds",
    "colourmaps:fill-in": "The coordinator opens the rounds.",
    "aggregation:unit-map": "They come by themselves when results have been imported.",
    "interventions:intervention-list": "Open a class or a pupil",
    "interventions:intervention-new": "When the coordinator has set it up, you can choose it here.",
    "aggregation:job-list": "Reading and importing a file goes on in the background.",
    "colourmaps:import-list": "Upload the file as it is.",
}
OPENED_BY = {
    "teacher": (
        "colourmaps:class-map",
        "colourmaps:fill-in",
        "interventions:intervention-list",
        "interventions:intervention-new",
    ),
    "analysis_lead": ("colourmaps:class-map", "colourmaps:fill-in", "aggregation:unit-map"),
    "principal": ("colourmaps:class-map", "aggregation:unit-map", "interventions:intervention-list"),
    "area_head": ("aggregation:unit-map",),
    "administration_head": ("aggregation:unit-map",),
    "board_member": ("aggregation:unit-map",),
    "coordinator": ("colourmaps:fill-in", "colourmaps:import-list", "aggregation:job-list"),
}


@pytest.mark.parametrize(("who", "name"), [(who, name) for who, names in OPENED_BY.items() for name in names])
def test_empty_page_says_the_next_step(solviken, sign_in, in_english, who, name):
    unit = solviken.school if name == "aggregation:unit-map" else solviken.class_4a
    has_key = not name.endswith("-list")

    page = sign_in(getattr(solviken, who)).get(reverse(name, args=[unit.key] if has_key else []))

    assert NEXT_STEPS[name] in page.content.decode()


@pytest.mark.parametrize("who", OPENED_BY)
def test_start_page_has_a_link_to_go_on_with(solviken, sign_in, in_english, who):
    page = sign_in(getattr(solviken, who)).get(reverse("start")).content.decode()

    main = page.split("<main")[1].split("</main>")[0]
    assert '<a href="/' in main


def test_class_without_pupils_and_round_without_indicators_say_who_goes_on(solviken, sign_in, in_english):
    address = reverse("colourmaps:class-map", args=[solviken.class_4a.key])
    browser = sign_in(solviken.teacher)
    with municipality_scope(solviken.municipality):
        RoundFactory(starts_on=datetime.date(2026, 9, 1))
    without_pupils = browser.get(address).content.decode()
    with municipality_scope(solviken.municipality):
        PupilFactory(school_class=solviken.class_4a)
    without_indicators = browser.get(address).content.decode()
    with municipality_scope(solviken.municipality):
        RoundFactory(starts_on=datetime.date(2026, 10, 1))
    with_two_rounds = browser.get(address).content.decode()

    assert "They come with the class list" in without_pupils
    assert "The coordinator decides what is measured in a round" in without_indicators
    assert "Choose another round above." in with_two_rounds
