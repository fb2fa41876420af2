"""Sums follow the units that move, in the rounds that are counted on the day or later; all others stay as they were."""

import datetime
from contextlib import suppress

import pytest
from django.utils import timezone

from accounts.models import Level, Unit
from accounts.reorganisation import (
    Refused,
    close_unit,
    merge_units,
    move_unit,
    plan_merge,
    plan_move,
    split_unit,
)
from aggregation import reorganising
from aggregation.models import LastCount, RollupWork, UnitSum
from aggregation.reorganising import foreseen
from aggregation.rollup import recount_municipality
from aggregation.verification import differences
from aggregation.work import ask_for_recount, do_waiting_recounts
from colourmaps.models import MeasurementRound
from colourmaps.services import LimitsRefused, set_threshold
from pupils.models import Enrolment
from pupils.services import end_enrolment
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import DueIndicatorFactory, IndicatorFactory, RoundFactory, record
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

from .naive import Town, make_town, naive_sums, stored_sums, units_above
from .reorganiser import AFTER, BETWEEN, N_ACTS, Reorganiser

pytestmark = pytest.mark.usefixtures("ticking", "in_english")


class Autumn:
    """Two schools in an area, another area beside it; a pupil in each of their classes, measured in two rounds."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.other_school = UnitFactory(name="Norra", parent=place.area)
        self.other_class = SchoolClassFactory(parent=self.other_school)
        self.other_area = UnitFactory(level=Level.AREA, name="Västra", parent=place.administration)
        self.september, self.october = (
            RoundFactory(starts_on=datetime.date(2026, month, 1), ends_on=datetime.date(2026, month, 30))
            for month in (9, 10)
        )
        self.indicator = IndicatorFactory()
        self.pupils = [
            PupilFactory(school_class=school_class)
            for school_class in (place.class_4a, place.class_5a, self.other_class)
        ]
        for round_ in (self.september, self.october):
            DueIndicatorFactory(round=round_, indicator=self.indicator)
            values = dict(zip(self.pupils, (1000, 2000, 4000), strict=True))
            record(round_, self.indicator, values)
        do_waiting_recounts()

    def totals(self, round_: MeasurementRound) -> dict[str, int]:
        """The stored sum of values by name of the unit, in points; classes are left out."""
        rows = UnitSum.objects.filter(round=round_, unit__level__lte=Level.SCHOOL)
        return {name: total // 100 for name, total in rows.values_list("unit__name", "total")}


@pytest.fixture
def autumn(in_solviken: Place) -> Autumn:
    return Autumn(in_solviken)


WHOLE = {"Solviken": 70, "Barn och utbildning Solviken": 70}
AS_BUILT = WHOLE | {"Område Solviken": 70, "Solviksskolan": 30, "Norra": 40}


def test_school_that_moves_takes_its_sums_along_in_the_rounds_from_then_on(autumn: Autumn) -> None:
    move_unit(unit=autumn.other_school, parent=autumn.other_area, on=BETWEEN, by=None)

    assert autumn.totals(autumn.september) == AS_BUILT
    assert autumn.totals(autumn.october) == WHOLE | {
        "Område Solviken": 30,
        "Västra": 40,
        "Solviksskolan": 30,
        "Norra": 40,
    }
    do_waiting_recounts()
    assert differences() == []


def test_parent_that_has_no_children_left_has_no_sums_left(autumn: Autumn) -> None:
    for school in (autumn.other_school, autumn.place.school):
        move_unit(unit=school, parent=autumn.other_area, on=BETWEEN, by=None)

    assert autumn.totals(autumn.october) == WHOLE | {"Västra": 70, "Solviksskolan": 30, "Norra": 40}
    assert autumn.totals(autumn.september) == AS_BUILT
    do_waiting_recounts()
    assert differences() == []


def test_sums_of_former_parents_go_stale_where_nobody_counts_them(
    autumn: Autumn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the recount of former parents is for: the classes' own recount finds only what stands above them now.

    The former area keeps the pupils of both schools, and all above it count them twice.
    """
    monkeypatch.setattr(reorganising, "sum_up_again", lambda round_, unit_ids: None)
    move_unit(unit=autumn.other_school, parent=autumn.other_area, on=BETWEEN, by=None)
    move_unit(unit=autumn.place.school, parent=autumn.other_area, on=BETWEEN, by=None)

    do_waiting_recounts()

    october = autumn.totals(autumn.october)
    assert (october["Område Solviken"], october["Västra"], october["Solviken"]) == (70, 70, 140)
    place = autumn.place
    wrong = {place.area.pk, place.administration.pk, place.root.pk}
    assert {difference.unit_id for difference in differences()} == wrong


