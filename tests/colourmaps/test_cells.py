"""What one cell shows: the level, the five kinds of empty told apart, and what is out of date."""

import datetime
from collections.abc import Iterator

import pytest
from django.utils import translation

from colourmaps.cells import MOVEMENT_CLASSES, MOVEMENT_WORDS, WORDS, Cell, State, state_of
from colourmaps.classification import Colour, Movement
from colourmaps.models import Result
from colourmaps.scales import Mark

COUNTED = datetime.date(2026, 9, 30)
MEASURED = datetime.date(2026, 9, 10)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def result(value: int | None = 2000, *, days_ago: int = 20, **fields: int) -> Result:
    return Result(value=value, measured_on=COUNTED - datetime.timedelta(days=days_ago), **fields)


def cell(
    found: Result | None, earlier: Result | None = None, *, is_due: bool = True, shelf_life: int | None = None
) -> Cell:
    return state_of(found, earlier, is_due=is_due, on=COUNTED, shelf_life_months=shelf_life)


@pytest.mark.parametrize(
    ("colour", "state"),
    [
        (Colour.GREEN, State.GREEN),
        (Colour.YELLOW, State.YELLOW),
        (Colour.RED, State.RED),
        (Colour.NONE, State.PLAIN),
    ],
)
@pytest.mark.parametrize("is_due", [True, False])
def test_value_shows_its_colour_and_movement(colour: Colour, state: State, is_due: bool) -> None:
    found = result(colour=colour, movement=Movement.WORSE)

    shown = cell(found, result(1000, days_ago=200), is_due=is_due)

    assert shown == Cell(state, 2000, colour, Movement.WORSE, measured_on=MEASURED)
    assert (shown.is_measured, shown.is_stale) == (True, False)


def test_value_of_zero_is_a_value() -> None:
    assert cell(result(0, colour=Colour.RED)).is_measured


@pytest.mark.parametrize(
    ("mark", "state"),
    [(Mark.ABSENT, State.ABSENT), (Mark.NO_BASIS, State.NO_BASIS), (Mark.EXEMPT, State.EXEMPT)],
)
def test_mark_says_why_there_is_no_number(mark: Mark, state: State) -> None:
    shown = cell(result(None, mark=mark), result(1000, days_ago=200))

    assert shown == Cell(state, measured_on=MEASURED)
    assert not shown.is_measured


def test_empty_cell_is_missing_where_it_is_due_and_else_not_due() -> None:
    assert cell(None) == Cell(State.MISSING)
    assert cell(None, is_due=False) == Cell(State.NOT_DUE)
    assert cell(None, result(1000, days_ago=200), is_due=False) == Cell(State.NOT_DUE)


def test_earlier_value_stands_in_for_a_missing_one_and_is_not_measured() -> None:
    shown = cell(None, result(1000, days_ago=243, colour=Colour.RED, movement=Movement.BETTER))

    assert (shown.state, shown.value, shown.colour) == (State.RED, 1000, Colour.RED)
    assert (shown.movement, shown.earlier_months) == (Movement.NONE, 8)
    assert (shown.is_stale, shown.is_measured) == (True, False)
    assert shown.age == "8 mo."


@pytest.mark.parametrize(("days", "months"), [(0, 1), (1, 1), (45, 1), (46, 2), (365, 12)])
def test_age_is_in_whole_months_and_at_least_one(days: int, months: int) -> None:
    assert cell(None, result(days_ago=days)).earlier_months == months


@pytest.mark.parametrize(
    ("shelf_life", "is_stale"), [(None, True), (0, True), (7, True), (8, False), (24, False)]
)
def test_earlier_value_is_outdated_once_it_is_older_than_its_shelf_life(
    shelf_life: int | None, is_stale: bool
) -> None:
    shown = cell(None, result(1000, days_ago=243, colour=Colour.RED), shelf_life=shelf_life)

    assert (shown.is_stale, shown.is_earlier, shown.is_measured) == (is_stale, True, False)
    assert shown.words == ("intervention needed, " + ("outdated" if is_stale else "from an earlier round"))
    assert shown.look == ("red stale" if is_stale else "red", "")


def test_value_near_a_limit_says_so_and_a_mark_never_does() -> None:
    near = state_of(result(colour=Colour.RED), None, is_due=True, on=COUNTED, is_near=True)
    mark = state_of(result(None, mark=Mark.ABSENT), None, is_due=True, on=COUNTED, is_near=True)

    assert (near.look, near.words) == (("red near", ""), "intervention needed, near the limit")
    assert (mark.look, mark.words) == (("absent", ""), "absent")


def test_look_is_what_is_drawn_alike() -> None:
    assert Cell(State.GREEN, 2000, Colour.GREEN, Movement.BETTER).look == ("green", "up")
    assert Cell(State.RED, 1000, Colour.RED, earlier_months=3, is_stale=True).look == ("red stale", "")
    assert Cell(State.RED, 1000, Colour.RED, earlier_months=3).look == ("red", "")
    assert Cell(State.GREEN, 2000, Colour.GREEN, Movement.BREAK).look == ("green", "break")
    assert Cell(State.MISSING).look == ("missing", "")


def test_words_say_level_and_movement_as_two_things() -> None:
    moved = Cell(State.GREEN, 2000, Colour.GREEN, Movement.WORSE)
    broken = Cell(State.YELLOW, 2000, Colour.YELLOW, Movement.BREAK)

    assert moved.words == "good result, worse"
    assert broken.words == "passed, not comparable with before"


def test_every_state_and_movement_has_a_word_and_a_look_of_its_own() -> None:
    assert set(WORDS) == set(State)
    assert len({str(word) for word in WORDS.values()}) == len(State)
    assert set(MOVEMENT_WORDS) == set(MOVEMENT_CLASSES) == set(Movement)
    assert len(set(MOVEMENT_CLASSES.values())) == len(Movement)
