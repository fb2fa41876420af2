"""An analysis meeting, on any level: the same object for a teacher alone, a team, a leadership and a board."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.keys import KeyField
from accounts.models import Unit, User
from accounts.tenancy import TenantModel
from colourmaps.models import MeasurementRound

from .meeting_series import MeetingSeries
from .meeting_setup import GuidingQuestions, MeetingKind


class AnalysisMeeting(TenantModel):
    """A meeting that looks at a picture, goes through its cases and ends in measures.

    covered_units: a team's classes; without any it is about the whole unit. due_on: the day that its series gave it,
    which stays when it is moved. round, guiding: what it looks at and what it is asked, from its start.
    The picture of pupils is what was known at `started_at`; that of units is kept (MeetingPicture).
    """

    key = KeyField()
    series = models.ForeignKey(
        MeetingSeries,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("series"),
    )
    due_on = models.DateField(_("day by the series"), null=True, blank=True)
    kind = models.ForeignKey(
        MeetingKind, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("kind of meeting")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("unit"))
    covered_units = models.ManyToManyField(
        Unit, through="MeetingUnit", related_name="+", verbose_name=_("classes")
    )
    planned_on = models.DateField(_("day"))
    at = models.TimeField(_("time"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=120)
    place = models.CharField(_("place"), max_length=100, blank=True)
    lead = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("led by"))
    present = models.ManyToManyField(
        User, through="MeetingPresence", related_name="+", verbose_name=_("present")
    )
    others_present = models.CharField(_("others present"), max_length=300, blank=True)
    round = models.ForeignKey(
        MeasurementRound,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("measurement round"),
    )
    guiding = models.ForeignKey(
        GuidingQuestions,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("guiding questions"),
    )
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    started_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("started by")
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cancelled by"),
    )
    why_cancelled = models.CharField(_("why it is cancelled"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("analysis meeting")
        verbose_name_plural = _("analysis meetings")
        ordering = ["planned_on", "at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="analysismeeting_key_once"),
            models.UniqueConstraint(
                fields=["municipality", "series", "due_on"], name="analysismeeting_once_a_series_day"
            ),
            models.CheckConstraint(
                condition=Q(series__isnull=True, due_on__isnull=True)
                | Q(series__isnull=False, due_on__isnull=False),
                name="analysismeeting_of_a_series_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("started_at")),
                name="analysismeeting_closed_after_its_start",
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=True, guiding__isnull=True)
                | Q(started_at__isnull=False, guiding__isnull=False, started_by__isnull=False),
                name="analysismeeting_started_by_with_its_questions",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, why_cancelled="")
                | (Q(cancelled_at__isnull=False, started_at__isnull=True) & ~Q(why_cancelled="")),
                name="analysismeeting_cancelled_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["municipality", "unit", "planned_on"], name="analysismeeting_by_unit"),
            models.Index(fields=["municipality", "planned_on"], name="analysismeeting_by_day"),
        ]

    def __str__(self) -> str:
        return f"meeting {self.key}"


class MeetingUnit(TenantModel):
    """One of the classes that a meeting is about."""

    meeting = models.ForeignKey(AnalysisMeeting, on_delete=models.CASCADE, related_name="parts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))

    class Meta:
        verbose_name = _("class of a meeting")
        verbose_name_plural = _("classes of meetings")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "meeting", "unit"], name="meetingunit_once")
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.unit_id}"


class MeetingPresence(TenantModel):
    """Somebody who was there."""

    meeting = models.ForeignKey(AnalysisMeeting, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))

    class Meta:
        verbose_name = _("presence at a meeting")
        verbose_name_plural = _("presences at meetings")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "meeting", "user"], name="meetingpresence_once")
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.user_id}"


class MeetingPicture(TenantModel):
    """The map of units that a meeting saw, as it was shown to it at its start. Never recomputed.

    contents: meetings/picture.py writes and reads it; counts, and no pupil.
    """

    meeting = models.OneToOneField(
        AnalysisMeeting, on_delete=models.CASCADE, related_name="picture", verbose_name=_("meeting")
    )
    contents: Any = models.JSONField(_("picture"), default=dict)
    frozen_at = models.DateTimeField(_("frozen"), auto_now_add=True)

    class Meta:
        verbose_name = _("picture of a meeting")
        verbose_name_plural = _("pictures of meetings")

    def __str__(self) -> str:
        return f"picture of {self.meeting_id}"
