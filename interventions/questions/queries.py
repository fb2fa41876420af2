"""Reads of questions: where each stands now, and what waits for a person."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery

from accounts.access import Sight
from accounts.dated import midnight_of
from accounts.roles import Permission

from ..models import AnswerRead, QuestionAnswer, QuestionStop
from .reader import QuestionReader
from .states import IS_OPEN, State, state_of

LONG_DAYS = 60
SHOWN_AT_START = 10
# Stops with what `standing` adds to them: is_answered, is_read.
Stops: TypeAlias = QuerySet[Any, Any]


def standing() -> Stops:
    """The last stop of each question, with what a list says of it.

    is_answered: there; is_read: by whoever asked.
    """
    last = QuestionStop.objects.filter(question=OuterRef("question")).order_by("-position").values("position")
    answers = QuestionAnswer.objects.filter(stop=OuterRef("pk"))
    reads = AnswerRead.objects.filter(answer__stop=OuterRef("pk"), user=OuterRef("question__asked_by"))
    stops = QuestionStop.objects.filter(position=Subquery(last[:1]))
    return stops.select_related(
        "question__unit", "question__school", "question__area", "question__asked_by", "unit", "queue", "owner"
    ).annotate(is_answered=Exists(answers), is_read=Exists(reads))


def state_of_stop(stop: Any) -> State:
    """Of a stop of `standing`."""
    return state_of(
        is_answered=stop.is_answered,
        is_read=stop.is_read,
        is_taken=stop.owner_id is not None,
        is_outside=stop.recipient != "",
    )


def seen_by(reader: QuestionReader) -> Stops:
    """Where the questions stand that the person sees, the oldest first."""
    stops = standing().filter(question__in=reader.questions().values("pk"))
    return stops.order_by("question__asked_at", "question_id")


def asked_before(days: int, today: datetime.date) -> Q:
    """Of stops: the question is more than so many days old."""
    day = today - datetime.timedelta(days=days)
    return Q(question__asked_at__lt=midnight_of(day))


@dataclass(frozen=True)
class Waiting:
    """What waits for the person's answer; own questions that wait for others; answers that the person has not read.

    oldest_…: when the first of them was asked. unread: the oldest stops with such answers.
    """

    n_to_answer: int = 0
    oldest_to_answer: datetime.datetime | None = None
    n_asked: int = 0
    oldest_asked: datetime.datetime | None = None
    unread: Stops | Sequence[QuestionStop] = ()


def questions_waiting_for(sight: Sight) -> Waiting:
    """For the start page: counted, and the answers that the person has not read."""
    if not sight.has(Permission.ANSWER_QUESTIONS):
        return Waiting()
    reader = QuestionReader(sight)
    seen = seen_by(reader)
    to_answer = reader.waiting() & IS_OPEN
    is_unread = Q(question__asked_by=sight.user, is_answered=True, is_read=False)
    asked = IS_OPEN & Q(question__asked_by=sight.user) & ~reader.waiting()
    counted = seen.order_by().aggregate(
        n_to_answer=Count("pk", filter=to_answer),
        oldest_to_answer=Min("question__asked_at", filter=to_answer),
        n_asked=Count("pk", filter=asked),
        n_unread=Count("pk", filter=is_unread),
        oldest_asked=Min("question__asked_at", filter=asked),
    )
    has_unread = bool(counted.pop("n_unread"))
    return Waiting(**counted, unread=seen.filter(is_unread)[:SHOWN_AT_START] if has_unread else ())


def way_of(question_id: int) -> list[QuestionStop]:
    """Where a question has been, from the first stop to where it stands."""
    stops = QuestionStop.objects.filter(question=question_id).order_by("position")
    return list(stops.select_related("question__school", "unit", "queue", "owner", "by"))


def answers_of(question_id: int) -> list[QuestionAnswer]:
    """The answers with who has read them, oldest first."""
    answers = QuestionAnswer.objects.filter(question=question_id).select_related("by")
    return list(answers.prefetch_related("reads__user"))
