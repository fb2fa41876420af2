"""What was answered to a question, and who has read it. Only ever added to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel

from .question import Question, QuestionStop


class QuestionAnswer(TenantModel):
    """What was answered where a question stood; one answer per stop. It goes back down to all who had the question.

    answered_on: the day of the answer, which for an application can be earlier than the day it was written down here.
    is_for_above: as of QuestionStop.
    """

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    stop = models.ForeignKey(QuestionStop, on_delete=models.CASCADE, related_name="answers")
    text = models.TextField(_("answer"), max_length=2000)
    answered_on = models.DateField(_("answered"))
    is_for_above = models.BooleanField(_("may be read above the school"), default=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "stop"], name="questionanswer_once_a_stop"),
        ]

    def __str__(self) -> str:
        return f"answer to {self.question_id}"


class AnswerRead(TenantModel):
    """Who has read an answer, and when."""

    answer = models.ForeignKey(QuestionAnswer, on_delete=models.CASCADE, related_name="reads")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("read by"))
    at = models.DateTimeField(_("read"), auto_now_add=True)

    class Meta:
        verbose_name = _("reading of an answer")
        verbose_name_plural = _("readings of answers")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "answer", "user"], name="answerread_once")
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.user_id}"
