"""Rounds made, planned, changed, closed and opened again."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.tenancy import municipality_scope
from colourmaps.models import DueIndicator, MeasurementRound
from colourmaps.services import (
    RoundRefused,
    add_round,
    change_round,
    close_round,
    n_results_by_place,
    open_round,
    plan_indicator,
    plan_round,
    unplan_indicator,
)
from tests.factories.colourmaps import DueIndicatorFactory, IndicatorFactory

from .recording_scene import Scene

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_english")]

DECEMBER = {
    "name": "December 2026",
    "starts_on": datetime.date(2026, 12, 1),
    "ends_on": datetime.date(2026, 12, 11),
}


def due_in(round_: MeasurementRound) -> set[tuple[str, int]]:
    return set(DueIndicator.objects.filter(round=round_).values_list("indicator__code", "year_group"))


def told(call: Callable[[], object]) -> str:
    with pytest.raises(RoundRefused) as refusal:
        call()
    return str(refusal.value)


@pytest.fixture
def code(scene: Scene) -> str:
    return scene.indicator.code


def test_new_round_has_nothing_due(scene):
    round_ = add_round(**DECEMBER, by=scene.place.coordinator)

    assert (round_.name, round_.starts_on, round_.ends_on) == tuple(DECEMBER.values())
    assert due_in(round_) == set()
    assert AuditEvent.objects.get(action="round added").actor_id == scene.place.coordinator.pk


def test_new_round_with_what_was_due_in_another(scene, code):
    for year_group in (4, 5):
        DueIndicatorFactory(round=scene.september, indicator=scene.indicator, year_group=year_group)

    round_ = add_round(**DECEMBER, copy_from=scene.september, by=None)

    assert due_in(round_) == due_in(scene.september) == {(code, 4), (code, 5)}
    assert scene.announced == [
        {(scene.place.class_4a.pk, round_.pk), (scene.place.class_5a.pk, round_.pk)},
    ]


def test_copy_follows_the_stages_into_the_ten_year_school(scene, code):
    """Riksdag decision 2024/25:UbU17: year 3 of spring 2028 is called year 4 from autumn 2028 on."""
    DueIndicatorFactory(round=scene.september, indicator=scene.indicator, year_group=0)
    DueIndicatorFactory(round=scene.september, indicator=scene.indicator, year_group=3)
    days = {"starts_on": datetime.date(2028, 9, 1), "ends_on": datetime.date(2028, 9, 20)}

    round_ = add_round(name="HT 2028", **days, copy_from=scene.september, by=None)

    assert due_in(round_) == {(code, 1), (code, 4)}


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"ends_on": datetime.date(2026, 11, 30)}, "The last day is before the first."),
        ({"name": "  mättillfälle X"}, "There is a round of this name already."),
        (
            {"starts_on": datetime.date(2026, 11, 1)},
            "The round “Mättillfälle X” begins on the same day. Rounds are ordered by their first days: "
            "choose another.",
        ),
    ],
)
def test_round_that_cannot_be_is_refused(scene, other, sentence):
    MeasurementRound.objects.filter(pk=scene.november.pk).update(name="Mättillfälle X")

    assert told(lambda: add_round(**(DECEMBER | other), by=None)) == sentence
    assert MeasurementRound.objects.count() == 3


def test_another_municipality_may_have_the_same_round(scene, fjordvik):
    add_round(**DECEMBER, by=None)

    with municipality_scope(fjordvik.municipality):
        assert add_round(**DECEMBER, by=None).name == DECEMBER["name"]


def test_planning_makes_exactly_that_due(scene, code):
    other = IndicatorFactory(code="ANNAN")
    plan_indicator(round_=scene.september, indicator_id=scene.indicator.pk, year_groups=[4, 5])
    scene.announced.clear()

    n = plan_round(
        round_=scene.september, due={(scene.indicator.pk, 4), (other.pk, 4)}, by=scene.place.coordinator
    )

    assert n == 2
    assert due_in(scene.september) == {(code, 4), ("ANNAN", 4)}
    classes = (scene.place.class_4a.pk, scene.place.class_5a.pk)
    assert scene.announced == [{(class_id, scene.september.pk) for class_id in classes}]


def test_planning_the_same_changes_and_announces_nothing(scene):
    plan_indicator(round_=scene.september, indicator_id=scene.indicator.pk, year_groups=[4])
    scene.announced.clear()

    assert plan_round(round_=scene.september, due={(scene.indicator.pk, 4)}, by=None) == 0
    assert scene.announced == []


def test_what_is_measured_stays_due_and_other_year_groups_go(scene, code):
    plan_indicator(round_=scene.september, indicator_id=scene.indicator.pk, year_groups=[4, 5])
    scene.record(scene.september, 2000)

    plan_round(round_=scene.september, due=(), by=None)

    assert due_in(scene.september) == {(code, 4)}
    assert n_results_by_place(scene.september) == {(scene.indicator.pk, 4): 1}


def test_planning_announces_as_planning_one_indicator_does(scene):
    """The round after has another round before it now."""
    plan_indicator(round_=scene.november, indicator_id=scene.indicator.pk, year_groups=[4])
    scene.announced.clear()
    plan_indicator(round_=scene.october, indicator_id=scene.indicator.pk, year_groups=[4])
    alone = scene.announced.copy()
    unplan_indicator(round_=scene.october, indicator_id=scene.indicator.pk, year_groups=[4])
    scene.announced.clear()

    plan_round(round_=scene.october, due={(scene.indicator.pk, 4)}, by=None)

    assert scene.announced == alone
    assert {round_id for _class_id, round_id in scene.announced[0]} == {scene.october.pk, scene.november.pk}


def test_closed_round_is_not_planned(scene):
    close_round(round_=scene.september, by=None)

    assert told(lambda: plan_round(round_=scene.september, due={(scene.indicator.pk, 4)}, by=None)) == (
        f"The round “{scene.september.name}” is closed, and stays as it is."
    )
    assert due_in(scene.september) == set()


def test_days_change_and_what_is_due_comes_along(scene, code):
    round_ = add_round(**DECEMBER, by=None)
    plan_indicator(round_=round_, indicator_id=scene.indicator.pk, year_groups=[4])
    days = {"starts_on": datetime.date(2026, 12, 2), "ends_on": datetime.date(2026, 12, 18)}

    change_round(round_=round_, name="Lucia", **days, by=scene.place.administrator)

    round_.refresh_from_db()
    assert (round_.name, round_.starts_on, round_.ends_on) == ("Lucia", *days.values())
    assert due_in(round_) == {(code, 4)}


def test_days_of_a_round_with_results_stay_and_its_name_can_change(scene):
    scene.record(scene.september, 2000)
    same = {"starts_on": scene.september.starts_on, "ends_on": scene.september.ends_on}

    change_round(round_=scene.september, name="Höst", **same, by=None)
    sentence = told(
        lambda: change_round(
            round_=scene.september,
            name="Höst",
            **(same | {"ends_on": datetime.date(2026, 9, 25)}),
            by=None,
        )
    )

    scene.september.refresh_from_db()
    assert (scene.september.name, scene.september.ends_on) == ("Höst", same["ends_on"])
    assert sentence.startswith("Results have been recorded in the round since")


def test_closing_and_opening(scene):
    close_round(round_=scene.september, by=scene.place.coordinator)
    closed = MeasurementRound.objects.get(pk=scene.september.pk).closed_at
    close_round(round_=scene.september, by=scene.place.coordinator)

    assert closed == timezone.now()
    assert AuditEvent.objects.filter(action="round closed").count() == 1

    open_round(round_=scene.september, by=scene.place.coordinator)
    open_round(round_=scene.september, by=scene.place.coordinator)

    assert MeasurementRound.objects.get(pk=scene.september.pk).closed_at is None
    assert AuditEvent.objects.filter(action="round opened").count() == 1
