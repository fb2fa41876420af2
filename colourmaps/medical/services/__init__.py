from .crossings import decide_crossing, withdraw_crossing
from .recording import Entry, record_medical

__all__ = ["Entry", "decide_crossing", "record_medical", "withdraw_crossing"]
