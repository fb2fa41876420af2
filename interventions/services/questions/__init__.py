"""Questions are asked, taken, passed on, answered and read: every step is a row more, and audited without its words."""

from .answering import answer_question, ask_again, mark_answers_read
from .asking import ask_question, sort_question
from .passing_on import pass_on_question, take_question
from .steps import Application, ForAbove

__all__ = [
    "Application",
    "ForAbove",
    "answer_question",
    "ask_again",
    "ask_question",
    "mark_answers_read",
    "pass_on_question",
    "sort_question",
    "take_question",
]
