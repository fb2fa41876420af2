"""What waits for a person: one line each, late, due, or with others. A file per source; reads only."""

from .collecting import Duties, duties_of
from .duty import Duty, Group, Kind

__all__ = ["Duties", "Duty", "Group", "Kind", "duties_of"]
