from .baselines import freeze_baseline, freeze_due_baselines
from .changing import change_intervention, expect_change, tick_step
from .deciding import decide_intervention, end_intervention

__all__ = [
    "change_intervention",
    "decide_intervention",
    "end_intervention",
    "expect_change",
    "freeze_baseline",
    "freeze_due_baselines",
    "tick_step",
]
