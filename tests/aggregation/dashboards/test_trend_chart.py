"""Columns of rounds: as high as the shares are, and without a number where nothing is shown."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from aggregation.dashboards.trend_chart import SMALL, WIDE, Chart, trend_chart
from aggregation.dashboards.trend_table import trend_lines
from aggregation.dashboards.trends import Point, Trend
from aggregation.disclosure import Colours, Moves, Part
from aggregation.shares import Percents, Share
from colourmaps.models import Indicator

from .shown import COUNTED, HIDDEN, pool_of, pooled, round_named, school

pytestmark = pytest.mark.usefixtures("in_english")
NAMES = ["HT 2025", "Januari 2026", "VT 2026", "HT 2026", "VT 2027", "HT 2027", "VT 2028"]
BOX = re.compile(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)")


def trend_with(*shares: Share) -> Trend:
    points = [Point(round_named(name), share) for name, share in zip(NAMES, shares, strict=False)]
    return Trend(school(1), Indicator(names={"en": "Reading"}), points)


def boxes(chart: Chart, kind: str) -> list[tuple[float, ...]]:
    """(x, top, width, height) of everything of a kind."""
    paths = "".join(shape.path for shape in chart.shapes if shape.kind == kind)
    return [tuple(map(float, box)) for box in BOX.findall(paths)]


def texts(chart: Chart, kind: str) -> list[str]:
    return [text.words for text in chart.texts if text.kind.startswith(kind)]


def test_colours_stand_on_each_other_from_red_to_green() -> None:
    chart = trend_chart(trend_with(COUNTED), WIDE)

    [red], [yellow], [green] = (boxes(chart, colour) for colour in ("red", "yellow", "green"))
    heights = [red[3], yellow[3], green[3]]
    assert heights == pytest.approx([sum(heights) * share for share in (5 / 40, 15 / 40, 20 / 40)], abs=0.2)
    assert red[1] + red[3] == pytest.approx(WIDE.bottom, abs=0.1)
    assert (yellow[1] + yellow[3], green[1] + green[3]) == pytest.approx((red[1], yellow[1]), abs=0.2)
    assert texts(chart, "count") == ["5", "15", "20"]


def test_coverage_is_a_line_as_long_as_the_share_measured() -> None:
    chart = trend_chart(trend_with(COUNTED), WIDE)

    assert boxes(chart, "coverage")[0][2] == pytest.approx(boxes(chart, "red")[0][2] * 40 / 50, abs=0.1)


@pytest.mark.parametrize(
    ("share", "kind"), [(HIDDEN, "hidden"), (Share(Colours(0, 0, 0), Moves(0, 0, 0), 30), "missing")]
)
def test_what_is_not_shown_is_a_box_without_a_number(share: Share, kind: str) -> None:
    chart = trend_chart(trend_with(share), SMALL)

    assert len(boxes(chart, kind)) == 1
    assert [boxes(chart, colour) for colour in ("red", "yellow", "green", "coverage")] == [[], [], [], []]
    assert texts(chart, "count") == texts(chart, "moved") == []


def test_several_units_together_have_a_frame_and_are_named_in_words() -> None:
    chart = trend_chart(trend_with(pooled(pool_of(school(1), school(2, "Norrskolan")))), SMALL)

    assert len(boxes(chart, "pool")) == 1
    assert "shown together with Norrskolan" in chart.words


def test_movement_is_written_where_it_is_of_the_same_pupils() -> None:
    other = pooled(pool_of(school(1), school(2)), Part.MOVEMENT)

    assert texts(trend_chart(trend_with(COUNTED, other), SMALL), "moved") == ["10↗ 6↘"]


def test_shares_for_the_board_are_written_as_such() -> None:
    percents = Percents(base=40, colours=Colours(50, 35, 15), moves=Moves(30, 55, 15), measured=80)
    chart = trend_chart(trend_with(Share(percents=percents)), SMALL)

    assert texts(chart, "count") == ["15%", "35%", "50%"]
    assert texts(chart, "moved") == ["30%↗ 15%↘"]


def test_latest_rounds_are_drawn_side_by_side_and_all_are_in_the_words_that_are_drawn() -> None:
    chart = trend_chart(trend_with(*[COUNTED] * 7), SMALL)

    columns = boxes(chart, "red")
    assert len(columns) == SMALL.columns
    assert all(here[0] + here[2] < following[0] for here, following in pairwise(columns))
    assert columns[-1][0] + columns[-1][2] <= SMALL.width
    assert (NAMES[2] in chart.words, NAMES[1] in chart.words) == (True, False)
    assert texts(chart, "tick")[:2] == ["VT", "2026"]


def test_names_of_rounds_are_escaped() -> None:
    trend = Trend(school(1), Indicator(), [Point(round_named("<b>HT</b> 1&2"), COUNTED)])

    assert "&lt;b&gt;HT&lt;/b&gt;</text>" in trend_chart(trend, SMALL).marks
    assert "<b>" not in trend_chart(trend, SMALL).marks


def test_table_holds_every_round_and_says_what_is_hidden() -> None:
    counted, hidden = trend_lines(trend_with(COUNTED, HIDDEN))

    assert (counted.colours, counted.measured, counted.due, counted.moves) == (
        (5, 15, 20),
        40,
        50,
        (10, 20, 6),
    )
    assert (hidden.colours, hidden.measured, hidden.due, hidden.moves) == ((), None, None, ())
    assert "hidden" in hidden.state
    assert "hidden" in hidden.remark
