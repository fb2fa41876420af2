"""What a municipality decides about its analysis meetings: their levels, and what is asked at each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel

from .question import Rung
from .question_setup import Named, SupportQueue


class MeetingKind(Named):
    """A level of analysis, or another sort of meeting: the team's, the leadership's, a dialogue each spring.

    rung: the level at which it is held. names_pupils: whether cases can be of single pupils, never above the school.
    queue: the support function that takes part. asks_family: guardians and pupils take part, and are asked afterwards.
    is_talk: the formal talk about one pupil, on one screen (Talk), not a meeting with cases.
    """

    rung = models.PositiveSmallIntegerField(_("level"), choices=Rung)
    names_pupils = models.BooleanField(_("cases can be about single pupils"), default=False)
    queue = models.ForeignKey(
        SupportQueue,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("support function that takes part"),
    )
    asks_family = models.BooleanField(_("the family takes part, and is asked afterwards"), default=False)
    is_talk = models.BooleanField(_("a talk about one pupil"), default=False)

    class Meta(Named.Meta):
        verbose_name = _("kind of meeting")
        verbose_name_plural = _("kinds of meetings")
        constraints = [
            *Named.Meta.constraints,
            models.CheckConstraint(condition=~Q(rung=Rung.QUEUE), name="meetingkind_on_the_ladder"),
            models.CheckConstraint(
                condition=Q(rung__lte=Rung.SCHOOL) | Q(names_pupils=False, asks_family=False, is_talk=False),
                name="meetingkind_no_pupils_above_the_school",
            ),
        ]

    @property
    def is_inside(self) -> bool:
        """Within the school, where pupils are known by name."""
        return Rung(self.rung).is_inside


class GuidingQuestions(TenantModel):
    """What is asked at a kind of meeting: one version, which never changes. Answers keep the one they were given in.

    texts: in order, one {"sv": …, "en": …} per question. made_by: nobody, for what a municipality begins with.
    """

    kind = models.ForeignKey(
        MeetingKind,
        on_delete=models.CASCADE,
        related_name="guiding_questions",
        verbose_name=_("kind of meeting"),
    )
    version = models.PositiveSmallIntegerField(_("version"))
    texts = models.JSONField(_("questions"), default=list)
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    made_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )

    class Meta:
        verbose_name = _("guiding questions")
        verbose_name_plural = _("guiding questions")
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "kind", "version"], name="guidingquestions_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind_id} version {self.version}"

    @property
    def prompts(self) -> list[str]:
        """In the reader's language, else in whatever language there is one."""
        language = get_language() or "sv"
        return [text.get(language) or next(iter(text.values()), "") for text in self.texts]
