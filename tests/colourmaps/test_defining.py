"""Indicators added and changed: what would give recorded values another meaning is refused."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.tenancy import municipality_scope
from colourmaps.definition import Definition
from colourmaps.merit import Rule
from colourmaps.models import Indicator, IndicatorArea, MeasurementRound, Result, SeriesBreak
from colourmaps.scales import GRADE, PERCENT, YES_NO, Step, ValueType, points
from colourmaps.services import DefinitionRefused, add_indicator, change_indicator, remove_results
from tests.factories.colourmaps import IndicatorFactory, RoundFactory, ThresholdFactory, record
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_english")]

READING = Definition(
    code="LAS", names={"sv": "Läsning", "en": "Reading"}, area=IndicatorArea.LANGUAGE, scale=points(40)
)


@pytest.fixture
def reading(in_solviken: Place) -> Indicator:
    return add_indicator(definition=READING, by=in_solviken.administrator)


@pytest.fixture
def change(in_solviken: Place, reading: Indicator) -> Callable[..., Indicator]:
    """`change(version="2")` changes the indicator in what is said, and returns it as it is now."""

    def changed(**said: Any) -> Indicator:
        options = {name: said.pop(name) for name in ("break_from", "reason") if name in said}
        now = Indicator.objects.get(pk=reading.pk)
        change_indicator(
            indicator=now,
            definition=replace(Definition.of(now), **said),
            by=in_solviken.administrator,
            **options,
        )
        return Indicator.objects.get(pk=reading.pk)

    return changed


@pytest.fixture
def measured(in_solviken: Place, reading: Indicator) -> Any:
    """A round in which two pupils have a result on the indicator."""
    round_ = RoundFactory()
    pupils = [PupilFactory(school_class=in_solviken.class_4a) for _n in range(2)]
    record(round_, reading, dict.fromkeys(pupils, 2000))
    return round_


def refused(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(DefinitionRefused) as refusal:
        call()
    return str(refusal.value), refusal.value.field


def test_definition_is_kept_as_it_was_given(reading):
    full = replace(
        READING,
        code="ALLT",
        names={"sv": "Allt"},
        definitions={"sv": "Allt som räknas."},
        aliases=("Allt, poäng",),
        is_high_good=False,
        measurement_error=150,
        shelf_life_months=12,
        year_groups=(1, 2),
        secrecy_area="medical",
        purpose="Se.",
        legal_ground="Skollagen",
        source="Prov",
        owner="Enheten",
        version="3",
    )

    add_indicator(definition=full, by=None)

    assert Definition.of(Indicator.of_all_areas.get(code="ALLT")) == full


def test_new_indicator_stands_beside_its_area(in_solviken, reading):
    last = IndicatorFactory(area=IndicatorArea.HEALTH, position=99)

    added = add_indicator(definition=replace(READING, code="LAS2", names={"sv": "Läsning 2"}), by=None)

    assert added.position == reading.position < last.position


def test_adding_is_audited(in_solviken, reading):
    event = AuditEvent.objects.get(action="indicator added")

    assert (event.actor_id, event.subject) == (in_solviken.administrator.pk, "LAS")


def test_code_that_is_there_is_refused(reading):
    again = replace(READING, names={"sv": "Annat"})

    assert refused(lambda: add_indicator(definition=again, by=None)) == (
        "There is an indicator with the code LAS already.",
        "code",
    )


@pytest.mark.parametrize("field", ["names", "aliases"])
def test_word_that_names_another_indicator_is_refused(reading, field):
    said = {"names": {"sv": "Annat"}} | ({"aliases": ("READING ",)} if field == "aliases" else {})
    said |= {"names": {"sv": " läsning"}} if field == "names" else {}

    _sentence, place = refused(lambda: add_indicator(definition=replace(READING, code="NY", **said), by=None))

    assert place == field


def test_another_municipality_may_have_the_same(reading, fjordvik):
    with municipality_scope(fjordvik.municipality):
        assert add_indicator(definition=READING, by=None).code == "LAS"


def test_everything_can_change_as_long_as_nothing_is_recorded(change):
    changed = change(scale=PERCENT, is_high_good=False, measurement_error=100, area=IndicatorArea.MATHEMATICS)

    assert (changed.value_type, changed.direction, changed.area) == ("percent", "low", "mathematics")


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"scale": points(50)}, "the kind of value and its scale"),
        ({"scale": PERCENT}, "the kind of value and its scale"),
        ({"is_high_good": False}, "what is good"),
        ({"measurement_error": 100}, "the measurement error"),
        ({"scale": PERCENT, "is_high_good": False}, "the kind of value and its scale, what is good"),
    ],
)
def test_what_would_change_the_meaning_of_results_is_refused(change, measured, reading, said, what):
    before = Definition.of(reading)

    sentence, place = refused(lambda: change(**said))

    assert sentence.startswith(
        f"2 results are recorded on this indicator, and would mean something else: what changes is {what}."
    )
    assert "make a new indicator" in sentence
    assert "the series breaks" in sentence
    assert place == ""
    assert Definition.of(Indicator.objects.get(pk=reading.pk)) == before


def test_results_in_the_history_count_too(change, measured, reading):
    keys = pd.DataFrame(Result.objects.values("pupil_id", "indicator_id"))
    remove_results(keys, round_=measured)

    sentence, _place = refused(lambda: change(is_high_good=False))

    assert sentence.startswith("2 results are recorded")


def test_words_can_change_with_results(change, measured):
    changed = change(names={"sv": "Läsförståelse"}, owner="Språkutvecklare", year_groups=(4,))

    assert (changed.names, changed.owner, changed.year_groups) == (
        {"sv": "Läsförståelse"},
        "Språkutvecklare",
        [4],
    )


def test_decimals_are_only_how_values_are_shown(change, measured):
    assert change(scale=points(40, decimals=1)).decimals == 1


def test_change_is_audited_with_what_changed(change):
    change(owner="Enheten", version="2")

    assert AuditEvent.objects.get(action="indicator changed").facts == {
        "changed": ["owner", "version"],
        "version": "2",
    }


def test_limits_that_do_not_fit_the_new_scale_are_in_the_way(change, reading):
    ThresholdFactory(indicator=reading, yellow_limit=1600, green_limit=2600)

    assert change(scale=points(30)).maximum == 3000
    sentence, field = refused(lambda: change(scale=points(20)))
    assert sentence.startswith("Limits are set")
    assert field == "scale"
    assert refused(lambda: change(is_high_good=False))[1] == "scale"


def test_new_version_breaks_the_series_from_the_chosen_round(in_solviken, change, reading, measured):
    later = RoundFactory()

    change(version="2", break_from=later, reason="Nytt prov")

    broken = SeriesBreak.objects.get()
    assert (broken.indicator, broken.round, broken.kind, broken.reason) == (
        reading,
        later,
        "version",
        "Nytt prov",
    )


def test_break_without_a_new_version_is_refused(change):
    assert refused(lambda: change(break_from=RoundFactory()))[1] == "version"


def test_break_in_a_closed_round_is_refused_and_nothing_is_changed(change, reading):
    closed = RoundFactory(starts_on=datetime.date(2026, 1, 1), ends_on=datetime.date(2026, 1, 31))
    record(closed, reading, {PupilFactory(): 1000})
    MeasurementRound.objects.filter(pk=closed.pk).update(closed_at=timezone.now())

    assert refused(lambda: change(version="2", break_from=closed))[1] == "break_from"
    assert Indicator.objects.get(pk=reading.pk).version == "1"


def test_second_break_at_the_same_round_is_refused(change):
    round_ = RoundFactory()
    change(version="2", break_from=round_)

    assert refused(lambda: change(version="3", break_from=round_)) == (
        "The series breaks there already.",
        "break_from",
    )


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"subject": "MA"}, "subject"),
        ({"subject": "MA", "scale": GRADE, "rule": Rule.MERIT_16.value}, "subject"),
        ({"rule": Rule.MERIT_16.value, "scale": YES_NO}, "rule"),
        ({"rule": Rule.VOCATIONAL.value}, "rule"),
    ],
)
def test_rules_ask_for_their_kinds_of_value(in_solviken, said, field):
    definition = replace(READING, **said)

    assert refused(lambda: add_indicator(definition=definition, by=None))[1] == field


def test_steps_with_names_are_a_scale_like_others(change):
    steps = (Step("inte än", 100), Step("säker", 200))

    changed = change(
        scale=replace(points(1), value_type=ValueType.STEPS, minimum=None, maximum=None, steps=steps)
    )

    assert changed.scale.steps == steps
