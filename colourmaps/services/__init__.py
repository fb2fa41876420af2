from .judging import UnknownReference
from .planning import plan_indicator
from .recording import Recorded, record_results
from .stamping import place_results, restamp_all

__all__ = [
    "Recorded",
    "UnknownReference",
    "place_results",
    "plan_indicator",
    "record_results",
    "restamp_all",
]
