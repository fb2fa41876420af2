from __future__ import annotations

import datetime
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.tenancy import current_municipality

from ...models import AnswerRead, Question, QuestionAnswer, QuestionStop
from ...questions.border import check_no_names
from ...questions.places import place_of
from .steps import add_stop, check_unanswered, last_stop, record_step


@transaction.atomic
def answer_question(
    *,
    question: Question,
    seen: int,
    text: str,
    by: User,
    knows_pupils: bool,
    answered_on: datetime.date | None = None,
    no_names: Collection[str] = (),
) -> QuestionAnswer:
    """The answer goes back to all who have had the question; whoever asked and answers has read it, too."""
    last = last_stop(question, seen)
    check_unanswered(last)
    has_left = question.has_left_the_school
    if has_left and knows_pupils and question.school:
        check_no_names(text, question.school, no_names)
    answer = QuestionAnswer.objects.create(
        municipality=current_municipality(),
        question=question,
        stop=last,
        text=text,
        answered_on=answered_on or timezone.localdate(),
        is_for_above=has_left or not knows_pupils,
        by=by,
    )
    record_step("question answered", question, by, no_names=len(no_names))
    mark_answers_read(question=question, by=by)
    return answer


@transaction.atomic
def ask_again(
    *,
    question: Question,
    seen: int,
    why: str,
    by: User,
    knows_pupils: bool,
    no_names: Collection[str] = (),
) -> QuestionStop:
    """The answer did not help: it stands where it stood, with nobody's name on it.

    knows_pupils: of whoever asked, who can have left the school since.
    """
    last = last_stop(question, seen)
    if not last.answers.exists():
        raise ValidationError(_("It has no answer yet."))
    has_left = question.has_left_the_school
    if has_left and knows_pupils and question.school:
        check_no_names(why, question.school, no_names)
    stop = add_stop(question, last.position + 1, place_of(last), by=by, why=why, is_for_above=has_left)
    record_step("question asked again", question, by)
    return stop


@transaction.atomic
def mark_answers_read(*, question: Question, by: User) -> int:
    """All answers so far are read by the person; how many were not before."""
    unread = QuestionAnswer.objects.filter(question=question).exclude(reads__user=by)
    # Whoever reads it in two windows at once has read it once.
    reads = AnswerRead.objects.bulk_create(
        [AnswerRead(municipality=current_municipality(), answer=answer, user=by) for answer in unread],
        ignore_conflicts=True,
    )
    if reads:
        record_step("answer read", question, by)
    return len(reads)
