"""Invented municipalities as a whole: the two of the demo, and others of any size for trials."""

from .demo_towns import DEMO_TOWNS, DemoTown, make_demo_town
from .tables import remove_municipality
from .towns import Tale, has_pupils, tell, trial_tale

__all__ = [
    "DEMO_TOWNS",
    "DemoTown",
    "Tale",
    "has_pupils",
    "make_demo_town",
    "remove_municipality",
    "tell",
    "trial_tale",
]
