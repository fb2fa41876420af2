"""Questions to answer, answers to read, and own questions that others have not answered. No text of any is shown."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import QuestionStop
from ..questions.queries import LONG_DAYS, Waiting, questions_waiting_for
from .asked import Asked
from .duty import Duty, Group, Kind, age_in_words


def questions(asked: Asked) -> Sequence[Duty]:
    """Those to answer and those that wait are one line each, however many they are."""
    waiting = questions_waiting_for(asked.sight)
    return [
        *_to_answer(waiting, asked),
        *(_to_read(stop, asked) for stop in waiting.unread),
        *_asked(waiting, asked),
    ]


def _to_answer(waiting: Waiting, asked: Asked) -> list[Duty]:
    if not waiting.n_to_answer or waiting.oldest_to_answer is None:
        return []
    n, oldest = waiting.n_to_answer, timezone.localdate(waiting.oldest_to_answer)
    is_late = oldest < asked.today - datetime.timedelta(days=LONG_DAYS)
    words = ngettext("%(n)s question waits for your answer", "%(n)s questions wait for your answer", n)
    return [
        Duty(
            kind=Kind.QUESTION,
            group=Group.LATE if is_late else Group.DUE,
            what=words % {"n": n},
            when=age_in_words(oldest, asked.today),
            due_on=oldest,
            where=_("the oldest is of %(day)s") % {"day": date_format(oldest, "j b")} if n > 1 else "",
            url=reverse("interventions:question-list"),
            n=n,
        )
    ]


def _to_read(stop: QuestionStop, asked: Asked) -> Duty:
    asked_on = timezone.localdate(stop.question.asked_at)
    return Duty(
        kind=Kind.ANSWER,
        group=Group.DUE,
        what=_("Your question of %(day)s has an answer") % {"day": date_format(asked_on, "j b")},
        when=_("to read"),
        where=stop.question.unit.name,
        url=reverse("interventions:question", args=[stop.question.key]),
        unit=stop.question.unit,
    )


def _asked(waiting: Waiting, asked: Asked) -> list[Duty]:
    if not waiting.n_asked or waiting.oldest_asked is None:
        return []
    n, oldest = waiting.n_asked, timezone.localdate(waiting.oldest_asked)
    words = ngettext("%(n)s of your questions has no answer", "%(n)s of your questions have no answer", n)
    return [
        Duty(
            kind=Kind.QUESTION,
            group=Group.WAITING,
            what=words % {"n": n},
            when=age_in_words(oldest, asked.today),
            due_on=oldest,
            url=reverse("interventions:question-list"),
            n=n,
        )
    ]
