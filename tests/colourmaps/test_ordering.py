"""In which order the rows of a map stand, and in which it never does."""

import datetime

import pytest

from accounts.models import Unit
from colourmaps.cells import Cell, State
from colourmaps.classification import Colour
from colourmaps.grid import Column, Grid, Row
from colourmaps.models import Indicator, MeasurementRound
from colourmaps.ordering import choices_of, chosen_order, in_order
from pupils.models import Protection, Pupil

DAY = datetime.date(2026, 10, 1)
ROUND = MeasurementRound(name="HT 2026", starts_on=DAY, ends_on=DAY)
CLASS_10A, CLASS_9B = Unit(pk=1, name="10A", year_group=10), Unit(pk=2, name="9B", year_group=9)


def row(name: str, cell: Cell, school_class: Unit = CLASS_9B, **pupil: str) -> Row:
    return Row(Pupil(pk=len(name), family_name=name, **pupil), [cell], school_class=school_class)


def measured(value: int) -> Cell:
    return Cell(State.RED, value, Colour.RED)


def grid_of(*rows: Row, direction: str = "high") -> Grid:
    indicator = Indicator(code="LAS", names={"sv": "Läsning"}, value_type="points", direction=direction)
    return Grid(Unit(name="Lag"), ROUND, [Column(indicator, {}, set())], rows)


def names(grid: Grid, order: str) -> list[str]:
    return [each.pupil.family_name for each in in_order(grid, order, "sv")]


ROWS = [
    row("Ek", measured(2000)),
    row("Alm", Cell(State.MISSING)),
    row("Öst", measured(0)),
    row("Åberg", Cell(State.RED, 100, Colour.RED, earlier_months=3)),
    row("Ceder", measured(900), CLASS_10A),
]


def test_by_name_as_the_language_sorts_names() -> None:
    assert names(grid_of(*ROWS), "name") == ["Alm", "Ceder", "Ek", "Åberg", "Öst"]


def test_by_class_the_younger_first_and_then_by_name() -> None:
    assert names(grid_of(*ROWS), "class") == ["Alm", "Ek", "Åberg", "Öst", "Ceder"]


@pytest.mark.parametrize(
    ("direction", "expected"),
    [("high", ["Öst", "Ceder", "Ek", "Åberg", "Alm"]), ("low", ["Ek", "Ceder", "Öst", "Åberg", "Alm"])],
)
def test_by_indicator_need_first_zero_among_the_values_and_missing_last(
    direction: str, expected: list[str]
) -> None:
    assert names(grid_of(*ROWS, direction=direction), "LAS") == expected


def test_pupil_with_protected_identity_has_a_place_that_tells_nothing_of_the_name() -> None:
    protected = row("Aa", measured(2000), protection=Protection.PROTECTED)

    assert names(grid_of(protected, *ROWS), "name")[-1] == "Aa"


def test_orders_are_names_classes_and_indicators_and_nothing_that_counts_the_colours_of_a_pupil() -> None:
    grid = grid_of(*ROWS)

    of_class = [choice.key for choice in choices_of(grid, with_class=False)]
    of_several = [choice.key for choice in choices_of(grid, with_class=True)]

    assert (of_class, of_several) == (["name", "LAS"], ["class", "name", "LAS"])


@pytest.mark.parametrize("asked_for", [None, "", "red", "class", "total", "LAS2"])
def test_order_that_the_map_does_not_have_is_the_usual_one(asked_for: str | None) -> None:
    assert chosen_order(asked_for, grid_of(*ROWS), with_class=False) == "name"
    assert chosen_order(asked_for, grid_of(*ROWS), with_class=True) == "class"
