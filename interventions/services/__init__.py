from .baselines import freeze_baseline, freeze_baseline_anew, freeze_due_baselines
from .changing import change_intervention, expect_change, tick_step
from .closing import evaluate_intervention
from .continuing import continue_intervention
from .deciding import decide_intervention, end_intervention
from .follow_ups import freeze_follow_up
from .reminding import remind_of_follow_ups
from .sessions import add_session, mark_session, mark_sessions, plan_sessions, remove_sessions

__all__ = [
    "add_session",
    "change_intervention",
    "continue_intervention",
    "decide_intervention",
    "end_intervention",
    "evaluate_intervention",
    "expect_change",
    "freeze_baseline",
    "freeze_baseline_anew",
    "freeze_due_baselines",
    "freeze_follow_up",
    "mark_session",
    "mark_sessions",
    "plan_sessions",
    "remind_of_follow_ups",
    "remove_sessions",
    "tick_step",
]
