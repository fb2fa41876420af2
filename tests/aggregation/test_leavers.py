"""Who has left is counted at the class of then or its heir, and every change that concerns it has it counted again."""

import datetime

import pytest

from accounts.models import Unit
from aggregation.leavers import heirs, rounds_before
from aggregation.models import RollupWork, UnitSum
from aggregation.rollup import recount_municipality
from aggregation.slices import ALL_PUPILS, slice_of_group, slice_of_sex, slice_of_year_group
from aggregation.verification import differences
from aggregation.work import do_waiting_recounts
from colourmaps.scales import Mark
from colourmaps.services import plan_indicator, unplan_indicator
from pupils.grouping import join_group, sum_group
from pupils.models import Pupil, Sex
from pupils.services import end_enrolment, enrol_pupil
from tests.factories.accounts import SchoolClassFactory
from tests.factories.colourmaps import DueIndicatorFactory, IndicatorFactory, RoundFactory, record
from tests.factories.pupils import GroupFactory, PupilFactory
from tests.fixtures import Place

pytestmark = pytest.mark.usefixtures("ticking")

SPRING_DAY, AUTUMN_DAY = datetime.date(2026, 4, 20), datetime.date(2026, 10, 20)
SUMMER = datetime.date(2026, 8, 1)


class Years:
    """A class of the spring, its heir of the autumn, a class beside it, and an indicator that is due in both."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.heir, self.beside = place.class_4a, SchoolClassFactory(parent=place.school, name="4B")
        self.of_then = SchoolClassFactory(
            parent=place.school,
            name="3A",
            year_group=3,
            valid_from=datetime.date(2025, 8, 1),
            valid_to=SUMMER,
        )
        Unit.objects.filter(pk=self.of_then.pk).update(successor=self.heir)
        self.spring, self.autumn = (
            RoundFactory(starts_on=day, ends_on=day + datetime.timedelta(days=5))
            for day in (SPRING_DAY, AUTUMN_DAY)
        )
        self.indicator = IndicatorFactory()
        DueIndicatorFactory(round=self.spring, indicator=self.indicator, year_group=3)
        DueIndicatorFactory(round=self.autumn, indicator=self.indicator, year_group=4)
        self.girl, self.boy = (PupilFactory(school_class=self.of_then, sex=sex) for sex in ("F", "M"))
        record(self.spring, self.indicator, {self.girl: 1000, self.boy: 2000})
        self.settle()

    def settle(self) -> None:
        do_waiting_recounts()
        assert differences() == []

    def move_up(self, pupil: Pupil, school_class: Unit) -> None:
        enrol_pupil(pupil=pupil, school_class=school_class, year_group=4, on=SUMMER)

    def left(self, unit: Unit, part: int = ALL_PUPILS) -> int:
        rows = UnitSum.objects.filter(unit=unit, round=self.autumn, slice=part)
        return sum(rows.values_list("left", flat=True))


@pytest.fixture
def years(in_solviken: Place) -> Years:
    return Years(in_solviken)


def test_who_is_not_measured_again_has_left_at_the_heir_of_the_class(years: Years) -> None:
    assert years.left(years.heir) == years.left(years.place.root) == 2
    assert years.left(years.of_then) == 0


def test_who_is_measured_again_in_whatever_class_has_not_left(years: Years) -> None:
    years.move_up(years.girl, years.heir)
    years.move_up(years.boy, years.beside)

    record(years.autumn, years.indicator, {years.girl: 1500, years.boy: 1500})
    years.settle()

    assert (years.left(years.heir), years.left(years.beside), years.left(years.place.root)) == (0, 0, 0)


def test_correction_in_another_class_is_seen_where_the_pupil_was_missed(years: Years) -> None:
    years.move_up(years.boy, years.beside)
    record(years.autumn, years.indicator, {years.boy: 1500})
    years.settle()
    assert years.left(years.heir) == 1

    record(years.autumn, years.indicator, {years.boy: Mark.ABSENT})
    years.settle()

    assert years.left(years.heir) == 2


def test_correction_of_the_round_before_has_the_heir_counted_again_and_no_other_class(years: Years) -> None:
    record(years.spring, years.indicator, {years.boy: Mark.ABSENT})

    assert set(RollupWork.objects.values_list("unit_id", "round_id")) == {
        (years.of_then.pk, years.spring.pk),
        (years.heir.pk, years.autumn.pk),
    }
    years.settle()
    assert years.left(years.heir) == 1


def test_measured_pupil_who_loses_the_class_has_left(years: Years) -> None:
    years.move_up(years.boy, years.beside)
    record(years.autumn, years.indicator, {years.boy: 1500})
    years.settle()

    end_enrolment(enrolment=years.boy.enrolments.get(school_class=years.beside), on=datetime.date(2026, 9, 1))
    years.settle()

    assert years.left(years.heir) == 2


def test_nobody_is_missed_where_the_class_has_ended_without_heir(years: Years) -> None:
    Unit.objects.filter(pk=years.of_then.pk).update(successor=None)

    recount_municipality()

    assert years.left(years.place.root) == 0
    assert differences() == []


def test_nobody_has_left_whom_nobody_asks_any_more(years: Years) -> None:
    unplan_indicator(round_=years.autumn, indicator_id=years.indicator.pk, year_groups=[4])
    plan_indicator(round_=years.autumn, indicator_id=years.indicator.pk, year_groups=[7])
    years.settle()

    assert years.left(years.place.root) == 0


def test_leavers_are_in_the_slices_of_their_sex_and_of_the_year_group_of_the_heir(years: Years) -> None:
    root = years.place.root

    assert years.left(root, slice_of_year_group(4)) == 2
    assert years.left(root, slice_of_year_group(3)) == 0
    assert [years.left(root, slice_of_sex(sex)) for sex in (Sex.FEMALE, Sex.MALE, Sex.UNKNOWN)] == [1, 1, 0]


def test_leavers_of_a_mixed_class_belong_to_the_year_group_they_would_be_in(years: Years) -> None:
    Unit.objects.filter(pk=years.heir.pk).update(year_group=None)
    years.girl.enrolments.update(year_group=5)
    record(years.spring, years.indicator, {years.girl: 1001})
    DueIndicatorFactory(round=years.autumn, indicator=years.indicator, year_group=6)

    recount_municipality()

    assert [years.left(years.place.root, slice_of_year_group(year)) for year in (4, 5, 6)] == [1, 0, 1]
    assert differences() == []


def test_leavers_are_in_the_slice_of_their_group(years: Years) -> None:
    group = GroupFactory()
    join_group(group=group, pupil_ids=[years.girl.pk], on=SPRING_DAY, by=None)

    sum_group(group=group, by=None)
    years.settle()

    assert years.left(years.place.root, slice_of_group(group.pk)) == 1


def test_round_in_between_becomes_the_round_before_when_the_indicator_is_planned_in_it(years: Years) -> None:
    june = RoundFactory(starts_on=datetime.date(2026, 6, 1), ends_on=datetime.date(2026, 6, 5))

    plan_indicator(round_=june, indicator_id=years.indicator.pk, year_groups=[3])
    years.settle()
    assert years.left(years.heir) == 0

    unplan_indicator(round_=june, indicator_id=years.indicator.pk, year_groups=[3])
    years.settle()
    assert years.left(years.heir) == 2


def test_round_before_is_the_latest_in_which_the_indicator_was_due(years: Years) -> None:
    winter = RoundFactory(starts_on=datetime.date(2027, 1, 10), ends_on=datetime.date(2027, 1, 12))
    DueIndicatorFactory(round=winter, indicator=years.indicator, year_group=4)
    other = DueIndicatorFactory(round=winter).indicator

    found = {
        (before.round_id, before.indicator_id): before.before_id
        for before in rounds_before([years.autumn.pk, winter.pk])
    }

    assert found == {
        (years.autumn.pk, years.indicator.pk): years.spring.pk,
        (winter.pk, years.indicator.pk): years.autumn.pk,
    }
    assert other.pk not in {indicator_id for _round_id, indicator_id in found}


def test_heir_is_the_first_of_the_line_that_is_there_on_the_day(years: Years) -> None:
    after = SchoolClassFactory(
        parent=years.place.school, valid_from=years.heir.valid_to, valid_to=datetime.date(2028, 8, 1)
    )
    Unit.objects.filter(pk=years.heir.pk).update(successor=after)
    line = [years.of_then.pk, years.heir.pk, after.pk]

    assert heirs(line, datetime.date(2026, 5, 1)) == {years.of_then.pk: years.of_then.pk}
    assert heirs(line, AUTUMN_DAY) == dict.fromkeys(line[:2], years.heir.pk)
    assert heirs(line, datetime.date(2027, 10, 1)) == dict.fromkeys(line, after.pk)
    assert heirs(line, datetime.date(2029, 1, 1)) == {}


def test_joined_is_who_has_no_earlier_value_of_their_own(years: Years) -> None:
    new = PupilFactory(school_class=years.heir)
    years.move_up(years.girl, years.heir)

    record(years.autumn, years.indicator, {new: 1000, years.girl: 1500})
    years.settle()

    row = UnitSum.objects.get(unit=years.heir, round=years.autumn, slice=ALL_PUPILS)
    assert (row.measured, row.paired, row.joined, row.left) == (2, 1, 1, 1)
