"""A question or an obstacle, and where it has been: its stops are only ever added to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.keys import KeyField
from accounts.models import Unit, User
from accounts.tenancy import TenantModel
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
