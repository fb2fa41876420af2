from .baseline import Baseline
from .intervention import Intervention, InterventionPupil

__all__ = ["Baseline", "Intervention", "InterventionPupil"]
