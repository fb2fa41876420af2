"""A meeting from its agenda to its end: every step is audited, without its words."""

from .agenda import add_case, drop_case, move_case, prepare_agenda, take_back_case
from .closing import close_meeting
from .deciding import Decision, decide_case, mark_done, say, undecide_case
from .noting import write_note
from .starting import start_meeting
from .versions import Conflict

__all__ = [
    "Conflict",
    "Decision",
    "add_case",
    "close_meeting",
    "decide_case",
    "drop_case",
    "mark_done",
    "move_case",
    "prepare_agenda",
    "say",
    "start_meeting",
    "take_back_case",
    "undecide_case",
    "write_note",
]
