from .judging import UnknownReference
from .planning import keep_rounds_open, plan_indicator, unplan_indicator
from .recording import Recorded, record_results
from .stamping import place_results, restamp_all
from .undoing import RoundsClosed, UndoEffect, effect_of_undoing, undo_batch

__all__ = [
    "Recorded",
    "RoundsClosed",
    "UndoEffect",
    "UnknownReference",
    "effect_of_undoing",
    "keep_rounds_open",
    "place_results",
    "plan_indicator",
    "record_results",
    "restamp_all",
    "undo_batch",
    "unplan_indicator",
]
