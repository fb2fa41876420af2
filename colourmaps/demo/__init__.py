"""Invented indicators, maps, rounds and results."""

from .catalogue import CATALOGUE, indicators_for
from .maps import write_maps
from .rounds import RoundPlan, RoundWriter, rounds_until, write_indicators

__all__ = [
    "CATALOGUE",
    "RoundPlan",
    "RoundWriter",
    "indicators_for",
    "rounds_until",
    "write_indicators",
    "write_maps",
]
