from .baselines import freeze_baseline, freeze_baseline_anew, freeze_due_baselines
from .changing import change_intervention, expect_change, tick_step
from .deciding import decide_intervention, end_intervention
from .follow_ups import freeze_follow_up

__all__ = [
    "change_intervention",
    "decide_intervention",
    "end_intervention",
    "expect_change",
    "freeze_baseline",
    "freeze_baseline_anew",
    "freeze_due_baselines",
    "freeze_follow_up",
    "tick_step",
]
