from .breaks import BreakRefused, add_break, check_break, remove_break
from .flips import Flip, Flips, flips_by_school, flips_of
from .judging import UnknownReference
from .limits import LimitsRefused, check_threshold, set_threshold
from .planning import keep_rounds_open, plan_indicator, unplan_indicator
from .recording import Recorded, record_results
from .stamping import place_results, restamp_all
from .undoing import RoundsClosed, UndoEffect, effect_of_undoing, undo_batch

__all__ = [
    "BreakRefused",
    "Flip",
    "Flips",
    "LimitsRefused",
    "Recorded",
    "RoundsClosed",
    "UndoEffect",
    "UnknownReference",
    "add_break",
    "check_break",
    "check_threshold",
    "effect_of_undoing",
    "flips_by_school",
    "flips_of",
    "keep_rounds_open",
    "place_results",
    "plan_indicator",
    "record_results",
    "remove_break",
    "restamp_all",
    "set_threshold",
    "undo_batch",
    "unplan_indicator",
]