def test_merged_schools_have_one_sum_in_the_rounds_from_then_on(autumn: Autumn) -> None:
    merge_units(units=[autumn.place.school, autumn.other_school], on=BETWEEN, by=None, name="Nya skolan")

    assert autumn.totals(autumn.september) == AS_BUILT
    assert autumn.totals(autumn.october) == WHOLE | {"Område Solviken": 70, "Nya skolan": 70}
    do_waiting_recounts()
    assert differences() == []


def test_areas_that_become_one_are_emptied_from_below(autumn: Autumn) -> None:
    """The merged area and its parent are both former parents, and only one of them has something left."""
    area = UnitFactory(level=Level.AREA, name="Östra", parent=autumn.place.root)

    merge_units(units=[autumn.place.area, autumn.other_area], into=area, on=BETWEEN, by=None)

    assert autumn.totals(autumn.october) == {"Solviken": 70, "Östra": 70, "Solviksskolan": 30, "Norra": 40}
    do_waiting_recounts()
    assert differences() == []


def test_divided_school_shares_its_sums_with_the_new_one(autumn: Autumn) -> None:
    place = autumn.place

    split_unit(unit=place.school, children=[place.class_5a], on=BETWEEN, by=None, name="Lilla skolan")

    october = autumn.totals(autumn.october)
    assert (october["Solviksskolan"], october["Lilla skolan"]) == (10, 20)
    assert autumn.totals(autumn.september) == AS_BUILT


def test_day_after_the_last_round_touches_no_sum_and_asks_for_no_recount(autumn: Autumn) -> None:
    before = list(UnitSum.objects.order_by("pk").values())

    merge_units(units=[autumn.place.school, autumn.other_school], on=AFTER, by=None, name="Nya skolan")

    assert list(UnitSum.objects.order_by("pk").values()) == before
    assert not RollupWork.objects.exists()


def test_last_day_of_a_round_is_counted_by_the_tree_of_that_day(autumn: Autumn) -> None:
    move_unit(unit=autumn.other_school, parent=autumn.other_area, on=autumn.october.ends_on, by=None)

    assert autumn.totals(autumn.october)["Västra"] == 40


def test_only_what_stood_or_stands_above_is_counted_again(autumn: Autumn) -> None:
    before = computed()

    move_unit(unit=autumn.other_school, parent=autumn.other_area, on=BETWEEN, by=None)
    at_once = touched_since(before)
    do_waiting_recounts()

    place, october = autumn.place, autumn.october.pk
    changed = {(unit.pk, october) for unit in (place.area, autumn.other_area)}
    above = changed | {(unit.pk, october) for unit in (place.administration, place.root)}
    moved = {(unit.pk, october) for unit in (autumn.other_school, autumn.other_class)}
    assert changed <= at_once <= above
    assert changed <= touched_since(before) <= above | moved


def test_school_that_a_class_has_left_before_the_round_is_counted_is_not_counted_again(
    autumn: Autumn,
) -> None:
    """The class of Norra is at Solviksskolan when October is counted; Norra itself gives way before that."""
    place = autumn.place
    move_unit(unit=autumn.other_class, parent=place.school, on=datetime.date(2026, 10, 20), by=None)
    do_waiting_recounts()
    before = computed()

    merge_units(units=[autumn.other_school], into=UnitFactory(parent=place.area), on=BETWEEN, by=None)
    do_waiting_recounts()

    assert touched_since(before) == set()
    assert differences() == []


def test_closed_round_keeps_its_tree(autumn: Autumn) -> None:
    MeasurementRound.objects.filter(pk=autumn.september.pk).update(closed_at=timezone.now())
    move_unit(unit=autumn.other_school, parent=autumn.other_area, on=BETWEEN, by=None)

    with pytest.raises(Refused, match=r"is closed and counted as of Sept\. 30, 2026\. Choose a later day"):
        plan_move(unit=autumn.place.school, parent=autumn.other_area, on=autumn.september.ends_on)


