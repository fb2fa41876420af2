"""Questions are asked, taken, passed on, answered and read: every step is a row more, and audited without its words."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit, User
from accounts.tenancy import current_municipality

from ..models import (
    AnswerRead,
    DevelopmentArea,
    Question,
    QuestionAnswer,
    QuestionEvidence,
    QuestionStop,
    Whose,
)
from ..questions.border import check_no_names, crosses, school_of
from ..questions.evidence import About, evidence_of
from ..questions.places import Place, place_of


@dataclass(frozen=True)
class ForAbove:
    """What is read above the school, looked through by the sender. no_names: words confirmed to be no pupil's name."""

    text: str = ""
    no_names: Collection[str] = ()


@dataclass(frozen=True)
class Application:
    """An application to somebody outside the municipality."""

    recipient: str
    applied_on: datetime.date


@transaction.atomic
def ask_question(
    *,
    unit: Unit,
    text: str,
    whose: Whose | str,
    to: Place,
    by: User,
    knows_pupils: bool,
    area: DevelopmentArea | None = None,
    about: About | None = None,
    for_above: ForAbove = ForAbove(),
) -> Question:
    """A new question at its first place. Raises ValidationError if it leaves the school with a pupil's name.

    knows_pupils: whether whoever asks sees the pupils of the unit; a head's question is read alike by all.
    """
    school = school_of(unit) if knows_pupils else None
    leaves = crosses(school, to)
    if leaves and school is not None:
        if not for_above.text:
            raise ValidationError(_("Write what is to be read outside the school."))
        check_no_names(for_above.text, school, for_above.no_names)
    question = Question.objects.create(
        municipality=current_municipality(),
        unit=unit,
        school=school,
        pupil=about.pupil if about and school else None,
        text=text,
        text_above=for_above.text if leaves else ("" if school else text),
        whose=whose,
        area=area,
        asked_by=by,
    )
    if about:
        _keep_evidence(question, about)
    _add_stop(question, 1, to, by=by)
    _record("question asked", question, by, to=to.code, no_names=len(for_above.no_names))
    return question


def _keep_evidence(question: Question, about: About) -> None:
    rows = evidence_of(about, question.unit, question.school)
    for row in rows:
        row.question = question
    QuestionEvidence.objects.bulk_create(rows)


@transaction.atomic
def take_question(*, question: Question, seen: int, by: User) -> QuestionStop:
    """The person answers for it from now on. seen: position of the stop that the person saw it at."""
    last = _last_stop(question, seen)
    _check_unanswered(last)
    if last.owner_id == by.pk:
        return last
    stop = _add_stop(
        question,
        last.position + 1,
        place_of(last),
        by=by,
        owner=by,
        application=Application(last.recipient, last.applied_on) if last.applied_on else None,
    )
    _record("question taken", question, by)
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
    for_above: ForAbove = ForAbove(),
) -> QuestionStop:
    """It stands at another place from now on, or waits for somebody outside the municipality whom the place has asked.

    knows_pupils: whether the sender knows the school's pupils, so that the words are looked through for their names.
    Raises ValidationError if somebody was quicker, or if a name would cross the border of the school.
    """
    last = _last_stop(question, seen)
    _check_unanswered(last)
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
    stop = _add_stop(
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
    _record(what, question, by, to=to.code, no_names=len(for_above.no_names))
    return stop


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
    last = _last_stop(question, seen)
    _check_unanswered(last)
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
    _record("question answered", question, by, no_names=len(no_names))
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
    last = _last_stop(question, seen)
    if not last.answers.exists():
        raise ValidationError(_("It has no answer yet."))
    has_left = question.has_left_the_school
    if has_left and knows_pupils and question.school:
        check_no_names(why, question.school, no_names)
    stop = _add_stop(question, last.position + 1, place_of(last), by=by, why=why, is_for_above=has_left)
    _record("question asked again", question, by)
    return stop


@transaction.atomic
def mark_answers_read(*, question: Question, by: User) -> int:
    """All answers so far are read by the person; how many were not before."""
    unread = QuestionAnswer.objects.filter(question=question).exclude(reads__user=by)
    # Of two clicks at once the second finds it read.
    reads = AnswerRead.objects.bulk_create(
        [AnswerRead(municipality=current_municipality(), answer=answer, user=by) for answer in unread],
        ignore_conflicts=True,
    )
    if reads:
        _record("answer read", question, by)
    return len(reads)


@transaction.atomic
def sort_question(*, question: Question, whose: Whose | str, area: DevelopmentArea | None, by: User) -> None:
    """Whose it is to change, and what it is about."""
    question.whose, question.area = whose, area
    question.save(update_fields=["whose", "area"])
    _record("question sorted", question, by, whose=str(whose), area=area.key if area else "")


def _last_stop(question: Question, seen: int) -> QuestionStop:
    """Under a lock on the question, so that it is passed on once. Raises ValidationError if it stands elsewhere now."""
    Question.objects.select_for_update().get(pk=question.pk)
    last = QuestionStop.objects.filter(question=question).select_related("unit", "queue").latest("position")
    if last.position != seen:
        raise ValidationError(_("Somebody else was here just now. Look at the question again."))
    return last


def _check_unanswered(stop: QuestionStop) -> None:
    if stop.answers.exists():
        raise ValidationError(_("It has been answered just now. Look at the question again."))


def _add_stop(
    question: Question,
    position: int,
    place: Place,
    *,
    by: User,
    owner: User | None = None,
    why: str = "",
    is_for_above: bool = False,
    application: Application | None = None,
) -> QuestionStop:
    return QuestionStop.objects.create(
        municipality=current_municipality(),
        question=question,
        position=position,
        rung=place.rung,
        unit=place.unit,
        queue=place.queue,
        owner=owner,
        recipient=application.recipient if application else "",
        applied_on=application.applied_on if application else None,
        why=why,
        is_for_above=is_for_above,
        by=by,
    )


def _record(action: str, question: Question, by: User, **facts: object) -> None:
    pupils = [question.pupil_id] if question.pupil_id else []
    record(action, by=by, unit=question.unit, subject=question.key, pupils=pupils, **facts)
