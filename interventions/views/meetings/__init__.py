"""The pages of one meeting: its agenda, the room, its notes, and what came of it."""

from .agenda import meeting_agenda, meeting_case_new
from .ending import meeting_close, meeting_recap
from .holding import meeting_holding, meeting_presence, meeting_start
from .meeting import meeting
from .notes import meeting_note
from .room import meeting_case, meeting_room

__all__ = [
    "meeting",
    "meeting_agenda",
    "meeting_case",
    "meeting_case_new",
    "meeting_close",
    "meeting_holding",
    "meeting_note",
    "meeting_presence",
    "meeting_recap",
    "meeting_room",
    "meeting_start",
]
