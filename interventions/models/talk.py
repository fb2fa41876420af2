"""The formal talk about one pupil, on one screen: what pupil, guardian and school say, and what they agree on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.keys import KeyField
from accounts.models import Unit, User
from accounts.tenancy import TenantModel
from pupils.models import Pupil

from .meeting_setup import GuidingQuestions, MeetingKind


class Voice(models.TextChoices):
    """Who speaks, in the order of the columns."""

    PUPIL = "pupil", _("pupil")
    GUARDIAN = "guardian", _("guardian")
    STAFF = "staff", _("school and other staff")


class Face(models.IntegerChoices):
    """How it is for the pupil, shown rather than said."""

    HARD = 1, _("hard")
    SO_SO = 2, _("so-so")
    GOOD = 3, _("good")


class Talk(TenantModel):
    """A talk. Source: MISSION S78. unit: the pupil's class then; guiding: what was asked, in the version of then.

    present: who was there, in words. why_none: why nothing was agreed on, if that is so.
    """

    key = KeyField()
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+", verbose_name=_("pupil"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("class"))
    kind = models.ForeignKey(
        MeetingKind, on_delete=models.PROTECT, related_name="talks", verbose_name=_("kind of talk")
    )
    guiding = models.ForeignKey(
        GuidingQuestions, on_delete=models.PROTECT, related_name="+", verbose_name=_("guiding questions")
    )
    held_on = models.DateField(_("day"))
    present = models.CharField(_("who is here"), max_length=300, blank=True)
    why_none = models.CharField(_("why nothing is agreed on"), max_length=300, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    closed_at = models.DateTimeField(_("ended"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )

    class Meta:
        verbose_name = _("talk")
        verbose_name_plural = _("talks")
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="talk_key_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="talk_closed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["municipality", "pupil", "held_on"], name="talk_by_pupil")]

    def __str__(self) -> str:
        return f"talk {self.key}"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


class TalkVoice(TenantModel):
    """What one side says to one question. prompt: its number in the talk's version of the questions, from 1."""

    talk = models.ForeignKey(Talk, on_delete=models.CASCADE, related_name="voices")
    prompt = models.PositiveSmallIntegerField(_("question"))
    voice = models.CharField(_("who speaks"), max_length=8, choices=Voice)
    text = models.TextField(_("what is said"), max_length=2000, blank=True)
    face = models.PositiveSmallIntegerField(_("how it is"), choices=Face, null=True, blank=True)

    class Meta:
        verbose_name = _("voice in a talk")
        verbose_name_plural = _("voices in talks")
        ordering = ["prompt", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "talk", "prompt", "voice"], name="talkvoice_once"
            ),
            models.CheckConstraint(
                condition=Q(face__isnull=True) | Q(voice=Voice.PUPIL, face__in=[face.value for face in Face]),
                name="talkvoice_face_is_the_pupils",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voice} in {self.talk_id}"


class TalkAgreement(TenantModel):
    """What they agree on: what, who does it (in words, as it can be the family) and by when."""

    talk = models.ForeignKey(Talk, on_delete=models.CASCADE, related_name="agreements")
    what = models.CharField(_("what"), max_length=300, blank=True)
    who = models.CharField(_("who"), max_length=100, blank=True)
    due_on = models.DateField(_("by when"), null=True, blank=True)
    done_on = models.DateField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("agreement of a talk")
        verbose_name_plural = _("agreements of talks")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(what="") | ~Q(who="") | Q(due_on__isnull=False),
                name="talkagreement_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"agreement {self.pk}"

    @property
    def is_complete(self) -> bool:
        return bool(self.what and self.who and self.due_on)
