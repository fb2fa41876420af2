from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User

from ...models import Question, QuestionStop
from ...questions.border import check_no_names, crosses
from ...questions.places import Place, place_of
from .steps import NOTHING_ABOVE, Application, ForAbove, add_stop, check_unanswered, last_stop, record_step


@transaction.atomic
def take_question(*, question: Question, seen: int, by: User) -> QuestionStop:
    """The person answers for it from now on. seen: position of the stop that the person saw it at."""
    last = last_stop(question, seen)
    check_unanswered(last)
    if last.owner_id == by.pk:
        return last
    stop = add_stop(
        question,
        last.position + 1,
        place_of(last),
        by=by,
        owner=by,
        application=Application(last.recipient, last.applied_on) if last.applied_on else None,
    )
    record_step("question taken", question, by)
    return stop


@transaction.atomic
def pass_on_question(
    *,
    question: Question,
    seen: int,
    to: Place,
    why: str,
    by: User,
    knows_pupils: bool,
    application: Application | None = None,
    for_above: ForAbove = NOTHING_ABOVE,
) -> QuestionStop:
    """It stands at another place from now on, or waits for somebody outside the municipality whom the place has asked.

    knows_pupils: whether the sender knows the school's pupils, so that the words are looked through for their names.
    Raises ValidationError if somebody was quicker, or if a name would cross the border of the school.
    """
    last = last_stop(question, seen)
    check_unanswered(last)
    leaves = crosses(question.school, to, is_outside=application is not None)
    is_for_above = leaves or not knows_pupils
    if leaves and not question.has_left_the_school:
        if not for_above.text:
            raise ValidationError(_("Write what is to be read outside the school."))
        if question.school:
            check_no_names(for_above.text, question.school, for_above.no_names)
        question.text_above = for_above.text
        question.save(update_fields=["text_above"])
    if is_for_above and knows_pupils and question.school:
        recipient = application.recipient if application else ""
        check_no_names(f"{why}\n{recipient}", question.school, for_above.no_names)
    stop = add_stop(
        question,
        last.position + 1,
        to,
        by=by,
        why=why,
        owner=by if application else None,
        is_for_above=is_for_above,
        application=application,
    )
    what = "question applied for outside" if application else "question passed on"
    record_step(what, question, by, to=to.code, no_names=len(for_above.no_names))
    return stop
