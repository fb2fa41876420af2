"""The table under a trend, and its sheet in the workbook: every count of every round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from colourmaps.cells import WORDS, State
from colourmaps.models import MeasurementRound

from ..disclosure import Part
from ..figure_lines import remark_of, segments_of, state_of_share
from ..shares import Share
from .trends import Trend


class TrendLine(NamedTuple):
    """colours: red, yellow, green; moves: better, unchanged, worse; each empty where it is not shown, and then state or
    remark says why. Numbers are counts, or for the board per cent: unit says which.
    """

    round: MeasurementRound
    state: str
    colours: Sequence[int]
    measured: int | None
    due: int | None
    moves: Sequence[int]
    unit: str
    remark: str


def trend_lines(trend: Trend) -> list[TrendLine]:
    """Oldest round first."""
    return [_line(point.round, point.share, trend) for point in trend.points]


def _line(round_: MeasurementRound, share: Share, trend: Trend) -> TrendLine:
    state = state_of_share(share)
    percents = share.percents
    moves = percents.moves if percents else share.moves
    is_moved = moves is not None and any(moves) and share.is_of_same_units(Part.MOVEMENT)
    return TrendLine(
        round_,
        str(WORDS[state]) if state else "",
        segments_of(share) if state is None else (),
        percents.measured if percents else (share.measured if state is not State.HIDDEN else None),
        None if percents else share.due,
        tuple(moves) if moves is not None and is_moved else (),
        "%" if percents else "",
        remark_of(share, trend.unit),
    )
