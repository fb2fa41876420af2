"""Whether an intervention helped: what its pupils changed beside comparable pupils, and one of four verdicts.

Pure: no database, no names. docs/effect.md says in words what is counted and why, with sources and figures.
"""

from .judging import MINIMUM, SMALLEST_DIFFERENCE, effect_of, pooled
from .moments import Moments, moments_of
from .movements import movements
from .pairs import Pairs
from .readings import Estimate
from .verdicts import Choice, Effect, Measure, Reason, Verdict

__all__ = [
    "MINIMUM",
    "SMALLEST_DIFFERENCE",
    "Choice",
    "Effect",
    "Estimate",
    "Measure",
    "Moments",
    "Pairs",
    "Reason",
    "Verdict",
    "effect_of",
    "moments_of",
    "movements",
    "pooled",
]
