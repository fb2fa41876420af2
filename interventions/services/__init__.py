from .baselines import freeze_baseline, freeze_baseline_anew, freeze_due_baselines
from .catalogue import (
    add_entry,
    change_entry,
    check_entry,
    restore_entry,
    withdraw_entry,
)
from .changing import change_intervention, expect_change, tick_step
from .closing import evaluate_intervention
from .continuing import continue_intervention
from .deciding import decide_intervention, end_intervention
from .digesting import send_digests
from .follow_ups import freeze_follow_up
from .mail_choices import choose_mails, mail_choice_of, stop_mails
from .own_analysis import Change, write_own_analysis
from .reminding import remind_of_follow_ups
from .sessions import add_session, mark_session, mark_sessions, plan_sessions, remove_sessions
from .sharing import follow_source, publish_entry, take_copy, withdraw_offer

__all__ = [
    "Change",
    "add_entry",
    "add_session",
    "change_entry",
    "change_intervention",
    "check_entry",
    "choose_mails",
    "continue_intervention",
    "decide_intervention",
    "end_intervention",
    "evaluate_intervention",
    "expect_change",
    "follow_source",
    "freeze_baseline",
    "freeze_baseline_anew",
    "freeze_due_baselines",
    "freeze_follow_up",
    "mail_choice_of",
    "mark_session",
    "mark_sessions",
    "plan_sessions",
    "publish_entry",
    "remind_of_follow_ups",
    "remove_sessions",
    "restore_entry",
    "send_digests",
    "stop_mails",
    "take_copy",
    "tick_step",
    "withdraw_entry",
    "withdraw_offer",
    "write_own_analysis",
]
