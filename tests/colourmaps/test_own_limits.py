"""A school's own limits go before the municipality's for its pupils, have a reason, and give way when they end."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, Unit
from accounts.reorganisation import move_unit
from aggregation.own_limits import own_limits_in_words
from aggregation.verification import differences
from aggregation.work import do_waiting_recounts
from colourmaps.classification import Colour
from colourmaps.grid import cell_of, class_grid
from colourmaps.limits import Limits, OwnLimits
from colourmaps.models import FormerThreshold, ImportState, Indicator, MeasurementRound, Result, Threshold
from colourmaps.presentation import own_limits_in_words as said_on_class_map
from colourmaps.scales import Mark
from colourmaps.services import (
    Flips,
    LimitsRefused,
    end_own_limits,
    record_results,
    set_threshold,
    set_thresholds,
    take_back_threshold,
    undo_batch,
)
from colourmaps.timeline import series_of
from pupils.models import Pupil
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import (
    DueIndicatorFactory,
    ImportBatchFactory,
    IndicatorFactory,
    RoundFactory,
    ThresholdFactory,
    record,
)
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place

from .recording_scene import frame

pytestmark = pytest.mark.usefixtures("in_english")

RED, YELLOW, GREEN = Colour.RED, Colour.YELLOW, Colour.GREEN
CHANGE = datetime.date(2026, 10, 10)
BEFORE, SINCE = datetime.date(2026, 10, 9), CHANGE
WHY = "Vi prövar ett annat test"


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(starts_on=datetime.date(2026, 10, 1), ends_on=datetime.date(2026, 10, 31))


@pytest.fixture
def reading(in_solviken: Place, autumn: MeasurementRound) -> Indicator:
    """Yellow from 16, green from 26 in year 4."""
    indicator = IndicatorFactory(code="LAS")
    ThresholdFactory(indicator=indicator)
    DueIndicatorFactory(round=autumn, indicator=indicator)
    return indicator


@pytest.fixture
def elsewhere(in_solviken: Place) -> Unit:
    """A class of year 4 at another school."""
    return SchoolClassFactory(year_group=4, parent=UnitFactory(parent=in_solviken.area, name="Andra skolan"))


@pytest.fixture
def ours(in_solviken: Place) -> Pupil:
    return PupilFactory(school_class=in_solviken.class_4a)


@pytest.fixture
def theirs(elsewhere: Unit) -> Pupil:
    return PupilFactory(school_class=elsewhere)


def lower(place: Place, indicator: Indicator, **changes: Any) -> Flips:
    """The school's own: yellow from 10, green from 20, from 10 October."""
    fields = {"year_group": 4, "yellow": 1000, "green": 2000, "from_day": CHANGE, "by": place.principal}
    own = {"school": place.school, "reason": WHY}
    return set_threshold(indicator=indicator, **(fields | own | changes))


def colour_of(pupil: Pupil) -> int:
    return Result.objects.get(pupil=pupil).colour


def test_own_limits_judge_the_schools_pupils_and_nobody_else(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, ours: Pupil, theirs: Pupil
) -> None:
    record(autumn, reading, {ours: 2000, theirs: 2000}, measured_on=SINCE)

    flips = lower(in_solviken, reading)

    assert (colour_of(ours), colour_of(theirs)) == (GREEN, YELLOW)
    assert (flips.n_judged, flips.colours) == (1, {(YELLOW, GREEN): 1})


def test_values_that_come_later_are_judged_by_own_limits_of_their_day(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, ours: Pupil, theirs: Pupil
) -> None:
    lower(in_solviken, reading)
    early = PupilFactory(school_class=in_solviken.class_4a)

    record(autumn, reading, {ours: 2000, theirs: 2000}, measured_on=SINCE)
    record(autumn, reading, {early: 2000}, measured_on=BEFORE)

    assert [colour_of(pupil) for pupil in (ours, theirs, early)] == [GREEN, YELLOW, YELLOW]


def test_new_limits_of_the_municipality_leave_the_school_alone_until_its_own_end(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, ours: Pupil, theirs: Pupil
) -> None:
    record(autumn, reading, {ours: 2000, theirs: 2000}, measured_on=SINCE)
    lower(in_solviken, reading)

    flips = set_threshold(indicator=reading, year_group=4, yellow=3000, green=3500, from_day=SINCE, by=None)

    assert (colour_of(ours), colour_of(theirs)) == (GREEN, RED)
    assert flips.n_judged == 1

    later = PupilFactory(school_class=in_solviken.class_4a)
    own = Threshold.objects.get(school=in_solviken.school)
    record(autumn, reading, {later: 2000}, measured_on=datetime.date(2026, 10, 20))
    ended = end_own_limits(threshold=own, from_day=datetime.date(2026, 10, 20), by=None)

    assert (colour_of(ours), colour_of(later)) == (GREEN, RED)
    assert ended.colours == {(GREEN, RED): 1}


