"""A cell as markup: what is seen, what is read aloud, and how little it weighs."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from colourmaps.cells import Cell, State
from colourmaps.classification import Colour, Movement
from colourmaps.drawing import ColumnPen
from colourmaps.scales import points


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def drawn(cell: Cell, *, is_first: bool = False) -> str:
    return ColumnPen(points(40), "en", {}, is_first=is_first).draw(cell)


@pytest.mark.parametrize(
    ("cell", "markup"),
    [
        (
            Cell(State.GREEN, 2650, Colour.GREEN, Movement.BETTER),
            '<td class="green up">26.5<b> good result, better</b>',
        ),
        (Cell(State.RED, 0, Colour.RED), '<td class="red">0<b> intervention needed</b>'),
        (
            Cell(State.RED, 1500, Colour.RED, Movement.WORSE, is_near=True),
            '<td class="red near down">15<b> intervention needed, near the limit, worse</b>',
        ),
        (
            Cell(State.YELLOW, 1800, Colour.YELLOW, Movement.BREAK),
            '<td class="yellow break">18<b> passed, not comparable with before</b>',
        ),
        (
            Cell(State.YELLOW, 1800, Colour.YELLOW, earlier_months=8, is_stale=True),
            '<td class="yellow stale">18<small>8 mo.</small><b> passed, outdated</b>',
        ),
        (
            Cell(State.YELLOW, 1800, Colour.YELLOW, earlier_months=3),
            '<td class="yellow">18<small>3 mo.</small><b> passed, from an earlier round</b>',
        ),
        (Cell(State.MISSING), '<td class="missing"><b> missing</b>'),
        (Cell(State.NOT_DUE), '<td class="notdue"><b> not due</b>'),
        (Cell(State.HIDDEN), '<td class="hidden"><b> hidden (few pupils)</b>'),
    ],
)
def test_cell_is_drawn_with_level_and_movement_apart(cell: Cell, markup: str) -> None:
    assert drawn(cell) == markup


def test_first_cell_of_an_area_says_so() -> None:
    assert drawn(Cell(State.MISSING), is_first=True) == '<td class="missing first"><b> missing</b>'


def test_pen_keeps_looks_apart_that_differ_only_in_age() -> None:
    pen = ColumnPen(points(40), "en", {})
    ages = [pen.draw(Cell(State.GREEN, 3000, Colour.GREEN, earlier_months=n)) for n in (1, 2, 1)]

    assert ["1 mo." in ages[0], "2 mo." in ages[1], ages[0] == ages[2]] == [True, True, True]
