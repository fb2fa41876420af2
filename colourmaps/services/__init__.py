from .adopting import Offer, adopt_starter_set, offers_of
from .breaks import BreakRefused, add_break, check_break, remove_break
from .computing import work_out_results
from .defining import (
    DefinitionRefused,
    add_indicator,
    change_indicator,
    check_change,
    check_new,
    n_results,
)
from .flips import Decision, Flip, Flips, summarised, values_judged, ways_of
from .judging import UnknownReference
from .limit_checks import LimitsRefused, check_threshold
from .limits import end_own_limits, set_threshold, set_thresholds, take_back_threshold
from .maps import adopt_map, change_map, delete_map, leave_map, leave_out, make_map, share_map
from .planning import (
    RoundRefused,
    keep_rounds_open,
    n_results_by_place,
    plan_indicator,
    plan_round,
    unplan_indicator,
)
from .recording import Recorded, record_results
from .removing import remove_results
from .rounds import add_round, change_round, check_round, close_round, open_round
from .stamping import place_results, restamp_all
from .undoing import RoundsClosed, UndoEffect, effect_of_undoing, undo_batch

__all__ = [
    "BreakRefused",
    "Decision",
    "DefinitionRefused",
    "Flip",
    "Flips",
    "LimitsRefused",
    "Offer",
    "Recorded",
    "RoundRefused",
    "RoundsClosed",
    "UndoEffect",
    "UnknownReference",
    "add_break",
    "add_indicator",
    "add_round",
    "adopt_map",
    "adopt_starter_set",
    "change_indicator",
    "change_map",
    "change_round",
    "check_break",
    "check_change",
    "check_new",
    "check_round",
    "check_threshold",
    "close_round",
    "delete_map",
    "effect_of_undoing",
    "end_own_limits",
    "keep_rounds_open",
    "leave_map",
    "leave_out",
    "make_map",
    "n_results",
    "n_results_by_place",
    "offers_of",
    "open_round",
    "place_results",
    "plan_indicator",
    "plan_round",
    "record_results",
    "remove_break",
    "remove_results",
    "restamp_all",
    "set_threshold",
    "set_thresholds",
    "share_map",
    "summarised",
    "take_back_threshold",
    "undo_batch",
    "unplan_indicator",
    "values_judged",
    "ways_of",
    "work_out_results",
]
