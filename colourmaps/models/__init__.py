from .import_batch import ImportBatch, ImportKind, ImportMessage, ImportState, SavedMapping
from .indicator import Direction, Indicator, IndicatorArea
from .measurement_round import DueIndicator, MeasurementRound
from .result import Result, SupersededResult
from .threshold import Threshold

__all__ = [
    "Direction",
    "DueIndicator",
    "ImportBatch",
    "ImportKind",
    "ImportMessage",
    "ImportState",
    "Indicator",
    "IndicatorArea",
    "MeasurementRound",
    "Result",
    "SavedMapping",
    "SupersededResult",
    "Threshold",
]
