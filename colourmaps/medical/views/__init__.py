from .classes import class_list, class_map, fill_in
from .crossings import crossing, crossing_list, share, withdraw
from .pupil import pupil
from .shared import shared

__all__ = [
    "class_list",
    "class_map",
    "crossing",
    "crossing_list",
    "fill_in",
    "pupil",
    "share",
    "shared",
    "withdraw",
]
