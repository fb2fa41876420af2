"""The map of a class as data: who stands in it, which columns, which cells, and how it is counted."""

import datetime

import pytest

from accounts.models import Unit
from colourmaps.cells import State
from colourmaps.classification import Colour, Movement
from colourmaps.grid import Grid, cell_of, class_grid
from colourmaps.limits import Limits
from colourmaps.models import Indicator, MeasurementRound
from colourmaps.scales import Mark
from pupils.models import Pupil
from tests.factories.colourmaps import (
    DueIndicatorFactory,
    IndicatorFactory,
    RoundFactory,
    ThresholdFactory,
    record,
)
from tests.factories.pupils import EnrolmentFactory, PupilFactory
from tests.fixtures import TODAY, Place


@pytest.fixture
def spring(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(starts_on=datetime.date(2026, 8, 15), ends_on=datetime.date(2026, 8, 31))


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(starts_on=datetime.date(2026, 10, 1), ends_on=datetime.date(2026, 10, 31))


@pytest.fixture
def reading(in_solviken: Place, autumn: MeasurementRound) -> Indicator:
    """Due in year 4 in the autumn; yellow from 16, green from 26."""
    indicator = IndicatorFactory(code="LÄS")
    ThresholdFactory(indicator=indicator)
    DueIndicatorFactory(round=autumn, indicator=indicator)
    return indicator


def grid_of(school_class: Unit, round_: MeasurementRound) -> Grid:
    return class_grid(school_class, round_, TODAY)


def states(grid: Grid) -> dict[Pupil, list[State]]:
    return {row.pupil: [cell.state for cell in row.cells] for row in grid.rows}


def test_row_per_pupil_of_the_class_and_column_per_due_indicator(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    IndicatorFactory()  # due nowhere
    DueIndicatorFactory(round=autumn, year_group=5)
    DueIndicatorFactory()  # of another round
    pupils = PupilFactory.create_batch(2, school_class=in_solviken.class_4a)
    PupilFactory(school_class=in_solviken.class_5a)

    grid = grid_of(in_solviken.class_4a, autumn)

    assert states(grid) == {pupil: [State.MISSING] for pupil in pupils}
    assert [column.indicator for column in grid.columns] == [reading]
    assert grid.columns[0].limits == {4: Limits(1600, 2600)}


def test_indicator_that_was_measured_without_being_due_has_a_column(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    extra = IndicatorFactory(position=reading.position + 1)
    one, other = PupilFactory.create_batch(2, school_class=in_solviken.class_4a)
    record(autumn, extra, {one: 500})

    grid = grid_of(in_solviken.class_4a, autumn)

    assert [column.indicator for column in grid.columns] == [reading, extra]
    assert states(grid) == {one: [State.MISSING, State.PLAIN], other: [State.MISSING, State.NOT_DUE]}


def test_five_kinds_of_empty_are_told_apart(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    marks = [Mark.ABSENT, Mark.NO_BASIS, Mark.EXEMPT]
    pupils = PupilFactory.create_batch(4, school_class=in_solviken.class_4a)
    record(autumn, reading, dict(zip(pupils, marks, strict=False)))
    joins = PupilFactory(school_class=in_solviken.class_4a, since=datetime.date(2026, 11, 2))

    grid = grid_of(in_solviken.class_4a, autumn)

    assert states(grid) == {
        pupils[0]: [State.ABSENT],
        pupils[1]: [State.NO_BASIS],
        pupils[2]: [State.EXEMPT],
        pupils[3]: [State.MISSING],
        joins: [State.NOT_DUE],
    }


def test_value_before_stands_in_as_outdated(
    in_solviken: Place, spring: MeasurementRound, autumn: MeasurementRound, reading: Indicator
) -> None:
    pupil = PupilFactory(school_class=in_solviken.class_4a)
    record(spring, reading, {pupil: 2600})

    (row,) = grid_of(in_solviken.class_4a, autumn).rows

    (cell,) = row.cells
    assert (cell.state, cell.value, cell.is_stale, cell.earlier_months) == (State.GREEN, 2600, True, 3)


def test_pupil_who_left_after_the_round_stays_in_its_map(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    pupil, moves = PupilFactory(), datetime.date(2026, 11, 1)
    EnrolmentFactory(pupil=pupil, school_class=in_solviken.class_4a, valid_to=moves)
    EnrolmentFactory(pupil=pupil, school_class=in_solviken.class_5a, valid_from=moves)
    record(autumn, reading, {pupil: 3000})

    left, joined = grid_of(in_solviken.class_4a, autumn), grid_of(in_solviken.class_5a, autumn)

    assert [(row.pupil, row.has_joined_later) for row in left.rows] == [(pupil, False)]
    assert [(row.pupil, row.has_joined_later) for row in joined.rows] == [(pupil, True)]
    assert (left.tallies[0].due, left.tallies[0].measured) == (1, 1)
    assert (joined.tallies[0].due, joined.tallies[0].measured) == (0, 0)


def test_tally_counts_colours_movements_and_coverage(
    in_solviken: Place, spring: MeasurementRound, autumn: MeasurementRound, reading: Indicator
) -> None:
    pupils = PupilFactory.create_batch(6, school_class=in_solviken.class_4a)
    record(spring, reading, dict(zip(pupils, (1000, 3000, 1000, 1000), strict=False)))
    now: list[int | Mark] = [1600, 2600, 1599, 1000, Mark.EXEMPT]
    record(autumn, reading, dict(zip(pupils, now, strict=False)))

    grid = grid_of(in_solviken.class_4a, autumn)
    (tally,) = grid.tallies

    assert (tally.due, tally.measured, grid.n_due, grid.n_measured) == (5, 4, 5, 4)
    assert tally.colours == {Colour.NONE: 0, Colour.RED: 2, Colour.YELLOW: 1, Colour.GREEN: 1}
    assert tally.movements == {
        Movement.NONE: 0,
        Movement.WORSE: 1,
        Movement.STILL: 1,
        Movement.BETTER: 2,
        Movement.BREAK: 0,
    }
    assert (tally.oldest, tally.newest) == (autumn.starts_on, autumn.starts_on)
    assert grid.measured_days == (autumn.starts_on, autumn.starts_on)


def test_limits_are_those_of_the_day_the_round_is_counted(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    reading.thresholds.update(valid_to=datetime.date(2026, 11, 1))
    ThresholdFactory(indicator=reading, valid_from=datetime.date(2026, 11, 1), yellow_limit=1)
    PupilFactory(school_class=in_solviken.class_4a)

    assert grid_of(in_solviken.class_4a, autumn).columns[0].limits == {4: Limits(1600, 2600)}


def test_empty_class_has_an_empty_map(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    grid = grid_of(in_solviken.class_4a, autumn)

    assert (list(grid.rows), list(grid.columns), grid.measured_days) == ([], [], None)


@pytest.mark.slow
def test_number_of_queries_does_not_grow_with_the_class(
    in_solviken: Place,
    spring: MeasurementRound,
    autumn: MeasurementRound,
    reading: Indicator,
    django_assert_max_num_queries,
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(10) as captured:
            grid_of(in_solviken.class_4a, autumn).tallies  # noqa: B018 – counted when asked for
        return len(captured)

    record(spring, reading, {PupilFactory(school_class=in_solviken.class_4a): 1000})
    with_one = queries()
    for indicator in IndicatorFactory.create_batch(3):
        ThresholdFactory(indicator=indicator)
        DueIndicatorFactory(round=autumn, indicator=indicator)
        pupils = PupilFactory.create_batch(2, school_class=in_solviken.class_4a)
        record(autumn, indicator, dict.fromkeys(pupils, 2000))

    assert queries() == with_one


def test_one_cell_is_as_in_the_map(
    in_solviken: Place, spring: MeasurementRound, autumn: MeasurementRound, reading: Indicator
) -> None:
    values: list[int | Mark] = [2000, Mark.ABSENT]
    pupils = PupilFactory.create_batch(3, school_class=in_solviken.class_4a)
    record(spring, reading, {pupils[0]: 1000, pupils[2]: 1000})
    record(autumn, reading, dict(zip(pupils, values, strict=False)))
    grid = grid_of(in_solviken.class_4a, autumn)

    for row in grid.rows:
        cell, limits, own = cell_of(row.pupil, reading, autumn)
        assert ([cell], limits, own) == (list(row.cells), Limits(1600, 2600), None)


def test_cell_of_a_pupil_who_was_in_no_class_is_not_due(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator
) -> None:
    cell, limits, own = cell_of(PupilFactory(), reading, autumn)

    assert (cell.state, limits, own) == (State.NOT_DUE, None, None)
