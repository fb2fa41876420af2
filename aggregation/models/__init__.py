from ..slices import ALL_PUPILS
from .erased_count import ErasedCount
from .last_count import LastCount
from .release import HeldBack, Release, ReleaseCheck, ReleasedFigure
from .release_work import ReleaseWork
from .rollup_work import RollupWork
from .unit_sum import UnitSum

__all__ = [
    "ALL_PUPILS",
    "ErasedCount",
    "HeldBack",
    "LastCount",
    "Release",
    "ReleaseCheck",
    "ReleaseWork",
    "ReleasedFigure",
    "RollupWork",
    "UnitSum",
]
