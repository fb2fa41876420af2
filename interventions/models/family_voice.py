"""What pupils and guardians say of a meeting on the way out: a code to answer by, and answers that nobody can trace."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.tenancy import TenantModel

from .meeting import AnalysisMeeting
from .meeting_setup import MeetingKind
from .talk import Talk

CODE_LENGTH = 8
MOST_ANSWERS = 12


class FamilyCode(TenantModel):
    """By which a family answers after one meeting, or one talk: on the way out and the day after, then never again.

    school, month (its first day): where and when its answers are counted; kind: of what.
    n_answers: how many have been sent, and all that is known here of them. used_tokens: digests of the forms that have
    been sent, so that none counts twice.
    """

    read_across = "whoever types the code names no municipality: it is the code that leads to one"

    code = models.CharField(_("code"), max_length=CODE_LENGTH)
    meeting = models.ForeignKey(
        AnalysisMeeting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="family_codes",
        verbose_name=_("meeting"),
    )
    talk = models.ForeignKey(
        Talk,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="family_codes",
        verbose_name=_("talk"),
    )
    kind = models.ForeignKey(
        MeetingKind, on_delete=models.PROTECT, related_name="+", verbose_name=_("kind of meeting")
    )
    school = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("school"))
    month = models.DateField(_("month"))
    opened_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    open_until = models.DateField(_("open until"))
    n_answers = models.PositiveSmallIntegerField(_("answers"), default=0)
    used_tokens = models.JSONField(_("forms that have been sent"), default=list)

    class Meta:
        verbose_name = _("family code")
        verbose_name_plural = _("family codes")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "code"], name="familycode_code_once"),
            models.UniqueConstraint(fields=["municipality", "meeting"], name="familycode_once_a_meeting"),
            models.UniqueConstraint(fields=["municipality", "talk"], name="familycode_once_a_talk"),
            models.CheckConstraint(
                condition=Q(meeting__isnull=False, talk__isnull=True)
                | Q(meeting__isnull=True, talk__isnull=False),
                name="familycode_of_a_meeting_or_a_talk",
            ),
            models.CheckConstraint(
                condition=Q(n_answers__lte=MOST_ANSWERS), name="familycode_no_more_answers_than_people"
            ),
        ]
        indexes = [models.Index(fields=["municipality", "school", "month"], name="familycode_by_school")]

    def __str__(self) -> str:
        return f"family code of {self.month}"


class Felt(models.IntegerChoices):
    """An answer to one of the three questions (family/asked.py)."""

    NO = 1, _("no")
    PARTLY = 2, _("a little")
    YES = 3, _("yes")


class Who(models.TextChoices):
    PUPIL = "pupil", _("pupil")
    GUARDIAN = "guardian", _("guardian")
    UNSAID = "", _("not said")


WITHIN_SCALE = {
    f"{name}__in": [felt.value for felt in Felt] for name in ("listened", "influenced", "understood")
}


class FamilyAnswer(TenantModel):
    """How many have answered alike, of one kind of meeting, at one school, in one month. Source: MISSION S83, S84.

    Not a row per answer: whoever answers like somebody before adds one to `n`. So there is no order in which answers
    came, and no moment; the key is random. Nothing leads to a meeting, a code, a class or a person. What is shown:
    family/blocks.py; what this protects from, and what not: docs/family_voice.md.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.ForeignKey(
        MeetingKind, on_delete=models.PROTECT, related_name="+", verbose_name=_("kind of meeting")
    )
    school = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("school"))
    month = models.DateField(_("month"))
    who = models.CharField(_("who answers"), max_length=8, choices=Who, blank=True)
    listened = models.PositiveSmallIntegerField(_("was listened to"), choices=Felt)
    influenced = models.PositiveSmallIntegerField(_("had influence"), choices=Felt)
    understood = models.PositiveSmallIntegerField(_("knows what will happen"), choices=Felt)
    n = models.PositiveIntegerField(_("how many"), default=0)

    class Meta:
        verbose_name = _("answers of families")
        verbose_name_plural = _("answers of families")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "municipality",
                    "school",
                    "kind",
                    "month",
                    "who",
                    "listened",
                    "influenced",
                    "understood",
                ],
                name="familyanswer_alike_once",
            ),
            models.CheckConstraint(condition=Q(**WITHIN_SCALE), name="familyanswer_within_scale"),
        ]

    def __str__(self) -> str:
        return f"{self.n} answers of {self.month}"
