from .baselines import freeze_baseline, freeze_baseline_anew, freeze_due_baselines
from .deciding import decide_intervention, end_intervention
from .follow_ups import freeze_follow_up

__all__ = [
    "decide_intervention",
    "end_intervention",
    "freeze_baseline",
    "freeze_baseline_anew",
    "freeze_due_baselines",
    "freeze_follow_up",
]
