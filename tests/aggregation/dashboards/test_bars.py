from __future__ import annotations

import pytest

from aggregation.dashboards.bars import colour_bar, draw_bar, movement_bar
from aggregation.disclosure import Colours, Moves


def test_colours_stand_in_their_fixed_order_and_fill_the_bar() -> None:
    bar = colour_bar(Colours(green=50, yellow=30, red=20, uncoloured=7))

    assert [(segment.kind, segment.x, segment.width, segment.label) for segment in bar] == [
        ("red", 0, 20, "20"),
        ("yellow", 20, 30, "30"),
        ("green", 50, 50, "50"),
    ]
    assert [segment.middle for segment in bar] == [10, 35, 75]


def test_nobody_has_no_segment() -> None:
    assert [segment.kind for segment in colour_bar(Colours(3, 0, 1))] == ["red", "green"]
    assert movement_bar(Moves(0, 0, 0)) == []


def test_number_that_has_no_room_is_left_out() -> None:
    assert [segment.label for segment in colour_bar(Colours(990, 0, 10))] == ["", "990"]


@pytest.mark.parametrize(("sign", "label"), [("", "60 ↗"), ("%", "60% ↗")])
def test_movement_has_arrows_and_says_what_its_numbers_are(sign: str, label: str) -> None:
    assert movement_bar(Moves(60, 40, 0), sign)[-1].label == label


def test_bar_is_drawn_with_its_numbers_and_its_coverage() -> None:
    assert draw_bar(colour_bar(Colours(80, 0, 20)), covered=95) == (
        '<svg class="wide-bar" aria-hidden="true">'
        '<rect class="red" x="0.0%" width="20.0%"/><text class="red" x="10.0%" y="13">20</text>'
        '<rect class="green" x="20.0%" width="80.0%"/><text class="green" x="60.0%" y="13">80</text>'
        '<rect class="coverage" width="95%"/></svg>'
    )
    assert "coverage" not in draw_bar(colour_bar(Colours(80, 0, 20)))
