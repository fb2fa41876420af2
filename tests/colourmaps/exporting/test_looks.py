"""A workbook has the page's colours, and a sign where it has a colour."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest

from colourmaps.cells import Cell, State
from colourmaps.classification import Colour, Movement
from colourmaps.exporting.looks import LOOKS, TOKENS, Look, look_of, number_format, stale, text_format

TOKENS_CSS = Path(__file__).resolve().parents[3] / "static" / "css" / "tokens.css"


def tokens_in_light() -> dict[str, str]:
    css = re.sub(r"/\*.*?\*/", "", TOKENS_CSS.read_text(encoding="utf-8"), flags=re.DOTALL)
    root = re.search(r":root\s*\{(.*?)\}", css, flags=re.DOTALL)
    assert root
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6});", root[1]))


def test_colours_are_those_of_the_page() -> None:
    light = tokens_in_light()

    assert {token: light[token] for token in TOKENS} == TOKENS


def test_every_state_has_a_look_and_all_are_told_apart_without_colour() -> None:
    assert set(LOOKS) == set(State)
    signs = [look.sign for look in LOOKS.values()]
    assert len(set(signs)) == len(signs)


@pytest.mark.parametrize("state", [State.GREEN, State.YELLOW, State.RED, State.PLAIN])
def test_outdated_looks_like_neither_a_result_nor_another_outdated_one(state: State) -> None:
    colour = {State.GREEN: Colour.GREEN, State.YELLOW: Colour.YELLOW, State.RED: Colour.RED}.get(
        state, Colour.NONE
    )

    look = look_of(Cell(state, 100, colour, earlier_months=8, is_stale=True))

    assert look == stale(state)
    assert look.is_hatched
    assert look != look_of(Cell(state, 100, colour))
    assert look.fill in (*TOKENS, "")


def test_earlier_value_within_its_shelf_life_keeps_its_full_colour() -> None:
    assert look_of(Cell(State.RED, 100, Colour.RED, earlier_months=8)) == LOOKS[State.RED]


def test_value_near_a_limit_is_underlined() -> None:
    look = look_of(Cell(State.RED, 100, Colour.RED, is_near=True))

    assert look.is_underlined
    assert replace(look, is_underlined=False) == LOOKS[State.RED]


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(Movement, 2)))
def test_movements_are_told_apart(one: Movement, other: Movement) -> None:
    assert number_format(Look(), one) != number_format(Look(), other)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, '"●"* 0" ↗";"●"* -0" ↗";"●"* 0" ↗";"●"* @" ↗"'),
        ({"decimals": 1, "is_percent": True}, '"●"* 0.0%" ↗";"●"* -0.0%" ↗";"●"* 0.0%" ↗";"●"* @" ↗"'),
    ],
)
def test_format_of_a_number_puts_the_sign_left_and_the_movement_right(
    options: dict[str, int], expected: str
) -> None:
    assert number_format(LOOKS[State.GREEN], Movement.BETTER, **options) == expected  # type: ignore[arg-type]


def test_format_of_a_text_shows_a_number_written_over_it() -> None:
    assert text_format(LOOKS[State.MISSING], is_word=True) == 'General;-General;General;"— "@'
    assert text_format(LOOKS[State.RED], Movement.WORSE) == 'General;-General;General;"■!"* @" ↘"'
