from .answers import cell_answers, unit_unanswered
from .intervention import intervention, intervention_end
from .lists import intervention_list, unit_interventions
from .new import intervention_new
from .question import (
    question,
    question_again,
    question_answer,
    question_pass_on,
    question_read,
    question_sort,
    question_take,
)
from .question_new import question_new
from .question_setup import question_area, question_queue, question_setup
from .questions import question_list, question_list_xlsx, unit_obstacles
from .start import start

__all__ = [
    "cell_answers",
    "intervention",
    "intervention_end",
    "intervention_list",
    "intervention_new",
    "question",
    "question_again",
    "question_answer",
    "question_area",
    "question_list",
    "question_list_xlsx",
    "question_new",
    "question_pass_on",
    "question_queue",
    "question_read",
    "question_setup",
    "question_sort",
    "question_take",
    "start",
    "unit_interventions",
    "unit_obstacles",
    "unit_unanswered",
]
