from ..slices import ALL_PUPILS
from .last_count import LastCount
from .rollup_work import RollupWork
from .unit_sum import UnitSum

__all__ = ["ALL_PUPILS", "LastCount", "RollupWork", "UnitSum"]
