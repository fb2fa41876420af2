from .colour_map import ColourMap, MapAdoption, MapIndicator
from .import_batch import ImportBatch, ImportKind, ImportMessage, ImportState, SavedMapping
from .indicator import Direction, Indicator, IndicatorArea, SecrecyArea
from .measurement_round import DueIndicator, FormerDueIndicator, MeasurementRound
from .result import FormerStamp, Result, SupersededResult
from .series_break import BreakKind, SeriesBreak
from .threshold import FormerThreshold, Threshold

__all__ = [
    "BreakKind",
    "ColourMap",
    "Direction",
    "DueIndicator",
    "FormerDueIndicator",
    "FormerStamp",
    "FormerThreshold",
    "ImportBatch",
    "ImportKind",
    "ImportMessage",
    "ImportState",
    "Indicator",
    "IndicatorArea",
    "MapAdoption",
    "MapIndicator",
    "MeasurementRound",
    "Result",
    "SavedMapping",
    "SecrecyArea",
    "SeriesBreak",
    "SupersededResult",
    "Threshold",
]
