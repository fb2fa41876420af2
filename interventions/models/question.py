"""A question or an obstacle, where it has been, and what was answered. Its stops and answers are only ever added to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.keys import KeyField
from accounts.models import Unit, User
from accounts.tenancy import TenantModel
from colourmaps.models import Indicator, MeasurementRound
from pupils.models import Pupil

from .question_setup import DevelopmentArea, SupportQueue


class Rung(models.IntegerChoices):
    """Where a question can stand, from the teacher upwards; a support function stands beside the ladder."""

    TEACHER = 10, _("the teachers")
    TEAM = 20, _("the team")
    SCHOOL = 30, _("the school's leadership")
    AREA = 40, _("the area")
    ADMINISTRATION = 50, _("the administration")
    BOARD = 60, _("the board")
    QUEUE = 70, _("a support function")

    @property
    def is_inside(self) -> bool:
        """Within the school, where pupils are known by name."""
        return self <= Rung.SCHOOL


class Whose(models.TextChoices):
    """Whose it is to change. Source: MISSION S18, where the obstacle arises and whose it is."""

    OURS = "ours", _("ours to change")
    OTHERS = "others", _("others' to change")
    NOBODYS = "nobodys", _("nobody's to change")


class Question(TenantModel):
    """What somebody asks, or an obstacle that somebody has met.

    unit: where it was asked. school: whose border it must not cross with a pupil's identity; None if asked above one.
    pupil, text: for those who see the school's pupils, and nobody else, ever. text_above: what everybody else reads,
    written when it left the school; empty as long as it has not. Asked above a school, the two are the same.
    """

    key = KeyField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="questions", verbose_name=_("unit"))
    school = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("school")
    )
    pupil = models.ForeignKey(
        Pupil, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("pupil")
    )
    text = models.TextField(_("question"), max_length=2000)
    text_above = models.TextField(_("question as it is read above the school"), max_length=2000, blank=True)
    whose = models.CharField(_("whose to change"), max_length=7, choices=Whose)
    area = models.ForeignKey(
        DevelopmentArea,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("development area"),
    )
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="question_key_once"),
            models.CheckConstraint(condition=~Q(text=""), name="question_says_something"),
            models.CheckConstraint(
                condition=Q(school__isnull=False) | Q(pupil__isnull=True),
                name="question_pupil_only_at_a_school",
            ),
        ]
        indexes = [
            models.Index(fields=["municipality", "school", "asked_at"], name="question_by_school"),
            models.Index(fields=["municipality", "unit", "asked_at"], name="question_by_unit"),
            models.Index(fields=["municipality", "asked_by"], name="question_by_asker"),
        ]

    def __str__(self) -> str:
        return f"question {self.key}"

    @property
    def has_left_the_school(self) -> bool:
        return self.text_above != ""


class QuestionStop(TenantModel):
    """A place where a question came to stand: one more each time it is passed on, taken, or asked again.

    The last one says where it stands and who has it: a person, or until somebody takes it, the place itself.
    recipient, applied_on: of an application outside the municipality, which the place follows up.
    is_for_above: `why` has been written or looked through for those who see no pupils.
    """

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="stops")
    position = models.PositiveSmallIntegerField(_("position"))
    rung = models.PositiveSmallIntegerField(_("level"), choices=Rung)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    queue = models.ForeignKey(
        SupportQueue,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("support function"),
    )
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken by")
    )
    recipient = models.CharField(_("sent to, outside the municipality"), max_length=150, blank=True)
    applied_on = models.DateField(_("applied"), null=True, blank=True)
    why = models.CharField(_("why"), max_length=500, blank=True)
    is_for_above = models.BooleanField(_("may be read above the school"), default=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("stop of a question")
        verbose_name_plural = _("stops of questions")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "question", "position"], name="questionstop_position_once"
            ),
            models.CheckConstraint(
                condition=Q(rung=Rung.QUEUE, queue__isnull=False, unit__isnull=True)
                | (~Q(rung=Rung.QUEUE) & Q(queue__isnull=True, unit__isnull=False)),
                name="questionstop_at_one_place",
            ),
            models.CheckConstraint(
                condition=Q(recipient="", applied_on__isnull=True)
                | (~Q(recipient="") & Q(applied_on__isnull=False)),
                name="questionstop_application_has_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["municipality", "unit", "rung"], name="questionstop_by_unit"),
            models.Index(fields=["municipality", "queue"], name="questionstop_by_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} {self.position}"


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


class Audience(models.TextChoices):
    SCHOOL = "school", _("those who see the school's pupils")
    HEADS = "heads", _("heads above the school")


class QuestionEvidence(TenantModel):
    """The figures behind a question as they were when it was asked. Never recomputed.

    For the school: those of the unit, or for a question from a cell, of the cell. For heads: what had been released to
    them of the school as a whole, and nothing if that was not shown of the school alone.
    value: hundredths. Counts: of pupils; None where they are not shown, or there is a cell instead.
    """

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="evidence")
    audience = models.CharField(_("for whom"), max_length=6, choices=Audience)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="+", verbose_name=_("indicator")
    )
    round = models.ForeignKey(
        MeasurementRound, on_delete=models.PROTECT, related_name="+", verbose_name=_("measurement round")
    )
    state = models.CharField(_("what stood in the cell"), max_length=10, blank=True)
    value = models.IntegerField(_("value"), null=True, blank=True)
    movement = models.PositiveSmallIntegerField(_("movement"), null=True, blank=True)
    green = models.PositiveIntegerField(_("green"), null=True, blank=True)
    yellow = models.PositiveIntegerField(_("yellow"), null=True, blank=True)
    red = models.PositiveIntegerField(_("red"), null=True, blank=True)
    missing = models.PositiveIntegerField(_("missing"), null=True, blank=True)

    class Meta:
        verbose_name = _("figures behind a question")
        verbose_name_plural = _("figures behind questions")
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "question", "audience"], name="questionevidence_once"
            ),
            models.CheckConstraint(
                condition=Q(audience=Audience.SCHOOL)
                | Q(state="", value__isnull=True, movement__isnull=True),
                name="questionevidence_no_cell_above_the_school",
            ),
        ]

    def __str__(self) -> str:
        return f"figures behind {self.question_id} for {self.audience}"
