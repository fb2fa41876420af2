"""The door of the pages about one question, and all that they say of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext as _

from accounts.access import AccessDenied
from accounts.queries import line_of
from accounts.web import MunicipalityRequest

from ..models import Question, QuestionAnswer, QuestionStop
from .queries import answers_of, way_of
from .reader import QuestionReader
from .states import State, state_of


@dataclass(frozen=True)
class Asked:
    """A question as one reader finds it. is_inside: the reader knows the school's pupils."""

    question: Question
    reader: QuestionReader
    way: list[QuestionStop]
    answers: list[QuestionAnswer]
    is_inside: bool

    @property
    def last(self) -> QuestionStop:
        return self.way[-1]

    @property
    def answer(self) -> QuestionAnswer | None:
        """To where it stands now; an earlier answer was not enough."""
        return next((each for each in self.answers if each.stop_id == self.last.pk), None)

    @property
    def knows_pupils(self) -> bool:
        return self.question.school_id is not None and self.is_inside

    @property
    def is_mine(self) -> bool:
        return self.question.asked_by_id == self.reader.user.pk

    @property
    def may_act(self) -> bool:
        return self.answer is None and self.reader.may_act(self.last)

    @property
    def may_close(self) -> bool:
        """Whoever asked can say that it has been solved otherwise."""
        return self.answer is None and (self.may_act or self.is_mine)

    @property
    def state(self) -> State:
        answer = self.answer
        return state_of(
            is_answered=answer is not None,
            is_read=answer is not None and self.question.asked_by_id in _readers(answer),
            is_taken=self.last.owner_id is not None,
            is_outside=self.last.recipient != "",
        )

    @property
    def has_unread(self) -> bool:
        return any(self.reader.user.pk not in _readers(each) for each in self.shown_answers)

    @property
    def shown_answers(self) -> list[QuestionAnswer]:
        return [each for each in self.answers if self.is_inside or each.is_for_above]


def _readers(answer: QuestionAnswer) -> set[int]:
    return {read.user_id for read in answer.reads.all()}


def find_question(request: MunicipalityRequest, key: str) -> Asked:
    """The question that an address names, with the line of its unit on the request.

    404 for one that the municipality does not have; AccessDenied for one that has not come the reader's way.
    """
    full = Question.objects.select_related("unit__kind", "school", "pupil", "area", "asked_by")
    question = full.filter(key=key).first()
    if question is None:
        raise Http404
    reader = QuestionReader(request.sight)
    if not reader.questions().filter(pk=question.pk).exists():
        raise AccessDenied(_("This question has not been with you, or has not left its school."))
    request.line = line_of(question.unit, request.sight.today)
    return Asked(question, reader, way_of(question.pk), answers_of(question.pk), reader.is_inside(question))
