from .rollup_work import RollupWork
from .unit_sum import ALL_PUPILS, UnitSum

__all__ = ["ALL_PUPILS", "RollupWork", "UnitSum"]
