from .flips import Decision, Flip, Flips, flips_of, values_judged
from .judging import UnknownReference
from .limit_checks import LimitsRefused, check_threshold
from .limits import end_own_limits, set_threshold, set_thresholds, take_back_threshold
from .planning import keep_rounds_open, plan_indicator, unplan_indicator
from .recording import Recorded, record_results
from .stamping import place_results, restamp_all
from .undoing import RoundsClosed, UndoEffect, effect_of_undoing, undo_batch

__all__ = [
    "Decision",
    "Flip",
    "Flips",
    "LimitsRefused",
    "Recorded",
    "RoundsClosed",
    "UndoEffect",
    "UnknownReference",
    "check_threshold",
    "effect_of_undoing",
    "end_own_limits",
    "flips_of",
    "keep_rounds_open",
    "place_results",
    "plan_indicator",
    "record_results",
    "restamp_all",
    "set_threshold",
    "set_thresholds",
    "take_back_threshold",
    "undo_batch",
    "unplan_indicator",
    "values_judged",
]
