"""What a meeting goes through, and what it decided about each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.keys import KeyField
from accounts.models import Unit, User
from accounts.tenancy import TenantModel
from colourmaps.models import Indicator
from pupils.models import Pupil

from .intervention import Intervention
from .meeting import AnalysisMeeting
from .question import Question


class Source(models.TextChoices):
    """Where a case comes from."""

    DECISION = "decision", _("decided last time")
    FOLLOW_UP = "follow_up", _("follow-up")
    QUESTION = "question", _("question that came here")
    CONCLUSION = "conclusion", _("conclusion of a meeting")
    RED = "red", _("red without an answer")
    FREE = "free", _("put on the agenda")


class Outcome(models.TextChoices):
    """What came of a case. Handled otherwise counts as handled. Source: MISSION S64, C05."""

    MEASURE = "measure", _("measure")
    NONE = "none", _("no measure, because")
    OTHERWISE = "otherwise", _("already handled otherwise")


HAS_MEASURE = ~Q(measure="") & Q(responsible__isnull=False, due_on__isnull=False)
HAS_REASON = ~Q(why="") & Q(measure="", responsible__isnull=True, due_on__isnull=True, made__isnull=True)


class MeetingCase(TenantModel):
    """A case of a meeting. It ends in a measure with a person and a day, or in none for a reason.

    Of a pupil, with the indicators on which it is red; of one indicator in a class or another unit, where many are; of
    a follow-up, a question, a decision of last time (earlier), the conclusion of a meeting below (concluded), or free.
    made: the intervention that the measure made or changed; its pages take over from there. done_on: of any other.
    version: counts what has been written, so that of two who write at once none writes over the other.
    """

    key = KeyField()
    meeting = models.ForeignKey(AnalysisMeeting, on_delete=models.CASCADE, related_name="cases")
    position = models.PositiveSmallIntegerField(_("position"))
    source = models.CharField(_("where it comes from"), max_length=10, choices=Source)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    pupil = models.ForeignKey(
        Pupil, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("pupil")
    )
    indicators = models.ManyToManyField(
        Indicator, through="CaseIndicator", related_name="+", verbose_name=_("indicators")
    )
    intervention = models.ForeignKey(
        Intervention,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("intervention"),
    )
    question = models.ForeignKey(
        Question,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("question"),
    )
    earlier = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_up",
        verbose_name=_("decided last time"),
    )
    concluded = models.ForeignKey(
        AnalysisMeeting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_up",
        verbose_name=_("meeting below"),
    )
    title = models.CharField(_("what it is about"), max_length=200, blank=True)
    said = models.TextField(_("what was said"), max_length=3000, blank=True)
    dropped_at = models.DateTimeField(_("dropped"), null=True, blank=True)
    why_dropped = models.CharField(_("why it is dropped"), max_length=300, blank=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome, blank=True)
    measure = models.CharField(_("what we do"), max_length=500, blank=True)
    responsible = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="decided_cases",
        verbose_name=_("responsible"),
    )
    due_on = models.DateField(_("to be done by"), null=True, blank=True)
    made = models.ForeignKey(
        Intervention,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="decided_in",
        verbose_name=_("intervention made or changed"),
    )
    why = models.CharField(_("why"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written down by"),
    )
    done_on = models.DateField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )
    version = models.PositiveIntegerField(_("version"), default=0)

    class Meta:
        verbose_name = _("case of a meeting")
        verbose_name_plural = _("cases of meetings")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="meetingcase_key_once"),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True, measure="", why="")
                | (Q(outcome=Outcome.MEASURE, decided_at__isnull=False) & HAS_MEASURE)
                | (Q(outcome__in=[Outcome.NONE, Outcome.OTHERWISE], decided_at__isnull=False) & HAS_REASON),
                name="meetingcase_not_in_air",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True, why_dropped="")
                | (Q(dropped_at__isnull=False, outcome="") & ~Q(why_dropped="")),
                name="meetingcase_dropped_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(outcome=Outcome.MEASURE),
                name="meetingcase_only_measures_are_done",
            ),
        ]
        indexes = [
            models.Index(
                fields=["municipality", "responsible", "done_on"], name="meetingcase_by_responsible"
            ),
            models.Index(fields=["municipality", "pupil"], name="meetingcase_by_pupil"),
        ]

    def __str__(self) -> str:
        return f"case {self.key}"

    @property
    def is_dropped(self) -> bool:
        return self.dropped_at is not None

    @property
    def is_settled(self) -> bool:
        """Decided or dropped: it does not hold up the end of the meeting."""
        return self.is_dropped or self.outcome != ""


class CaseIndicator(TenantModel):
    """An indicator that a case is about."""

    case = models.ForeignKey(MeetingCase, on_delete=models.CASCADE, related_name="about")
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="+", verbose_name=_("indicator")
    )

    class Meta:
        verbose_name = _("indicator of a case")
        verbose_name_plural = _("indicators of cases")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "case", "indicator"], name="caseindicator_once")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.indicator_id}"
