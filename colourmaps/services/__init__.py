from .flips import Flip, Flips, flips_by_school, flips_of
from .judging import UnknownReference
from .limits import LimitsRefused, check_threshold, set_threshold
from .maps import adopt_map, change_map, delete_map, leave_map, leave_out, make_map, share_map
from .planning import keep_rounds_open, plan_indicator, unplan_indicator
from .recording import Recorded, record_results
from .removing import remove_results
from .stamping import place_results, restamp_all
from .undoing import RoundsClosed, UndoEffect, effect_of_undoing, undo_batch

__all__ = [
    "Flip",
    "Flips",
    "LimitsRefused",
    "Recorded",
    "RoundsClosed",
    "UndoEffect",
    "UnknownReference",
    "adopt_map",
    "change_map",
    "check_threshold",
    "delete_map",
    "effect_of_undoing",
    "flips_by_school",
    "flips_of",
    "keep_rounds_open",
    "leave_map",
    "leave_out",
    "make_map",
    "place_results",
    "plan_indicator",
    "record_results",
    "remove_results",
    "restamp_all",
    "set_threshold",
    "share_map",
    "undo_batch",
    "unplan_indicator",
]
