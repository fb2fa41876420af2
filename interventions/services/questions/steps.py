"""What every step of a question is made of: the place it stood at, the one it comes to, and a line in the log."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from accounts.tenancy import current_municipality

from ...models import Question, QuestionStop
from ...questions.places import Place


@dataclass(frozen=True)
class ForAbove:
    """What is read above the school, looked through by the sender. no_names: words confirmed to be no pupil's name."""

    text: str = ""
    no_names: Collection[str] = ()


NOTHING_ABOVE = ForAbove()


@dataclass(frozen=True)
class Application:
    """An application to somebody outside the municipality."""

    recipient: str
    applied_on: datetime.date


def last_stop(question: Question, seen: int) -> QuestionStop:
    """Under a lock on the question, so that it is passed on once. Raises ValidationError if it stands elsewhere now."""
    Question.objects.select_for_update().get(pk=question.pk)
    last = QuestionStop.objects.filter(question=question).select_related("unit", "queue").latest("position")
    if last.position != seen:
        raise ValidationError(_("Somebody else was here just now. Look at the question again."))
    return last


def check_unanswered(stop: QuestionStop) -> None:
    if stop.answers.exists():
        raise ValidationError(_("It has been answered just now. Look at the question again."))


def add_stop(
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


def record_step(action: str, question: Question, by: User, **facts: Any) -> None:
    pupils = [question.pupil_id] if question.pupil_id else []
    record(action, by=by, unit=question.unit, subject=question.key, pupils=pupils, **facts)
