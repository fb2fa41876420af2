"""Maps of pupils as plain data, in a fixed number of queries: pupils x indicators, and pupils x rounds. No HTML."""

from .decisions import Decision, as_decisions, decisions_on, is_near_its_limits, limits_on, of_school
from .of_round import JudgedCell, cell_of, cells_of, class_grid, group_grid
from .over_time import RoundColumn, SeriesGrid, series_grid
from .results import KeptResult
from .shape import Cells, Column, Grid, Row, Tally

__all__ = [
    "Cells",
    "Column",
    "Decision",
    "Grid",
    "JudgedCell",
    "KeptResult",
    "RoundColumn",
    "Row",
    "SeriesGrid",
    "Tally",
    "as_decisions",
    "cell_of",
    "cells_of",
    "class_grid",
    "decisions_on",
    "group_grid",
    "is_near_its_limits",
    "limits_on",
    "of_school",
    "series_grid",
]
