from .placing import place_results
from .planning import plan_indicator
from .recording import Recorded, UnknownReference, record_results

__all__ = ["Recorded", "UnknownReference", "place_results", "plan_indicator", "record_results"]