def test_end_where_the_municipality_has_no_limits_takes_the_colour_away(
    in_solviken: Place, autumn: MeasurementRound, ours: Pupil
) -> None:
    indicator = IndicatorFactory()
    lower(in_solviken, indicator)
    record(autumn, indicator, {ours: 2000}, measured_on=datetime.date(2026, 10, 20))

    end_own_limits(threshold=Threshold.objects.get(), from_day=datetime.date(2026, 10, 15), by=None)

    assert colour_of(ours) == Colour.NONE


def test_sums_follow_own_limits(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, ours: Pupil, theirs: Pupil
) -> None:
    record(autumn, reading, {ours: 2000, theirs: 2000}, measured_on=SINCE)
    do_waiting_recounts()

    lower(in_solviken, reading)
    do_waiting_recounts()

    assert differences() == []


def test_class_that_moves_to_the_school_is_judged_by_it_in_rounds_counted_there(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, theirs: Pupil, elsewhere: Unit
) -> None:
    lower(in_solviken, reading)
    move_unit(unit=elsewhere, parent=in_solviken.school, on=datetime.date(2026, 11, 2), by=None)
    november = RoundFactory(starts_on=datetime.date(2026, 11, 5), ends_on=datetime.date(2026, 11, 20))

    record(autumn, reading, {theirs: 2000}, measured_on=SINCE)
    record(november, reading, {theirs: 2000})

    by_round = dict(Result.objects.filter(pupil=theirs).values_list("round", "colour"))
    assert by_round == {autumn.pk: YELLOW, november.pk: GREEN}


def test_undone_import_gives_way_to_the_value_before_by_own_limits(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, ours: Pupil, later: Callable[[], None]
) -> None:
    record(autumn, reading, {ours: 2000}, measured_on=SINCE)
    batch = ImportBatchFactory(state=ImportState.IMPORTED, imported_at=timezone.now())
    later()
    rows = frame([(ours, reading, autumn, 500.0, Mark.MEASURED)]).assign(measured_on=SINCE)
    record_results(rows, by=None, batch=batch)
    later()
    lower(in_solviken, reading)
    later()

    undo_batch(batch=batch)

    assert colour_of(ours) == GREEN


def test_limits_shown_are_the_schools_own_with_the_reason(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, ours: Pupil, theirs: Pupil
) -> None:
    lower(in_solviken, reading)
    record(autumn, reading, {ours: 2000, theirs: 2000}, measured_on=SINCE)
    own = OwnLimits(WHY, Limits(1600, 2600))

    grid = class_grid(in_solviken.class_4a, autumn, TODAY)

    assert (grid.columns[0].limits, grid.columns[0].own) == ({4: Limits(1000, 2000)}, {4: own})
    assert cell_of(ours, reading, autumn)[1:] == (Limits(1000, 2000), own)
    assert cell_of(theirs, reading, autumn)[1:] == (Limits(1600, 2600), None)
    assert [series.last.limits for pupil in (ours, theirs) for series in series_of(pupil)] == [
        Limits(1000, 2000),
        Limits(1600, 2600),
    ]
    assert said_on_class_map(grid) == ("Judged by the school's own limits, not the municipality's: Prov LAS.")


def test_unit_maps_say_where_limits_differ(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, elsewhere: Unit
) -> None:
    place = in_solviken
    lower(place, reading)

    def said(unit: Unit) -> list[str]:
        return own_limits_in_words(unit, autumn, [reading])

    assert said(place.school) == [
        "Prov LAS: judged by the school's own limits, because: Vi prövar ett annat test."
    ]
    assert said(place.area) == ["Prov LAS: one school is judged by limits of its own (Solviksskolan)."]
    assert said(Unit.objects.get(name="Andra skolan")) == []


