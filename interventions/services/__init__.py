from .baselines import freeze_baseline, freeze_due_baselines
from .catalogue import (
    add_entry,
    adopt_entry,
    change_entry,
    check_entry,
    restore_entry,
    withdraw_entry,
)
from .changing import change_intervention, expect_change, tick_step
from .deciding import decide_intervention, end_intervention
from .sharing import follow_source, publish_entry, take_copy, withdraw_offer

__all__ = [
    "add_entry",
    "adopt_entry",
    "change_entry",
    "change_intervention",
    "check_entry",
    "decide_intervention",
    "end_intervention",
    "expect_change",
    "follow_source",
    "freeze_baseline",
    "freeze_due_baselines",
    "publish_entry",
    "restore_entry",
    "take_copy",
    "tick_step",
    "withdraw_entry",
    "withdraw_offer",
]
