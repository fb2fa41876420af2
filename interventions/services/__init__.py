from .baselines import freeze_baseline, freeze_due_baselines
from .deciding import decide_intervention, end_intervention

__all__ = ["decide_intervention", "end_intervention", "freeze_baseline", "freeze_due_baselines"]
