"""Codes by which families answer, what they answer, and talks: from the first word to the end."""

from .answering import Answered, take_answer
from .codes import open_code_of_meeting, open_code_of_talk
from .talks import Clash, Facts, Line, Said, Written, begin_talk, close_talk, mark_agreement, write_talk

__all__ = [
    "Answered",
    "Clash",
    "Facts",
    "Line",
    "Said",
    "Written",
    "begin_talk",
    "close_talk",
    "mark_agreement",
    "open_code_of_meeting",
    "open_code_of_talk",
    "take_answer",
    "write_talk",
]
