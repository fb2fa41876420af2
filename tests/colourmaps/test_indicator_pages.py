"""The pages on which the administrator describes indicators and adopts starter sets."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from colourmaps.definition import Definition
from colourmaps.models import Indicator, SeriesBreak
from colourmaps.starter_sets import starter_set
from tests.factories.colourmaps import (
    DueIndicatorFactory,
    IndicatorFactory,
    RoundFactory,
    ThresholdFactory,
    record,
)
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

pytestmark = pytest.mark.slow

NEW = {
    "code": "LAS",
    "area": "language",
    "name_sv": "Läsförståelse",
    "name_en": "Reading comprehension",
    "definition_sv": "Poäng av 40 i kommunens prov.",
    "aliases": "Läsförståelse (poäng)\n läsförståelse  (POÄNG)\nLF 40\n",
    "kind": "points",
    "minimum": "0",
    "maximum": "40",
    "decimals": "1",
    "direction": "high",
    "measurement_error": "1,5",
    "year_groups": ["4", "5"],
    "shelf_life_months": "12",
    "secrecy_area": "school",
    "purpose": "Se vilka som behöver mer.",
    "legal_ground": "Skollagen 3 kap.",
    "source": "Kommunens prov",
    "owner": "Språkutvecklare",
    "version": "1",
}


@pytest.fixture
def browser(in_solviken: Place, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(in_solviken.administrator)


def text_of(response: Any) -> str:
    """The page as it is read: without tags, spaces joined."""
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def page(browser: Client, name: str, *arguments: str) -> str:
    response = browser.get(reverse(f"colourmaps:{name}", args=arguments))
    assert response.status_code == 200
    return text_of(response)


def send(browser: Client, name: str, form: dict[str, Any], *arguments: str) -> Any:
    return browser.post(reverse(f"colourmaps:{name}", args=arguments), form)


def form_of(browser: Client, code: str, **other: Any) -> dict[str, Any]:
    """What the form of the page sends when nothing is changed but `other`."""
    form = browser.get(reverse("colourmaps:indicator-edit", args=[code])).context["form"]
    shown = {field.html_name: field.value() for field in form}
    return {name: value for name, value in shown.items() if value is not None} | other


def test_list_without_indicators_leads_to_the_starter_sets(browser):
    assert "Choose a starter set" in page(browser, "indicator-list")


def test_list_says_of_each_what_it_is(browser):
    IndicatorFactory(code="B", names={"sv": "Beta"}, area="health", year_groups=[0, 1, 2, 5], owner="Enheten")
    reading = IndicatorFactory(code="A", names={"sv": "Alfa"}, area="language")
    ThresholdFactory(indicator=reading)

    listed = "Language Alfa A points, 0–40 any yes – Health Beta B points, 0–40 F–2, 5 no Enheten"
    assert listed in page(browser, "indicator-list")


@pytest.mark.parametrize("n", [1, 3])
def test_list_asks_as_often_for_one_as_for_three(browser, django_assert_max_num_queries, n):
    for _n in range(n):
        IndicatorFactory()
    browser.get(reverse("colourmaps:indicator-list"))

    with django_assert_max_num_queries(6):
        browser.get(reverse("colourmaps:indicator-list"))


def test_new_indicator_is_what_was_described(browser):
    response = send(browser, "indicator-new", NEW)

    assert response.headers["Location"] == "/indicators/LAS/"
    definition = Definition.of(Indicator.objects.get())
    assert definition.names == {"sv": "Läsförståelse", "en": "Reading comprehension"}
    assert definition.definitions == {"sv": "Poäng av 40 i kommunens prov."}
    assert definition.aliases == ("läsförståelse (POÄNG)", "LF 40")
    assert (definition.scale.minimum, definition.scale.maximum, definition.scale.decimals) == (0, 4000, 1)
    assert (definition.measurement_error, definition.shelf_life_months) == (150, 12)
    assert definition.year_groups == (4, 5)
    assert (definition.purpose, definition.legal_ground) == ("Se vilka som behöver mer.", "Skollagen 3 kap.")


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        ("percent", {"minimum": "0", "maximum": "100", "unit": "%"}, "per cent, 0–100 %"),
        ("stanine", {"minimum": "", "maximum": ""}, "stanine 1–9"),
        ("grade:swedish", {}, "grade A–F"),
        ("grade:norwegian", {}, "grade 1–6 (Norway)"),
        ("grade:danish", {}, "grade −3–12 (Denmark)"),
        ("steps", {"steps": "inte än, på väg, säker"}, "steps with names: inte än < på väg < säker"),
        ("minutes", {"maximum": "", "unit": "min"}, "minutes, at least 0"),
        ("yes_no", {}, "yes or no"),
        ("survey", {"minimum": "1", "maximum": "10"}, "survey answer (whole numbers), 1–10"),
        ("number", {"minimum": "1", "maximum": "5"}, "number, 1–5"),
    ],
)
def test_kinds_of_value_in_words(browser, kind, more, words):
    assert send(browser, "indicator-new", NEW | {"kind": kind} | more).status_code == 302

    assert f"Kind of value {words} What is good" in page(browser, "indicator", "LAS")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"code": "läs"}, "A code is of the letters A–Z, digits and _."),
        ({"name_sv": ""}, "This field is required."),
        ({"maximum": "-1"}, "The highest possible value has to be above the lowest."),
        ({"kind": "steps", "steps": "en"}, "Write at least two different steps"),
        ({"measurement_error": "-1"}, "A measurement error is not negative."),
        ({"measurement_error": "lite"}, "Write a number"),
        ({"year_groups": ["14"]}, "Select a valid choice."),
        ({"subject": "MA"}, "Only a grade A–F has a subject."),
        ({"aliases": "Prov TAGEN"}, "is a name of the indicator TAGEN"),
        ({"code": "TAGEN"}, "There is an indicator with the code TAGEN already."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_saved(browser, wrong, sentence):
    IndicatorFactory(code="TAGEN")

    response = send(browser, "indicator-new", NEW | wrong)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert "Kommunens prov" in response.content.decode()
    assert Indicator.objects.count() == 1


def test_page_says_the_whole_definition_in_words(browser):
    send(browser, "indicator-new", NEW)
    indicator = Indicator.objects.get()
    for year_group in (4, 5):
        ThresholdFactory(indicator=indicator, year_group=year_group, source="Nämnden 2026")
    round_ = RoundFactory(name="HT 2026")
    DueIndicatorFactory(indicator=indicator, round=round_)

    read = page(browser, "indicator", "LAS")

    for words in (
        "LAS language 0 results recorded",
        "Poäng av 40 i kommunens prov.",
        "Measurement error 1.5: a change of at most so much counts as unchanged",
        "Shelf life 12 months",
        "Limits now Year group 4–5: green from 26.0, yellow from 16.0 (Nämnden 2026)",
        "Year groups 4–5 Due in HT 2026: 4 Series unbroken Version 1",
        "Purpose Se vilka som behöver mer. Legal ground Skollagen 3 kap. Secrecy area school and pupil support",
        "Source Kommunens prov Owner Språkutvecklare",
        "Svenska Läsförståelse English Reading comprehension Column heads läsförståelse (POÄNG) LF 40",
    ):
        assert words in read


def test_page_of_a_bare_indicator_says_what_is_not_said(browser):
    IndicatorFactory(code="LAS")

    read = page(browser, "indicator", "LAS")

    assert "Limits now none, so no colours: the municipality sets them" in read
    assert "Purpose not said Legal ground not said" in read
    assert "Due in no round yet" in read


def test_worked_out_indicator_says_so(browser):
    send(browser, "starter-set-adopt", {"set": "sweden_grades"})

    assert "Worked out from the pupil's grades of the round, by the rule “merit value, 17 subjects”" in page(
        browser, "indicator", "MERIT17"
    )
    assert "Subject mathematics" in page(browser, "indicator", "BETYGMA")


@pytest.mark.parametrize("code", ["FRANVARO", "NARVARO"])
def test_attendance_says_its_denominator_on_its_page(browser, code):
    send(browser, "starter-set-adopt", {"set": "sweden_attendance"})

    told = starter_set("sweden_attendance").indicator(code).definition.definitions["en"]
    assert "teaching time" in told
    assert told in page(browser, "indicator", code)


def test_form_sent_back_unchanged_changes_nothing(browser):
    for key in ("sweden_grades", "sweden_attendance", "sweden_screening"):
        send(browser, "starter-set-adopt", {"set": key})
    for indicator in Indicator.objects.filter(
        code__in=["MERIT17", "BETYGMA", "FRANVARO", "SPRAKF", "LASSCREEN"]
    ):
        response = send(browser, "indicator-edit", form_of(browser, indicator.code), indicator.code)

        assert response.status_code == 302, text_of(response)
        assert Definition.of(Indicator.objects.get(pk=indicator.pk)) == Definition.of(indicator)


def test_scale_of_an_indicator_with_results_stays(in_solviken, browser):
    indicator = IndicatorFactory(code="LAS")
    record(RoundFactory(), indicator, {PupilFactory(school_class=in_solviken.class_4a): 2000})

    shown = page(browser, "indicator-edit", "LAS")
    response = send(browser, "indicator-edit", form_of(browser, "LAS", maximum="60"), "LAS")

    assert "1 result is recorded. Kind of value, scale, direction" in shown
    assert response.status_code == 422
    assert "1 result is recorded on this indicator, and would mean something else" in text_of(response)
    assert Indicator.objects.get().maximum == 4000


def test_new_version_with_a_break_of_the_series(browser):
    IndicatorFactory(code="LAS")
    round_ = RoundFactory(name="HT 2026")

    response = send(
        browser,
        "indicator-edit",
        form_of(browser, "LAS", version="2", break_from=round_.key, reason="Nytt prov"),
        "LAS",
    )

    assert response.status_code == 302
    assert SeriesBreak.objects.get().round == round_
    assert "Series breaks from “HT 2026” on: new version of the test (Nytt prov)" in page(
        browser, "indicator", "LAS"
    )


def test_break_without_new_version_is_said_at_the_version(browser):
    IndicatorFactory(code="LAS")
    round_ = RoundFactory()

    response = send(browser, "indicator-edit", form_of(browser, "LAS", break_from=round_.key), "LAS")

    assert response.status_code == 422
    assert "A break of the series goes with a new version." in text_of(response)
    assert not SeriesBreak.objects.exists()


def test_starter_sets_are_those_of_the_country_with_what_is_new(browser):
    IndicatorFactory(code="FRANVARO", names={"sv": "Vår frånvaro"})

    read = page(browser, "starter-sets")

    assert "Norway" not in read
    assert "Sweden: attendance and absence" in read
    assert "Add 3 indicators 3 of 4 are new to you." in read
    assert "Absence you have FRANVARO FRANVARO per cent, 0–100 % F–9 the municipality sets them" in read


def test_adopting_adds_them_once(browser):
    first = send(browser, "starter-set-adopt", {"set": "sweden_attendance"})
    again = browser.post(reverse("colourmaps:starter-set-adopt"), {"set": "sweden_attendance"}, follow=True)

    assert first.headers["Location"] == "/indicators/"
    assert Indicator.objects.count() == 4
    assert "All indicators of the set were there already." in text_of(again)
    assert "All of them are there already." in page(browser, "starter-sets")


@pytest.mark.parametrize("key", ["norway_tests", "nothing", ""])
def test_set_of_another_country_is_not_there(browser, key):
    assert send(browser, "starter-set-adopt", {"set": key}).status_code == 404
    assert not Indicator.objects.exists()


def test_outside_sweden_nothing_is_worked_out_of_grades(in_solviken, browser):
    in_solviken.municipality.country = "DK"
    in_solviken.municipality.save()

    response = send(browser, "indicator-new", NEW | {"name_da": "Læsning"})

    assert response.status_code == 302
    assert "Worked out of the grades" not in page(browser, "indicator-edit", "LAS")
