from .adopting import Offer, adopt_starter_set, offers_of
from .breaks import BreakRefused, add_break, check_break
from .computing import work_out_results
from .defining import (
    DefinitionRefused,
    add_indicator,
    change_indicator,
    check_change,
    check_new,
    n_results,
)
from .flips import Flip, Flips, flips_by_school, flips_of
from .judging import UnknownReference
from .limits import LimitsRefused, check_threshold, set_threshold
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
    "adopt_starter_set",
    "change_indicator",
    "change_round",
    "check_break",
    "check_change",
    "check_new",
    "check_round",
    "check_threshold",
    "close_round",
    "effect_of_undoing",
    "flips_by_school",
    "flips_of",
    "keep_rounds_open",
    "n_results",
    "n_results_by_place",
    "offers_of",
    "open_round",
    "place_results",
    "plan_indicator",
    "plan_round",
    "record_results",
    "remove_results",
    "restamp_all",
    "set_threshold",
    "undo_batch",
    "unplan_indicator",
    "work_out_results",
]
