"""Meetings are planned, singly and as series, moved and cancelled; every step is audited, without its words."""

from .filling import fill_all_series, fill_series
from .planning import cancel_meeting, move_meeting, plan_meeting, take_back_cancellation
from .series import Changed, change_series, end_series, make_series

__all__ = [
    "Changed",
    "cancel_meeting",
    "change_series",
    "end_series",
    "fill_all_series",
    "fill_series",
    "make_series",
    "move_meeting",
    "plan_meeting",
    "take_back_cancellation",
]