def test_several_year_groups_are_decided_together_or_not_at_all(
    in_solviken: Place, reading: Indicator
) -> None:
    ThresholdFactory(indicator=reading, year_group=5, valid_from=datetime.date(2026, 12, 1))
    decision = {"indicator": reading, "yellow": 1, "green": 2, "from_day": CHANGE, "by": None}

    with pytest.raises(LimitsRefused, match="are decided already"):
        set_thresholds(year_groups=[4, 5], **decision)

    assert not Threshold.objects.filter(yellow_limit=1).exists()
    set_thresholds(year_groups=[4, 6], **decision)
    assert set(Threshold.objects.filter(yellow_limit=1).values_list("year_group", flat=True)) == {4, 6}


def test_decision_says_who_and_is_remembered(in_solviken: Place, reading: Indicator) -> None:
    lower(in_solviken, reading, source="Rektorsbeslut 7")

    own = Threshold.objects.get(school=in_solviken.school)
    assert (own.by, own.reason, own.source) == (in_solviken.principal, WHY, "Rektorsbeslut 7")
    event = AuditEvent.objects.get(action="threshold set")
    assert (event.actor_id, event.unit_id) == (in_solviken.principal.pk, in_solviken.school.pk)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no reason": ({"reason": "  "}, "Say why"),
    "of an area": ({"school": "area"}, "Only a school"),
    "the same again": ({"yellow": 500, "green": 600}, "hold already"),
    "before the school's own": ({"from_day": BEFORE}, "are decided already"),
    "out of order": ({"yellow": 3000}, "at least as high"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_impossible_own_limits_are_refused_in_words(
    in_solviken: Place, reading: Indicator, name: str
) -> None:
    changes, words = dict(REFUSED[name][0]), REFUSED[name][1]
    if changes.get("school") == "area":
        changes["school"] = in_solviken.area
    lower(in_solviken, reading, yellow=500, green=600)
    before = list(Threshold.objects.order_by("pk").values())
    changes.setdefault("from_day", datetime.date(2026, 11, 1))

    with pytest.raises(LimitsRefused, match=words):
        lower(in_solviken, reading, **changes)

    assert list(Threshold.objects.order_by("pk").values()) == before


def test_closed_round_stands_in_the_way_of_its_own_school_only(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, ours: Pupil, elsewhere: Unit
) -> None:
    record(autumn, reading, {ours: 2000}, measured_on=SINCE)
    MeasurementRound.objects.update(closed_at=timezone.now())

    with pytest.raises(LimitsRefused, match="is closed"):
        lower(in_solviken, reading)
    lower(in_solviken, reading, school=Unit.objects.get(name="Andra skolan"))

    assert colour_of(ours) == YELLOW


def test_limits_to_come_can_be_taken_back(
    in_solviken: Place, reading: Indicator, autumn: MeasurementRound, ours: Pupil
) -> None:
    day = TODAY + datetime.timedelta(days=30)
    set_threshold(indicator=reading, year_group=4, yellow=1, green=2, from_day=day, by=None)
    record(autumn, reading, {ours: 100}, measured_on=day)
    assert colour_of(ours) == GREEN

    take_back_threshold(threshold=Threshold.objects.get(valid_from=day), today=TODAY, by=None)

    only = Threshold.objects.get(indicator=reading)
    assert (only.yellow_limit, only.valid_to, colour_of(ours)) == (1600, None, RED)
    assert FormerThreshold.objects.filter(valid_from=day).count() == 1


def test_own_limits_to_come_that_are_taken_back_give_way_to_the_municipalitys(
    in_solviken: Place, reading: Indicator, autumn: MeasurementRound, ours: Pupil
) -> None:
    day = TODAY + datetime.timedelta(days=30)
    lower(in_solviken, reading, from_day=day)
    record(autumn, reading, {ours: 2000}, measured_on=day)

    take_back_threshold(threshold=Threshold.objects.get(school=in_solviken.school), today=TODAY, by=None)

    assert colour_of(ours) == YELLOW


def test_limits_that_hold_already_are_not_taken_back_nor_the_municipalitys_ended(
    in_solviken: Place, reading: Indicator
) -> None:
    threshold = Threshold.objects.get(indicator=reading)

    with pytest.raises(LimitsRefused, match="have held since"):
        take_back_threshold(threshold=threshold, today=TODAY, by=None)
    with pytest.raises(LimitsRefused, match="end when new ones begin"):
        end_own_limits(threshold=threshold, from_day=TODAY, by=None)

    lower(in_solviken, reading, from_day=TODAY)
    own = Threshold.objects.get(school=in_solviken.school)
    with pytest.raises(LimitsRefused, match="Choose another day"):
        end_own_limits(threshold=own, from_day=TODAY, by=None)
