"""Maps of pupils as plain data, in a fixed number of queries: pupils x indicators, and pupils x rounds. No HTML."""

from .decisions import Decision, decisions_on, is_near_its_limits
from .of_round import cell_of, class_grid, group_grid
from .over_time import RoundColumn, SeriesGrid, series_grid
from .results import KeptResult
from .shape import Cells, Column, Grid, Row, Tally

__all__ = [
    "Cells",
    "Column",
    "Decision",
    "Grid",
    "KeptResult",
    "RoundColumn",
    "Row",
    "SeriesGrid",
    "Tally",
    "cell_of",
    "class_grid",
    "decisions_on",
    "group_grid",
    "is_near_its_limits",
    "series_grid",
]
