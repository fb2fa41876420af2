"""Where the columns of a trend lie: one per round, drawn by templates/components/trend_chart.html. Pure.

A column is all pupils with a colour, from red at the bottom to green at the top, so that the height of the red is read
from a common line. Under it the coverage as a thin line, the round, and how many moved since their own last value.

A page shows twenty of these, and hundreds of marks in a template's loop cost more than all the rest of the page: so
everything of one kind is one path, and the marks are joined here, for the template to put into its frame.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from colourmaps.cells import State

from ..disclosure import Colours, Part
from ..figure_lines import state_of_share
from ..shares import Share
from ..wording import words_of
from .trends import Point, Trend

TOP, SIDE = 6, 2
# Below the columns: the line of coverage, two lines for the round's name, one for the movement.
BELOW = 54
COVERAGE_AT, COVERAGE_HEIGHT = 3, 2
NAME_AT, LINE_HEIGHT, MOVED_AT = 17, 12, 47
# The height that a number needs to fit in its segment; how far its foot is below the middle.
LABEL_HEIGHT, LABEL_FOOT = 12, 4
# Of a slot, and in all.
WIDEST_SHARE, WIDEST = 0.72, 52
# Fewer rounds leave room for those that will come.
FEWEST_SLOTS = 4
LOCK = "m-3 -7v-2.2a3 3 0 0 1 6 0v2.2m-8 0h10v8h-10z"


class Size(NamedTuple):
    """Of the box that a chart is drawn in; columns: how many rounds it holds, the latest ones."""

    width: int
    height: int
    columns: int

    @property
    def bottom(self) -> int:
        return self.height - BELOW


SMALL, WIDE = Size(272, 152, 5), Size(480, 214, 9)


class Shape(NamedTuple):
    """A path; kind: the class by which it is drawn."""

    kind: str
    path: str


class Text(NamedTuple):
    kind: str
    x: str
    y: str
    words: str


@dataclass(frozen=True)
class Chart:
    """words: the whole chart in sentences, for those who do not see it."""

    size: Size
    shapes: tuple[Shape, ...]
    texts: tuple[Text, ...]
    words: str

    @property
    def marks(self) -> SafeString:
        """All shapes and texts as SVG."""
        shapes = (f'<path class="{kind}" d="{path}"/>' for kind, path in self.shapes)
        texts = (
            f'<text class="{kind}" x="{x}" y="{y}">{escape(words)}</text>' for kind, x, y, words in self.texts
        )
        return mark_safe("".join([*shapes, *texts]))  # noqa: S308 – numbers and classes of this module, words escaped


def trend_chart(trend: Trend, size: Size) -> Chart:
    points = trend.points[-size.columns :]
    slot = (size.width - 2 * SIDE) / max(len(points), FEWEST_SLOTS)
    width = min(WIDEST, WIDEST_SHARE * slot)
    columns = [
        _Column(point, SIDE + slot * (n + 0.5) - width / 2, width, size.bottom)
        for n, point in enumerate(points)
    ]
    paths: dict[str, list[str]] = defaultdict(list)
    for column in columns:
        for kind, path in column.shapes():
            paths[kind].append(path)
    return Chart(
        size,
        tuple(Shape(kind, "".join(parts)) for kind, parts in paths.items()),
        tuple(text for column in columns for text in column.texts()),
        " ".join(f"{point.round.name}: {words_of(point.share, trend.unit.pk)}." for point in points),
    )


@dataclass(frozen=True)
class _Column:
    """One round, from x on."""

    point: Point
    x: float
    width: float
    bottom: int

    @property
    def share(self) -> Share:
        return self.point.share

    @property
    def sign(self) -> str:
        return "%" if self.share.percents else ""

    @property
    def height(self) -> int:
        return self.bottom - TOP

    @property
    def middle(self) -> str:
        return f"{self.x + self.width / 2:.1f}"

    def segments(self) -> Iterator[tuple[str, int, float, float]]:
        """(colour, count, top, height) from the bottom up, of the colours that there are any of."""
        colours: Colours | None = self.share.percents.colours if self.share.percents else self.share.colours
        if colours is None or not (total := sum(colours[:3])):
            return
        top = float(self.bottom)
        for colour, count in (("red", colours.red), ("yellow", colours.yellow), ("green", colours.green)):
            if count:
                height = self.height * count / total
                top -= height
                yield colour, count, top, height

    def shapes(self) -> Iterator[Shape]:
        for colour, _count, top, height in self.segments():
            yield Shape(colour, self._box(top, height))
        state = state_of_share(self.share)
        if state is State.HIDDEN:
            yield Shape("hidden", self._box(TOP, self.height))
            yield Shape("lock", f"M{self.middle} {TOP + self.height / 2 + 4:.1f}{LOCK}")
        elif state is State.MISSING:
            yield Shape("missing", self._box(TOP, self.height))
        elif Part.COLOURS in self.share.pools:
            yield Shape("pool", self._box(TOP - 2, self.height + 3, outside=3))
        if covered := _covered(self.share):
            top = self.bottom + COVERAGE_AT
            yield Shape("coverage", _path(self.x, top, covered * self.width, COVERAGE_HEIGHT))

    def _box(self, top: float, height: float, outside: float = 0.0) -> str:
        return _path(self.x - outside, top, self.width + 2 * outside, height)

    def texts(self) -> Iterator[Text]:
        for colour, count, top, height in self.segments():
            if height >= LABEL_HEIGHT:
                foot = f"{top + height / 2 + LABEL_FOOT:.1f}"
                yield Text(f"count {colour}", self.middle, foot, f"{count}{self.sign}")
        if state_of_share(self.share) is State.MISSING:
            yield Text("tick", self.middle, f"{TOP + self.height / 2:.1f}", "—")
        for n, line in enumerate(self.point.round.name.rsplit(" ", 1)):
            yield Text("tick", self.middle, str(self.bottom + NAME_AT + LINE_HEIGHT * n), line)
        if moved := _moved(self.share, self.sign):
            yield Text("moved", self.middle, str(self.bottom + MOVED_AT), moved)


def _path(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:.1f} {y:.1f}h{width:.1f}v{height:.1f}h-{width:.1f}z"


def _covered(share: Share) -> float | None:
    """The share measured of those due, 0–1; None where it is not told."""
    if share.percents is not None:
        return None if share.percents.measured is None else share.percents.measured / 100
    return min(1.0, share.measured / share.due) if share.due else None


def _moved(share: Share, sign: str) -> str:
    """How many moved up and down, where that is shown of the same units as the colours; else empty."""
    moves = share.percents.moves if share.percents else share.moves
    if moves is None or not sum(moves) or not share.is_of_same_units(Part.MOVEMENT):
        return ""
    return f"{moves.up}{sign}↗ {moves.down}{sign}↘"