def test_class_with_pupils_does_not_close(autumn: Autumn) -> None:
    school_class = autumn.other_class
    with pytest.raises(Refused, match=f"1 pupil is still in “{school_class.name}”"):
        close_unit(unit=school_class, on=AFTER, by=None)
    end_enrolment(enrolment=Enrolment.objects.get(school_class=school_class), on=AFTER)

    close_unit(unit=school_class, on=AFTER, by=None)

    assert Unit.objects.get(pk=school_class.pk).valid_to == AFTER


def test_preview_says_whom_and_which_rounds_it_touches_and_changes_nothing(autumn: Autumn) -> None:
    units = [autumn.place.school, autumn.other_school]
    before = stored_sums()

    back = foreseen(plan_merge(units=units, on=BETWEEN, name="Nya skolan"))
    ahead = foreseen(plan_merge(units=units, on=AFTER, name="Nya skolan"))

    assert (back.in_tree.n_classes, back.n_pupils, back.rounds) == (3, 3, [autumn.october])
    assert (ahead.in_tree.n_classes, ahead.n_pupils, ahead.rounds) == (3, 3, [])
    assert stored_sums() == before
    assert not RollupWork.objects.exists()


def computed() -> dict[tuple, datetime.datetime]:
    """When each unit was last counted in each round, whatever came of it."""
    return dict(LastCount.objects.values_list("pk", "counted_at"))


def touched_since(before: dict[tuple, datetime.datetime]) -> set[tuple[int, int]]:
    """(unit id, round id) of those that are counted, or have no sums any more, since."""
    after = computed()
    keys = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return {(unit_id, round_id) for _municipality, unit_id, round_id, *_rest in keys}


class Lines:
    """What stands above every class in every round's tree, as it was when this was made."""

    def __init__(self) -> None:
        self.before = self._read()

    def _read(self) -> dict[tuple[int, int], set[int]]:
        classes = list(Unit.objects.filter(level=Level.SCHOOL_CLASS).values_list("pk", flat=True))
        return {
            (class_id, round_.pk): {class_id, *units_above(class_id, round_.counted_on)}
            for class_id in classes
            for round_ in MeasurementRound.objects.all()
        }

    def changed(self) -> set[tuple[int, int]]:
        """(unit id, round id) of all that stood above a class whose line is another now, or stands there now."""
        return {
            (unit_id, round_id)
            for (class_id, round_id), line in self._read().items()
            for unit_id in line | self.before[class_id, round_id]
            if line != self.before[class_id, round_id]
        }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_sums_equal_a_recount_after_random_reorganisations(
    measured_town: Town, reorganiser: Reorganiser, seed: int
) -> None:
    """Nothing but what stood or stands above the touched classes is counted again; no total of a round changes."""
    for _act in range(N_ACTS):
        before, lines, roots = computed(), Lines(), root_sums()
        reorganiser.act_after_all()
        do_waiting_recounts()
        assert touched_since(before) <= lines.changed()
        assert root_sums() == roots
        assert differences() == []
        if measured_town.dice.random() < 0.3:
            measured_town.import_something()
            do_waiting_recounts()

    assert stored_sums() == naive_sums()


def root_sums() -> list[dict]:
    rows = UnitSum.objects.filter(unit__level=Level.MUNICIPALITY).order_by("pk")
    return [{name: value for name, value in row.items() if name != "computed_at"} for row in rows.values()]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_acts_among_changes_that_still_wait_leave_nothing_wrong(in_solviken: Place, seed: int) -> None:
    """Files, moves of pupils, new limits and acts in any order; what waits is done late, and some of it twice."""
    town = make_town(seed)
    recount_municipality()
    reorganiser = Reorganiser(town)
    for _change in range(16):
        change = town.dice.choice(
            [
                town.import_something,
                town.move_somebody,
                reorganiser.act,
                reorganiser.act,
                lambda: new_limits(town),
            ]
        )
        with suppress(Refused, LimitsRefused):
            change()
        if town.dice.random() < 0.2:
            do_waiting_recounts()
            ask_for_recount({(town.dice.choice(town.classes).pk, town.dice.choice(town.rounds).pk)})

    do_waiting_recounts()

    assert differences() == []
    assert stored_sums() == naive_sums()


def new_limits(town: Town) -> None:
    indicator = town.indicators[0]
    yellow, more = town.dice.choice([500, 1000, 1050]), town.dice.choice([0, 500, 1000])
    day = town.dice.choice([datetime.date(2026, month, 5) for month in (9, 10, 11)])
    set_threshold(
        indicator=indicator, year_group=4, yellow=yellow, green=yellow + more, from_day=day, by=None
    )
