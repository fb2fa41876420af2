"""A starter set taken over by a municipality, in one step, by the page's service and by the command."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEvent
from accounts.tenancy import municipality_scope
from colourmaps.definition import Definition
from colourmaps.models import Indicator, Threshold
from colourmaps.services import adopt_starter_set, offers_of
from colourmaps.starter_sets import starter_set
from tests.factories.colourmaps import IndicatorFactory, RoundFactory
from tests.fixtures import TODAY, Place

pytestmark = pytest.mark.slow


@pytest.fixture
def grades() -> Iterator[Any]:
    return starter_set("sweden_grades")


def test_indicators_are_those_of_the_set(in_solviken, grades):
    added = adopt_starter_set(starter=grades, on=TODAY, by=in_solviken.administrator)

    assert [Definition.of(each) for each in added] == [each.definition for each in grades.indicators]
    assert Indicator.objects.count() == len(grades.indicators)


def test_limits_come_only_with_a_rule_and_hold_from_the_school_year(in_solviken, grades):
    adopt_starter_set(starter=grades, on=TODAY, by=None)

    limits = Threshold.objects.filter(indicator__code="ALLAAMNEN").order_by("year_group")
    assert [(each.year_group, each.yellow_limit, each.green_limit) for each in limits] == [
        (group, 100, 100) for group in (6, 7, 8, 9)
    ]
    assert {(each.valid_from, each.valid_to) for each in limits} == {(datetime.date(2026, 8, 1), None)}
    assert all("Skollagen" in each.source for each in limits)
    assert not Threshold.objects.filter(indicator__code__in=["MERIT17", "BETYGMA"]).exists()


def test_limits_hold_from_the_school_year_of_the_first_round(in_solviken, grades):
    RoundFactory(starts_on=datetime.date(2024, 4, 1), ends_on=datetime.date(2024, 4, 30))
    RoundFactory(starts_on=datetime.date(2027, 4, 1), ends_on=datetime.date(2027, 4, 30))

    adopt_starter_set(starter=grades, on=TODAY, by=None)

    assert set(Threshold.objects.values_list("valid_from", flat=True)) == {datetime.date(2023, 8, 1)}


def test_adopting_again_adds_nothing(in_solviken, grades):
    adopt_starter_set(starter=grades, on=TODAY, by=None)

    assert adopt_starter_set(starter=grades, on=TODAY, by=None) == []
    assert Indicator.objects.count() == len(grades.indicators)


def test_what_is_there_by_code_or_by_name_stays_as_it_is(in_solviken, grades):
    by_code = IndicatorFactory(code="BETYGMA", names={"sv": "Vår egen"})
    by_name = IndicatorFactory(code="EGEN", names={"sv": "betyg  ENGELSKA"})

    offers = {offer.indicator.definition.code: offer.taken for offer in offers_of(grades)}
    added = adopt_starter_set(starter=grades, on=TODAY, by=None)

    assert {code: taken for code, taken in offers.items() if taken} == {
        "BETYGMA": "BETYGMA",
        "BETYGEN": "EGEN",
    }
    assert len(added) == len(grades.indicators) - 2
    assert set(Indicator.objects.filter(names=by_code.names)) == {by_code}
    assert not Indicator.objects.filter(code="BETYGEN").exists()
    assert by_name in Indicator.objects.all()


def test_each_area_stands_together_in_the_map(in_solviken, grades):
    adopt_starter_set(starter=grades, on=TODAY, by=None)

    places = dict(Indicator.objects.values_list("area", "position").distinct())
    assert len(set(places.values())) == len(places) == 3


def test_adopting_is_audited(in_solviken):
    adopt_starter_set(starter=starter_set("sweden_attendance"), on=TODAY, by=in_solviken.administrator)

    event = AuditEvent.objects.get(action="starter set adopted")
    assert event.subject == "sweden_attendance"
    assert event.facts == {"indicators": ["FRANVARO", "OGILTIG", "NARVARO", "RAPPORTERAT"]}


def call(*arguments: str) -> str:
    out = StringIO()
    call_command("adopt_starter_set", *arguments, stdout=out)
    return out.getvalue()


def test_command_lists_the_sets_of_the_country(solviken: Place) -> None:
    listed = call("--municipality", "9901")

    assert [line.split()[0] for line in listed.splitlines()] == [
        "sweden_attendance",
        "sweden_grades",
        "sweden_health_talks",
        "sweden_national_tests",
        "sweden_screening",
    ]


def test_command_adopts_several_sets_and_leaves_others_alone(solviken: Place, fjordvik: Place) -> None:
    said = call("--municipality", "9901", "--set", "sweden_attendance", "--set", "sweden_screening")

    assert said.splitlines() == [
        "sweden_attendance: 4 indicators added, 0 were there already",
        "sweden_screening: 6 indicators added, 0 were there already",
    ]
    with municipality_scope(solviken.municipality):
        assert Indicator.objects.count() == 10
    with municipality_scope(fjordvik.municipality):
        assert not Indicator.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--municipality", "0000"], "no municipality with the code 0000"),
        (["--municipality", "9901", "--set", "norway_tests"], "is called norway_tests"),
        (["--municipality", "9901", "--set", "sweden_attendance", "--set", "x"], "is called x"),
    ],
)
def test_command_refuses_what_is_not_there_and_does_nothing(solviken, arguments, told):
    with pytest.raises(CommandError, match=told):
        call(*arguments)

    with municipality_scope(solviken.municipality):
        assert not Indicator.objects.exists()
